-- Rolling points up: the hours that have become stale, and the days that they are in.
--
-- Who ingests marks each hour of which points came, and holds the mark until the points are there. The job takes marks
-- that nobody holds and then reads the points, so that a point which comes meanwhile leaves a mark of its own. After a
-- stop the marks are all there; a run costs what has become stale, however much there is.

create function private.most_frequent_values() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 200;
end;
$$;

comment on function private.most_frequent_values() is
  'How many values of a dimension are told apart in an hour, and in a day; the others are put together.';

create function private.roll_up_metrics(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_workspaces text[];
  v_keys text[];
  v_hours timestamptz[];
begin
  if not pg_try_advisory_xact_lock(hashtext('private.roll_up_metrics'), 0) then
    return 0;
  end if;
  perform private.adopt_timezone();

  with recursive waiting as (
    (select s.workspace_id from private.stale_metric_hours s order by s.workspace_id limit 1)
    union all
    select (
      select s.workspace_id
      from private.stale_metric_hours s
      where s.workspace_id > w.workspace_id
      order by s.workspace_id
      limit 1)
    from waiting w
    where w.workspace_id is not null
  ),
  -- In turns: a workspace all of whose hours are stale keeps nobody else's waiting.
  turns as (
    select w.workspace_id, greatest(1, p_batch / count(*) over ()) as most
    from (select x.workspace_id from waiting x where x.workspace_id is not null limit p_batch) as w
  ),
  removed as (
    delete from private.stale_metric_hours h
    where h.ctid = any (array(
      select o.ctid
      from turns t
      cross join lateral (
        select s.ctid
        from private.stale_metric_hours s
        where s.workspace_id = t.workspace_id
        order by s.key, s.hour
        limit t.most
        for update skip locked
      ) as o))
    returning h.workspace_id, h.key, h.hour
  )
  select array_agg(r.workspace_id), array_agg(r.key), array_agg(r.hour)
  into v_workspaces, v_keys, v_hours
  from removed r;
  if v_workspaces is null then
    return 0;
  end if;

  perform private.roll_up_hours(v_workspaces, v_keys, v_hours);
  perform private.roll_up_days(array_agg(d.workspace_id), array_agg(d.key), array_agg(d.day))
  from (
    select distinct s.workspace_id, s.key, private.day_start(s.hour, m.timezone) as day
    from unnest(v_workspaces, v_keys, v_hours) as s (workspace_id, key, hour)
    join private.metric_workspaces m on m.workspace_id = s.workspace_id
  ) as d;
  return cardinality(v_workspaces);
end;
$$;

comment on function private.roll_up_metrics(integer) is
  'Rolls up at most so many stale hours, and the days that they are in, and returns how many it took; one at a time. '
  'Run by cron until nothing is left, with a commit after each batch.';

create function private.adopt_timezone() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id text;
  v_timezone text;
begin
  -- Who ingests waits here, and nobody marks an hour of the zone before.
  select m.workspace_id, m.next_timezone into v_workspace_id, v_timezone
  from private.metric_workspaces m
  where m.timezone <> m.next_timezone and coalesce(m.adopted_at < now() - interval '10 minutes', true)
  order by m.workspace_id
  limit 1
  for update;
  if not found then
    return;
  end if;

  delete from private.metric_rollups r where r.workspace_id = v_workspace_id;
  delete from private.stale_metric_hours s where s.workspace_id = v_workspace_id;
  insert into private.stale_metric_hours (workspace_id, key, hour)
  select p.workspace_id, p.key, private.hour_start(min(p.time), v_timezone)
  from private.metric_points p
  where p.workspace_id = v_workspace_id
  group by p.workspace_id, p.key, date_trunc('hour', p.time, v_timezone);
  update private.metric_workspaces m
  set timezone = v_timezone, adopted_at = now()
  where m.workspace_id = v_workspace_id;
end;
$$;

comment on function private.adopt_timezone() is
  'Takes over the time zone of a workspace whose settings name another one: all of its hours become stale. Of one '
  'workspace once in 10 minutes.';

create function private.forget_rollups(
  p_grain text, p_workspaces text[], p_keys text[], p_buckets timestamptz[]
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- "offset 0": each is looked up by its whole key, where a join would read all that the metric ever had.
  delete from private.metric_rollups r
  where r.ctid = any (array(
    select x.ctid
    from unnest(p_workspaces, p_keys, p_buckets) as s (workspace_id, key, bucket)
    join private.metric_keys k on k.workspace_id = s.workspace_id and k.key = s.key
    cross join lateral unnest(array[''] || k.dimensions) as d (dimension)
    cross join lateral (
      select o.ctid
      from private.metric_rollups o
      where o.workspace_id = s.workspace_id
        and o.grain = p_grain
        and o.key = s.key
        and o.dimension = d.dimension
        and o.bucket = s.bucket
      offset 0
    ) as x
  ));
end;
$$;

comment on function private.forget_rollups(text, text[], text[], timestamptz[]) is
  'Takes away the rows of some hours or days, before others take their place: of a dimension other values may be the '
  'most frequent.';

create function private.roll_up_hours(p_workspaces text[], p_keys text[], p_hours timestamptz[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_rollups('hour', p_workspaces, p_keys, p_hours);
  insert into private.metric_rollups (
    workspace_id, grain, key, dimension, bucket, value, points, total, lowest, highest, latest, latest_at)
  with found as (
    select s.workspace_id, s.key, s.hour, p.time, p.value as amount, p.dimensions
    from unnest(p_workspaces, p_keys, p_hours) as s (workspace_id, key, hour)
    join private.metric_workspaces m on m.workspace_id = s.workspace_id
    cross join lateral (select private.hour_after(s.hour, m.timezone) as hour_to offset 0) as e
    cross join lateral (
      select x.time, x.value, x.dimensions
      from private.metric_points x
      where x.workspace_id = s.workspace_id
        and x.key = s.key
        and x.time >= s.hour
        and x.time < e.hour_to
      offset 0
    ) as p
  ), valued as (
    select f.*, '' as dimension, '' as value from found f
    union all
    select f.*, d.key, d.value from found f cross join lateral jsonb_each_text(f.dimensions) as d
  ), counted as (
    select
      v.workspace_id, v.key, v.hour, v.dimension, v.value,
      count(*) as points, sum(v.amount) as total, min(v.amount) as lowest, max(v.amount) as highest,
      (array_agg(v.amount order by v.time desc, v.amount desc))[1] as latest, max(v.time) as latest_at,
      row_number() over (
        partition by v.workspace_id, v.key, v.hour, v.dimension order by count(*) desc, v.value) as place
    from valued v
    group by v.workspace_id, v.key, v.hour, v.dimension, v.value
  )
  select
    c.workspace_id, 'hour', c.key, c.dimension, c.hour,
    case when c.place <= private.most_frequent_values() then c.value else '' end as told,
    sum(c.points), sum(c.total), min(c.lowest), max(c.highest),
    (array_agg(c.latest order by c.latest_at desc, c.latest desc))[1], max(c.latest_at)
  from counted c
  group by c.workspace_id, c.key, c.dimension, c.hour, told;
end;
$$;

comment on function private.roll_up_hours(text[], text[], timestamptz[]) is
  'Makes the rows of some hours from their points.';

create function private.roll_up_days(p_workspaces text[], p_keys text[], p_days timestamptz[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.forget_rollups('day', p_workspaces, p_keys, p_days);
  insert into private.metric_rollups (
    workspace_id, grain, key, dimension, bucket, value, points, total, lowest, highest, latest, latest_at)
  with counted as (
    select
      s.workspace_id, s.key, s.day, h.dimension, h.value,
      sum(h.points) as points, sum(h.total) as total, min(h.lowest) as lowest, max(h.highest) as highest,
      (array_agg(h.latest order by h.latest_at desc, h.latest desc))[1] as latest, max(h.latest_at) as latest_at,
      row_number() over (
        -- What hours did not tell apart is none of those that are counted.
        partition by s.workspace_id, s.key, s.day, h.dimension, h.value = ''
        order by sum(h.points) desc, h.value
      ) as place
    from unnest(p_workspaces, p_keys, p_days) as s (workspace_id, key, day)
    join private.metric_workspaces m on m.workspace_id = s.workspace_id
    join private.metric_keys k on k.workspace_id = s.workspace_id and k.key = s.key
    cross join lateral unnest(array[''] || k.dimensions) as d (dimension)
    cross join lateral (
      select x.*
      from private.metric_rollups x
      where x.workspace_id = s.workspace_id
        and x.grain = 'hour'
        and x.key = s.key
        and x.dimension = d.dimension
        and x.bucket >= s.day
        and x.bucket < private.day_after(s.day, m.timezone)
      offset 0
    ) as h
    group by s.workspace_id, s.key, s.day, h.dimension, h.value
  )
  select
    c.workspace_id, 'day', c.key, c.dimension, c.day,
    case when c.place <= private.most_frequent_values() then c.value else '' end as told,
    sum(c.points), sum(c.total), min(c.lowest), max(c.highest),
    (array_agg(c.latest order by c.latest_at desc, c.latest desc))[1], max(c.latest_at)
  from counted c
  group by c.workspace_id, c.key, c.dimension, c.day, told;
end;
$$;

comment on function private.roll_up_days(text[], text[], timestamptz[]) is
  'Makes the rows of some days from those of their hours.';
