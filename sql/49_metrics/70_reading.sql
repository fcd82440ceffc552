-- Reading metrics: what a metric came to in a time, by buckets and by the values of a dimension.
--
-- Whole days and hours are read from what is rolled up, and the points themselves of the hours that are not and of the
-- parts of hours at both ends, so that nothing that was stored is left out. A year is as many rows as it has days.

create function private.metric_back(p_period text, p_compare text) returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_compare
    when 'previousYear' then interval '1 year'
    when 'previousPeriod' then case p_period
      when '24h' then interval '24 hours' when '7d' then interval '7 days' when '30d' then interval '30 days'
      when '90d' then interval '90 days' when '1y' then interval '1 year'
    end
    else interval '0'
  end;
end;
$$;

comment on function private.metric_back(text, text) is 'How far back that is what a period is compared with.';

create function private.metric_range(
  p_period text,
  p_compare text,
  p_at timestamptz,
  p_timezone text,
  out range_from timestamptz,
  out range_to timestamptz
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_days constant interval := private.metric_back(p_period, 'previousPeriod');
  v_back constant interval := private.metric_back(p_period, p_compare);
  v_local constant timestamp := p_at at time zone p_timezone;
  v_until constant timestamptz := case
    -- Clocks may show the same twice.
    when p_compare = 'none' then p_at
    when p_period = '24h' and p_compare = 'previousPeriod' then p_at - v_back
    else (v_local - v_back) at time zone p_timezone
  end;
begin
  range_from := case
    when p_period = '24h' then v_until - (p_at - private.hour_start(p_at, p_timezone)) - interval '23 hours'
    else private.clock_start(date_trunc('day', v_local) - v_days + interval '1 day' - v_back, p_timezone)
  end;
  -- The moment itself belongs to it.
  range_to := v_until + interval '1 microsecond';
end;
$$;

comment on function private.metric_range(text, text, timestamptz, text) is
  'From when to when, exclusively, a period lasts that ends at a time: 24h are this hour and the 23 before, however '
  'clocks change, the others begin with a day of the time zone. What it is compared with ends as far into its last '
  'day, and of 24h it is as long.';

create function private.metric_parts(
  p_workspace_id text,
  p_key text,
  p_dimension text,
  p_from timestamptz,
  p_to timestamptz,
  p_interval text,
  p_timezone text,
  p_steps timestamptz[] default null
) returns table (
  bucket timestamptz, value text, points bigint, total numeric, lowest numeric, highest numeric, latest numeric
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- The plan is the same for a week and a year; compiling it would take longer than running it.
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_steps constant timestamptz[] := coalesce(p_steps, private.metric_steps(p_from, p_to, p_interval, p_timezone));
  v_hours_from timestamptz := private.hour_start(p_from, p_timezone);
  v_hours_to timestamptz;
  v_days_to timestamptz := p_from;
begin
  if v_hours_from < p_from then
    v_hours_from := least(private.hour_after(v_hours_from, p_timezone), p_to);
  end if;
  v_hours_to := greatest(v_hours_from, private.hour_start(p_to, p_timezone));
  if p_interval is distinct from 'hour' and private.day_start(p_from, p_timezone) = p_from then
    v_days_to := greatest(p_from, private.day_start(v_hours_to, p_timezone));
  end if;
  return query
  with stale as materialized (
    select s.hour
    from private.stale_metric_hours s
    where s.workspace_id = p_workspace_id and s.key = p_key and s.hour >= v_hours_from and s.hour < v_hours_to
  ), stale_days as materialized (
    select private.clock_start(d.day, p_timezone) as day, private.clock_start(d.next_day, p_timezone) as day_to
    from (
      select distinct x.day, x.day + interval '1 day' as next_day
      from (
        select date_trunc('day', s.hour at time zone p_timezone) as day from stale s where s.hour < v_days_to
      ) as x
    ) as d
  ), parts as (
    select
      r.bucket as since, r.value as of_value, r.points as n, r.total as amount, r.lowest as least, r.highest as most,
      r.latest as last, r.latest_at as last_at
    from private.metric_rollups r
    where r.workspace_id = p_workspace_id and r.grain = 'day' and r.key = p_key and r.dimension = p_dimension
      and r.bucket >= p_from and r.bucket < v_days_to
      and r.bucket not in (select d.day from stale_days d)
    union all
    select r.bucket, r.value, r.points, r.total, r.lowest, r.highest, r.latest, r.latest_at
    from (
      select d.day as since, d.day_to as until from stale_days d union all select v_days_to, v_hours_to
    ) as h
    cross join lateral (
      select x.*
      from private.metric_rollups x
      where x.workspace_id = p_workspace_id and x.grain = 'hour' and x.key = p_key and x.dimension = p_dimension
        and x.bucket >= h.since and x.bucket < h.until
      offset 0
    ) as r
    where r.bucket not in (select s.hour from stale s)
    union all
    select
      p.time, case when p_dimension = '' then '' else p.dimensions ->> p_dimension end, 1, p.value, p.value, p.value,
      p.value, p.time
    from (
      select s.hour as since, private.hour_after(s.hour, p_timezone) as until from stale s
      union all
      select p_from, v_hours_from
      union all
      select v_hours_to, p_to
    ) as h
    cross join lateral (
      select x.time, x.value, x.dimensions
      from private.metric_points x
      where x.workspace_id = p_workspace_id and x.key = p_key and x.time >= h.since and x.time < h.until
        and (p_dimension = '' or x.dimensions ? p_dimension)
      offset 0
    ) as p
  )
  select
    case when p_interval is null then p_from else v_steps[width_bucket(p.since, v_steps)] end,
    p.of_value, sum(p.n)::bigint, sum(p.amount), min(p.least), max(p.most),
    (array_agg(p.last order by p.last_at desc, p.last desc))[1]
  from parts p
  group by 1, 2;
end;
$$;

comment on function private.metric_parts(text, text, text, timestamptz, timestamptz, text, text, timestamptz[]) is
  'What came of a metric in a time: by hour, day, week or month, or (null) all together; by the values of a dimension, '
  'or (empty) of all points. An empty value is all those that were not told apart. Other steps than those of the '
  'calendar begin with an hour or, of days and more, with a day.';

create function private.metric_amounts(
  p_workspace_id text,
  p_query jsonb,
  p_dimension text,
  p_from timestamptz,
  p_to timestamptz,
  p_interval text,
  p_timezone text,
  p_steps timestamptz[] default null
) returns table (bucket timestamptz, value text, amount numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_aggregate constant text := coalesce(p_query ->> 'aggregate', 'sum');
begin
  if p_query ? 'per' then
    -- Sums are divided: an average of ratios would count a quiet day as much as a busy one.
    return query
    select d.bucket, d.value, coalesce(n.total, 0) / nullif(d.total, 0)
    from private.metric_parts(
      p_workspace_id, p_query ->> 'per', p_dimension, p_from, p_to, p_interval, p_timezone, p_steps) as d
    left join private.metric_parts(
      p_workspace_id, p_query ->> 'metric', p_dimension, p_from, p_to, p_interval, p_timezone, p_steps) as n
      on n.bucket = d.bucket and n.value = d.value;
    return;
  end if;
  return query
  select
    p.bucket, p.value,
    case v_aggregate
      when 'sum' then p.total
      when 'avg' then p.total / p.points
      when 'min' then p.lowest
      when 'max' then p.highest
      when 'count' then p.points
      when 'last' then p.latest
    end
  from private.metric_parts(
    p_workspace_id, p_query ->> 'metric', p_dimension, p_from, p_to, p_interval, p_timezone, p_steps) as p;
end;
$$;

comment on function private.metric_amounts(text, jsonb, text, timestamptz, timestamptz, text, text, timestamptz[]) is
  'What a question asks about in a time, by buckets and values as private.metric_parts: its aggregate, or the ratio of '
  'two sums.';

create function private.metric_number(p_number numeric) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(to_jsonb(p_number::double precision), 'null');
end;
$$;

comment on function private.metric_number(numeric) is
  'A number as answers hold it: with the digits that a front end can tell apart; null for null.';
