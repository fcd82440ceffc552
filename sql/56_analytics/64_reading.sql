-- What the use of a workspace came to: sums of a period beside those of the period before, and by day.
--
-- A period is whole days that are counted, or the last 24 hours that are. Totals are of everybody; what tells of a
-- thing is of three people or more (32_rollups.sql), by the name of the thing where the whole workspace sees it.

create function private.analytics_range(
  p_period text, out grain text, out before timestamptz, out since timestamptz, out until timestamptz
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_length constant interval := case p_period
    when '24h' then interval '24 hours' when '7d' then interval '7 days' when '30d' then interval '30 days'
    when '90d' then interval '90 days' else interval '365 days'
  end;
begin
  grain := case p_period when '24h' then 'hour' else 'day' end;
  until := date_trunc(grain, private.analytics_counted_until(), 'UTC');
  since := until - v_length;
  before := since - v_length;
end;
$$;

comment on function private.analytics_range(text) is
  'When a period (24h, 7d, 30d, 90d, 1y) ends, which is where counting has come to, when it begins, and when the one '
  'before does. For definer functions.';

create function private.analytics_pieces(
  p_workspace_id text, p_grain text, p_before timestamptz, p_since timestamptz, p_until timestamptz
)
returns table (grain text, since timestamptz, until timestamptz, is_previous boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_grain <> 'day' then
    return query values (p_grain, p_before, p_since, true), (p_grain, p_since, p_until, false);
    return;
  end if;
  return query
    select
      case
        when m.first >= s.since and m.next <= s.until and exists (
          select
          from private.analytics_rollups r
          where r.workspace_id = p_workspace_id and r.grain = 'month' and r.bucket = m.first)
        then 'month' else 'day'
      end,
      greatest(m.first, s.since), least(m.next, s.until), s.is_previous
    from (values (p_before, p_since, true), (p_since, p_until, false)) as s (since, until, is_previous)
    cross join lateral (
      select x.first, x.first + interval '1 month' as next
      from generate_series(
        date_trunc('month', s.since, 'UTC'), s.until - interval '1 microsecond', interval '1 month', 'UTC'
      ) as x (first)
    ) as m;
end;
$$;

comment on function private.analytics_pieces(text, text, timestamptz, timestamptz, timestamptz) is
  'A period and the one before it in pieces, each to be read from sums of one grain: months that are put together '
  'whole, and days beside them. For definer functions.';

create function private.analytics_totals(p_workspace_id text, p_period text)
returns table (kind text, subject text, events bigint, previous bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_range constant record := private.analytics_range(p_period);
  v_states constant text[] := private.state_kinds();
begin
  return query
    select
      s.kind, s.subject,
      coalesce(sum(s.events) filter (where not p.is_previous), 0)::bigint,
      coalesce(sum(s.events) filter (where p.is_previous), 0)::bigint
    from private.analytics_pieces(p_workspace_id, v_range.grain, v_range.before, v_range.since, v_range.until) as p
    -- Each piece is one range of the primary key.
    cross join lateral (
      select r.kind, r.subject, r.events
      from private.analytics_rollups r
      where r.workspace_id = p_workspace_id and r.grain = p.grain and r.bucket >= p.since and r.bucket < p.until
      offset 0
    ) as s
    where s.kind <> all (v_states)
    group by s.kind, s.subject;
end;
$$;

comment on function private.analytics_totals(text, text) is
  'How often there was something in a period and in the one before, by kind and by what is told of. For definer '
  'functions.';

create type private.person_sum as (
  user_id uuid, days bigint, days_before bigint, views_opened bigint, views_before bigint, features_used bigint,
  features_before bigint
);

comment on type private.person_sum is
  'What somebody did in a period of days, and in the one before: on how many of them there was something, and what.';

create function private.person_sums(
  p_workspace_id text, p_before timestamptz, p_since timestamptz, p_until timestamptz
)
returns setof private.person_sum
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
begin
  return query
    with pieces as materialized (
      select
        p.grain, (p.since at time zone 'UTC')::date as since, (p.until at time zone 'UTC')::date as until,
        p.is_previous
      from private.analytics_pieces(p_workspace_id, 'day', p_before, p_since, p_until) as p
    ), done as (
      select p.is_previous, m.user_id, m.active_days as days, m.views_opened, m.features_used
      from pieces p
      join private.analytics_person_months m on m.workspace_id = p_workspace_id and m.month = p.since
      where p.grain = 'month'
      union all
      select p.is_previous, d.user_id, 1, d.views_opened, d.features_used
      from pieces p
      -- Each piece is one range of the primary key.
      cross join lateral (
        select x.user_id, x.views_opened, x.features_used
        from private.analytics_person_days x
        where x.workspace_id = p_workspace_id and x.day >= p.since and x.day < p.until
        offset 0
      ) as d
      where p.grain = 'day'
    )
    select
      d.user_id,
      coalesce(sum(d.days) filter (where not d.is_previous), 0)::bigint,
      coalesce(sum(d.days) filter (where d.is_previous), 0)::bigint,
      coalesce(sum(d.views_opened) filter (where not d.is_previous), 0)::bigint,
      coalesce(sum(d.views_opened) filter (where d.is_previous), 0)::bigint,
      coalesce(sum(d.features_used) filter (where not d.is_previous), 0)::bigint,
      coalesce(sum(d.features_used) filter (where d.is_previous), 0)::bigint
    from done d
    group by d.user_id;
end;
$$;

comment on function private.person_sums(text, timestamptz, timestamptz, timestamptz) is
  'What each person did in a period of days and in the one before, from sums of months and of the days beside them. '
  'For definer functions.';

create function private.period_sums(p_workspace_id text, p_period text) returns private.person_sum[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_range constant record := private.analytics_range(p_period);
begin
  if v_range.grain = 'hour' then
    return null;
  end if;
  return array(
    select s from private.person_sums(p_workspace_id, v_range.before, v_range.since, v_range.until) as s);
end;
$$;

comment on function private.period_sums(text, text) is
  'See private.person_sums, of a period of days by its name; null for the last 24 hours. For definer functions.';

create function private.active_people(
  p_workspace_id text, p_period text, p_sums private.person_sum[], out now_active bigint, out previous bigint
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_range constant record := private.analytics_range(p_period);
begin
  if v_range.grain = 'hour' then
    select
      count(distinct e.user_id) filter (where e.occurred_at >= v_range.since),
      count(distinct e.user_id) filter (where e.occurred_at < v_range.since)
    into now_active, previous
    from private.analytics_events e
    where e.workspace_id = p_workspace_id and e.occurred_at >= v_range.before and e.occurred_at < v_range.until;
    return;
  end if;
  select count(*) filter (where s.days > 0), count(*) filter (where s.days_before > 0)
  into now_active, previous
  from unnest(p_sums) as s;
end;
$$;

comment on function private.active_people(text, text, private.person_sum[]) is
  'How many people were active in a period, and in the one before, by private.period_sums; in the last 24 hours by '
  'what is stored of these. For definer functions.';

create function private.analytics_series(p_workspace_id text, p_period text)
returns table (bucket timestamptz, active_people bigint, views_opened bigint, refreshes bigint, errors bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_range constant record := private.analytics_range(p_period);
begin
  return query
    select
      s.bucket, coalesce(max(r.people) filter (where r.kind = 'active'), 0)::bigint,
      coalesce(max(r.events) filter (where r.kind = 'view_opened'), 0),
      coalesce(max(r.events) filter (where r.kind = 'refreshed'), 0),
      coalesce(max(r.events) filter (where r.kind = 'error'), 0)
    from generate_series(
      v_range.since, v_range.until - interval '1 microsecond', ('1 ' || v_range.grain)::interval) as s (bucket)
    left join private.analytics_rollups r
      on r.workspace_id = p_workspace_id and r.grain = v_range.grain and r.bucket = s.bucket and r.subject = ''
    group by s.bucket
    order by s.bucket;
end;
$$;

comment on function private.analytics_series(text, text) is
  'The basics of a period by day, of 24h by hour, each of them. For definer functions.';

create function private.analytics_state(p_workspace_id text, p_period text)
returns table (kind text, amount bigint, previous bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_range constant record := private.analytics_range(p_period);
  -- What is written down of a day is how much there was at its end: of one that was not over it is none.
  v_until constant timestamptz := date_trunc('day', v_range.until, 'UTC');
  v_since constant timestamptz := date_trunc('day', v_range.since, 'UTC');
begin
  return query
    select k.kind, n.events, b.events
    from unnest(private.state_kinds()) as k (kind)
    cross join lateral (
      select (
        select x.events
        from private.analytics_rollups x
        where x.workspace_id = p_workspace_id and x.grain = 'day' and x.kind = k.kind and x.subject = ''
          and x.bucket < v_until and x.bucket >= v_until - interval '7 days'
        order by x.bucket desc
        limit 1
      )
    ) as n (events)
    cross join lateral (
      select (
        select x.events
        from private.analytics_rollups x
        where x.workspace_id = p_workspace_id and x.grain = 'day' and x.kind = k.kind and x.subject = ''
          and x.bucket < v_since and x.bucket >= v_since - interval '7 days'
        order by x.bucket desc
        limit 1
      )
    ) as b (events);
end;
$$;

comment on function private.analytics_state(text, text) is
  'How much there was at the end of a period, and of the one before; null where nothing was counted in its last week. '
  'For definer functions.';

create function private.told_things(p_workspace_id text, p_kind text, p_totals jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 100;
  v_initial constant jsonb := private.initial_view();
  v_initial_id constant uuid := v_initial ->> 'id';
  v_initial_name constant text := v_initial ->> 'name';
begin
  return (
    with used as (
      select t.subject, t.events, t.previous,
        case when p_kind in ('view_opened', 'widget_used') then t.subject::uuid end as id
      from jsonb_to_recordset(p_totals) as t (kind text, subject text, events bigint, previous bigint)
      where t.kind = p_kind and t.subject <> ''
    ), named as (
      select u.subject as key, u.events, u.previous,
        case
          when p_kind in ('feature_used', 'error') then u.subject
          when u.id = v_initial_id then v_initial_name
          when p_kind = 'widget_used' and v.id is not null then
            coalesce(w.config ->> 'title', initcap(replace(w.component_key, '-', ' ')))
          else v.name
        end as name
      from used u
      left join public.widgets w on p_kind = 'widget_used' and w.workspace_id = p_workspace_id and w.id = u.id
      -- By a rule that is the same for everybody, since widgets show one answer to all who may read it.
      left join public.dashboard_views v
        on v.workspace_id = p_workspace_id
        and v.id = case p_kind when 'widget_used' then w.view_id else u.id end
        and v.visibility = 'workspace'
        and v.deleted_at is null
        and not exists (
          select from public.resource_grants g
          where g.workspace_id = v.workspace_id and g.access = 'none' and g.resource_id in (v.id, w.id))
    ), told as (
      select n.*
      from named n
      where n.name is not null
      order by n.events desc, n.previous desc, n.name collate "und-x-icu", n.key
      limit c_most
    ), everything as (
      select coalesce(sum(t.events), 0) as events, coalesce(sum(t.previous), 0) as previous
      from jsonb_to_recordset(p_totals) as t (kind text, subject text, events bigint, previous bigint)
      where t.kind = p_kind and t.subject = ''
    )
    select jsonb_build_object(
      'items', coalesce(
        (
          select jsonb_agg(
            jsonb_build_object('key', t.key, 'name', t.name, 'value', t.events, 'previous', t.previous)
            order by t.events desc, t.previous desc, t.name collate "und-x-icu", t.key)
          from told t
        ),
        '[]'),
      'others', jsonb_build_object(
        'value', e.events - coalesce((select sum(t.events) from told t), 0),
        'previous', e.previous - coalesce((select sum(t.previous) from told t), 0)))
    from everything e);
end;
$$;

comment on function private.told_things(text, text, jsonb) is
  'The things of a kind that are told of, the most used first, and what all others came to: {items, others}. For '
  'definer functions.';
