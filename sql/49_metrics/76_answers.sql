-- Answers to questions about metrics, for who has found out that the caller may see them: a widget's data.
--
-- As of an earlier time an answer is what it would be if nothing had come after: points with a later time are left out.
-- Points of before that came late, or were removed since, are as they are today: it is what is known of that time, and
-- not what a screen showed.

create function private.metric_question_problem(p_type text, p_query jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    private.metric_query_problem(p_query),
    case when p_type = 'chart-pie' and not p_query ? 'breakdown' then
      private.document_problem('breakdown', 'A pie has a slice for each value of a dimension.',
        'Give the name of a dimension, such as category.')
    end);
end;
$$;

comment on function private.metric_question_problem(text, jsonb) is
  'What keeps a question about metrics that a component of a type asks from being answered; null where nothing does. '
  'Who would save or ask it is told of keys that count for nothing, too: private.metric_keys_problem.';

create function private.metric_query_that_counts(p_type text, p_query jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Of a type that shows none, the others are those of a question without it.
  v_query constant jsonb := case
    when private.metric_keys() -> p_type ? 'breakdown' then p_query else p_query - 'breakdown' end;
begin
  return (
    select jsonb_object_agg(q.key, q.value)
    from jsonb_each(v_query) as q
    where private.metric_key_counts(p_type, v_query, q.key));
end;
$$;

comment on function private.metric_query_that_counts(text, jsonb) is
  'A question about metrics without what counts for nothing where a component of a type asks it.';

create function private.metric_answer(
  p_workspace_id text, p_type text, p_query jsonb, p_as_of timestamptz default null
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at constant timestamptz := least(coalesce(p_as_of, statement_timestamp()), statement_timestamp());
  v_query jsonb;
  v_settings jsonb;
  v_timezone text;
  v_unit jsonb;
begin
  perform private.refuse_problem(private.problem_below('query', private.metric_question_problem(p_type, p_query)));
  -- A widget that was saved with a key that counts for nothing goes on.
  v_query := private.metric_query_that_counts(p_type, p_query);

  select w.settings, coalesce(m.timezone, private.timezone_of(w.settings)) into v_settings, v_timezone
  from public.workspaces w
  left join private.metric_workspaces m on m.workspace_id = w.id
  where w.id = p_workspace_id;
  if not found then
    perform private.workspace_not_found();
  end if;

  v_unit := private.metric_unit(v_query, v_settings);
  return case
    when p_type = 'stats' then private.metric_stats(p_workspace_id, v_query, v_unit, v_at, v_timezone)
    when p_type in ('chart-line', 'chart-bar') then
      private.metric_chart(p_workspace_id, p_type, v_query, v_unit, v_at, v_timezone)
    when p_type = 'chart-pie' then private.metric_slices(p_workspace_id, v_query, v_unit, v_at, v_timezone)
    when p_type = 'table' then private.metric_table(p_workspace_id, v_query, v_unit, v_at, v_timezone)
    when p_type = 'list' then private.metric_list(p_workspace_id, v_query, v_unit, v_at, v_timezone)
    when p_type = 'activity-feed' then private.metric_feed(p_workspace_id, v_query, v_at, v_timezone)
  end;
end;
$$;

comment on function private.metric_answer(text, text, jsonb, timestamptz) is
  'The data of a component of a type that asks a question about metrics (types/metric-query.ts), as of a time or now; '
  'null for a type that shows no metrics. Errors: invalid_input (query…), not_found. Definer: nobody else reads '
  'metrics. Who calls it has checked the permission.';

create function private.component_query(p_component_key text, p_config jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_taken constant jsonb := '{
    "dateRange": "period", "compareMode": "compare", "limit": "limit", "sortOrder": "order", "format": "format"
  }';
  v_query jsonb;
  v_by_config jsonb;
  v_type text;
  v_types constant jsonb := p_config -> 'filterTypes';
begin
  select q.query, q.by_config, b.type into v_query, v_by_config, v_type
  from private.component_queries q
  join public.built_in_components b on b.key = q.component_key
  where q.component_key = p_component_key;
  if not found then
    return null;
  end if;

  select v_query || coalesce(jsonb_object_agg(t.value, p_config -> t.key), '{}') into v_query
  from jsonb_each_text(c_taken) as t
  where p_config ? t.key;
  select v_query || coalesce(jsonb_object_agg(p.key, p.value), '{}') into v_query
  from jsonb_each(v_by_config) as c
  cross join lateral jsonb_each(c.value -> (p_config ->> c.key)) as p;
  if v_types <> '[]' and not v_types ? 'all' then
    v_query := v_query || jsonb_build_object('types', v_types);
  end if;
  -- A configuration belongs to a front end: what of it this component does not ask is for nothing, and no fault.
  return private.metric_query_that_counts(v_type, v_query);
end;
$$;

comment on function private.component_query(text, jsonb) is
  'The question of a built-in component with a configuration; null for one that asks none.';

create function private.component_answer(
  p_workspace_id text, p_component_key text, p_config jsonb, p_as_of timestamptz default null
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_query constant jsonb := private.component_query(p_component_key, coalesce(p_config, '{}'));
begin
  if v_query is null then
    return null;
  end if;
  return private.metric_answer(
    p_workspace_id,
    (select b.type from public.built_in_components b where b.key = p_component_key),
    v_query,
    p_as_of);
end;
$$;

comment on function private.component_answer(text, text, jsonb, timestamptz) is
  'The data of a built-in component, made from metrics, as of a time or now; null for one that shows none. Definer: as '
  'private.metric_answer. Who calls it has checked the permission.';
