-- Writing an answer: for the server alone, which proves by the lease that it is the one that writes.
--
-- Threats: two processes that write one answer (the lease, which is read under the lock of the answer); a write that is
-- sent twice because its answer was lost (what is there already is not written again); an answer that grows without end
-- (256 KiB); a citation or a proposal that points into another workspace (both are looked up in the answer's own).

create function private.lease_time() returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return interval '60 seconds';
end;
$$;

comment on function private.lease_time() is 'How long a process may be silent before its answer is given up.';

create function private.hold_conversation(p_workspace_id text, p_conversation_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.hold_workspace(p_workspace_id);
  perform from private.conversations c
  where c.workspace_id = p_workspace_id and c.id = p_conversation_id
  for key share;
end;
$$;

comment on function private.hold_conversation(text, uuid) is
  'Keeps a conversation and its workspace until what is written there names them: before the answer is locked, since '
  'who deletes them comes to it from there. For definer functions.';

create function private.leased_answer(p_answer_id uuid, p_lease uuid) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers;
begin
  select a.* into v_answer from private.answers a where a.id = p_answer_id;
  perform private.hold_conversation(v_answer.workspace_id, v_answer.conversation_id);
  select a.* into v_answer from private.answers a where a.id = p_answer_id for no key update;
  if not found then
    perform private.answer_not_found();
  end if;
  if v_answer.status <> 'running' or v_answer.lease is distinct from p_lease then
    perform private.raise_error('conflict',
      'This answer is not yours to write any more.', 'lease', 'Leave it: it has ended, or another process has it.');
  end if;
  return v_answer;
end;
$$;

comment on function private.leased_answer(uuid, uuid) is
  'An answer that runs, locked, for who has its lease. Errors: not_found (answer_id), conflict (lease). For definer '
  'functions.';

create function private.written_document(p_answer private.answers) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'answerId', p_answer.id,
    'status', p_answer.status,
    'lastSequence', p_answer.last_sequence,
    'leasedUntil', private.timestamp_text(p_answer.leased_until),
    'isStopRequested', p_answer.stop_requested_at is not null,
    'heldCredits', p_answer.held,
    'credits', p_answer.credits);
end;
$$;

comment on function private.written_document(private.answers) is 'What a writer is told.';

create function public.append_answer(answer_id uuid, lease uuid, after_sequence integer, parts jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.append_answer(answer_id, lease, after_sequence, parts);
end;
$$;

comment on function public.append_answer(uuid, uuid, integer, jsonb) is
  'Writes parts that follow a number (the last that was written, 0 at first) and renews the lease; returns {answerId, '
  'status, lastSequence, leasedUntil, isStopRequested, heldCredits, credits}. What was written before is left as it '
  'is. For the server alone. Errors: not_found (answer_id), conflict (lease, after_sequence, proposalId), '
  'invalid_input (the path inside of parts).';

grant execute on function public.append_answer(uuid, uuid, integer, jsonb) to service_role;

create function private.append_answer(p_answer_id uuid, p_lease uuid, p_after_sequence integer, p_parts jsonb)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 262144;
  v_answer private.answers := private.leased_answer(p_answer_id, p_lease);
  v_parts jsonb;
begin
  if (p_after_sequence between 0 and v_answer.last_sequence) is not true then
    perform private.raise_error('conflict',
      'There is a gap in what was written.', 'after_sequence',
      format('The last number that was written is %s.', v_answer.last_sequence));
  end if;
  perform private.refuse_problem(private.parts_problem(p_parts, p_after_sequence));
  select coalesce(jsonb_agg(e.value order by e.n), '[]') into v_parts
  from jsonb_array_elements(p_parts) with ordinality as e (value, n)
  where (e.value -> 'sequence')::integer > v_answer.last_sequence;
  v_answer.bytes := v_answer.bytes + case when v_parts = '[]' then 0 else octet_length(v_parts::text) end;
  if v_answer.bytes > c_most_bytes then
    perform private.raise_invalid_input('parts', 'The answer is too large.', 'End it: it may have 256 KiB.');
  end if;

  insert into private.answer_parts (workspace_id, conversation_id, answer_id, sequence, part)
  select v_answer.workspace_id, v_answer.conversation_id, v_answer.id, (e.value -> 'sequence')::integer, e.value
  from jsonb_array_elements(v_parts) as e (value);
  if jsonb_path_exists(v_parts, '$[*] ? (@.type == "citation" || @.type == "patch")') then
    perform private.refuse_strange_parts(v_answer, v_parts);
    perform private.keep_citations(v_answer, v_parts);
    perform private.keep_proposals(v_answer, v_parts);
  end if;
  v_answer.last_sequence := greatest(v_answer.last_sequence, (v_parts -> -1 -> 'sequence')::integer);
  v_answer.leased_until := clock_timestamp() + private.lease_time();
  update private.answers a
  set last_sequence = v_answer.last_sequence, bytes = v_answer.bytes, leased_until = v_answer.leased_until
  where a.workspace_id = v_answer.workspace_id
    and a.conversation_id = v_answer.conversation_id
    and a.number = v_answer.number;
  return private.written_document(v_answer);
end;
$$;

comment on function private.append_answer(uuid, uuid, integer, jsonb) is
  'See public.append_answer. Definer: no role writes answers.';

grant execute on function private.append_answer(uuid, uuid, integer, jsonb) to service_role;

create function private.refuse_strange_parts(p_answer private.answers, p_parts jsonb) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_strange text;
begin
  select p.part ->> 'type' into v_strange
  from jsonb_array_elements(p_parts) with ordinality as p (part, n)
  where case p.part ->> 'type'
    when 'citation' then not exists (
      select from private.widget_snapshots s
      where s.workspace_id = p_answer.workspace_id
        and s.hash = p.part ->> 'hash'
        and s.widget_id = (p.part ->> 'widgetId')::uuid)
    when 'patch' then not exists (
      select from public.dashboard_views v
      where v.workspace_id = p_answer.workspace_id
        and v.id = (p.part ->> 'viewId')::uuid
        and v.deleted_at is null
        and v.version >= (p.part -> 'version')::bigint)
  end
  order by p.n
  limit 1;
  case v_strange
    when 'citation' then
      perform private.raise_invalid_input('parts.citation',
        'No data of this widget is kept under this hash.', 'Give hash and widgetId of keep_widget_data.');
    when 'patch' then
      perform private.raise_invalid_input('parts.patch',
        'There is no such version of this view.', 'Give viewId and version as get_view gave them.');
    else null;
  end case;
end;
$$;

comment on function private.refuse_strange_parts(private.answers, jsonb) is
  'Refuses a citation and a proposal of what is not in the workspace of the answer. Error: invalid_input '
  '(parts.citation, parts.patch). For definer functions.';

create function private.keep_citations(p_answer private.answers, p_parts jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.citations (workspace_id, conversation_id, hash)
  select p_answer.workspace_id, p_answer.conversation_id, p.part ->> 'hash'
  from jsonb_array_elements(p_parts) as p (part)
  where p.part ->> 'type' = 'citation'
  on conflict on constraint citations_pkey do nothing;
end;
$$;

comment on function private.keep_citations(private.answers, jsonb) is
  'Notes what parts cite. For definer functions, which have refused what is strange to the answer.';

create function private.keep_proposals(p_answer private.answers, p_parts jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept integer;
begin
  insert into private.proposals (workspace_id, conversation_id, id, view_id, view_version, summary, changes)
  select p_answer.workspace_id, p_answer.conversation_id, (p.part ->> 'proposalId')::uuid,
    (p.part ->> 'viewId')::uuid, (p.part -> 'version')::bigint, p.part ->> 'summary', p.part -> 'changes'
  from jsonb_array_elements(p_parts) as p (part)
  where p.part ->> 'type' = 'patch'
  on conflict on constraint proposals_pkey do nothing;
  get diagnostics v_kept = row_count;
  if v_kept < jsonb_array_length(jsonb_path_query_array(p_parts, '$[*] ? (@.type == "patch")')) then
    perform private.raise_error('conflict',
      'There is a proposal with this id.', 'proposalId', 'Make a uuid for each proposal.');
  end if;
end;
$$;

comment on function private.keep_proposals(private.answers, jsonb) is
  'Keeps the proposals among parts. Error: conflict (proposalId). For definer functions, which have refused what is '
  'strange to the answer.';

create function public.renew_answer(
  answer_id uuid, lease uuid, estimated_input_tokens integer default null, usage jsonb default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.renew_answer(answer_id, lease, estimated_input_tokens, usage);
end;
$$;

comment on function public.renew_answer(uuid, uuid, integer, jsonb) is
  'Renews the lease of an answer, between parts that are far apart and before another round: with '
  'estimated_input_tokens as much more is held as a call with that input can cost at most. `usage` reports the calls '
  'of the provider so far, all of them in their order, [{model, inputTokens, outputTokens, cachedTokens, '
  'cacheWriteTokens, isEstimated, milliseconds, outcome}], so that they are paid even if the process dies. '
  'Returns what append_answer does. For the server alone. Errors: not_found (answer_id), conflict (lease), '
  'invalid_input, budget_spent, payment_required.';

grant execute on function public.renew_answer(uuid, uuid, integer, jsonb) to service_role;

create function private.renew_answer(
  p_answer_id uuid, p_lease uuid, p_estimated_input_tokens integer, p_usage jsonb
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := private.leased_answer(p_answer_id, p_lease);
begin
  if p_usage is not null then
    perform private.refuse_problem(private.usage_problem(v_answer, p_usage));
    v_answer := private.record_calls(v_answer, p_usage);
  end if;
  if p_estimated_input_tokens is not null then
    perform private.refuse_problem(private.whole_number_problem(
      'estimated_input_tokens', to_jsonb(p_estimated_input_tokens), 0, 100000000));
    v_answer := private.hold_for_answer(v_answer, p_estimated_input_tokens);
  end if;
  v_answer.leased_until := clock_timestamp() + private.lease_time();
  update private.answers a
  set leased_until = v_answer.leased_until, holds = v_answer.holds, held = v_answer.held, credits = v_answer.credits
  where a.workspace_id = v_answer.workspace_id
    and a.conversation_id = v_answer.conversation_id
    and a.number = v_answer.number;
  return private.written_document(v_answer);
end;
$$;

comment on function private.renew_answer(uuid, uuid, integer, jsonb) is
  'See public.renew_answer. Definer: no role writes answers.';

grant execute on function private.renew_answer(uuid, uuid, integer, jsonb) to service_role;

create function public.resume_answer(answer_id uuid, lease uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.resume_answer(answer_id, lease);
end;
$$;

comment on function public.resume_answer(uuid, uuid) is
  'Takes an answer over from the process that has the lease, which writes no more from then on: what begin_answer '
  'gave, with another lease, and `parts`, what is written so far. For the server alone. Errors: not_found '
  '(answer_id), conflict (lease).';

grant execute on function public.resume_answer(uuid, uuid) to service_role;

create function private.resume_answer(p_answer_id uuid, p_lease uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := private.leased_answer(p_answer_id, p_lease);
begin
  v_answer.lease := gen_random_uuid();
  v_answer.leased_until := clock_timestamp() + private.lease_time();
  update private.answers a
  set lease = v_answer.lease, leased_until = v_answer.leased_until
  where a.workspace_id = v_answer.workspace_id
    and a.conversation_id = v_answer.conversation_id
    and a.number = v_answer.number;
  return private.begun_answer(v_answer, false)
    || jsonb_build_object('parts', private.merged_parts(private.parts_after(v_answer, 0)));
end;
$$;

comment on function private.resume_answer(uuid, uuid) is 'See public.resume_answer. Definer: no role writes answers.';

grant execute on function private.resume_answer(uuid, uuid) to service_role;

create function public.keep_summary(
  answer_id uuid, lease uuid, until_number integer default null, summary text default null
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.keep_summary(answer_id, lease, until_number, summary);
end;
$$;

comment on function public.keep_summary(uuid, uuid, integer, text) is
  'Keeps what a conversation said up to a message that led to an answer, in fewer words, at most 32 KiB: begin_answer '
  'gives it in place of those messages from then on. With neither of both nothing came of it: `summarize` of '
  'begin_answer is false in this conversation for a quarter of an hour, and no message is left out for it. For the '
  'server alone. Errors: not_found (answer_id), conflict (lease), invalid_input (until_number, summary).';

grant execute on function public.keep_summary(uuid, uuid, integer, text) to service_role;

create function private.keep_summary(p_answer_id uuid, p_lease uuid, p_until_number integer, p_summary text)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer constant private.answers := private.leased_answer(p_answer_id, p_lease);
begin
  if num_nonnulls(p_until_number, p_summary) = 0 then
    update private.answers a
    set summary_failed_at = clock_timestamp()
    where a.workspace_id = v_answer.workspace_id
      and a.conversation_id = v_answer.conversation_id
      and a.number = v_answer.number;
    return;
  end if;
  perform private.refuse_problem(private.text_block_problem('summary', to_jsonb(p_summary), 1, 32768));
  if (p_until_number = any (private.way_to(v_answer.workspace_id, v_answer.conversation_id, v_answer.number))
    and p_until_number < v_answer.number) is not true
  then
    perform private.raise_invalid_input('until_number',
      'No message with this number led to the answer.', 'Give a number of the history.');
  end if;
  insert into private.conversation_summaries (workspace_id, conversation_id, until_number, text)
  values (v_answer.workspace_id, v_answer.conversation_id, p_until_number, p_summary)
  on conflict on constraint conversation_summaries_pkey do nothing;
end;
$$;

comment on function private.keep_summary(uuid, uuid, integer, text) is
  'See public.keep_summary. Definer: no role writes summaries.';

grant execute on function private.keep_summary(uuid, uuid, integer, text) to service_role;
