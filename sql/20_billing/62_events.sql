-- Events of Stripe, in three calls of the function that receives them: claim, apply, and fail where it comes to that.
--
-- Between claim and apply the function fetches the objects anew, so what an event says itself is never written. An
-- event is applied once, in one transaction; claimed again, as when its worker died, it gets a higher ticket.
--
-- Threats: an event of another account, of the other mode or of a customer that nobody here has (recorded and ignored);
-- objects of one customer in the event of another (refused, and nothing is written).

create function public.claim_billing_event(event jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.claim_billing_event(event);
end;
$$;

comment on function public.claim_billing_event(jsonb) is
  'For servers: begins an event of Stripe whose signature was checked, {id, type, created, livemode, account, '
  'customer, subscription, invoice, charge} of ids. Returns {state, ticket, reason}: claimed, with the ticket to apply '
  'it with what is fetched from now on; applied before; or ignored, which is to be answered like success. '
  'Error: invalid_input.';

grant execute on function public.claim_billing_event(jsonb) to service_role;

create function private.claim_billing_event(p_event jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_customer private.billing_customers;
  v_reason text;
  v_state text;
  v_ticket bigint;
begin
  perform private.refuse_problem(private.billing_event_problem(p_event));
  select * into v_customer from private.billing_customers c where c.id = p_event ->> 'customer';
  v_reason := case
    when not private.is_billing_event_type(p_event ->> 'type') then 'unknown_type'
    when p_event ->> 'account' is not null then 'other_account'
    -- Of a charge the customer is known once it is fetched.
    when p_event ->> 'customer' is null and p_event ->> 'charge' is null then 'unknown_customer'
    when p_event ->> 'customer' is not null and v_customer.id is null then 'unknown_customer'
    else private.other_mode(v_customer, (p_event ->> 'livemode')::boolean)
  end;

  insert into private.billing_events as e (id, type, created_at, livemode, account, customer_id, state, reason, ticket)
  values (
    p_event ->> 'id',
    p_event ->> 'type',
    (p_event ->> 'created')::timestamptz,
    (p_event ->> 'livemode')::boolean,
    p_event ->> 'account',
    p_event ->> 'customer',
    case when v_reason is null then 'claimed' else 'ignored' end,
    v_reason,
    case when v_reason is null then nextval('private.billing_tickets') end)
  on conflict (id) do update
    set state = excluded.state, reason = excluded.reason, ticket = excluded.ticket, attempts = e.attempts + 1
    where e.state <> 'applied'
  returning e.state, e.ticket into v_state, v_ticket;
  return jsonb_build_object(
    'state', coalesce(v_state, 'applied'), 'ticket', v_ticket, 'reason', case when found then v_reason end);
end;
$$;

comment on function private.claim_billing_event(jsonb) is
  'See public.claim_billing_event. Definer: no role writes events.';

grant execute on function private.claim_billing_event(jsonb) to service_role;

create function private.other_mode(p_customer private.billing_customers, p_livemode boolean) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_customer.livemode <> p_livemode then 'other_mode'
    when private.billing_mode(p_customer.workspace_id) <> p_livemode and p_customer.id is not null then 'other_mode'
  end;
end;
$$;

comment on function private.other_mode(private.billing_customers, boolean) is
  'Why something of a customer is ignored in a mode of Stripe, or null. For definer functions.';

create function public.apply_billing_event(event_id text, ticket bigint, objects jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.apply_billing_event(event_id, ticket, objects);
end;
$$;

comment on function public.apply_billing_event(text, bigint, jsonb) is
  'For servers: writes the objects that were fetched for a claimed event, {subscription, invoice, customer, '
  'checkout_session, charge, dispute} as far as there are any, and the plan that follows. Returns {state, changed}: '
  'applied, now or before, or ignored; and the kinds of objects that changed. Errors: not_found (event_id), '
  'invalid_input (ticket, or the path in the objects), conflict (customer) for objects that are not the customer''s of '
  'the event.';

grant execute on function public.apply_billing_event(text, bigint, jsonb) to service_role;

create function private.apply_billing_event(p_event_id text, p_ticket bigint, p_objects jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event private.billing_events;
  v_customer private.billing_customers;
  v_reason text;
  v_changed jsonb;
begin
  perform private.refuse_problem(private.billing_objects_problem(p_objects));
  select * into v_event from private.billing_events e where e.id = left(p_event_id, 256) for update;
  if not found then
    perform private.raise_error('not_found',
      'This event was never claimed.', 'event_id', 'Claim it before what it leads to is fetched.');
  end if;
  if v_event.state in ('applied', 'ignored') then
    return jsonb_build_object('state', v_event.state, 'changed', '[]'::jsonb);
  end if;
  if (p_ticket between 1 and v_event.ticket) is not true then
    perform private.raise_invalid_input('ticket', 'This is no ticket of the event.', 'Give the one of its claim.');
  end if;

  v_customer := private.customer_of_objects(p_objects, v_event.customer_id);
  v_reason := case
    when v_customer.id is null then 'unknown_customer'
    when (p_objects #>> '{subscription,livemode}')::boolean <> v_event.livemode then 'other_mode'
    else private.other_mode(v_customer, v_event.livemode)
  end;
  if v_reason is null and not private.lock_billing(v_customer.workspace_id) then
    v_reason := 'unknown_customer';
  end if;
  if v_reason is not null then
    update private.billing_events e set state = 'ignored', reason = v_reason where e.id = v_event.id;
    return jsonb_build_object('state', 'ignored', 'changed', '[]'::jsonb);
  end if;

  v_changed := private.write_billing_objects(v_customer.workspace_id, p_ticket, v_event.id, p_objects);
  update private.billing_events e
  set state = 'applied', reason = null, applied_at = now(), customer_id = v_customer.id
  where e.id = v_event.id;
  return jsonb_build_object('state', 'applied', 'changed', v_changed);
end;
$$;

comment on function private.apply_billing_event(text, bigint, jsonb) is
  'See public.apply_billing_event. Definer: no role writes what was bought.';

grant execute on function private.apply_billing_event(text, bigint, jsonb) to service_role;

create function public.fail_billing_event(event_id text, reason_code text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.fail_billing_event(event_id, reason_code);
end;
$$;

comment on function public.fail_billing_event(text, text) is
  'For servers: records why a claimed event could not be applied, such as "stripe_unavailable"; Stripe is answered '
  'with an error and sends it again. Error: invalid_input (reason_code).';

grant execute on function public.fail_billing_event(text, text) to service_role;

create function private.fail_billing_event(p_event_id text, p_reason_code text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(private.billing_field_problem('reason_code', to_jsonb(p_reason_code), 'word'));
  update private.billing_events e
  set state = 'failed', reason = p_reason_code
  where e.id = left(p_event_id, 256) and e.state in ('claimed', 'failed');
end;
$$;

comment on function private.fail_billing_event(text, text) is
  'See public.fail_billing_event. Definer: no role writes events.';

grant execute on function private.fail_billing_event(text, text) to service_role;
