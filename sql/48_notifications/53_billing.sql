-- What people hear of a workspace's plan and its payments: those who manage its billing.
--
-- A payment that failed is told with the grace that begins, and its end with the plan that changes. A trial that ends
-- and a payment that needs somebody are told by the events of Stripe, each of which is applied once.

create function private.notify_billing(
  p_workspace_id text, p_kind text, p_title text, p_body text, p_payload jsonb
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.notify(
    private.members_with(p_workspace_id, 'billing.manage'),
    p_workspace_id,
    p_kind,
    format(p_title, (select w.name from public.workspaces w where w.id = p_workspace_id)),
    p_body,
    p_link => format('/workspaces/%s/billing', p_workspace_id),
    p_payload => p_payload);
end;
$$;

comment on function private.notify_billing(text, text, text, text, jsonb) is
  'Tells who manages the billing of a workspace something; %s in the title is its name. For definer functions.';

create function private.date_text(p_timestamp timestamptz) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return to_char(p_timestamp at time zone 'UTC', 'FMDD FMMonth YYYY');
end;
$$;

comment on function private.date_text(timestamptz) is 'A day in UTC as a sentence in English has it.';

create function private.tg_workspace_plans_notify() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := (select p.name from public.plans p where p.key = new.plan_key);
begin
  perform private.notify_billing(
    new.workspace_id,
    'plan_changed',
    '%s is on the ' || v_name || ' plan now',
    case when new.source = 'none' then
      'Nothing was deleted. What this plan has no room for can be read, and comes back with a larger one.'
    else '' end,
    jsonb_build_object('plan', jsonb_build_object('id', new.plan_key, 'name', v_name)));
  return null;
end;
$$;

comment on function private.tg_workspace_plans_notify() is
  'After the plan of a workspace changed: tells who manages its billing. Definer: no role writes notifications.';

create trigger workspace_plans_notify_insert after insert on private.workspace_plans
  for each row when (new.source <> 'none')
  execute function private.tg_workspace_plans_notify();
create trigger workspace_plans_notify_update after update on private.workspace_plans
  for each row when (old.plan_key is distinct from new.plan_key)
  execute function private.tg_workspace_plans_notify();

create function private.tg_subscriptions_notify() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.notify_billing(
    new.workspace_id,
    'payment_failed',
    'A payment for %s failed',
    format('The plan stays until %s (UTC), while the payment is tried again.', private.date_text(new.grace_until)),
    jsonb_build_object('graceUntil', private.timestamp_text(new.grace_until)));
  return null;
end;
$$;

comment on function private.tg_subscriptions_notify() is
  'After a grace began: tells who manages the billing until when. Definer: no role writes notifications.';

create trigger subscriptions_notify after update of grace_until on public.subscriptions
  for each row when (old.grace_until is null and new.grace_until is not null)
  execute function private.tg_subscriptions_notify();

create function private.tg_billing_events_notify() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant text := (
    select c.workspace_id from private.billing_customers c where c.id = new.customer_id);
  v_subscription constant public.subscriptions := private.current_subscription(v_workspace_id);
begin
  -- What has changed since is not told.
  if new.type = 'customer.subscription.trial_will_end'
    and v_subscription.status = 'trialing'
    and v_subscription.trial_end > now()
  then
    perform private.notify_billing(
      v_workspace_id,
      'trial_ending',
      'The trial of %s ends soon',
      format('It ends on %s (UTC).', private.date_text(v_subscription.trial_end)),
      jsonb_build_object('trialEnd', private.timestamp_text(v_subscription.trial_end)));
  elsif new.type = 'invoice.payment_action_required'
    and exists (
      select from public.invoices i
      where i.workspace_id = v_workspace_id and i.customer_id = new.customer_id and i.status = 'open')
  then
    perform private.notify_billing(
      v_workspace_id,
      'payment_action_required',
      'A payment for %s needs to be confirmed',
      'The bank asks who pays to confirm it: open the invoice.',
      '{}');
  end if;
  return null;
end;
$$;

comment on function private.tg_billing_events_notify() is
  'After an event was applied of which people hear: tells who manages the billing. Definer: no role writes '
  'notifications.';

create trigger billing_events_notify after update of state on private.billing_events
  for each row when (
    new.state = 'applied'
    and new.type in ('customer.subscription.trial_will_end', 'invoice.payment_action_required'))
  execute function private.tg_billing_events_notify();
