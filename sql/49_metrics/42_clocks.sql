-- When the hours, days, weeks and months of a time zone begin. Everything that counts by them asks here, so that what
-- is rolled up and what is read are cut at the same moments, and each moment lies in one hour and in one day.
--
-- Clocks change by an hour, by half of one (Australia/Lord_Howe) or by two (Antarctica/Troll), also at midnight:
--
-- - A day begins when its clocks first show midnight, which they may do twice (America/Havana), or, where they never
--   do (Africa/Cairo), when they jump over it. So it has from 22 to 26 hours.
-- - An hour is that of the clock. One that clocks show twice is two, and a change in the middle of an hour ends it: the
--   rest of it is an hour of its own. So it has at most 60 minutes, and begins with a minute.

create function private.clock_start(p_local timestamp, p_timezone text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Of a time that clocks show twice this is the second one.
  v_time constant timestamptz := p_local at time zone p_timezone;
  v_day_before constant timestamp := (v_time - interval '24 hours') at time zone p_timezone;
  -- When they would show it if they had not changed since the day before.
  v_unchanged constant timestamptz := v_time - (v_day_before - (p_local - interval '24 hours'));
begin
  if v_unchanged at time zone p_timezone = p_local then
    return v_unchanged;
  end if;
  if v_time at time zone p_timezone = p_local then
    return v_time;
  end if;
  return (
    select min(m)
    from generate_series(v_time - interval '3 hours', v_time, interval '1 minute') as m
    where m at time zone p_timezone >= p_local
  );
end;
$$;

comment on function private.clock_start(timestamp, text) is
  'When the clocks of a time zone first show a time, or jump over it.';

create function private.hour_start(p_time timestamptz, p_timezone text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hour constant timestamptz := date_trunc('hour', p_time, p_timezone);
begin
  if date_trunc('hour', v_hour, p_timezone) = v_hour then
    return v_hour;
  end if;
  -- The clocks have changed since, and it is the minute of the change.
  return (
    select min(m)
    from generate_series(v_hour, p_time, interval '1 minute') as m
    where date_trunc('hour', m, p_timezone) = v_hour
  );
end;
$$;

comment on function private.hour_start(timestamptz, text) is
  'When the hour begins that a time is in. Two times of one hour have the same date_trunc too, by which many are '
  'grouped before this is asked.';

create function private.hour_after(p_hour timestamptz, p_timezone text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hour constant timestamptz := date_trunc('hour', p_hour, p_timezone);
  v_after constant timestamptz := v_hour + interval '1 hour';
begin
  if date_trunc('hour', v_after - interval '1 minute', p_timezone) = v_hour then
    return v_after;
  end if;
  return (
    select min(m)
    from generate_series(p_hour, v_after, interval '1 minute') as m
    where date_trunc('hour', m, p_timezone) <> v_hour
  );
end;
$$;

comment on function private.hour_after(timestamptz, text) is 'When the hour after one begins.';

create function private.day_start(p_time timestamptz, p_timezone text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.clock_start(date_trunc('day', p_time at time zone p_timezone), p_timezone);
end;
$$;

comment on function private.day_start(timestamptz, text) is 'When the day begins that a time is in.';

create function private.day_after(p_day timestamptz, p_timezone text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.clock_start(date_trunc('day', p_day at time zone p_timezone) + interval '1 day', p_timezone);
end;
$$;

comment on function private.day_after(timestamptz, text) is 'When the day after one begins.';

create function private.metric_steps(
  p_from timestamptz, p_to timestamptz, p_interval text, p_timezone text
) returns timestamptz[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hour timestamptz;
  v_hours timestamptz[] := '{}';
begin
  if p_interval = 'hour' then
    v_hour := private.hour_start(p_from, p_timezone);
    while v_hour < p_to loop
      v_hours := v_hours || v_hour;
      v_hour := private.hour_after(v_hour, p_timezone);
    end loop;
    return v_hours;
  end if;
  return array(
    -- A day that clocks jump over begins with the one after it.
    select distinct private.clock_start(s, p_timezone)
    from generate_series(
      date_trunc(p_interval, p_from at time zone p_timezone),
      (p_to - interval '1 microsecond') at time zone p_timezone,
      ('1 ' || p_interval)::interval) as s
    order by 1);
end;
$$;

comment on function private.metric_steps(timestamptz, timestamptz, text, text) is
  'When the hours, days, weeks or months of a time begin, in order. The first one may begin before it.';

create function private.clock_before(p_local timestamp, p_back interval) returns timestamp
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The 29th of February of a year that has none: where it would be.
  return case
    when p_local - p_back + p_back <> p_local then date_trunc('day', p_local - p_back) + interval '1 day'
    else p_local - p_back
  end;
end;
$$;

comment on function private.clock_before(timestamp, interval) is
  'What clocks showed some days or a year before they show a time.';

create function private.metric_steps_before(
  p_steps timestamptz[],
  p_from timestamptz,
  p_to timestamptz,
  p_interval text,
  p_back interval,
  p_by_clock boolean,
  p_timezone text
) returns table (step bigint, step_from timestamptz, step_to timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_length constant interval := ('1 ' || p_interval)::interval;
begin
  return query
  select c.n, c.cut_from, c.cut_to
  from (
    select x.n, greatest(x.step_from, p_from) as cut_from, least(x.step_to, p_to) as cut_to
    from (
      select s.n, s.since - p_back as step_from, lead(s.since - p_back, 1, p_to) over (order by s.n) as step_to
      from unnest(p_steps) with ordinality as s (since, n)
      where not p_by_clock
      union all
      select
        b.n, b.step_from,
        case p_interval
          -- The first of two hours that clocks showed the same.
          when 'hour' then least(private.clock_start(b.local_to, p_timezone), b.step_from + interval '1 hour')
          else private.clock_start(b.local_to, p_timezone)
        end
      from (
        select
          l.n, private.clock_start(private.clock_before(l.label, p_back), p_timezone) as step_from,
          case p_interval
            when 'month' then private.clock_before(l.label + v_length, p_back)
            -- No day more than the step has.
            else least(
              private.clock_before(l.label + v_length, p_back), private.clock_before(l.label, p_back) + v_length)
          end as local_to
        from (
          select s.n, s.label, row_number() over (partition by s.label order by s.n) as turn
          from (
            select o.n, date_trunc(p_interval, o.since at time zone p_timezone) as label
            from unnest(p_steps) with ordinality as o (since, n)
            where p_by_clock
          ) as s
        ) as l
        where l.turn = 1
      ) as b
    ) as x
  ) as c
  where c.cut_from < c.cut_to;
end;
$$;

comment on function private.metric_steps_before(
  timestamptz[], timestamptz, timestamptz, text, interval, boolean, text) is
  'From when to when each step of a time, by its place, lasts in the one before: between the same times of the clock, '
  'or exactly so long ago. There is none of a step whose time there was not, nor of an hour that clocks show again.';
