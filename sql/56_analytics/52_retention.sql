-- How long use is kept: days as long as the plan says, hours for a month, and what names a person no longer than they
-- are there and want to be counted.

create function private.forget_use_of(p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.hold_analytics();
  delete from private.analytics_events e where e.user_id = p_user_id;
  delete from private.analytics_person_days d where d.user_id = p_user_id;
  delete from private.analytics_person_months m where m.user_id = p_user_id;
end;
$$;

comment on function private.forget_use_of(uuid) is
  'Removes what is stored of a person''s use; sums of days that are over name nobody and stay. For definer functions.';

create function private.tg_profiles_forget_use() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_use_of(old.id);
  return null;
end;
$$;

comment on function private.tg_profiles_forget_use() is
  'After an account is gone: its events go. Definer: Auth''s own role has no right to the tables of use.';

create trigger profiles_forget_use after delete on public.profiles
  for each row execute function private.tg_profiles_forget_use();

create function private.tg_workspaces_analytics_ended() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.analytics_workspaces a set ended_at = now() where a.workspace_id = old.id;
  return null;
end;
$$;

comment on function private.tg_workspaces_analytics_ended() is
  'After a workspace is deleted: notes it for the job. Definer: clients have no right to the tables of use.';

create trigger workspaces_analytics_ended after delete on public.workspaces
  for each row execute function private.tg_workspaces_analytics_ended();

create function private.expired_months(p_workspace_id text) returns table (month timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select distinct r.bucket
    from private.expired_times(p_workspace_id, 'analytics_days') as t
    join private.analytics_rollups r
      on r.workspace_id = p_workspace_id
      and r.grain = 'month'
      and r.bucket < t.until
      and r.bucket > case when isfinite(t.since) then t.since - interval '31 days' else t.since end
    where date_trunc('month', r.bucket + interval '32 days', 'UTC') > t.since;
end;
$$;

comment on function private.expired_months(text) is
  'The months of a workspace''s use of which a day is older than its plan keeps. For definer functions.';

create function private.expire_analytics(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_hours_kept constant interval := '35 days';
  v_rollups integer;
  v_days integer;
begin
  -- A month goes whole, before the first of its days: what is left of it is then read day by day. The sums of
  -- everybody say which are there.
  delete from private.analytics_person_months p
  using private.analytics_workspaces a, private.expired_months(a.workspace_id) as m
  where a.ended_at is null and p.workspace_id = a.workspace_id and p.month = (m.month at time zone 'UTC')::date;
  delete from private.analytics_rollups r
  using private.analytics_workspaces a, private.expired_months(a.workspace_id) as m
  where a.ended_at is null and r.workspace_id = a.workspace_id and r.grain = 'month' and r.bucket = m.month;

  delete from private.analytics_rollups r
  where r.ctid = any (array(
    select x.ctid
    from private.analytics_workspaces a
    cross join lateral (
      select 'hour' as grain, '-infinity'::timestamptz as since, now() - c_hours_kept as until
      union all
      select 'day', t.since, t.until from private.expired_times(a.workspace_id, 'analytics_days') as t
    ) as l
    cross join lateral (
      select o.ctid
      from private.analytics_rollups o
      where o.workspace_id = a.workspace_id and o.grain = l.grain and o.bucket >= l.since and o.bucket < l.until
      limit p_batch
    ) as x
    where a.ended_at is null
    limit p_batch));
  get diagnostics v_rollups = row_count;

  delete from private.analytics_person_days d
  where d.ctid = any (array(
    select x.ctid
    from private.analytics_workspaces a
    cross join lateral private.expired_times(a.workspace_id, 'analytics_days') as t
    cross join lateral (
      select o.ctid
      from private.analytics_person_days o
      where o.workspace_id = a.workspace_id
        and o.day >= (case when isfinite(t.since) then t.since else '0001-01-01' end)::date
        and o.day < t.until::date
      limit p_batch
    ) as x
    where a.ended_at is null
    limit p_batch));
  get diagnostics v_days = row_count;
  return v_rollups + v_days;
end;
$$;

comment on function private.expire_analytics(integer) is
  'Removes at most so many hours and days of use of each sort that are older than the plan of their workspace keeps, '
  'or kept when they were, and returns how many. Run by cron until nothing is left, with a commit after each batch.';

create function private.remove_ended_analytics(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id text;
  v_removed integer;
begin
  select a.workspace_id into v_workspace_id
  from private.analytics_workspaces a
  where a.ended_at is not null
  order by a.ended_at
  limit 1
  for update skip locked;
  if not found then
    return 0;
  end if;

  delete from private.analytics_events e
  using (
    select x.occurred_at, x.user_id, x.id
    from private.analytics_events x
    where x.workspace_id = v_workspace_id
    limit p_batch
  ) as o
  where e.workspace_id = v_workspace_id and e.occurred_at = o.occurred_at and e.user_id = o.user_id and e.id = o.id;
  get diagnostics v_removed = row_count;
  if v_removed > 0 then
    return v_removed;
  end if;
  delete from private.analytics_rollups r where r.ctid = any (array(
    select x.ctid from private.analytics_rollups x where x.workspace_id = v_workspace_id limit p_batch));
  get diagnostics v_removed = row_count;
  if v_removed > 0 then
    return v_removed;
  end if;
  delete from private.analytics_person_days d where d.ctid = any (array(
    select x.ctid from private.analytics_person_days x where x.workspace_id = v_workspace_id limit p_batch));
  get diagnostics v_removed = row_count;
  if v_removed > 0 then
    return v_removed;
  end if;
  delete from private.analytics_person_months m where m.ctid = any (array(
    select x.ctid from private.analytics_person_months x where x.workspace_id = v_workspace_id limit p_batch));
  get diagnostics v_removed = row_count;
  if v_removed > 0 then
    return v_removed;
  end if;
  delete from private.analytics_workspaces a where a.workspace_id = v_workspace_id;
  return 1;
end;
$$;

comment on function private.remove_ended_analytics(integer) is
  'Removes at most so many rows of the use of a workspace that is deleted, and returns how many, 0 where there is '
  'nothing to do. Run by cron.';
