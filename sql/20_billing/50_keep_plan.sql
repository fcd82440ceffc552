-- What plan a workspace has, from its subscription and from what an operator gave it.
--
-- Everything is worked out from rows, under the lock of the workspace's billing, so that it is the same in whatever
-- order things came. This is the one place that writes `workspaces.plan_type`.

create function private.keep_grace(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- From the oldest invoice that has been open since the last payment: the period alone would begin the grace anew with
  -- each month that is not paid.
  update public.subscriptions s
  set grace_until = g.grace_until
  from (
    select x.id, case when x.status = 'past_due' then private.grace() + coalesce(
      (
        select min(coalesce(i.due_at, i.created_at))
        from public.invoices i
        where i.workspace_id = x.workspace_id
          and i.subscription_id = x.id
          and i.status = 'open'
          and not exists (
            select from public.invoices p
            where p.workspace_id = i.workspace_id
              and p.subscription_id = i.subscription_id
              and p.status = 'paid'
              and p.created_at > i.created_at)
      ),
      x.current_period_start) end as grace_until
    from public.subscriptions x
    where x.workspace_id = p_workspace_id
  ) as g
  where s.workspace_id = p_workspace_id and s.id = g.id and s.grace_until is distinct from g.grace_until;
end;
$$;

comment on function private.keep_grace(text) is
  'Writes down until when the subscriptions of a workspace that are past_due give something. For definer functions.';

create function private.plan_of_workspace(
  p_workspace_id text, out plan_key text, out source text, out changes_at timestamptz
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subscription constant public.subscriptions := private.current_subscription(p_workspace_id);
  v_grant private.plan_grants;
begin
  select * into v_grant
  from private.plan_grants g
  where g.workspace_id = p_workspace_id and g.ended_at is null and (g.granted_until > now()) is not false;

  select x.plan_key, x.source into plan_key, source
  from (
    select private.plan_given_by(v_subscription) as plan_key, 'subscription' as source
    union all
    select v_grant.plan_key, 'grant' where v_grant.id is not null
    union all
    select 'free', 'none'
  ) as x
  join public.plans k on k.key = x.plan_key
  order by k.position desc, x.source <> 'subscription'
  limit 1;

  changes_at := least(
    case when v_subscription.status = 'past_due' and v_subscription.grace_until > now()
      then v_subscription.grace_until end,
    v_grant.granted_until);
end;
$$;

comment on function private.plan_of_workspace(text) is
  'What plan a workspace has at this moment, from what, and when that changes by itself. For definer functions.';

create function private.keep_plan(p_workspace_id text, p_cause text default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan record;
begin
  if not private.lock_billing(p_workspace_id) then
    return;
  end if;
  perform private.keep_grace(p_workspace_id);
  v_plan := private.plan_of_workspace(p_workspace_id);

  insert into private.workspace_plans as p (workspace_id, plan_key, source, cause, changes_at)
  values (p_workspace_id, v_plan.plan_key, v_plan.source, p_cause, v_plan.changes_at)
  on conflict (workspace_id) do update
    set plan_key = excluded.plan_key,
      source = excluded.source,
      cause = excluded.cause,
      changes_at = excluded.changes_at
    where (p.plan_key, p.source, p.changes_at)
      is distinct from (excluded.plan_key, excluded.source, excluded.changes_at);
  update public.workspaces w
  set plan_type = v_plan.plan_key
  where w.id = p_workspace_id and w.plan_type <> v_plan.plan_key;
end;
$$;

comment on function private.keep_plan(text, text) is
  'Gives a workspace the plan that it has bought or was given, whatever it had, and writes down the cause. For definer '
  'functions.';

create function private.keep_due_plans(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id text;
  v_kept integer := 0;
begin
  for v_workspace_id in
    select p.workspace_id
    from private.workspace_plans p
    where p.changes_at <= now()
    order by p.changes_at
    limit p_batch
  loop
    perform private.keep_plan(v_workspace_id, 'time');
    v_kept := v_kept + 1;
  end loop;
  return v_kept;
end;
$$;

comment on function private.keep_due_plans(integer) is
  'Ends graces and grants whose time has come, of at most so many workspaces, and returns of how many. Run by cron '
  'until nothing is left.';
