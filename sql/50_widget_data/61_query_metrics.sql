-- A question about metrics without a widget that asks it: what an agent asks for a person, or a person who looks for
-- what to show. It is the question of a widget, with the same bounds, and for whom such a widget would answer.
--
-- Threats: numbers for somebody whose role reads none (private.reading_problem, as for a widget with a question of its
-- own); a question about a time that is still to come, or that reads without end (private.metric_query_problem).

create function private.refuse_as_of(p_as_of timestamptz) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What comes before it is compared with has to be a time, too, and one that documents can tell.
  c_earliest constant timestamptz := '1970-01-01 00:00:00Z';
begin
  if p_as_of > now() then
    perform private.raise_invalid_input('as_of', 'This time is still to come.', 'Give a time that is past.');
  end if;
  if p_as_of < c_earliest then
    perform private.raise_invalid_input('as_of', 'Nothing is known of this time.', 'Give a time since 1970.');
  end if;
end;
$$;

comment on function private.refuse_as_of(timestamptz) is
  'Refuses a time to look back from that is to come, or before all that could be known: invalid_input (as_of).';

create function public.query_metrics(
  workspace_id text, type text, query jsonb, as_of timestamptz default null
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.query_metrics(workspace_id, type, query, as_of);
end;
$$;

comment on function public.query_metrics(text, text, jsonb, timestamptz) is
  'The answer to a question about metrics (types/metric-query.ts), in the form that a component of the type shows: '
  'stats, chart-line, chart-bar, chart-pie, table, list or activity-feed; now, or as of a time. Takes '
  'dashboards.write. Errors: not_found (workspace_id), permission_denied (dashboards.write), invalid_input (type, '
  'query…, as_of).';

grant execute on function public.query_metrics(text, text, jsonb, timestamptz) to authenticated;

create function private.query_metrics(
  p_workspace_id text, p_type text, p_query jsonb, p_as_of timestamptz
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reader private.widget_reader;
  v_answer jsonb;
begin
  perform private.require_membership(p_workspace_id);
  v_reader := private.widget_reader(p_workspace_id);
  if private.reading_problem('{"source": "metrics"}', null::private.data_sources, v_reader.has_http,
    v_reader.role_names, v_reader.permissions) is not null
  then
    perform private.require_permission(p_workspace_id, 'dashboards.write');
  end if;
  perform private.refuse_as_of(p_as_of);
  perform private.refuse_problem(private.problem_below('query', coalesce(
    private.metric_question_problem(p_type, p_query), private.metric_keys_problem(p_type, p_query))));
  v_answer := private.metric_answer(p_workspace_id, p_type, p_query, p_as_of);
  if v_answer is null then
    perform private.raise_invalid_input('type', 'Nothing of this type shows metrics.',
      format('Give one of %s.', array_to_string(private.metric_types(), ', ')));
  end if;
  return v_answer;
end;
$$;

comment on function private.query_metrics(text, text, jsonb, timestamptz) is
  'See public.query_metrics. Definer: no role reads metrics.';

grant execute on function private.query_metrics(text, text, jsonb, timestamptz) to authenticated;
