-- Putting use together: each hour once, when nobody can tell of it any more, each day with its last hour, and each
-- month with its last day.
--
-- How far that has come is one row, which moves on in the same transaction: a stop is caught up with, and nothing
-- counts twice. What a day came to never changes afterwards, so that two questions at different times differ by whole
-- days of three people or more, and by nobody's doing in between.

create function private.latest_event() returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '15 minutes';
end;
$$;

comment on function private.latest_event() is 'How long after it happened an event is taken.';

create function private.hold_analytics() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('private.roll_up_analytics'), 0);
end;
$$;

comment on function private.hold_analytics() is
  'Before what is stored of a person goes: waits for a run of private.roll_up_analytics, which would write down again '
  'what it has read, and keeps another from beginning. For definer functions.';

create function private.roll_up_analytics() returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_hour timestamptz;
begin
  if not pg_try_advisory_xact_lock(hashtext('private.roll_up_analytics'), 1) then
    return false;
  end if;
  -- In turn, so that nobody who has what is stored of them removed time and again keeps everybody's from being counted.
  perform pg_advisory_xact_lock(hashtext('private.roll_up_analytics'), 0);
  insert into private.analytics_progress (counted_until)
  values (private.analytics_counted_until())
  on conflict on constraint analytics_progress_pkey do nothing;
  select p.counted_until into v_hour from private.analytics_progress p;
  -- A call that began in time may take a little to store its events.
  if now() < v_hour + interval '1 hour' + private.latest_event() + interval '1 minute' then
    return false;
  end if;

  perform private.roll_up_analytics_hour(v_hour);
  if date_trunc('day', v_hour + interval '1 hour', 'UTC') = v_hour + interval '1 hour' then
    perform private.roll_up_analytics_day(date_trunc('day', v_hour, 'UTC'));
  end if;
  if date_trunc('month', v_hour + interval '1 hour', 'UTC') = v_hour + interval '1 hour' then
    perform private.roll_up_analytics_month(date_trunc('month', v_hour, 'UTC'));
  end if;
  update private.analytics_progress p set counted_until = v_hour + interval '1 hour' where p.is_only;
  return true;
end;
$$;

comment on function private.roll_up_analytics() is
  'Puts the next hour together, with its day and month where it is the last one, and returns whether there was one. '
  'Run by cron until there is none, with a commit after each.';

create function private.analytics_events_between(p_since timestamptz, p_until timestamptz)
returns setof private.analytics_events
language plpgsql stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
  return query
    select e.*
    from private.analytics_workspaces w
    cross join lateral (
      select x.*
      from private.analytics_events x
      where x.workspace_id = w.workspace_id and x.occurred_at >= p_since and x.occurred_at < p_until
      offset 0
    ) as e;
end;
$$;

comment on function private.analytics_events_between(timestamptz, timestamptz) is
  'The events of a time, of all workspaces. For definer functions.';

create function private.roll_up_analytics_kinds(p_grain text, p_since timestamptz, p_until timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.analytics_rollups as r (workspace_id, grain, bucket, kind, events, people)
  select e.workspace_id, p_grain, p_since, k.kind, count(*), count(distinct e.user_id)
  from private.analytics_events_between(p_since, p_until) as e
  cross join lateral (
    values ('active'), (e.kind), (case when e.widget_id is not null then 'widget_used' end)
  ) as k (kind)
  where k.kind is not null
  group by e.workspace_id, k.kind
  on conflict on constraint analytics_rollups_pkey do update set events = excluded.events, people = excluded.people;
end;
$$;

comment on function private.roll_up_analytics_kinds(text, timestamptz, timestamptz) is
  'Counts the events of an hour or a day, and their people, by workspace and kind. For definer functions.';

create function private.roll_up_analytics_hour(p_hour timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_end constant timestamptz := p_hour + interval '1 hour';
begin
  perform private.roll_up_analytics_kinds('hour', p_hour, v_end);

  insert into private.analytics_person_days as d (workspace_id, day, user_id, views_opened, features_used, errors)
  select
    e.workspace_id, (p_hour at time zone 'UTC')::date, e.user_id,
    count(*) filter (where e.kind = 'view_opened'), count(*) filter (where e.kind = 'feature_used'),
    count(*) filter (where e.kind = 'error')
  from private.analytics_events_between(p_hour, v_end) as e
  group by e.workspace_id, e.user_id
  on conflict on constraint analytics_person_days_pkey do update
  set views_opened = d.views_opened + excluded.views_opened,
    features_used = d.features_used + excluded.features_used,
    errors = d.errors + excluded.errors;

  -- What the database knows itself is counted where it stands.
  insert into private.analytics_rollups as r (workspace_id, grain, bucket, kind, events)
  select w.id, 'hour', p_hour, x.kind, x.events
  from (
    select f.workspace_id, case f.outcome when 'fetched' then 'refreshed' else 'refresh_failed' end as kind,
      count(*) as events
    from private.widget_refreshes f
    where f.refreshed_at >= p_hour and f.refreshed_at < v_end
    group by 1, 2
    union all
    select h.workspace_id, k.kind, k.events
    from private.widget_reads h
    cross join lateral (
      values ('shown_fresh', h.hits), ('shown_stale', h.stale), ('shown_empty', h.misses)
    ) as k (kind, events)
    where h.hour = p_hour and k.events > 0
    union all
    select v.workspace_id, 'saved', count(*)
    from private.view_versions v
    where v.saved_at >= p_hour and v.saved_at < v_end
    group by 1
  ) as x
  join public.workspaces w on w.id = x.workspace_id
  on conflict on constraint analytics_rollups_pkey do update set events = excluded.events;

  insert into private.analytics_workspaces (workspace_id)
  select distinct r.workspace_id
  from private.view_versions r
  join public.workspaces w on w.id = r.workspace_id
  where r.saved_at >= p_hour and r.saved_at < v_end
  union
  select distinct f.workspace_id
  from private.widget_refreshes f
  join public.workspaces w on w.id = f.workspace_id
  where f.refreshed_at >= p_hour and f.refreshed_at < v_end
  union
  select h.workspace_id from private.widget_reads h where h.hour = p_hour
  on conflict on constraint analytics_workspaces_pkey do nothing;
end;
$$;

comment on function private.roll_up_analytics_hour(timestamptz) is
  'Puts the events of an hour together, and what the database knows of it.';

-- In the order of time, as versions are made.
create index view_versions_saved_at_idx on private.view_versions using brin (saved_at);

create function private.roll_up_analytics_day(p_day timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_end constant timestamptz := p_day + interval '1 day';
begin
  perform private.roll_up_analytics_kinds('day', p_day, v_end);

  insert into private.analytics_rollups as r (workspace_id, grain, bucket, kind, events)
  select w.workspace_id, 'day', p_day, h.kind, h.events
  from private.analytics_workspaces w
  cross join lateral (
    select x.kind, sum(x.events) as events
    from private.analytics_rollups x
    where x.workspace_id = w.workspace_id and x.grain = 'hour' and x.bucket >= p_day and x.bucket < v_end
      and x.kind in ('refreshed', 'refresh_failed', 'shown_fresh', 'shown_stale', 'shown_empty', 'saved')
    group by x.kind
  ) as h
  where w.ended_at is null
  on conflict on constraint analytics_rollups_pkey do update set events = excluded.events;

  perform private.roll_up_analytics_things(p_day);
  perform private.roll_up_analytics_state(p_day);
end;
$$;

comment on function private.roll_up_analytics_day(timestamptz) is 'Puts a day together whose hours all are.';

create function private.fewest_people() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 3;
end;
$$;

comment on function private.fewest_people() is 'Of how many people it takes to be told what they used.';

create function private.roll_up_analytics_things(p_day timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_fewest constant integer := private.fewest_people();
begin
  insert into private.analytics_rollups as r (workspace_id, grain, bucket, kind, subject, events, people)
  with used as materialized (
    select e.workspace_id, s.kind, s.subject, e.user_id, count(*) as events
    from private.analytics_events_between(p_day, p_day + interval '1 day') as e
    cross join lateral (
      values
        ('view_opened', case e.kind when 'view_opened' then e.view_id::text end),
        ('feature_used', case e.kind when 'feature_used' then e.name end),
        ('error', case e.kind when 'error' then e.name end),
        ('widget_used', e.widget_id::text)
    ) as s (kind, subject)
    where s.subject is not null
    group by e.workspace_id, s.kind, s.subject, e.user_id
  ), things as materialized (
    select u.workspace_id, u.kind, u.subject, sum(u.events) as events, count(*) as people
    from used u
    group by u.workspace_id, u.kind, u.subject
  ), left_out as (
    select u.workspace_id, u.kind, count(distinct u.user_id) as people
    from used u
    join things t on t.workspace_id = u.workspace_id and t.kind = u.kind and t.subject = u.subject
    where t.people < c_fewest
    group by u.workspace_id, u.kind
  ), told as (
    select t.*, l.people as left_out_people, row_number() over (
      partition by t.workspace_id, t.kind order by t.people, t.events, t.subject) as place
    from things t
    left join left_out l on l.workspace_id = t.workspace_id and l.kind = t.kind
    where t.people >= c_fewest
  )
  select t.workspace_id, 'day', p_day, t.kind, t.subject, t.events, t.people
  from told t
  where (t.place = 1 and t.left_out_people < c_fewest) is not true
  on conflict on constraint analytics_rollups_pkey do nothing;
end;
$$;

comment on function private.roll_up_analytics_things(timestamptz) is
  'Writes down which views, widgets, features and errors three people or more came to on a day, and nothing by which '
  'what fewer did could be worked out.';

create function private.state_kinds() returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{kept_answers,fresh_answers,stored_bytes}';
end;
$$;

comment on function private.state_kinds() is 'What says how much there is at the end of a day, and is no sum.';

create function private.roll_up_analytics_state(p_day timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.analytics_rollups as r (workspace_id, grain, bucket, kind, events)
  select w.workspace_id, 'day', p_day, x.kind, x.events
  from (
    select d.workspace_id, k.kind, k.events
    from (
      select a.workspace_id, count(*) as kept, count(*) filter (where a.fresh_until > now()) as fresh
      from private.widget_data a
      group by a.workspace_id
    ) as d
    cross join lateral (values ('kept_answers', d.kept), ('fresh_answers', d.fresh)) as k (kind, events)
    union all
    select split_part(o.name, '/', 1), 'stored_bytes', sum((o.metadata ->> 'size')::bigint)
    from storage.objects o
    where o.bucket_id = 'support'
    group by 1
  ) as x
  join private.analytics_workspaces w on w.workspace_id = x.workspace_id and w.ended_at is null
  where x.events is not null
  on conflict on constraint analytics_rollups_pkey do update set events = excluded.events;
end;
$$;

comment on function private.roll_up_analytics_state(timestamptz) is
  'Writes down how much there is at the end of a day: answers that are kept, those of them that are fresh, and bytes '
  'of files.';

create function private.roll_up_analytics_month(p_month timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- In UTC, whatever the time zone of the session.
  v_first constant date := (p_month at time zone 'UTC')::date;
  v_next constant date := v_first + interval '1 month';
begin
  insert into private.analytics_rollups as r (workspace_id, grain, bucket, kind, subject, events)
  select d.workspace_id, 'month', p_month, d.kind, d.subject, sum(d.events)
  from private.analytics_workspaces w
  join private.analytics_rollups d
    on d.workspace_id = w.workspace_id
    and d.grain = 'day'
    and d.bucket >= p_month
    and d.bucket < v_next::timestamp at time zone 'UTC'
    and d.kind <> all (private.state_kinds())
  where w.ended_at is null
  group by d.workspace_id, d.kind, d.subject
  on conflict on constraint analytics_rollups_pkey do update set events = excluded.events;

  insert into private.analytics_person_months as m (
    workspace_id, month, user_id, active_days, views_opened, features_used)
  select d.workspace_id, v_first, d.user_id, count(*), sum(d.views_opened), sum(d.features_used)
  from private.analytics_workspaces w
  join private.analytics_person_days d
    on d.workspace_id = w.workspace_id and d.day >= v_first and d.day < v_next
  where w.ended_at is null
  group by d.workspace_id, d.user_id
  on conflict on constraint analytics_person_months_pkey do update
  set active_days = excluded.active_days,
    views_opened = excluded.views_opened,
    features_used = excluded.features_used;
end;
$$;

comment on function private.roll_up_analytics_month(timestamptz) is 'Puts a month together whose days all are.';
