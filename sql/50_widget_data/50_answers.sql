-- Answers that the database has itself: the metrics of a workspace, what it knows of itself, and static sources.

create function private.answer_in_database(p_workspace_id text, p_question jsonb, p_as_of timestamptz) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_source private.data_sources;
begin
  -- One that was stored before questions were looked at says what is wrong with it.
  perform private.refuse_problem(private.question_problem(p_question));
  case
    when p_question ? 'component' then
      return private.component_answer(
        p_workspace_id, p_question ->> 'component', p_question -> 'config', p_as_of);
    when p_question ->> 'source' = 'metrics' then
      return private.metric_answer(p_workspace_id, p_question ->> 'type', p_question -> 'query', p_as_of);
    when p_question ->> 'source' = 'workspace' then
      return private.workspace_answer(p_workspace_id, p_question ->> 'type', p_question -> 'query');
    else
      v_source := private.source_of(p_workspace_id, p_question);
      return v_source.data;
  end case;
end;
$$;

comment on function private.answer_in_database(text, jsonb, timestamptz) is
  'The answer to a question that the database has itself; null where it has none. Error: invalid_input for one that '
  'cannot be answered (source, query…). For definer functions.';

create function private.workspace_answer(p_workspace_id text, p_type text, p_query jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_counts jsonb;
  v_answer text;
begin
  select t.answer into v_answer from private.workspace_topics t where t.about = p_query ->> 'about';
  if found then
    execute format('select private.%I($1, $2, $3)', v_answer) into v_counts using p_workspace_id, p_type, p_query;
    return v_counts;
  end if;
  if p_query ->> 'about' = 'activity' and p_type = 'activity-feed' then
    -- Without names: who stands in the log is looked up by who may read it.
    return (
      select jsonb_build_object('entries', coalesce(jsonb_agg(
        jsonb_build_object(
          'key', l.id, 'type', l.table_name, 'text', l.action || ' ' || replace(l.table_name, '_', ' '),
          'at', private.timestamp_text(l.occurred_at))
        order by l.occurred_at desc, l.id), '[]'))
      from (
        select x.id, x.table_name, x.action, x.occurred_at
        from public.audit_log x
        where x.workspace_id = p_workspace_id
        order by x.occurred_at desc, x.id
        limit 50
      ) as l);
  end if;

  case p_query ->> 'about'
    when 'members' then
      v_counts := (
        select coalesce(jsonb_agg(
          jsonb_build_object('key', c.key, 'label', c.name, 'value', c.number) order by c.number desc, c.key), '[]')
        from (
          select r.key, r.name, count(m.user_id) as number
          from public.workspace_roles r
          left join public.workspace_members m
            on m.workspace_id = r.workspace_id and m.role_key = r.key and m.status = 'active'
          where r.workspace_id = p_workspace_id
          group by r.key, r.name
          order by number desc, r.key
          limit 50
        ) as c);
    when 'usage' then
      v_counts := jsonb_build_array(
        jsonb_build_object('key', 'views', 'label', 'Dashboards', 'value', (
          select count(*) from public.dashboard_views v
          where v.workspace_id = p_workspace_id and v.deleted_at is null)),
        jsonb_build_object('key', 'widgets', 'label', 'Widgets', 'value', (
          select count(*) from public.widgets w where w.workspace_id = p_workspace_id)),
        jsonb_build_object('key', 'sources', 'label', 'Data sources', 'value', (
          select count(*) from private.data_sources s where s.workspace_id = p_workspace_id)));
    else
      return null;
  end case;
  return case p_type
    when 'stats' then jsonb_build_object('value', (
      select coalesce(sum((c.value -> 'value')::numeric), 0) from jsonb_array_elements(v_counts) as c))
    when 'chart-pie' then jsonb_build_object('slices', v_counts)
    when 'list' then jsonb_build_object('items', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'key', c.value -> 'key', 'title', c.value -> 'label', 'value', c.value -> 'value') order by c.ordinality), '[]')
      from jsonb_array_elements(v_counts) with ordinality as c))
  end;
end;
$$;

comment on function private.workspace_answer(text, text, jsonb) is
  'What a workspace knows of itself: {about: members} by role, {about: usage} how many things there are, both for '
  'stats, chart-pie and list; {about: activity} the latest of the audit log, for an activity-feed; what other subjects '
  'tell of (private.workspace_topics). Null for anything else. For definer functions.';
