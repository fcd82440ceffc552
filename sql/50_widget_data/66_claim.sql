-- Taking the questions that one is going to answer, so that nobody else does.
--
-- A server claims them with its secret key; what it is given holds the address and headers of a source, and goes to
-- nobody else. Each claim counts an attempt, and says when the next may be made should this one never end.
--
-- A source that failed five times in a row is closed for a while, a minute at first and an hour at most; then one
-- question tries it for all.

create function private.wait_after(p_attempts integer, p_first interval, p_longest interval) returns interval
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- With jitter: those that failed together do not come back together. None comes later than the longest.
  return least(p_first * 2 ^ least(p_attempts - 1, 20), p_longest / 1.25) * (0.75 + random() / 2);
end;
$$;

comment on function private.wait_after(integer, interval, interval) is
  'How long to wait after so many failures: doubled each time, a quarter more or less, and no longer than the longest.';

create function private.may_ask_source(p_source private.data_sources) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_source.kind is distinct from 'http_json' or not exists (
    select from private.data_source_health h
    where h.workspace_id = p_source.workspace_id and h.source_id = p_source.id and h.closed_until is not null)
  then
    return true;
  end if;
  update private.data_source_health h
  set closed_until = clock_timestamp() + interval '1 minute'
  where h.workspace_id = p_source.workspace_id
    and h.source_id = p_source.id
    and h.closed_until <= clock_timestamp();
  return found;
end;
$$;

comment on function private.may_ask_source(private.data_sources) is
  'Whether a source may be asked: of one that is closed, one question once its time is over. For definer functions.';

create function public.claim_widget_questions(workspace_id text, questions text[], is_forced boolean default false)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.claim_widget_questions(workspace_id, questions, is_forced);
end;
$$;

comment on function public.claim_widget_questions(text, text[], boolean) is
  'Takes those of at most 50 questions that are due and that nobody else has taken, for two minutes: [{question, '
  'lease, source, type, query, schema, request}]. `request` {url, headers, mapping, parameters} is there for an '
  'http_json source; what the database answers itself is asked for with widget_answer. For the server alone.';

grant execute on function public.claim_widget_questions(text, text[], boolean) to service_role;

create function private.claim_widget_questions(p_workspace_id text, p_questions text[], p_is_forced boolean)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 50;
  -- Longer than it takes to ask 50 sources of which each answers a byte at a time.
  c_lease constant interval := '2 minutes';
  v_has_http constant boolean := private.has_feature(p_workspace_id, 'http_sources');
  v_claims jsonb := '[]';
  v_asked record;
  v_source private.data_sources;
  v_entry private.widget_data;
begin
  -- Use is counted in it, and held before anything else.
  if not private.hold_workspace(p_workspace_id) then
    return v_claims;
  end if;
  perform private.lock_questions(p_workspace_id);
  for v_asked in
    select w.question_hash, w.question, w.refresh_minutes
    from (select distinct q.hash from unnest(p_questions[:c_most]) as q (hash)) as q
    cross join lateral private.question_asked(p_workspace_id, q.hash) as w
    where w.question is not null
    -- In one order, so that two servers wait for each other and never in a circle.
    order by w.question_hash
  loop
    v_source := private.source_of(p_workspace_id, v_asked.question);
    continue when v_asked.question ->> 'source' not in ('metrics', 'workspace') and v_source.id is null;
    continue when v_source.kind = 'http_json' and not v_has_http;

    insert into private.widget_data as d (workspace_id, question_hash)
    values (p_workspace_id, v_asked.question_hash)
    on conflict on constraint widget_data_pkey do nothing;
    select d.* into v_entry
    from private.widget_data d
    where d.workspace_id = p_workspace_id and d.question_hash = v_asked.question_hash
    for update;
    continue when not private.is_due(v_entry, v_asked.refresh_minutes, p_is_forced);
    continue when not private.may_ask_source(v_source);
    -- What is beyond the plan keeps its last answer.
    exit when not private.spend_usage(p_workspace_id, 'refreshes', 1);

    update private.widget_data d
    set lease_id = gen_random_uuid(),
      leased_until = clock_timestamp() + c_lease,
      attempts = d.attempts + 1,
      retry_at = clock_timestamp() + private.wait_after(d.attempts + 1, '30 seconds', '30 minutes'),
      source_id = v_source.id,
      source_version = v_source.version,
      asked_at = clock_timestamp()
    where d.workspace_id = p_workspace_id and d.question_hash = v_asked.question_hash
    returning d.* into v_entry;
    v_claims := v_claims || jsonb_build_array(jsonb_build_object(
      'question', v_entry.question_hash,
      'lease', v_entry.lease_id,
      'source', v_asked.question -> 'source',
      'type', v_asked.question -> 'type',
      'query', v_asked.question -> 'query',
      'schema', v_asked.question -> 'schema',
      'request', case when v_source.kind = 'http_json' then jsonb_build_object(
        'url', v_source.url,
        'headers', private.headers_of(v_source),
        'mapping', v_source.mapping,
        'parameters', v_source.parameters) end));
  end loop;
  return v_claims;
end;
$$;

comment on function private.claim_widget_questions(text, text[], boolean) is
  'See public.claim_widget_questions. Definer: no role writes answers, nor reads sources.';

grant execute on function private.claim_widget_questions(text, text[], boolean) to service_role;

create function public.widget_answer(workspace_id text, question text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.widget_answer(workspace_id, question);
end;
$$;

comment on function public.widget_answer(text, text) is
  'The answer to a question of a widget that the database has itself: of metrics, of the workspace, of a static '
  'source; null where it has none. For the server alone.';

grant execute on function public.widget_answer(text, text) to service_role;

create function private.widget_answer(p_workspace_id text, p_question text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.answer_in_database(p_workspace_id, a.question, now())
    from private.question_asked(p_workspace_id, p_question) as a
    where a.question is not null
  );
end;
$$;

comment on function private.widget_answer(text, text) is
  'See public.widget_answer. Definer: no role reads what others have.';

grant execute on function private.widget_answer(text, text) to service_role;

create function public.data_source_request(workspace_id text, id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.data_source_request(workspace_id, id);
end;
$$;

comment on function public.data_source_request(text, uuid) is
  'What a request to an http_json source takes: {url, headers, mapping, parameters}, the values of headers among it; '
  'null where there is no such source. For the server alone, which has asked about integrations.manage.';

grant execute on function public.data_source_request(text, uuid) to service_role;

create function private.data_source_request(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'url', s.url, 'headers', private.headers_of(s), 'mapping', s.mapping, 'parameters', s.parameters)
    from private.data_sources s
    where s.workspace_id = p_workspace_id and s.id = p_id and s.kind = 'http_json'
  );
end;
$$;

comment on function private.data_source_request(text, uuid) is
  'See public.data_source_request. Definer: no role reads sources, nor the Vault.';

grant execute on function private.data_source_request(text, uuid) to service_role;
