-- A workspace that goes on being paid for is not deleted: Stripe would charge for what nobody has any more, and here
-- nobody would know of it. Nor is one with a page open on which somebody can still pay, or may have paid.

create function private.tg_workspaces_refuse_subscribed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The owner of the database cleans up.
  if private.actor_type() <> 'system' and exists (
    select from public.subscriptions s
    where s.workspace_id = old.id and private.subscription_lives(s.status) and s.cancel_at is null)
  then
    perform private.raise_error('conflict',
      'This workspace is still being paid for.', 'subscription', 'Cancel its subscription first.');
  end if;
  if private.actor_type() <> 'system' and exists (
    select from private.checkout_sessions x
    where x.workspace_id = old.id and private.may_be_paid(x.status, x.expires_at))
  then
    perform private.raise_error('conflict',
      'A page is open on which this workspace can be paid for.', 'checkout',
      'Wait until Stripe tells that it has expired, some 70 minutes after it was opened.');
  end if;
  return old;
end;
$$;

comment on function private.tg_workspaces_refuse_subscribed() is
  'Before a workspace is deleted, with its last person too: refuses it while a subscription goes on that was not '
  'canceled, or can still be bought on a page. Error: conflict (subscription, checkout). Definer: who deletes need not '
  'see subscriptions.';

create trigger workspaces_refuse_subscribed before delete on public.workspaces
  for each row execute function private.tg_workspaces_refuse_subscribed();
