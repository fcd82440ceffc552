-- The larger plan that a workspace has left: what was stored under it is kept as long as it would have been there, so
-- that nothing goes because a plan became smaller. What is stored afterwards is kept as long as the smaller plan says.

create table private.left_plans (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  plan_key text not null references public.plans (key) on delete cascade,
  left_at timestamptz not null default now()
);
create index left_plans_plan_idx on private.left_plans (plan_key);

alter table private.left_plans enable row level security;

create policy left_plans_select on private.left_plans
  for select to authenticated using (false);

comment on policy left_plans_select on private.left_plans is 'Nobody: the jobs of retention ask it.';

comment on table private.left_plans is
  'The largest plan that a workspace has left, and when, for those on a smaller one. Kept by a trigger of workspaces.';

create function private.tg_workspaces_note_left_plan() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new constant integer := (select p.position from public.plans p where p.key = new.plan_type);
begin
  delete from private.left_plans e
  using public.plans p
  where e.workspace_id = new.id and p.key = e.plan_key and p.position <= v_new;
  insert into private.left_plans (workspace_id, plan_key)
  select new.id, p.key from public.plans p where p.key = old.plan_type and p.position > v_new
  on conflict (workspace_id) do nothing;
  return null;
end;
$$;

comment on function private.tg_workspaces_note_left_plan() is
  'After the plan of a workspace changes: notes a larger one that it has left. Definer: no role writes left_plans.';

create trigger workspaces_note_left_plan after update of plan_type on public.workspaces
  for each row when (new.plan_type <> old.plan_type) execute function private.tg_workspaces_note_left_plan();

create function private.expired_times(p_workspace_id text, p_limit text)
returns table (since timestamptz, until timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What is expired: before the longest that any of both plans keeps, and what came after the larger one was left.
  return query
    select r.since, r.until
    from (
      select e.left_at,
        now() - make_interval(days => private.limit_of(p_workspace_id, p_limit)::integer) as kept_from,
        now() - make_interval(days => l.most::integer) as left_from
      from (select) as one
      left join private.left_plans e on e.workspace_id = p_workspace_id
      left join public.plan_limits l on l.plan_key = e.plan_key and l.limit_key = p_limit
    ) as x
    cross join lateral (
      values
        ('-infinity'::timestamptz, case when x.left_at is null then x.kept_from else x.left_from end),
        (x.left_at, x.kept_from)
    ) as r (since, until)
    where r.since < r.until;
end;
$$;

comment on function private.expired_times(text, text) is
  'The times of which a workspace keeps nothing any more, by a limit in days. For definer functions.';
