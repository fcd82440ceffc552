-- The analytics of a workspace in one call: the basics on every plan, everything on premium.
--
-- Threats: who lacks analytics.read; a plan that lacks the rest (it is left out, and what is asked for by itself, as
-- CSV, is refused); use by person where the workspace does not say so, of days before it did, or of who has opted out
-- (days are told from the policy's on, and nothing is stored of who has).

create function public.workspace_analytics(workspace_id text, period text default '30d') returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.workspace_analytics(workspace_id, period);
end;
$$;

comment on function public.workspace_analytics(text, text) is
  'The use of a workspace in a period (24h, 7d, 30d, 90d, 1y) and in the one before (workspaceAnalyticsSchema of '
  'types/analytics.ts): active people, opened views, refreshes and errors, with a series, on every plan; on premium '
  'views, widgets, features, cache, freshness, AI and storage too, and people where a policy allows it. Takes '
  'analytics.read. Errors: not_found, permission_denied, invalid_input (period).';

grant execute on function public.workspace_analytics(text, text) to authenticated, service_role;

create function private.workspace_analytics(p_workspace_id text, p_period text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- Days are those of UTC, and a client chooses the zone of its session (`Prefer: timezone`).
set timezone = 'UTC'
as $$
declare
  v_range record;
  v_totals jsonb;
  v_people private.person_sum[];
  v_answer jsonb;
begin
  perform private.require_permission(p_workspace_id, 'analytics.read');
  perform private.refuse_problem(private.choice_problem(
    'period', coalesce(to_jsonb(p_period), 'null'), '{24h,7d,30d,90d,1y}'));
  v_range := private.analytics_range(p_period);
  v_totals := coalesce(
    (select jsonb_agg(to_jsonb(t)) from private.analytics_totals(p_workspace_id, p_period) as t), '[]');
  v_people := private.period_sums(p_workspace_id, p_period);
  v_answer := jsonb_build_object(
    'workspaceId', p_workspace_id,
    'period', p_period,
    'from', private.timestamp_text(v_range.since),
    'to', private.timestamp_text(v_range.until),
    'previousFrom', private.timestamp_text(v_range.before),
    'keptDays', private.limit_of(p_workspace_id, 'analytics_days'),
    'basics', (
      select jsonb_build_object(
        'activePeople', jsonb_build_object('value', a.now_active, 'previous', a.previous),
        'viewsOpened', private.analytics_pair(v_totals, '{view_opened}'),
        'refreshes', private.analytics_pair(v_totals, '{refreshed}'),
        'errors', private.analytics_pair(v_totals, '{error}'))
      from private.active_people(p_workspace_id, p_period, v_people) as a
    ),
    'series', (
      select jsonb_agg(jsonb_build_object(
        'at', private.timestamp_text(s.bucket), 'activePeople', s.active_people, 'viewsOpened', s.views_opened,
        'refreshes', s.refreshes, 'errors', s.errors) order by s.bucket)
      from private.analytics_series(p_workspace_id, p_period) as s
    ));
  if not private.has_feature(p_workspace_id, 'analytics') then
    return v_answer || '{"premium": null}';
  end if;
  return v_answer || jsonb_build_object('premium', jsonb_build_object(
    'views', private.told_things(p_workspace_id, 'view_opened', v_totals),
    'widgets', private.told_things(p_workspace_id, 'widget_used', v_totals),
    'features', private.told_things(p_workspace_id, 'feature_used', v_totals),
    'errors', private.told_things(p_workspace_id, 'error', v_totals),
    'saves', private.analytics_pair(v_totals, '{saved}'),
    'failedRefreshes', private.analytics_pair(v_totals, '{refresh_failed}'),
    'cache', jsonb_build_object(
      'shown', private.analytics_pair(v_totals, '{shown_fresh,shown_stale,shown_empty}'),
      'hits', private.analytics_pair(v_totals, '{shown_fresh}'),
      'stale', private.analytics_pair(v_totals, '{shown_stale}'),
      'misses', private.analytics_pair(v_totals, '{shown_empty}')),
    'freshness', (
      select jsonb_build_object(
        'kept', max(private.pair(s.amount, s.previous)::text) filter (where s.kind = 'kept_answers')::jsonb,
        'fresh', max(private.pair(s.amount, s.previous)::text) filter (where s.kind = 'fresh_answers')::jsonb)
      from private.analytics_state(p_workspace_id, p_period) as s
    ),
    'ai', private.ai_analytics(p_workspace_id, p_period),
    'storage', private.storage_analytics(p_workspace_id, p_period),
    'people', private.people_analytics(p_workspace_id, p_period, v_people)));
end;
$$;

comment on function private.workspace_analytics(text, text) is
  'See public.workspace_analytics. Definer: no role reads the tables of use.';

grant execute on function private.workspace_analytics(text, text) to authenticated, service_role;

create function private.pair(p_value numeric, p_previous numeric) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('value', p_value, 'previous', p_previous);
end;
$$;

comment on function private.pair(numeric, numeric) is 'A number of a period beside that of the one before.';

create function private.analytics_pair(p_totals jsonb, p_kinds text[]) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.pair(coalesce(sum(t.events), 0), coalesce(sum(t.previous), 0))
    from jsonb_to_recordset(p_totals) as t (kind text, subject text, events bigint, previous bigint)
    where t.kind = any (p_kinds) and t.subject = '');
end;
$$;

comment on function private.analytics_pair(jsonb, text[]) is 'The total of some kinds: {value, previous}.';

create function private.ai_analytics(p_workspace_id text, p_period text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_range constant record := private.analytics_range(p_period);
begin
  return (
    select jsonb_build_object(
      'calls', private.pair(
        coalesce(sum(u.calls) filter (where not u.is_previous), 0),
        coalesce(sum(u.calls) filter (where u.is_previous), 0)),
      'inputTokens', private.pair(
        coalesce(sum(u.input_tokens) filter (where not u.is_previous), 0),
        coalesce(sum(u.input_tokens) filter (where u.is_previous), 0)),
      'outputTokens', private.pair(
        coalesce(sum(u.output_tokens) filter (where not u.is_previous), 0),
        coalesce(sum(u.output_tokens) filter (where u.is_previous), 0)),
      'credits', private.pair(
        coalesce(sum(u.credits) filter (where not u.is_previous), 0),
        coalesce(sum(u.credits) filter (where u.is_previous), 0)))
    from (
      select d.calls, d.input_tokens, d.output_tokens, d.credits,
        d.day < (v_range.since at time zone 'UTC')::date as is_previous
      from private.ai_usage_daily d
      where v_range.grain = 'day'
        and d.workspace_id = p_workspace_id
        and d.day >= (v_range.before at time zone 'UTC')::date
        and d.day < (v_range.until at time zone 'UTC')::date
      union all
      -- Hours have no sums, and each call is kept for longer than two days.
      select 1, c.input_tokens, c.output_tokens, c.credits, c.occurred_at < v_range.since
      from private.ai_usage c
      where v_range.grain = 'hour'
        and c.workspace_id = p_workspace_id
        and c.occurred_at >= v_range.before
        and c.occurred_at < v_range.until
    ) as u);
end;
$$;

comment on function private.ai_analytics(text, text) is
  'What agents of a workspace did and cost in a period, from where that stands already: its days, or its hours of 24h. '
  'For definer functions.';

create function private.storage_analytics(p_workspace_id text, p_period text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'fileBytes', (
      select private.pair(s.amount, s.previous)
      from private.analytics_state(p_workspace_id, p_period) as s
      where s.kind = 'stored_bytes'
    ),
    'metricPoints', private.usage_of(p_workspace_id, 'metric_points'));
end;
$$;

comment on function private.storage_analytics(text, text) is
  'What a workspace has stored: bytes of files, and the points of metrics of this month. For definer functions.';

create function private.people_analytics(p_workspace_id text, p_period text, p_sums private.person_sum[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 1000;
  v_range constant record := private.analytics_range(p_period);
  v_told_since constant timestamptz := (
    select p.by_person_since::timestamp at time zone 'UTC'
    from private.analytics_policies p
    where p.workspace_id = p_workspace_id);
  v_sums private.person_sum[] := p_sums;
begin
  -- A machine that reads is no reader of people.
  if v_told_since is null or private.is_api_key() then
    return null;
  end if;
  if p_sums is null or v_told_since > v_range.before then
    v_sums := array(
      select s
      from private.person_sums(
        p_workspace_id, greatest(v_range.before, v_told_since), greatest(v_range.since, v_told_since), v_range.until
      ) as s);
  end if;
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'userId', u.user_id, 'name', u.name, 'activeDays', private.pair(u.days, u.days_before),
          'viewsOpened', private.pair(u.views_opened, u.views_before),
          'featuresUsed', private.pair(u.features_used, u.features_before))
        order by u.days desc, u.views_opened desc, u.name collate "und-x-icu", u.user_id),
      '[]')
    from (
      select s.*, p.name
      from unnest(v_sums) as s
      join public.workspace_members m on m.workspace_id = p_workspace_id and m.user_id = s.user_id
      join public.profiles p on p.id = s.user_id
      order by s.days desc, s.views_opened desc, s.user_id
      limit c_most
    ) as u);
end;
$$;

comment on function private.people_analytics(text, text, private.person_sum[]) is
  'The use of each member of a workspace since it says that it may be told; null where it does not. For definer '
  'functions.';
