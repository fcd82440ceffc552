-- What a checkout needs to know, and what is kept of it.
--
-- Threats: two administrators who buy at once (they get the same customer and the same open session); one who buys
-- again (a subscription that lives is changed or paid, not bought twice); one who has trial after trial, or two at once
-- (35_checkout_sessions.sql); a member who may not (billing.manage); the key of another account, which has no customer
-- of ours (one that something is paid for is not replaced).

create function private.open_checkout_session(p_workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'id', x.id,
      'url', x.url,
      'lookupKey', x.lookup_key,
      'expiresAt', private.timestamp_text(x.expires_at))
    from private.checkout_sessions x
    where x.workspace_id = p_workspace_id and x.status = 'open');
end;
$$;

comment on function private.open_checkout_session(text) is
  'The checkout of a workspace of which nothing tells that it is over: {id, url, lookupKey, expiresAt}, or null. Past '
  'its time it may have been paid, with the event still on its way. For definer functions.';

create function public.begin_checkout(workspace_id text, price text, livemode boolean default false) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.begin_checkout(workspace_id, price, livemode);
end;
$$;

comment on function public.begin_checkout(text, text, boolean) is
  'What is needed to sell a price to a workspace: {workspaceName, email, customerId, trialDays, trialOf, '
  'openSession}. The e-mail is the caller''s; customerId is null without a customer in this mode; trialDays is 0 where '
  'the workspace or the caller has had a trial, or the caller has a page with one open elsewhere, and trialOf, for '
  'keep_checkout_session, is then null; openSession {id, url, lookupKey, expiresAt} is used again where it is for the '
  'same price and open at Stripe, and else ended first. Takes billing.manage. Errors: not_found, permission_denied, '
  'invalid_input (workspace_id, price), conflict (subscription) where one lives; one that is incomplete has its page, '
  'for the same price.';

grant execute on function public.begin_checkout(text, text, boolean) to authenticated;

create function private.begin_checkout(p_workspace_id text, p_lookup_key text, p_livemode boolean) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_price public.plan_prices;
  v_status text;
  v_email_digest constant text := private.digest_of_person(auth.uid());
  v_trial_days integer := 0;
begin
  perform private.require_permission(p_workspace_id, 'billing.manage');
  if octet_length(p_lookup_key) <= 255 then
    select * into v_price from public.plan_prices p where p.lookup_key = p_lookup_key;
  end if;
  if v_price.lookup_key is null then
    perform private.raise_invalid_input('price', 'There is no such price.', 'Give a key of plan_prices.');
  end if;
  v_status := (private.current_subscription(p_workspace_id)).status;
  -- Where a card was declined the page on which it is tried again is still open.
  if private.subscription_lives(v_status) and not (v_status = 'incomplete' and exists (
    select from private.checkout_sessions x
    where x.workspace_id = p_workspace_id and x.status = 'open' and x.lookup_key = p_lookup_key))
  then
    perform private.raise_error('conflict',
      'This workspace has a subscription already.', 'subscription', 'Change it, pay its open invoice, or cancel it.');
  end if;
  if private.may_have_trial(p_workspace_id, v_email_digest) then
    select p.trial_days into v_trial_days from public.plans p where p.key = v_price.plan_key;
  end if;
  return (
    select jsonb_build_object(
      'workspaceName', w.name,
      'email', (select p.email from public.profiles p where p.id = auth.uid()),
      'customerId', (
        select c.id
        from private.billing_customers c
        where c.workspace_id = w.id and c.livemode = coalesce(p_livemode, false) and c.deleted_at is null),
      'trialDays', v_trial_days,
      'trialOf', case when v_trial_days > 0 then v_email_digest end,
      'openSession', private.open_checkout_session(w.id))
    from public.workspaces w
    where w.id = p_workspace_id);
end;
$$;

comment on function private.begin_checkout(text, text, boolean) is
  'See public.begin_checkout. Definer: customers and checkouts are nobody''s to read.';

grant execute on function private.begin_checkout(text, text, boolean) to authenticated;

create function private.require_billing_lock(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_workspace_id(p_workspace_id);
  if not private.lock_billing(p_workspace_id) then
    perform private.workspace_not_found();
  end if;
end;
$$;

comment on function private.require_billing_lock(text) is
  'Holds the billing of a workspace (private.lock_billing). Errors: not_found, invalid_input (workspace_id). For '
  'definer functions.';

create function public.keep_billing_customer(
  workspace_id text, customer_id text, livemode boolean, in_place_of text default null
) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.keep_billing_customer(workspace_id, customer_id, livemode, in_place_of);
end;
$$;

comment on function public.keep_billing_customer(text, text, boolean, text) is
  'For servers: keeps the customer that was made at Stripe for a workspace, and returns the id that holds, which is '
  'another''s where somebody was first. in_place_of is the one that Stripe has no more: it is recorded as deleted, and '
  'holds all the same while a subscription of it lives. Errors: not_found, invalid_input (workspace_id, customer_id, '
  'livemode, in_place_of), conflict (customer) for another workspace''s customer.';

grant execute on function public.keep_billing_customer(text, text, boolean, text) to service_role;

create function private.keep_billing_customer(
  p_workspace_id text, p_customer_id text, p_livemode boolean, p_in_place_of text
) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  perform private.refuse_problem(coalesce(
    private.billing_field_problem('customer_id', to_jsonb(p_customer_id), 'id'),
    private.billing_field_problem('livemode', to_jsonb(p_livemode), 'flag'),
    private.billing_field_problem('in_place_of', to_jsonb(p_in_place_of), 'id?')));
  perform private.require_billing_lock(p_workspace_id);
  update private.billing_customers c
  set deleted_at = now()
  where c.workspace_id = p_workspace_id
    and c.id = p_in_place_of
    and c.livemode = p_livemode
    and c.deleted_at is null
    and not exists (
      select from public.subscriptions s
      where s.workspace_id = c.workspace_id and s.customer_id = c.id and private.subscription_lives(s.status));
  select c.id into v_id
  from private.billing_customers c
  where c.workspace_id = p_workspace_id and c.livemode = p_livemode and c.deleted_at is null;
  if found then
    return v_id;
  end if;
  insert into private.billing_customers (workspace_id, id, livemode)
  values (p_workspace_id, p_customer_id, p_livemode)
  on conflict do nothing;
  if not found then
    perform private.raise_error('conflict',
      'This customer is another workspace''s, or was deleted.', 'customer', 'Make a customer for this workspace.');
  end if;
  return p_customer_id;
end;
$$;

comment on function private.keep_billing_customer(text, text, boolean, text) is
  'See public.keep_billing_customer. Definer: no role writes customers.';

grant execute on function private.keep_billing_customer(text, text, boolean, text) to service_role;

create function public.keep_checkout_session(workspace_id text, session jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.keep_checkout_session(workspace_id, session);
end;
$$;

comment on function public.keep_checkout_session(text, jsonb) is
  'For servers: keeps a checkout {id, customer, status, url, price, lookup_key, expires_at, trial_of} that was made, '
  'or ended, at Stripe, and returns the one on which to pay, {id, url, lookupKey, expiresAt}: another one where '
  'somebody was first, and the one that was given is then to be ended; null where none is open, since it has ended, or '
  'the workspace has a subscription. Errors: not_found, invalid_input, conflict (customer for another workspace''s; '
  'trial_of where the person has begun a trial elsewhere since begin_checkout).';

grant execute on function public.keep_checkout_session(text, jsonb) to service_role;

create function private.keep_checkout_session(p_workspace_id text, p_session jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(coalesce(
    private.size_problem('session', p_session, 16384,
      private.document_problem('session', 'This is too large for a checkout.', 'Give its ids and addresses.')),
    private.billing_object_problem('session', p_session,
      '{"id": "id", "customer": "id?", "status": "word", "url": "address?", "price": "id?",
        "lookup_key": "line?", "expires_at": "time?", "trial_of": "line?"}')));
  perform private.require_billing_lock(p_workspace_id);
  if p_session ? 'customer' and not exists (
    select from private.billing_customers c
    where c.workspace_id = p_workspace_id and c.id = p_session ->> 'customer')
  then
    perform private.raise_error('conflict',
      'This checkout is another customer''s.', 'customer', 'Give a checkout of the workspace''s customer.');
  end if;
  perform private.refuse_foreign_object(p_workspace_id, p_session ->> 'id');

  if p_session ->> 'status' <> 'open' then
    perform private.write_checkout_session(p_workspace_id, p_session);
  elsif private.subscription_lives((private.current_subscription(p_workspace_id)).status) is not true then
    perform private.hold_trial(p_workspace_id, p_session ->> 'trial_of');
    -- What is paid on this page counts, though the key may have moved to another price by then.
    perform private.keep_sold_prices(jsonb_build_array(p_session));
    insert into private.checkout_sessions (workspace_id, id, status, lookup_key, url, expires_at, email_digest)
    values (
      p_workspace_id,
      p_session ->> 'id',
      'open',
      p_session ->> 'lookup_key',
      p_session ->> 'url',
      coalesce((p_session ->> 'expires_at')::timestamptz, now() + interval '1 day'),
      p_session ->> 'trial_of')
    -- Somebody was first, or it has ended before it could be kept.
    on conflict do nothing;
  end if;
  return private.open_checkout_session(p_workspace_id);
end;
$$;

comment on function private.keep_checkout_session(text, jsonb) is
  'See public.keep_checkout_session. Definer: no role writes checkouts.';

grant execute on function private.keep_checkout_session(text, jsonb) to service_role;
