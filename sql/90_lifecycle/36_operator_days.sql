-- The report of each day for who runs the project: numbers over all workspaces, worked out once when the day is
-- counted.

create table private.operator_days (
  day date primary key,
  figures jsonb not null
);

alter table private.operator_days enable row level security;

create policy operator_days_select on private.operator_days
  for select to authenticated using (false);

comment on table private.operator_days is
  'What happened on each day (UTC) in all workspaces together: counts, and nothing about one person or workspace.';
comment on policy operator_days_select on private.operator_days is 'Nobody: operator_report tells servers.';

create function private.report_days() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  -- After a stop that lasted longer the days before are not known any more.
  c_most constant integer := 31;
  v_until constant date := (private.analytics_counted_until() at time zone 'UTC')::date;
  v_days integer;
begin
  insert into private.operator_days (day, figures)
  select d.day, private.figures_of_day(d.day)
  from (
    select n::date as day
    from generate_series(
      greatest(
        coalesce((select max(x.day) + 1 from private.operator_days x), v_until - 1), v_until - c_most)::timestamp,
      (v_until - 1)::timestamp,
      '1 day') as n
  ) as d
  on conflict on constraint operator_days_pkey do nothing;
  get diagnostics v_days = row_count;
  return v_days;
end;
$$;

comment on function private.report_days() is
  'Writes the report of the days that are counted and not reported yet, and returns how many. Run by cron.';

create function private.figures_of_day(p_day date) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from constant timestamptz := p_day::timestamp at time zone 'UTC';
  v_to constant timestamptz := v_from + interval '1 day';
begin
  return jsonb_build_object(
    'registrations', (select count(*) from public.profiles p where p.created_at >= v_from and p.created_at < v_to),
    'people', (select count(*) from public.profiles p where p.created_at < v_to),
    'workspaces', (select count(*) from public.workspaces w where w.created_at < v_to),
    'premiumWorkspaces', (select count(*) from public.workspaces w where w.plan_type = 'premium'),
    'premiumUse', private.premium_use(),
    'tickets', (
      select jsonb_build_object(
        'opened', count(*) filter (where t.created_at >= v_from and t.created_at < v_to),
        'firstAnswered', count(*) filter (where t.first_answered_at >= v_from and t.first_answered_at < v_to),
        'open', count(*) filter (where t.status = 'open'))
      from public.support_tickets t
    ),
    'ai', (
      select jsonb_build_object(
        'people', count(distinct u.user_id), 'workspaces', count(distinct u.workspace_id), 'calls', count(*),
        'credits', coalesce(sum(u.credits), 0))
      from private.ai_usage u
      where u.occurred_at >= v_from and u.occurred_at < v_to
    )
  ) || (
    select jsonb_build_object(
      'activePeople', count(distinct e.user_id),
      'activeWorkspaces', count(distinct e.workspace_id),
      'viewsOpened', count(*) filter (where e.kind = 'view_opened'),
      'errors', count(*) filter (where e.kind = 'error'))
    from private.analytics_events_between(v_from, v_to) as e
  ) || jsonb_build_object('features', (
    select coalesce(jsonb_object_agg(f.name, f.people), '{}')
    from (
      select e.name, count(distinct e.user_id) as people
      from private.analytics_events_between(v_from, v_to) as e
      where e.kind = 'feature_used'
      group by e.name
    ) as f));
end;
$$;

comment on function private.figures_of_day(date) is
  'The figures of a day, as operatorDaySchema of types/operator.ts says. For definer functions.';

create function private.premium_use() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'customRoles', (select count(distinct r.workspace_id) from public.workspace_roles r where not r.is_built_in),
    'resourceGrants', (select count(distinct g.workspace_id) from public.resource_grants g),
    'customComponents', (select count(distinct c.workspace_id) from public.components c),
    'httpSources', (select count(distinct s.workspace_id) from private.data_sources s where s.kind = 'http_json'),
    'analyticsByPerson', (
      select count(*) from private.analytics_policies p where p.by_person_since is not null));
end;
$$;

comment on function private.premium_use() is
  'In how many workspaces there is something that takes the premium plan. For definer functions.';
