-- Comparing with Stripe's list, every night: what no event told is repaired, however long ago it was.

create function public.billing_subscriptions_to_compare(after text default null, most integer default 100)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.billing_subscriptions_to_compare(after, most);
end;
$$;

comment on function public.billing_subscriptions_to_compare(text, integer) is
  'For servers: a page of at most 100 customers with what is known of their subscriptions, {ticket, customers, next}, '
  'each {workspaceId, customerId, livemode, subscriptions: [{id, status}], invoices: {id: status}}; workspaceId is '
  'null where the workspace was deleted, and what the customer still has at Stripe is to be canceled. What is fetched '
  'from Stripe afterwards goes to apply_billing_objects with the ticket; `next` is what to give as `after`, null on '
  'the last page. Error: invalid_input (most).';

grant execute on function public.billing_subscriptions_to_compare(text, integer) to service_role;

create function private.billing_subscriptions_to_compare(p_after text, p_most integer) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text := coalesce(left(p_after, 255), '');
  v_customers jsonb;
begin
  if (p_most between 1 and 100) is not true then
    perform private.raise_invalid_input('most', 'A page has 1 to 100 customers.', 'Give a number from 1 to 100.');
  end if;
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'workspaceId', c.workspace_id,
      'customerId', c.id,
      'livemode', c.livemode,
      'subscriptions', (
        select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'status', s.status) order by s.id), '[]')
        from public.subscriptions s
        where s.workspace_id = c.workspace_id and s.customer_id = c.id),
      'invoices', (
        select coalesce(jsonb_object_agg(i.id, i.status), '{}')
        from public.invoices i
        where i.workspace_id = c.workspace_id and i.customer_id = c.id))
    order by c.id), '[]')
  into v_customers
  from (
    (
      select x.workspace_id, x.id, x.livemode
      from private.billing_customers x
      where x.id > v_after
        -- Of one that is gone what ended with it may not have been told.
        and (x.deleted_at is null or exists (
          select from public.subscriptions s
          where s.customer_id = x.id and s.workspace_id = x.workspace_id and private.subscription_lives(s.status)))
      order by x.id
      limit p_most
    )
    union all
    (
      select null, l.id, l.livemode
      from private.left_customers l
      where l.id > v_after and not exists (select from private.billing_customers x where x.id = l.id)
      order by l.id
      limit p_most
    )
    order by id
    limit p_most
  ) as c;
  return jsonb_build_object(
    'ticket', nextval('private.billing_tickets'),
    'customers', v_customers,
    'next', case when jsonb_array_length(v_customers) = p_most then v_customers #>> '{-1,customerId}' end);
end;
$$;

comment on function private.billing_subscriptions_to_compare(text, integer) is
  'See public.billing_subscriptions_to_compare. Definer: customers are nobody''s to read.';

grant execute on function private.billing_subscriptions_to_compare(text, integer) to service_role;

create function public.apply_billing_objects(ticket bigint, objects jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.apply_billing_objects(ticket, objects);
end;
$$;

comment on function public.apply_billing_objects(bigint, jsonb) is
  'For servers: writes objects of Stripe that were fetched without an event, as apply_billing_event does, with a '
  'ticket of billing_subscriptions_to_compare. Returns {state, changed}: what changed had been missed. '
  'Errors: invalid_input (ticket, or the path in the objects), conflict (customer).';

grant execute on function public.apply_billing_objects(bigint, jsonb) to service_role;

create function private.apply_billing_objects(p_ticket bigint, p_objects jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_customer private.billing_customers;
begin
  perform private.refuse_problem(private.billing_objects_problem(p_objects));
  -- One that was not given out yet would keep all that comes after it from being written.
  if (p_ticket between 1 and (select t.last_value from private.billing_tickets t)) is not true then
    perform private.raise_invalid_input('ticket', 'This ticket was not given out.', 'Give one of the page.');
  end if;
  v_customer := private.customer_of_objects(p_objects);
  if v_customer.id is null
    or (p_objects #>> '{subscription,livemode}')::boolean <> v_customer.livemode
    or private.other_mode(v_customer, v_customer.livemode) is not null
    or not private.lock_billing(v_customer.workspace_id)
  then
    return jsonb_build_object('state', 'ignored', 'changed', '[]'::jsonb);
  end if;
  return jsonb_build_object(
    'state', 'applied',
    'changed', private.write_billing_objects(v_customer.workspace_id, p_ticket, null, p_objects));
end;
$$;

comment on function private.apply_billing_objects(bigint, jsonb) is
  'See public.apply_billing_objects. Definer: no role writes what was bought.';

grant execute on function private.apply_billing_objects(bigint, jsonb) to service_role;
