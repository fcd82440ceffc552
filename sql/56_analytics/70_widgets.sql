-- Analytics on a dashboard: what widgets ask the workspace about itself ({about: "analytics", measure, period}), and a
-- dashboard of the product's own widgets that do.
--
-- Threat: one answer is kept for all who may read it, so nothing in it may be one reader's (names are those that the
-- whole workspace sees, and use by person is not in it).

create function private.analytics_query_problem(p_type text, p_query jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_periods constant text[] := '{24h,7d,30d,90d,1y}';
  c_basics constant text[] := '{activePeople,viewsOpened,refreshes,errors}';
  c_things constant text[] := '{views,widgets,features,errorNames}';
  c_shares constant text[] := '{cacheHits,freshness,aiCalls,aiCredits}';
  v_measure constant text := p_query ->> 'measure';
  v_problem jsonb;
begin
  v_problem := case
    when (p_query ->> 'period' = any (c_periods)) is false then
      private.document_problem('period', 'There is no such period.',
        format('Give one of %s.', array_to_string(c_periods, ', ')))
    when v_measure = any (c_basics) then private.shown_type_problem('measure', p_type, '{stats,chart-line}')
    when v_measure = any (c_things) then
      private.shown_type_problem('measure', p_type, '{list,chart-bar,chart-pie,table}')
    when v_measure = any (c_shares) then private.shown_type_problem('measure', p_type, '{stats}')
    else private.document_problem('measure',
      case when p_query ? 'measure' then 'There is no such measure.' else 'This is missing.' end,
      format('Give one of %s.', array_to_string(c_basics || c_things || c_shares, ', ')))
  end;
  return coalesce(v_problem, private.keys_problem('', p_query, '{about,measure}', '{period}'));
end;
$$;

comment on function private.analytics_query_problem(text, jsonb) is
  'What is wrong with a question about the use of a workspace, for a component of a type; null where nothing is.';

create function private.analytics_answer(p_workspace_id text, p_type text, p_query jsonb) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- As of private.workspace_analytics.
set timezone = 'UTC'
as $$
declare
  v_measure constant text := p_query ->> 'measure';
  v_period constant text := coalesce(p_query ->> 'period', '30d');
begin
  if v_period not in ('24h', '7d', '30d', '90d', '1y') then
    return null;
  end if;
  if v_measure in ('activePeople', 'viewsOpened', 'refreshes', 'errors') then
    return private.basics_answer(p_workspace_id, p_type, v_measure, v_period);
  end if;
  if not private.has_feature(p_workspace_id, 'analytics') then
    return null;
  end if;
  if v_measure in ('views', 'widgets', 'features', 'errorNames') then
    return private.things_answer(p_workspace_id, p_type, v_measure, v_period);
  end if;
  return private.shares_answer(p_workspace_id, p_type, v_measure, v_period);
end;
$$;

comment on function private.analytics_answer(text, text, jsonb) is
  'What widgets show of the use of a workspace, in the form of their type; null for what there is not, or not on its '
  'plan. Definer: the tables of use are read by functions alone. Who calls it has checked the permission.';

create function private.stats_answer(p_value numeric, p_previous numeric, p_history bigint[], p_format text)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('value', p_value, 'previousValue', p_previous, 'format', p_format)
    || jsonb_strip_nulls(jsonb_build_object(
      'history', to_jsonb(p_history[greatest(1, cardinality(p_history) - 99):]),
      'trend', case
        when p_value is null or p_previous is null then null
        when p_value = p_previous then 'flat'
        when p_value > p_previous then 'up'
        else 'down'
      end));
end;
$$;

comment on function private.stats_answer(numeric, numeric, bigint[], text) is
  'One number beside that of the period before, with its last hundred hours or days.';

create function private.basics_answer(p_workspace_id text, p_type text, p_measure text, p_period text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_names constant jsonb := '{
    "activePeople": "Active people", "viewsOpened": "Opened views", "refreshes": "Refreshes", "errors": "Errors"
  }';
  v_labels jsonb;
  v_values bigint[];
  v_value numeric;
  v_previous numeric;
begin
  select
    jsonb_agg(
      case p_period when '24h' then private.timestamp_text(s.bucket)
        else to_char(s.bucket at time zone 'UTC', 'YYYY-MM-DD') end
      order by s.bucket),
    array_agg(
      case p_measure when 'activePeople' then s.active_people when 'viewsOpened' then s.views_opened
        when 'refreshes' then s.refreshes else s.errors end
      order by s.bucket)
  into v_labels, v_values
  from private.analytics_series(p_workspace_id, p_period) as s;
  if p_type = 'chart-line' then
    return jsonb_build_object('format', 'number', 'labels', v_labels, 'series', jsonb_build_array(jsonb_build_object(
      'key', p_measure, 'label', c_names -> p_measure, 'values', to_jsonb(v_values))));
  elsif p_type <> 'stats' then
    return null;
  end if;

  if p_measure = 'activePeople' then
    select a.now_active, a.previous into v_value, v_previous
    from private.active_people(p_workspace_id, p_period, private.period_sums(p_workspace_id, p_period)) as a;
  else
    select t.events, t.previous into v_value, v_previous
    from private.analytics_totals(p_workspace_id, p_period) as t
    where t.subject = '' and t.kind = case p_measure
      when 'viewsOpened' then 'view_opened' when 'refreshes' then 'refreshed' else 'error' end;
  end if;
  return private.stats_answer(coalesce(v_value, 0), coalesce(v_previous, 0), v_values, 'number');
end;
$$;

comment on function private.basics_answer(text, text, text, text) is
  'A measure of the basics for stats and chart-line; null for another type. For definer functions.';

create function private.things_answer(p_workspace_id text, p_type text, p_measure text, p_period text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 10;
  v_things constant jsonb := private.told_things(
    p_workspace_id,
    case p_measure when 'views' then 'view_opened' when 'widgets' then 'widget_used' when 'features' then 'feature_used'
      else 'error' end,
    coalesce((select jsonb_agg(to_jsonb(t)) from private.analytics_totals(p_workspace_id, p_period) as t), '[]'));
  v_items constant jsonb := jsonb_path_query_array(
    v_things -> 'items', '$[0 to $last]', jsonb_build_object('last', c_most - 1));
  v_rest constant bigint := (v_things #>> '{others,value}')::bigint + (
    select coalesce(sum((i.value ->> 'value')::bigint), 0)
    from jsonb_array_elements(v_things -> 'items') with ordinality as i (value, n)
    where i.n > c_most);
begin
  return case p_type
    when 'list' then jsonb_build_object('format', 'number', 'items', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'key', i.value -> 'key', 'title', i.value -> 'name', 'value', i.value -> 'value') order by i.n), '[]')
      from jsonb_array_elements(v_items) with ordinality as i (value, n)))
    when 'chart-pie' then jsonb_build_object('format', 'number', 'slices', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'key', i.value -> 'key', 'label', i.value -> 'name', 'value', i.value -> 'value') order by i.n), '[]')
      from jsonb_array_elements(v_items) with ordinality as i (value, n))
      || case when v_rest > 0 then jsonb_build_array(
        jsonb_build_object('key', '(other)', 'label', 'Other', 'value', v_rest)) else '[]' end)
    when 'chart-bar' then (
      select jsonb_build_object(
        'format', 'number',
        'labels', coalesce(jsonb_agg(left(i.value ->> 'name', 100) order by i.n), '[]'),
        'series', jsonb_build_array(jsonb_build_object(
          'key', p_measure, 'label', initcap(p_measure),
          'values', coalesce(jsonb_agg(i.value -> 'value' order by i.n), '[]'))))
      from jsonb_array_elements(v_items) with ordinality as i (value, n))
    when 'table' then jsonb_build_object(
      'columns', '[
        {"key": "name", "label": "Name", "type": "text"}, {"key": "value", "label": "Used", "type": "number"},
        {"key": "previous", "label": "Before", "type": "number"}
      ]'::jsonb,
      'rows', (
        select coalesce(jsonb_agg(jsonb_build_array(i.value -> 'name', i.value -> 'value', i.value -> 'previous')
          order by i.n), '[]')
        from jsonb_array_elements(v_items) with ordinality as i (value, n)))
  end;
end;
$$;

comment on function private.things_answer(text, text, text, text) is
  'The ten most used views, widgets, features or errors that are told of, for list, charts and table, and in a pie all '
  'others as Other; null for another type. For definer functions.';

create function private.shares_answer(p_workspace_id text, p_type text, p_measure text, p_period text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_part jsonb;
  v_whole jsonb;
begin
  if p_type <> 'stats' then
    return null;
  end if;
  if p_measure in ('aiCalls', 'aiCredits') then
    v_part := private.ai_analytics(p_workspace_id, p_period)
      -> case p_measure when 'aiCalls' then 'calls' else 'credits' end;
    return private.stats_answer((v_part -> 'value')::numeric, (v_part -> 'previous')::numeric, null, 'number');
  elsif p_measure = 'cacheHits' then
    select private.analytics_pair(t.all, '{shown_fresh}'),
      private.analytics_pair(t.all, '{shown_fresh,shown_stale,shown_empty}')
    into v_part, v_whole
    from (
      select coalesce(jsonb_agg(to_jsonb(x)), '[]') as all from private.analytics_totals(p_workspace_id, p_period) as x
    ) as t;
  elsif p_measure = 'freshness' then
    select private.pair(f.amount, f.previous), private.pair(k.amount, k.previous) into v_part, v_whole
    from private.analytics_state(p_workspace_id, p_period) as f, private.analytics_state(p_workspace_id, p_period) as k
    where f.kind = 'fresh_answers' and k.kind = 'kept_answers';
  else
    return null;
  end if;
  return private.stats_answer(
    round((v_part ->> 'value')::numeric / nullif((v_whole ->> 'value')::numeric, 0), 4),
    round((v_part ->> 'previous')::numeric / nullif((v_whole ->> 'previous')::numeric, 0), 4),
    null, 'percentage');
end;
$$;

comment on function private.shares_answer(text, text, text, text) is
  'The share of widgets that were shown fresh, that of answers that are, and what agents did and cost, for stats; null '
  'for another type or measure. For definer functions.';

create table private.analytics_views (
  workspace_id text not null,
  user_id uuid not null,
  view_id uuid not null,
  primary key (workspace_id, user_id),
  constraint analytics_views_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade
);
create index analytics_views_view_idx on private.analytics_views (workspace_id, view_id);

alter table private.analytics_views enable row level security;

create policy analytics_views_select on private.analytics_views
  for select to authenticated using (false);

comment on table private.analytics_views is 'Which view of a person is their dashboard of analytics.';
comment on policy analytics_views_select on private.analytics_views is 'Nobody: analytics_view gives one''s own.';

create function private.analytics_layout() returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'version', 1, 'gridColumns', 12, 'rowHeight', 80, 'gap', 16,
    'widgets', (
      select jsonb_agg(jsonb_build_object(
        'instanceId', format('00000000-0000-4000-8000-0000000056%s', lpad(w.n::text, 2, '0')),
        'widgetId', w.component,
        'position', jsonb_build_object('x', w.x, 'y', w.y, 'width', w.width, 'height', w.height),
        'visible', true,
        'config', jsonb_build_object('title', w.title, 'source', 'workspace', 'query', jsonb_build_object(
          'about', 'analytics', 'measure', w.measure, 'period', '30d')),
        'lastUpdated', '2026-01-15T12:00:00.000Z') order by w.n)
      from (
        values
          (1, 'total-users', 0, 0, 3, 2, 'Active people', 'activePeople'),
          (2, 'total-users', 3, 0, 3, 2, 'Opened views', 'viewsOpened'),
          (3, 'total-users', 6, 0, 3, 2, 'Refreshes', 'refreshes'),
          (4, 'total-users', 9, 0, 3, 2, 'Errors', 'errors'),
          (5, 'revenue-chart', 0, 2, 8, 4, 'Opened views by day', 'viewsOpened'),
          (6, 'top-products', 8, 2, 4, 4, 'Views by use', 'views'),
          (7, 'sales-by-category', 0, 6, 6, 4, 'Features by use', 'features'),
          (8, 'total-users', 6, 6, 3, 2, 'Cache hits', 'cacheHits'),
          (9, 'total-users', 9, 6, 3, 2, 'Fresh data', 'freshness'),
          (10, 'total-users', 6, 8, 3, 2, 'AI credits', 'aiCredits')
      ) as w (n, component, x, y, width, height, title, measure)));
end;
$$;

comment on function private.analytics_layout() is 'The dashboard of analytics: built-in components that ask about use.';

create function public.analytics_view(workspace_id text) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.analytics_view(workspace_id);
end;
$$;

comment on function public.analytics_view(text) is
  'The caller''s dashboard of analytics, a personal view of built-in components, as get_view gives it; made by the '
  'first call, and by the next after it was deleted. Takes analytics.read, and what create_view takes. Errors: '
  'not_found, permission_denied, payment_required (views), conflict.';

grant execute on function public.analytics_view(text) to authenticated;

create function private.analytics_view(p_workspace_id text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_view_id uuid;
begin
  perform private.require_permission(p_workspace_id, 'analytics.read');
  perform private.require_person();
  -- Of two first calls one makes it.
  perform pg_advisory_xact_lock(hashtext('private.analytics_view'), hashtext(p_workspace_id || v_user_id));
  select a.view_id into v_view_id
  from private.analytics_views a
  join public.dashboard_views v on v.workspace_id = a.workspace_id and v.id = a.view_id and v.deleted_at is null
  where a.workspace_id = p_workspace_id and a.user_id = v_user_id;
  if not found then
    v_view_id := private.create_view(
      p_workspace_id, 'Analytics', 'How this workspace is used', private.analytics_layout(), 'personal') ->> 'id';
    insert into private.analytics_views (workspace_id, user_id, view_id)
    values (p_workspace_id, v_user_id, v_view_id)
    on conflict on constraint analytics_views_pkey do update set view_id = excluded.view_id;
  end if;
  return private.stored_view(v_view_id);
end;
$$;

comment on function private.analytics_view(text) is
  'See public.analytics_view. Definer: no role writes which view it is.';

grant execute on function private.analytics_view(text) to authenticated;
