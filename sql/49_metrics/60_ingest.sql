-- Taking points in: all of one call or none.
--
-- Threats: one workspace's flood (at most a thousand points a call and so many a minute as the plan says, and the
-- callers of a workspace come one after the other, but wait for seconds only: others wait for nothing); a retry that
-- counts twice (ids); somebody else's id (a different point under a known id is refused); who lost the right meanwhile
-- (asked in the statement).

create function public.ingest_metrics(workspace_id text, points jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.ingest_metrics(workspace_id, points);
end;
$$;

comment on function public.ingest_metrics(text, jsonb) is
  'Takes at most 1,000 points {key, time, value, dimensions, id} of a workspace, all or none, and returns {stored, '
  'known}: what has come before, by its id, is not stored again. Takes metrics.write. Errors: not_found, '
  'permission_denied, invalid_input (points, or the paths of the points), conflict (the paths of ids that another '
  'point has, key), rate_limited, payment_required.';

grant execute on function public.ingest_metrics(text, jsonb) to authenticated, service_role;

create function private.ingest_metrics(p_workspace_id text, p_points jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  c_points constant integer := 1000;
  c_bytes constant integer := 1048576;
  -- The clock of who sends may be ahead.
  c_ahead constant interval := '5 minutes';
  v_points private.sent_point[];
  v_timezone text;
  v_stored integer;
begin
  perform private.require_permission(p_workspace_id, 'metrics.write');
  if pg_column_size(p_points) > c_bytes then
    perform private.raise_invalid_input('points', 'The points of a call must not be larger than 1 MiB.',
      'Send them in several calls.');
  end if;
  if jsonb_typeof(p_points) is distinct from 'array' then
    perform private.raise_invalid_input('points', 'Points are sent as a list.',
      'Give a list such as [{"key": "revenue", "time": "2026-01-31T12:00:00Z", "value": 12.5, "id": "order-1"}].');
  end if;
  if jsonb_array_length(p_points) > c_points then
    perform private.raise_invalid_input('points', format('A call takes at most %s points.', c_points),
      'Send them in several calls.');
  end if;

  -- The workspace stays until the points are there.
  if not private.hold_workspace(p_workspace_id) then
    perform private.workspace_not_found();
  end if;
  perform private.refuse_problem(private.points_problem(
    p_points,
    now() - make_interval(days => private.limit_of(p_workspace_id, 'metrics_days')::integer),
    now() + c_ahead));

  v_timezone := private.take_metrics_turn(
    p_workspace_id, jsonb_array_length(p_points), private.limit_of(p_workspace_id, 'metrics_per_minute'));
  v_points := array(select p from private.points_in(p_points) as p);
  perform private.refuse_known_ids(p_workspace_id, v_points);
  perform private.note_metric_keys(p_workspace_id, v_points);

  with sent as materialized (
    select distinct on (p.id) p.key, p.time, p.id, p.value, p.dimensions
    from unnest(v_points) as p
    order by p.id
  ), unknown as (
    insert into private.metric_point_ids (workspace_id, id, key, time)
    select p_workspace_id, s.id, s.key, s.time from sent s
    on conflict do nothing
    returning id
  ), stored as (
    insert into private.metric_points (workspace_id, key, time, id, value, dimensions)
    select p_workspace_id, s.key, s.time, s.id, s.value, s.dimensions
    from sent s
    join unknown u on u.id = s.id
    returning key, time
  ), marked as (
    -- A mark that is there already is written again, which keeps the job from it until the points are there.
    insert into private.stale_metric_hours (workspace_id, key, hour)
    select p_workspace_id, s.key, private.hour_start(min(s.time), v_timezone) as hour
    from stored s
    group by s.key, date_trunc('hour', s.time, v_timezone)
    order by 2, 3
    on conflict (workspace_id, key, hour) do update set hour = excluded.hour
  )
  select count(*) into v_stored from stored;
  -- At last, since only now it is known how many there are.
  if not private.spend_usage(p_workspace_id, 'metric_points', v_stored) then
    perform private.require_within_limit(
      p_workspace_id, 'metric_points', private.usage_of(p_workspace_id, 'metric_points') + v_stored);
    perform private.count_usage(p_workspace_id, 'metric_points', v_stored);
  end if;
  return jsonb_build_object('stored', v_stored, 'known', jsonb_array_length(p_points) - v_stored);
end;
$$;

comment on function private.ingest_metrics(text, jsonb) is
  'Stores points of a workspace. Definer: clients have no right to the tables of metrics.';

grant execute on function private.ingest_metrics(text, jsonb) to authenticated, service_role;

create function private.take_metrics_turn(p_workspace_id text, p_points integer, p_per_minute bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
-- A workspace that sends too much at once must not hold the connections of everybody.
set lock_timeout = '4s'
as $$
declare
  v_turn private.metric_workspaces;
begin
  insert into private.metric_workspaces as m (workspace_id, timezone, next_timezone, minute, points_in_minute)
  select
    w.id, private.timezone_of(w.settings), private.timezone_of(w.settings),
    date_trunc('minute', clock_timestamp()), p_points
  from public.workspaces w
  where w.id = p_workspace_id
  on conflict (workspace_id) do update set
    minute = date_trunc('minute', clock_timestamp()),
    points_in_minute = p_points
      + case when m.minute = date_trunc('minute', clock_timestamp()) then m.points_in_minute else 0 end
  returning * into v_turn;

  if v_turn.points_in_minute > p_per_minute then
    perform private.raise_error('rate_limited',
      format('A workspace of this plan sends at most %s points a minute.', p_per_minute), 'points',
      'Send them again in a minute.');
  end if;
  return v_turn.timezone;
exception
  when lock_not_available then
    perform private.raise_error('rate_limited',
      'Too many calls of this workspace are waiting for each other.', 'points', 'Send them one after the other.');
end;
$$;

comment on function private.take_metrics_turn(text, integer, bigint) is
  'Waits for those who send points of the same workspace, counts the points of this minute, and returns the time zone '
  'of the workspace''s hours. Error: rate_limited.';

create function private.refuse_known_ids(p_workspace_id text, p_points private.sent_point[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- A plan that was made while there was nothing would read all that came since, for each point.
set enable_seqscan = off
as $$
declare
  c_named constant integer := 20;
  v_paths text;
begin
  with sent as materialized (
    select p.*, count(*) over (partition by p.id) as times from unnest(p_points) as p
  ), others as (
    select s.n
    from sent s
    cross join lateral (
      select i.key, i.time
      from private.metric_point_ids i
      where i.workspace_id = p_workspace_id and i.id = s.id
      offset 0
    ) as i
    cross join lateral (
      select p.value, p.dimensions
      from private.metric_points p
      where p.workspace_id = p_workspace_id and p.key = i.key and p.time = i.time and p.id = s.id
      offset 0
    ) as p
    where (i.key, i.time, p.value, p.dimensions) is distinct from (s.key, s.time, s.value, s.dimensions)
    union
    select s.n
    from sent s
    join sent e on e.id = s.id and e.n < s.n
    where s.times > 1
      and (e.key, e.time, e.value, e.dimensions) is distinct from (s.key, s.time, s.value, s.dimensions)
  )
  select string_agg(format('points.%s.id', o.n), ', ' order by o.n)
  into v_paths
  from (select x.n from others x order by x.n limit c_named) as o;
  if v_paths is not null then
    perform private.raise_error('conflict',
      'An id stands for one point, and another one has it, so none was stored.', v_paths,
      'Send a point again as it was, or give another one an id of its own.');
  end if;
end;
$$;

comment on function private.refuse_known_ids(text, private.sent_point[]) is
  'Refuses points whose id another point has, in the call or before. Error: conflict with the paths of the ids. Who '
  'calls it has the turn of the workspace.';

create function private.note_metric_keys(p_workspace_id text, p_points private.sent_point[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_keys constant integer := 500;
  c_dimensions constant integer := 20;
begin
  insert into private.metric_keys as k (workspace_id, key, dimensions, last_at)
  select
    p_workspace_id, p.key,
    coalesce(array_agg(distinct d.name order by d.name) filter (where d.name is not null), '{}'), max(p.time)
  from unnest(p_points) as p
  left join lateral jsonb_object_keys(p.dimensions) as d (name) on true
  group by p.key
  on conflict (workspace_id, key) do update set
    dimensions = array(select unnest(k.dimensions) union select unnest(excluded.dimensions) order by 1),
    last_at = greatest(k.last_at, excluded.last_at)
  where excluded.last_at > k.last_at or not excluded.dimensions <@ k.dimensions;

  if (select count(*) from private.metric_keys k where k.workspace_id = p_workspace_id) > c_keys
    or exists (
      select
      from private.metric_keys k
      where k.workspace_id = p_workspace_id and cardinality(k.dimensions) > c_dimensions)
  then
    perform private.raise_error('conflict',
      format('A workspace has at most %s metrics, each with at most %s dimensions.', c_keys, c_dimensions), 'key',
      'Tell things apart by the values of dimensions, and not by keys.');
  end if;
end;
$$;

comment on function private.note_metric_keys(text, private.sent_point[]) is
  'Keeps which metrics a workspace sends. Error: conflict (key) for too many.';
