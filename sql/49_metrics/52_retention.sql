-- How long metrics are kept: as long as the plan says, and no longer than their workspace.

create function private.expire_metrics(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_points integer;
  v_rollups integer;
begin
  with limits as (
    select k.workspace_id, k.key, k.dimensions, x.since, x.until
    from (
      select w.id, e.since, e.until
      from public.workspaces w
      cross join lateral private.expired_times(w.id, 'metrics_days') e
      where exists (select from private.metric_keys k where k.workspace_id = w.id)
    ) as x
    join private.metric_keys k on k.workspace_id = x.id
  ), removed as (
    delete from private.metric_points p
    using (
      select l.workspace_id, l.key, x.time, x.id
      from limits l
      cross join lateral (
        select o.time, o.id
        from private.metric_points o
        where o.workspace_id = l.workspace_id and o.key = l.key and o.time >= l.since and o.time < l.until
        limit p_batch
      ) as x
      limit p_batch
    ) as e
    where p.workspace_id = e.workspace_id and p.key = e.key and p.time = e.time and p.id = e.id
    returning p.workspace_id, p.id
  )
  delete from private.metric_point_ids i
  using removed r
  where i.workspace_id = r.workspace_id and i.id = r.id;
  get diagnostics v_points = row_count;

  with limits as (
    select k.workspace_id, k.key, k.dimensions, x.since, x.until
    from (
      select w.id, e.since, e.until
      from public.workspaces w
      cross join lateral private.expired_times(w.id, 'metrics_days') e
      where exists (select from private.metric_keys k where k.workspace_id = w.id)
    ) as x
    join private.metric_keys k on k.workspace_id = x.id
  )
  delete from private.metric_rollups r
  where r.ctid = any (array(
    select x.ctid
    from limits l
    cross join unnest(array['hour', 'day']) as g (grain)
    cross join lateral unnest(array[''] || l.dimensions) as d (dimension)
    cross join lateral (
      select o.ctid
      from private.metric_rollups o
      where o.workspace_id = l.workspace_id
        and o.grain = g.grain
        and o.key = l.key
        and o.dimension = d.dimension
        and o.bucket >= l.since
        -- No day is longer.
        and o.bucket < l.until - interval '26 hours'
      limit p_batch
    ) as x
    limit p_batch
  ));
  get diagnostics v_rollups = row_count;
  return v_points + v_rollups;
end;
$$;

comment on function private.expire_metrics(integer) is
  'Removes at most so many points, with their ids, and so many rows of hours and days that are older than the plan of '
  'their workspace keeps, or kept when they came, and returns how many. Run by cron until nothing is left, with a '
  'commit after each batch.';

create function private.remove_ended_metrics(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id text;
  v_points integer;
begin
  select m.workspace_id into v_workspace_id
  from private.metric_workspaces m
  where m.ended_at is not null
  order by m.ended_at
  limit 1
  for update skip locked;
  if not found then
    return 0;
  end if;

  with removed as (
    delete from private.metric_points p
    using (
      select x.key, x.time, x.id from private.metric_points x where x.workspace_id = v_workspace_id limit p_batch
    ) as e
    where p.workspace_id = v_workspace_id and p.key = e.key and p.time = e.time and p.id = e.id
    returning p.id
  )
  delete from private.metric_point_ids i
  using removed r
  where i.workspace_id = v_workspace_id and i.id = r.id;
  get diagnostics v_points = row_count;
  if v_points > 0 then
    return v_points;
  end if;

  delete from private.stale_metric_hours s where s.workspace_id = v_workspace_id;
  delete from private.metric_rollups r where r.workspace_id = v_workspace_id;
  delete from private.metric_keys k where k.workspace_id = v_workspace_id;
  delete from private.metric_workspaces m where m.workspace_id = v_workspace_id;
  return 1;
end;
$$;

comment on function private.remove_ended_metrics(integer) is
  'Removes at most so many points of a workspace that is deleted, and with the last ones all else that is kept of its '
  'metrics; returns how many, 0 where there is nothing to do. Run by cron.';
