-- What the portal, a change of the price, and whoever closes a page that was left, need to know.

create function public.billing_state(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.billing_state(workspace_id);
end;
$$;

comment on function public.billing_state(text) is
  'What a workspace has bought and is given, for who manages its billing: {planType, source, customerId, livemode, '
  'prices, openCheckout, subscription}: prices are the keys under which plans are sold, openCheckout is the page on '
  'which to pay, {id, url, lookupKey, expiresAt}, or null, subscription is the one that counts, {id, status, itemId, '
  'priceId, lookupKey, currency, interval, unitAmount, quantity, periodStart, periodEnd, trialEnd, cancelAt, '
  'graceUntil}, or null: the one that gives most, else one that lives, else the last. Takes billing.manage. Errors: '
  'not_found, permission_denied, invalid_input (workspace_id).';

grant execute on function public.billing_state(text) to authenticated;

create function private.billing_state(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subscription public.subscriptions;
  v_customer private.billing_customers;
begin
  perform private.require_permission(p_workspace_id, 'billing.manage');
  v_subscription := private.current_subscription(p_workspace_id);
  select * into v_customer
  from private.billing_customers c
  where c.workspace_id = p_workspace_id
    and c.livemode = private.billing_mode(p_workspace_id)
    and c.deleted_at is null;
  return jsonb_build_object(
    'planType', (select w.plan_type from public.workspaces w where w.id = p_workspace_id),
    'source', (private.plan_of_workspace(p_workspace_id)).source,
    'customerId', v_customer.id,
    'livemode', private.billing_mode(p_workspace_id),
    'prices', (select coalesce(jsonb_agg(p.lookup_key order by p.lookup_key), '[]') from public.plan_prices p),
    'openCheckout', private.open_checkout_session(p_workspace_id),
    'subscription', case when v_subscription.id is not null then jsonb_build_object(
      'id', v_subscription.id,
      'status', v_subscription.status,
      'itemId', v_subscription.item_id,
      'priceId', v_subscription.price_id,
      'lookupKey', v_subscription.lookup_key,
      'currency', v_subscription.currency,
      'interval', v_subscription.billing_interval,
      'unitAmount', v_subscription.unit_amount,
      'quantity', v_subscription.quantity,
      'periodStart', private.timestamp_text(v_subscription.current_period_start),
      'periodEnd', private.timestamp_text(v_subscription.current_period_end),
      'trialEnd', private.timestamp_text(v_subscription.trial_end),
      'cancelAt', private.timestamp_text(v_subscription.cancel_at),
      'graceUntil', private.timestamp_text(v_subscription.grace_until)
    ) end
  );
end;
$$;

comment on function private.billing_state(text) is
  'See public.billing_state. Definer: customers and checkouts are nobody''s to read.';

grant execute on function private.billing_state(text) to authenticated;
