-- Keeping what was fetched, and what failed.
--
-- An answer counts while its lease does: one that comes after another was taken is dropped. A failure leaves the last
-- good answer where it is.
--
-- Threats: an answer that is no data of its component (the server has checked it by the schema of its type; sizes, and
-- the schema of a workspace's own component, are looked at here); a source that fails every minute and tells people
-- every time (once, until it answers again).

create function private.answer_problem(p_workspace_id text, p_question_hash text, p_data jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema jsonb;
  v_problem jsonb;
begin
  if jsonb_typeof(p_data) is distinct from 'object' then
    return private.document_problem('data', 'There is no data.', 'Give an object.');
  end if;
  v_problem := private.size_problem('data', p_data, 262144,
    private.document_problem('data', 'The data is too large.', 'Give at most 256 KiB.'));
  if v_problem is not null then
    return v_problem;
  end if;
  select v.data_schema into v_schema
  from public.widgets w
  join public.component_versions v
    on v.workspace_id = w.workspace_id
    and v.component_key = w.custom_component
    and v.version = w.component_version
  where w.workspace_id = p_workspace_id and w.question_hash = p_question_hash and w.question ? 'schema'
  limit 1;
  return case when v_schema is not null then private.value_problem('data', p_data, v_schema) end;
end;
$$;

comment on function private.answer_problem(text, text, jsonb) is
  'What is wrong with an answer, as {path, message, hint}; null where nothing is. For definer functions.';

create function public.store_widget_data(workspace_id text, answers jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.store_widget_data(workspace_id, answers);
end;
$$;

comment on function public.store_widget_data(text, jsonb) is
  'Keeps what came of claimed questions, at most 50 of [{question, lease, data, error, milliseconds, bytes}], `error` '
  'being {code, message} in place of data, tells the screens, and returns {stored, failed, late}. For the server '
  'alone. Error: invalid_input (answers).';

grant execute on function public.store_widget_data(text, jsonb) to service_role;

create function private.store_widget_data(p_workspace_id text, p_answers jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer record;
  v_old private.widget_data;
  v_error jsonb;
  v_problem jsonb;
  v_changed text[] := '{}';
  v_stored integer := 0;
  v_failed integer := 0;
  v_late integer := 0;
begin
  perform private.require_records('answers', p_answers, 50,
    '{"question": "text", "lease": "uuid", "milliseconds": "integer?", "bytes": "integer?"}');
  if exists (
    select
    from jsonb_array_elements(p_answers) as a
    where a -> 'error' <> 'null'
      and char_length(coalesce(a #>> '{error,code}', '')) not between 1 and 50)
  then
    perform private.raise_invalid_input('answers', 'This error has no code.', 'Give {code, message}.');
  end if;
  -- People are told of what fails in the workspace, which is held before anything in it.
  perform private.hold_workspace(p_workspace_id);
  perform private.lock_questions(p_workspace_id);
  for v_answer in
    select a.question, a.lease, a.data, a.error, a.milliseconds, a.bytes
    from jsonb_to_recordset(p_answers) as a (
      question text, lease uuid, data jsonb, error jsonb, milliseconds integer, bytes integer)
    order by a.question
  loop
    select d.* into v_old
    from private.widget_data d
    where d.workspace_id = p_workspace_id and d.question_hash = v_answer.question and d.lease_id = v_answer.lease
    for update;
    if not found then
      v_late := v_late + 1;
      continue;
    end if;

    v_error := v_answer.error;
    if v_error is null then
      v_problem := private.answer_problem(p_workspace_id, v_answer.question, v_answer.data);
      if v_problem is not null then
        v_error := jsonb_build_object('code', 'data_not_valid', 'message', v_problem ->> 'message');
      end if;
    end if;

    if v_error is null then
      update private.widget_data d
      set data = v_answer.data::json,
        fetched_at = now(),
        -- The source may have changed while it was asked.
        fresh_until = case when d.source_id is null or d.source_version = (
            select s.version from private.data_sources s where s.workspace_id = p_workspace_id and s.id = d.source_id)
          then now() + interval '30 minutes' else now() end,
        stale_until = now() + interval '7 days',
        error = null,
        attempts = 0,
        retry_at = null,
        lease_id = null,
        leased_until = null
      where d.workspace_id = p_workspace_id and d.question_hash = v_answer.question;
      v_stored := v_stored + 1;
      v_changed := v_changed || v_answer.question;
    else
      update private.widget_data d
      set error = v_error, lease_id = null, leased_until = null
      where d.workspace_id = p_workspace_id and d.question_hash = v_answer.question;
      v_failed := v_failed + 1;
      if v_old.error is distinct from v_error then
        v_changed := v_changed || v_answer.question;
      end if;
    end if;

    perform private.record_health(p_workspace_id, v_old.source_id, v_old.asked_at, v_error);
    insert into private.widget_refreshes (workspace_id, question_hash, source, outcome, milliseconds, bytes)
    select p_workspace_id, v_answer.question, coalesce(a.question ->> 'source', ''),
      coalesce(v_error ->> 'code', 'fetched'), coalesce(v_answer.milliseconds, 0), coalesce(v_answer.bytes, 0)
    from private.question_asked(p_workspace_id, v_answer.question) as a;
  end loop;

  if v_changed <> '{}' then
    perform private.send_message(private.workspace_channel(p_workspace_id), 'widget:refreshed', jsonb_build_object(
      'workspaceId', p_workspace_id,
      'questions', case when cardinality(v_changed) <= private.most_named() then to_jsonb(v_changed) end));
  end if;
  return jsonb_build_object('stored', v_stored, 'failed', v_failed, 'late', v_late);
end;
$$;

comment on function private.store_widget_data(text, jsonb) is
  'See public.store_widget_data. Definer: no role writes answers.';

grant execute on function private.store_widget_data(text, jsonb) to service_role;

create function private.record_health(
  p_workspace_id text, p_source_id uuid, p_asked_at timestamptz, p_error jsonb
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_closed_after constant integer := 5;
  v_source private.data_sources;
  v_failures integer;
begin
  if p_error is null then
    delete from private.data_source_health h where h.workspace_id = p_workspace_id and h.source_id = p_source_id;
    return;
  end if;
  select s.* into v_source from private.data_sources s where s.workspace_id = p_workspace_id and s.id = p_source_id;
  if not found then
    return;
  end if;
  insert into private.data_source_health as h (workspace_id, source_id, failures, failing_since, error)
  values (p_workspace_id, p_source_id, 1, now(), p_error)
  on conflict on constraint data_source_health_pkey do update
  set failures = h.failures + 1,
    error = excluded.error,
    closed_at = case when h.failures + 1 >= c_closed_after then clock_timestamp() end,
    closed_until = case when h.failures + 1 >= c_closed_after then
      now() + private.wait_after(h.failures + 2 - c_closed_after, '1 minute', '1 hour') end
  -- However many were under way, it is closed once for them.
  where (h.closed_at > p_asked_at) is not true
  returning h.failures into v_failures;
  if v_failures = c_closed_after then
    perform private.notify(
      private.members_with(p_workspace_id, 'integrations.manage'),
      p_workspace_id,
      'source_failing',
      format('%s gives no data', v_source.name),
      p_body => p_error ->> 'message',
      p_link => format('/workspaces/%s/integrations', p_workspace_id),
      p_payload => jsonb_build_object('source', jsonb_build_object('id', v_source.id, 'name', v_source.name)),
      p_about => v_source.id::text);
  end if;
end;
$$;

comment on function private.record_health(text, uuid, timestamptz, jsonb) is
  'Counts the failures of a data source, closes it after five in a row, and then tells once who manages integrations; '
  'an answer makes it well. For definer functions.';
