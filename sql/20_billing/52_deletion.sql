-- A workspace that goes on being paid for is not deleted: Stripe would charge for what nobody has any more, and here
-- nobody would know of it. Nor is one with a page open on which somebody can still pay, or may have paid.
--
-- It holds on every path, with the last person too, who may be deleted by Auth, in Studio or by SQL. Who runs the
-- project says so where it is to go all the same, in the transaction that deletes it:
-- `set local private.paid_deletion_allowed = 'true'`. A setting can be forged, which helps nobody who lacks the grants.
--
-- What was last told may be out of date: a subscription that was canceled and is resumed at Stripe in the same minute,
-- or in a portal that was left open. So customers outlive their workspace for a while (41_left_customers.sql).

create function private.tg_workspaces_refuse_subscribed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('private.paid_deletion_allowed', true) is not distinct from 'true' then
    return old;
  end if;
  if exists (
    select from public.subscriptions s
    where s.workspace_id = old.id and private.subscription_lives(s.status) and s.cancel_at is null)
  then
    perform private.raise_error('conflict',
      'This workspace is still being paid for.', 'subscription', 'Cancel its subscription first.');
  end if;
  if exists (
    select from private.checkout_sessions x
    where x.workspace_id = old.id and private.may_be_paid(x.status, x.expires_at))
  then
    perform private.raise_error('conflict',
      'A page is open on which this workspace can be paid for.', 'checkout',
      'Close it (billing-checkout/close), or wait until it has expired, some 70 minutes after it was opened.');
  end if;
  return old;
end;
$$;

comment on function private.tg_workspaces_refuse_subscribed() is
  'Before a workspace is deleted, by whoever, with its last person too: refuses it while a subscription goes on that '
  'was not canceled, or can still be bought on a page, unless private.paid_deletion_allowed is set to true. '
  'Error: conflict (subscription, checkout). Definer: who deletes need not see subscriptions.';

create trigger workspaces_refuse_subscribed before delete on public.workspaces
  for each row execute function private.tg_workspaces_refuse_subscribed();

create function private.tg_workspaces_leave_customers() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.left_customers (id, livemode)
  select c.id, c.livemode
  from private.billing_customers c
  where c.workspace_id = old.id and c.deleted_at is null
  on conflict (id) do update set left_at = excluded.left_at;
  return old;
end;
$$;

comment on function private.tg_workspaces_leave_customers() is
  'Before a workspace is deleted: keeps its customers at Stripe, for the comparison. Definer: no role writes them.';

create trigger workspaces_leave_customers before delete on public.workspaces
  for each row execute function private.tg_workspaces_leave_customers();
