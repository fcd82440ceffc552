-- What is wrong with a question: what can never be answered, whatever numbers and data there are. It is asked where
-- somebody configures a widget, and of what was stored before that, where it would be answered. A key that counts for
-- nothing is refused to who configures alone: the question can be answered without it.
--
-- A metric that has no numbers yet, a data source that is gone and a plan without a feature are no fault of a question.

create function private.workspace_query_problem(p_type text, p_query jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_types constant jsonb := '{
    "activity": ["activity-feed"], "members": ["stats", "chart-pie", "list"], "usage": ["stats", "chart-pie", "list"]
  }';
  v_about constant text := p_query ->> 'about';
  v_rule text;
  v_problem jsonb;
begin
  select t.problem into v_rule from private.workspace_topics t where t.about = v_about;
  if found then
    execute format('select private.%I($1, $2)', v_rule) into v_problem using p_type, p_query;
    return v_problem;
  end if;
  if c_types ? v_about is not true then
    return private.document_problem('about',
      case when p_query ? 'about' then 'A workspace knows nothing of this.' else 'This is missing.' end,
      format('Give one of %s.', (
        select string_agg(a.about, ', ' order by a.about)
        from (
          select jsonb_object_keys(c_types)
          union all
          select t.about from private.workspace_topics t
        ) as a (about))));
  end if;
  return coalesce(
    private.shown_type_problem('about', p_type, array(select jsonb_array_elements_text(c_types -> v_about))),
    private.keys_problem('', p_query, '{about}'));
end;
$$;

comment on function private.workspace_query_problem(text, jsonb) is
  'What is wrong with a question about what the workspace knows of itself, for a component of a type; null where '
  'nothing is. For definer functions.';

create function private.shown_type_problem(p_path text, p_type text, p_types text[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_type = any (p_types) then
    return null;
  end if;
  return private.document_problem(p_path, 'A component of this type cannot show this.',
    format('Choose a component of the type %s.', array_to_string(p_types, ', ')));
end;
$$;

comment on function private.shown_type_problem(text, text, text[]) is
  'What is wrong where a component of a type asks what components of certain types show; null where nothing is.';

create function private.question_problem(p_question jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := p_question ->> 'type';
begin
  if p_question ? 'component' then
    return null;
  end if;
  return case p_question ->> 'source'
    when 'metrics' then coalesce(
      private.shown_type_problem('source', v_type, private.metric_types()),
      private.problem_below('query', private.metric_question_problem(v_type, p_question -> 'query')))
    when 'workspace' then
      private.problem_below('query', private.workspace_query_problem(v_type, p_question -> 'query'))
  end;
end;
$$;

comment on function private.question_problem(jsonb) is
  'What is wrong with a question of a widget, as {path, message, hint} with a path of `source` or `query`; null where '
  'nothing is, and for data sources, which take of a query what they know. For definer functions.';

create function private.config_question_problem(
  p_workspace_id text, p_component_key text, p_component_version text, p_config jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_component record;
  v_question jsonb;
begin
  -- What the default configuration asks is for who publishes the component.
  if not p_config ?| '{source,query}' then
    return null;
  end if;
  v_component := private.component_version_of(p_workspace_id, p_component_key, p_component_version);
  v_question := private.question_of(p_workspace_id, p_component_key, v_component.version, p_config);
  if v_question is null then
    -- A component of the workspace may call something else its source.
    return case when v_component.is_built_in and p_config ->> 'source' is not null then
      private.document_problem('source', 'There is no such source.',
        'Give "metrics", "workspace", or the id of a data source.')
    end;
  end if;
  if v_question ? 'component' then
    return case when coalesce(p_config -> 'query', 'null') not in ('null', '{}') then
      private.document_problem('source', 'A query asks nothing without a source.',
        'Give "metrics", "workspace", or the id of a data source; or leave the query out.')
    end;
  end if;
  -- So may one whose schema has no place for a question.
  if not v_component.is_built_in
    and v_component.config_schema -> 'additionalProperties' = 'false'
    and v_component.config_schema #> '{properties,query}' is null
  then
    return null;
  end if;
  if v_question ->> 'source' not in ('metrics', 'workspace') then
    return case when p_config ? 'query' then
      private.keys_problem('query', p_config -> 'query', '{}', '{parameters}') end;
  end if;
  if p_config ? 'query' and jsonb_typeof(p_config -> 'query') <> 'object' then
    return private.document_problem('query', 'This must be a JSON object.',
      'Give a question such as {"metric": "revenue"}.');
  end if;
  return coalesce(
    private.question_problem(v_question),
    case when v_question ->> 'source' = 'metrics' then
      private.problem_below(
        'query', private.metric_keys_problem(v_question ->> 'type', v_question -> 'query'))
    end);
end;
$$;

comment on function private.config_question_problem(text, text, text, jsonb) is
  'A rule of private.config_rules: what is wrong with the question in the configuration of a widget; null where '
  'nothing is, and where it has none of its own. For definer functions.';
