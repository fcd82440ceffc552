-- Writing down what was fetched from Stripe, in one transaction: what comes with a lower ticket than is there already
-- is left, what is no different leaves no trace in the log, and the plan follows.
--
-- Threats: an object that is told of one workspace and was another's (a customer is one workspace's for good, and an id
-- that is known elsewhere is refused with all that came with it).

create function private.refuse_foreign_object(p_workspace_id text, p_id text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from public.subscriptions s where s.id = p_id and s.workspace_id <> p_workspace_id)
    or exists (select from public.invoices i where i.id = p_id and i.workspace_id <> p_workspace_id)
    or exists (select from private.checkout_sessions x where x.id = p_id and x.workspace_id <> p_workspace_id)
  then
    perform private.raise_error('conflict',
      'This object belongs to the customer of another workspace.', 'customer', 'Look at the customer at Stripe.');
  end if;
end;
$$;

comment on function private.refuse_foreign_object(text, text) is
  'Refuses an object of Stripe that is known as another workspace''s. Error: conflict (customer). For definer '
  'functions.';

create function private.write_subscription(p_workspace_id text, p_subscription jsonb, p_event_id text)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item jsonb;
  v_lookup_key text;
begin
  if p_subscription ->> 'trial_end' is not null then
    perform private.keep_trial(p_workspace_id);
  end if;
  perform private.keep_sold_prices(p_subscription -> 'items');
  -- The item of a plan, where others are sold beside it.
  select i.item, coalesce(s.lookup_key, i.item ->> 'lookup_key') into v_item, v_lookup_key
  from jsonb_array_elements(p_subscription -> 'items') with ordinality as i (item, n)
  left join private.sold_prices s on s.price_id = i.item ->> 'price'
  order by s.price_id is null, i.n
  limit 1;

  insert into public.subscriptions as s (
    workspace_id, id, customer_id, status, item_id, price_id, lookup_key, currency, billing_interval, unit_amount,
    quantity, current_period_start, current_period_end, trial_end, cancel_at, canceled_at, ended_at,
    is_collection_paused, event_id)
  values (
    p_workspace_id,
    p_subscription ->> 'id',
    p_subscription ->> 'customer',
    p_subscription ->> 'status',
    v_item ->> 'id',
    v_item ->> 'price',
    v_lookup_key,
    v_item ->> 'currency',
    v_item ->> 'interval',
    (v_item ->> 'unit_amount')::bigint,
    (v_item ->> 'quantity')::integer,
    (v_item ->> 'current_period_start')::timestamptz,
    (v_item ->> 'current_period_end')::timestamptz,
    (p_subscription ->> 'trial_end')::timestamptz,
    coalesce(
      (p_subscription ->> 'cancel_at')::timestamptz,
      case when (p_subscription ->> 'cancel_at_period_end')::boolean
        then (v_item ->> 'current_period_end')::timestamptz end),
    (p_subscription ->> 'canceled_at')::timestamptz,
    (p_subscription ->> 'ended_at')::timestamptz,
    coalesce(p_subscription -> 'pause_collection', 'null') not in ('null', 'false'),
    p_event_id)
  on conflict (workspace_id, id) do update set
    customer_id = excluded.customer_id,
    status = excluded.status,
    item_id = excluded.item_id,
    price_id = excluded.price_id,
    lookup_key = excluded.lookup_key,
    currency = excluded.currency,
    billing_interval = excluded.billing_interval,
    unit_amount = excluded.unit_amount,
    quantity = excluded.quantity,
    current_period_start = excluded.current_period_start,
    current_period_end = excluded.current_period_end,
    trial_end = excluded.trial_end,
    cancel_at = excluded.cancel_at,
    canceled_at = excluded.canceled_at,
    ended_at = excluded.ended_at,
    is_collection_paused = excluded.is_collection_paused,
    event_id = excluded.event_id
  where (
    s.customer_id, s.status, s.item_id, s.price_id, s.lookup_key, s.currency, s.billing_interval, s.unit_amount,
    s.quantity, s.current_period_start, s.current_period_end, s.trial_end, s.cancel_at, s.canceled_at, s.ended_at,
    s.is_collection_paused
  ) is distinct from (
    excluded.customer_id, excluded.status, excluded.item_id, excluded.price_id, excluded.lookup_key,
    excluded.currency, excluded.billing_interval, excluded.unit_amount, excluded.quantity,
    excluded.current_period_start, excluded.current_period_end, excluded.trial_end, excluded.cancel_at,
    excluded.canceled_at, excluded.ended_at, excluded.is_collection_paused
  );
  return found;
end;
$$;

comment on function private.write_subscription(text, jsonb, text) is
  'Writes a subscription of a workspace, and returns whether it is another than before. For definer functions.';

create function private.write_invoice(p_workspace_id text, p_invoice jsonb, p_event_id text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.invoices as i (
    workspace_id, id, customer_id, subscription_id, number, status, currency, total, amount_due, amount_paid,
    amount_refunded, due_at, paid_at, hosted_invoice_url, invoice_pdf, event_id, created_at)
  values (
    p_workspace_id,
    p_invoice ->> 'id',
    p_invoice ->> 'customer',
    p_invoice ->> 'subscription',
    p_invoice ->> 'number',
    p_invoice ->> 'status',
    p_invoice ->> 'currency',
    (p_invoice ->> 'total')::bigint,
    (p_invoice ->> 'amount_due')::bigint,
    (p_invoice ->> 'amount_paid')::bigint,
    coalesce((p_invoice ->> 'amount_refunded')::bigint, 0),
    (p_invoice ->> 'due_date')::timestamptz,
    (p_invoice ->> 'paid_at')::timestamptz,
    p_invoice ->> 'hosted_invoice_url',
    p_invoice ->> 'invoice_pdf',
    p_event_id,
    (p_invoice ->> 'created')::timestamptz)
  on conflict (workspace_id, id) do update set
    subscription_id = excluded.subscription_id,
    number = excluded.number,
    status = excluded.status,
    currency = excluded.currency,
    total = excluded.total,
    amount_due = excluded.amount_due,
    amount_paid = excluded.amount_paid,
    amount_refunded = excluded.amount_refunded,
    due_at = excluded.due_at,
    paid_at = excluded.paid_at,
    hosted_invoice_url = excluded.hosted_invoice_url,
    invoice_pdf = excluded.invoice_pdf,
    event_id = excluded.event_id
  where (
    i.subscription_id, i.number, i.status, i.currency, i.total, i.amount_due, i.amount_paid, i.amount_refunded,
    i.due_at, i.paid_at, i.hosted_invoice_url, i.invoice_pdf
  ) is distinct from (
    excluded.subscription_id, excluded.number, excluded.status, excluded.currency, excluded.total,
    excluded.amount_due, excluded.amount_paid, excluded.amount_refunded, excluded.due_at, excluded.paid_at,
    excluded.hosted_invoice_url, excluded.invoice_pdf
  );
  return found;
end;
$$;

comment on function private.write_invoice(text, jsonb, text) is
  'Writes an invoice of a workspace, and returns whether it is another than before. For definer functions.';

create function private.write_checkout_session(p_workspace_id text, p_session jsonb) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- An open one is kept by who made it.
  if p_session ->> 'status' not in ('complete', 'expired') then
    return false;
  end if;
  insert into private.checkout_sessions as x (workspace_id, id, status, expires_at)
  values (p_workspace_id, p_session ->> 'id', p_session ->> 'status', (p_session ->> 'expires_at')::timestamptz)
  on conflict (workspace_id, id) do update
    set status = excluded.status, url = null
    where x.status <> excluded.status;
  return found;
end;
$$;

comment on function private.write_checkout_session(text, jsonb) is
  'Writes how a checkout of a workspace ended, and returns whether that is news. For definer functions.';

create function private.write_billing_objects(
  p_workspace_id text, p_ticket bigint, p_event_id text, p_objects jsonb
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_objects constant jsonb := jsonb_strip_nulls(p_objects);
  v_kind text;
  v_object jsonb;
  v_is_changed boolean;
  v_changed jsonb := '[]';
begin
  foreach v_kind in array array['customer', 'checkout_session', 'subscription', 'invoice', 'dispute'] loop
    v_object := p_objects -> v_kind;
    continue when not v_objects ? v_kind;
    perform private.refuse_foreign_object(p_workspace_id, v_object ->> 'id');
    continue when not private.pass_fence(v_object ->> 'id', p_ticket);
    case v_kind
      when 'customer' then
        update private.billing_customers c
        set deleted_at = now()
        where c.workspace_id = p_workspace_id
          and c.id = v_object ->> 'id'
          and c.deleted_at is null
          and (v_object ->> 'deleted')::boolean;
        v_is_changed := found;
        if (v_object ->> 'missing')::boolean then
          -- Of a customer that it deleted Stripe still tells how the subscriptions ended; here it has nothing to tell.
          update public.subscriptions s
          set status = 'canceled', canceled_at = coalesce(s.canceled_at, now()), ended_at = now(), event_id = p_event_id
          where s.workspace_id = p_workspace_id
            and s.customer_id = v_object ->> 'id'
            and private.subscription_lives(s.status)
            and private.pass_fence(s.id, p_ticket);
          v_is_changed := v_is_changed or found;
        end if;
      when 'checkout_session' then
        v_is_changed := private.write_checkout_session(p_workspace_id, v_object);
      when 'subscription' then
        v_is_changed := private.write_subscription(p_workspace_id, v_object, p_event_id);
      when 'invoice' then
        v_is_changed := private.write_invoice(p_workspace_id, v_object, p_event_id);
      when 'dispute' then
        update public.invoices i
        set dispute_status = v_object ->> 'status', event_id = p_event_id
        where i.workspace_id = p_workspace_id
          and i.id = v_objects #>> '{invoice,id}'
          and i.dispute_status is distinct from v_object ->> 'status';
        v_is_changed := found;
    end case;
    if v_is_changed then
      v_changed := v_changed || to_jsonb(v_kind);
    end if;
  end loop;
  perform private.keep_plan(p_workspace_id, coalesce(p_event_id, 'comparison'));
  return v_changed;
end;
$$;

comment on function private.write_billing_objects(text, bigint, text, jsonb) is
  'Writes objects of Stripe that are a workspace''s customer''s, and returns the kinds of those that are others than '
  'before. Whoever calls it holds the workspace''s billing (private.lock_billing). Error: conflict (customer). For '
  'definer functions.';

create function private.customer_of_objects(p_objects jsonb, p_customer_id text default null)
returns private.billing_customers
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids constant text[] := array(
    select distinct c.id
    from unnest(array[
      p_customer_id, p_objects #>> '{subscription,customer}', p_objects #>> '{invoice,customer}',
      p_objects #>> '{customer,id}', p_objects #>> '{checkout_session,customer}', p_objects #>> '{charge,customer}'
    ]) as c (id)
    where c.id is not null);
  v_customer private.billing_customers;
begin
  if cardinality(v_ids) > 1 then
    perform private.raise_error('conflict',
      'These objects belong to several customers.', 'customer', 'Give the objects of one customer.');
  end if;
  select * into v_customer from private.billing_customers c where c.id = v_ids[1];
  return v_customer;
end;
$$;

comment on function private.customer_of_objects(jsonb, text) is
  'The one customer of ours that objects of Stripe, and the event that led to them, are of; a row of nulls for '
  'somebody else''s. Error: conflict (customer) for those of several. For definer functions.';
