-- The end of an answer, which comes once: said by the writer, wanted by the person, or found by the job that looks for
-- answers whose writer is silent. In one transaction the parts become the message, and what the calls cost is settled.
--
-- The conversation is locked before the answer, as begin_answer does; so the answer is read again once it is there.

create function private.parts_after(p_answer private.answers, p_after integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(p.part order by p.sequence), '[]')
    from private.answer_parts p
    where p.workspace_id = p_answer.workspace_id
      and p.conversation_id = p_answer.conversation_id
      and p.answer_id = p_answer.id
      and p.sequence > p_after);
end;
$$;

comment on function private.parts_after(private.answers, integer) is
  'The parts of an answer as they came, after a number. For definer functions.';

create function private.end_answer(p_answer private.answers, p_status text, p_error jsonb, p_usage jsonb)
returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := p_answer;
  v_parts constant jsonb := private.merged_parts(private.parts_after(p_answer, 0));
  v_conversation private.conversations;
  v_sum record;
begin
  if p_usage is not null then
    v_answer := private.record_calls(v_answer, p_usage);
  end if;
  perform private.settle_answer(v_answer);
  v_answer.status := p_status;
  v_answer.finished_at := clock_timestamp();
  -- Who is late finds another lease.
  if p_status = 'interrupted' then
    v_answer.lease := gen_random_uuid();
  end if;
  update private.answers a
  set status = v_answer.status,
    finished_at = v_answer.finished_at,
    lease = v_answer.lease,
    email_digest = null,
    credits = v_answer.credits
  where a.workspace_id = v_answer.workspace_id
    and a.conversation_id = v_answer.conversation_id
    and a.number = v_answer.number;

  select coalesce(sum(u.input_tokens), 0) as input, coalesce(sum(u.cached_tokens), 0) as cached,
    coalesce(sum(u.output_tokens), 0) as output, (array_agg(u.model_key order by u.number desc))[1] as model
  into v_sum
  from private.ai_usage u
  where u.workspace_id = v_answer.workspace_id and u.answer_id = v_answer.id;
  update private.messages m
  set status = v_answer.status,
    parts = v_parts,
    bytes = octet_length(v_parts::text),
    model_key = coalesce(v_sum.model, m.model_key),
    input_tokens = v_sum.input,
    cached_tokens = v_sum.cached,
    output_tokens = v_sum.output,
    credits = v_answer.credits,
    error = p_error,
    finished_at = v_answer.finished_at
  where m.workspace_id = v_answer.workspace_id
    and m.conversation_id = v_answer.conversation_id
    and m.number = v_answer.number;
  delete from private.answer_parts p
  where p.workspace_id = v_answer.workspace_id
    and p.conversation_id = v_answer.conversation_id
    and p.answer_id = v_answer.id;
  update private.conversations c
  set last_message_at = v_answer.finished_at
  where c.workspace_id = v_answer.workspace_id and c.id = v_answer.conversation_id
  returning c.* into v_conversation;
  perform private.keep_words(v_conversation, v_answer.number, private.text_of_parts(v_parts));
  perform private.tell_owner(v_conversation, v_answer.id, 'message');
  return v_answer;
end;
$$;

comment on function private.end_answer(private.answers, text, jsonb, jsonb) is
  'Ends an answer that runs, and returns it. For definer functions, which have locked its conversation and then '
  'itself, and have checked the usage.';

create function private.tell_owner(p_conversation private.conversations, p_message_id uuid, p_change text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.user_channel(p_conversation.owner_id), 'conversation:updated',
    jsonb_build_object(
      'workspaceId', p_conversation.workspace_id,
      'conversationId', p_conversation.id,
      'messageId', p_message_id,
      'change', p_change));
end;
$$;

comment on function private.tell_owner(private.conversations, uuid, text) is
  'conversation:updated {workspaceId, conversationId, messageId, change}, to the owner alone: a message began or '
  'ended, or the conversation changed or was removed. For definer functions.';

create function private.lock_conversation_of(p_answer_id uuid) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers;
begin
  select a.* into v_answer from private.answers a where a.id = p_answer_id;
  perform private.hold_conversation(v_answer.workspace_id, v_answer.conversation_id);
  perform from private.conversations c
  where c.workspace_id = v_answer.workspace_id and c.id = v_answer.conversation_id
  for no key update;
  select a.* into v_answer from private.answers a where a.id = p_answer_id for no key update;
  if not found then
    perform private.answer_not_found();
  end if;
  return v_answer;
end;
$$;

comment on function private.lock_conversation_of(uuid) is
  'An answer as it is once its conversation and itself are locked. Error: not_found (answer_id). For definer '
  'functions.';

create function public.finish_answer(
  answer_id uuid, lease uuid, status text, usage jsonb default null, error jsonb default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.finish_answer(answer_id, lease, status, usage, error);
end;
$$;

comment on function public.finish_answer(uuid, uuid, text, jsonb, jsonb) is
  'Ends an answer: complete, stopped (by the person), incomplete (at a limit), or failed, with `error` {code, '
  'message}. `usage` is what renew_answer takes: what its calls cost is settled, the rest of what was held is '
  'released. Sent again, it answers the same. Returns what append_answer does. For the server alone. Errors: '
  'not_found (answer_id), conflict (lease), invalid_input (status, usage, error).';

grant execute on function public.finish_answer(uuid, uuid, text, jsonb, jsonb) to service_role;

create function private.finish_answer(
  p_answer_id uuid, p_lease uuid, p_status text, p_usage jsonb, p_error jsonb
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := private.lock_conversation_of(p_answer_id);
begin
  if v_answer.status <> 'running' and v_answer.lease = p_lease then
    return private.written_document(v_answer);
  end if;
  v_answer := private.leased_answer(p_answer_id, p_lease);
  perform private.refuse_problem(coalesce(
    private.choice_problem('status', coalesce(to_jsonb(p_status), 'null'), '{complete,stopped,incomplete,failed}'),
    case when p_usage is not null then private.usage_problem(v_answer, p_usage) end,
    case when p_error is not null then coalesce(
      private.size_problem('error', p_error, 4096,
        private.document_problem('error', 'This is too large.', 'Give at most 4 KiB.')),
      private.keys_problem('error', p_error, '{code,message}', '{hint}')) end));
  return private.written_document(private.end_answer(v_answer, p_status, p_error, p_usage));
end;
$$;

comment on function private.finish_answer(uuid, uuid, text, jsonb, jsonb) is
  'See public.finish_answer. Definer: no role writes answers.';

grant execute on function private.finish_answer(uuid, uuid, text, jsonb, jsonb) to service_role;

create function public.stop_answer(answer_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.stop_answer(answer_id);
end;
$$;

comment on function public.stop_answer(uuid) is
  'Has an answer stopped: who writes it is told with the next write, and keeps what came. Returns {answerId, status}, '
  '`running` until then. Takes ai.use. Error: not_found (answer_id).';

grant execute on function public.stop_answer(uuid) to authenticated;

create function private.stop_answer(p_answer_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := private.own_answer(p_answer_id);
begin
  v_answer := private.lock_conversation_of(p_answer_id);
  if v_answer.status = 'running' and v_answer.leased_until < clock_timestamp() then
    v_answer := private.end_answer(v_answer, 'interrupted', null, null);
  elsif v_answer.status = 'running' then
    update private.answers a
    set stop_requested_at = coalesce(a.stop_requested_at, clock_timestamp())
    where a.workspace_id = v_answer.workspace_id
      and a.conversation_id = v_answer.conversation_id
      and a.number = v_answer.number;
  end if;
  return jsonb_build_object('answerId', v_answer.id, 'status', v_answer.status);
end;
$$;

comment on function private.stop_answer(uuid) is 'See public.stop_answer. Definer: no role writes answers.';

grant execute on function private.stop_answer(uuid) to authenticated;

create function private.interrupt_lost_answers(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost record;
  v_answer private.answers;
  v_count integer := 0;
begin
  for v_lost in
    select a.workspace_id, a.conversation_id, a.id
    from private.answers a
    where a.status = 'running' and a.leased_until < clock_timestamp()
    limit p_batch
  loop
    -- Whoever holds it now is about to write, or to end it.
    perform from private.conversations c
    where c.workspace_id = v_lost.workspace_id and c.id = v_lost.conversation_id
    for no key update skip locked;
    continue when not found;
    select a.* into v_answer
    from private.answers a
    where a.id = v_lost.id and a.status = 'running' and a.leased_until < clock_timestamp()
    for no key update skip locked;
    continue when not found;
    perform private.end_answer(v_answer, 'interrupted', null, null);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

comment on function private.interrupt_lost_answers(integer) is
  'Ends at most so many answers whose writer is silent, with what was written: calls that were reported are paid, the '
  'rest is released. Returns how many. Run by cron until nothing is left, with a commit after each batch.';

create function private.tg_answers_give_back() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.settle_answer(private.record_unreported_call(d))
  from deleted d
  where d.status = 'running' and exists (select from public.workspaces w where w.id = d.workspace_id);
  return null;
end;
$$;

comment on function private.tg_answers_give_back() is
  'After answers are deleted that ran, with their conversation or its owner: their calls are paid, the one under way '
  'by what is known of it, and what else was held is free. Where the workspace is deleted nobody knows what a provider '
  'is at work on, and what a person held there counts. Definer: no role writes the ledger.';

create trigger answers_give_back after delete on private.answers
  referencing old table as deleted
  for each statement execute function private.tg_answers_give_back();
