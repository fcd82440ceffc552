-- What begin_answer writes: the conversation, the question, and the answer that is still empty.

create function private.title_of(p_content text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What would begin a tag is taken apart: others read the title, too, where the conversation is shared.
  v_line constant text := private.clean_text(regexp_replace(left(p_content, 400), '<(?=[A-Za-z/!?])', '< ', 'g'));
begin
  return coalesce(nullif(btrim(private.cut_text(v_line, 80)), ''), 'Conversation');
end;
$$;

comment on function private.title_of(text) is 'What a conversation is called that begins with a question.';

create function private.new_conversation(p_workspace_id text, p_owner_id uuid, p_agent_id uuid, p_content text)
returns private.conversations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 5000;
  v_conversation private.conversations;
begin
  if (
    select count(*) from (
      select from private.conversations c
      where c.workspace_id = p_workspace_id and c.owner_id = p_owner_id limit c_most) as s) >= c_most
  then
    perform private.raise_error('conflict',
      'You have no room for another conversation.', 'conversations', 'Delete some: there may be 5,000.');
  end if;
  insert into private.conversations (workspace_id, owner_id, title, agent_id)
  values (p_workspace_id, p_owner_id, private.title_of(p_content), p_agent_id)
  returning * into v_conversation;
  perform private.keep_words(v_conversation, 0, v_conversation.title);
  return v_conversation;
end;
$$;

comment on function private.new_conversation(text, uuid, uuid, text) is
  'Makes a conversation, called after its first question. Error: conflict (conversations). For definer functions.';

create function private.message_at(p_conversation private.conversations, p_number integer) returns private.messages
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message private.messages;
begin
  select m.* into v_message
  from private.messages m
  where m.workspace_id = p_conversation.workspace_id
    and m.conversation_id = p_conversation.id
    and m.number = p_number;
  return v_message;
end;
$$;

comment on function private.message_at(private.conversations, integer) is
  'A message of a conversation, null for none. For definer functions.';

create function private.add_question(
  p_conversation private.conversations, p_content text, p_parent integer, p_answered integer, p_continues boolean
) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 1000;
  v_number constant integer := p_conversation.messages + 1;
  -- A question and its answer, or the answer alone.
  v_added constant integer := case when p_content is null then 1 else 2 end;
  v_before private.messages;
begin
  if p_conversation.messages + v_added > c_most then
    perform private.raise_error('conflict',
      'This conversation has no room for more messages.', 'messages', 'Begin another one: there may be 1,000.');
  end if;
  if p_content is null then
    v_before := private.message_at(p_conversation, p_answered);
    if p_continues and v_before.status not in ('incomplete', 'stopped', 'interrupted') then
      perform private.raise_error('conflict',
        'This answer has come to its end.', 'status', 'Ask a question.');
    end if;
    return case when p_continues then v_before.number else v_before.parent end;
  end if;

  if p_parent > 0 and (private.message_at(p_conversation, p_parent)).role is distinct from 'assistant' then
    perform private.raise_invalid_input('parent',
      'There is no such message of an agent in this conversation.', 'Give the number of one, or 0.');
  end if;
  insert into private.messages (
    workspace_id, conversation_id, number, parent, role, status, parts, bytes, finished_at)
  values (p_conversation.workspace_id, p_conversation.id, v_number,
    nullif(coalesce(p_parent, p_conversation.head), 0), 'user', 'complete',
    jsonb_build_array(jsonb_build_object('type', 'text', 'sequence', 1, 'text', p_content)),
    octet_length(p_content), clock_timestamp());
  perform private.keep_words(p_conversation, v_number, p_content);
  return v_number;
end;
$$;

comment on function private.add_question(private.conversations, text, integer, integer, boolean) is
  'Writes a question, or finds what is to be answered again or to go on, and returns the number of the message that '
  'the answer follows. Errors: conflict (messages, status), invalid_input (parent). For definer functions.';

create function private.add_answer(
  p_conversation private.conversations,
  p_answer private.answers,
  p_agent private.agents,
  p_follows integer,
  p_estimated_input_tokens integer
) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers := p_answer;
  v_history constant jsonb := private.history_to(p_conversation.workspace_id, p_conversation.id, p_follows);
begin
  v_answer.conversation_id := p_conversation.id;
  v_answer.number := (
    select max(m.number) + 1
    from private.messages m
    where m.workspace_id = p_conversation.workspace_id and m.conversation_id = p_conversation.id);
  v_answer.id := gen_random_uuid();
  v_answer.lease := gen_random_uuid();
  v_answer.status := 'running';
  v_answer.leased_until := clock_timestamp() + private.lease_time();
  v_answer.last_sequence := 0;
  v_answer.bytes := 0;
  v_answer.month := date_trunc('month', now() at time zone 'UTC')::date;
  v_answer.email_digest := case
    when private.limit_of(v_answer.workspace_id, 'ai_credits_of_person') is not null
      then private.digest_of_person(v_answer.owner_id)
  end;
  v_answer.holds := '[]';
  v_answer.held := 0;
  v_answer.credits := 0;
  v_answer.started_at := clock_timestamp();
  v_answer := private.hold_for_answer(v_answer, private.believed_estimate(
    p_estimated_input_tokens, (v_history ->> 'bytes')::bigint + octet_length(p_agent.instructions)));
  perform private.require_fair_hold(v_answer);

  insert into private.messages (
    workspace_id, conversation_id, number, id, parent, role, status, agent_id, agent_version, model_key)
  values (v_answer.workspace_id, v_answer.conversation_id, v_answer.number, v_answer.id, p_follows, 'assistant',
    'running', p_agent.id, p_agent.version, v_answer.model_key);
  insert into private.answers select v_answer.*;
  update private.conversations c
  set messages = v_answer.number, head = v_answer.number, last_message_at = clock_timestamp(), agent_id = p_agent.id
  where c.workspace_id = v_answer.workspace_id and c.id = v_answer.conversation_id;
  return v_answer;
end;
$$;

comment on function private.add_answer(
  private.conversations, private.answers, private.agents, integer, integer
) is 'Writes an answer that begins, with what is held for it. Errors: budget_spent, payment_required, conflict '
  '(answers). For definer functions, which have locked the conversation.';

create function private.model_document(p_key text, p_price jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'key', m.key,
      'provider', m.provider,
      'name', m.name,
      'title', m.title,
      'contextTokens', m.context_tokens,
      'maxOutputTokens', m.max_output_tokens,
      'capabilities', m.capabilities,
      'price', p_price)
    from public.ai_models m
    where m.key = p_key);
end;
$$;

comment on function private.model_document(text, jsonb) is 'A model as clients read it, with what it costs.';

create function private.begun_answer(p_answer private.answers, p_is_repeated boolean) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message private.messages;
  v_agent jsonb;
  v_history jsonb;
begin
  select m.* into v_message
  from private.messages m
  where m.workspace_id = p_answer.workspace_id
    and m.conversation_id = p_answer.conversation_id
    and m.number = p_answer.number;
  v_agent := (
    select v.document
    from private.agent_versions v
    where v.workspace_id = p_answer.workspace_id
      and v.agent_id = v_message.agent_id
      and v.version = v_message.agent_version);
  v_history := case when p_is_repeated then '{"summary": null, "history": [], "isCut": false}'
    else private.history_to(p_answer.workspace_id, p_answer.conversation_id, v_message.parent) end;
  return jsonb_build_object(
    'answerId', p_answer.id,
    'workspaceId', p_answer.workspace_id,
    'conversationId', p_answer.conversation_id,
    'number', p_answer.number,
    'isRepeated', p_is_repeated,
    'status', p_answer.status,
    'lastSequence', p_answer.last_sequence,
    'lease', case when not p_is_repeated then p_answer.lease end,
    'leasedUntil', case when not p_is_repeated then private.timestamp_text(p_answer.leased_until) end,
    'agent', v_agent || jsonb_build_object(
      'id', v_message.agent_id, 'version', v_message.agent_version, 'maxTokens', p_answer.max_tokens),
    'model', private.model_document(p_answer.model_key, p_answer.prices -> p_answer.model_key),
    'fallback', private.model_document(p_answer.fallback_key, p_answer.prices -> p_answer.fallback_key),
    'moderation', (private.ai_settings_of(p_answer.workspace_id)).moderation,
    'summarize', private.may_summarize(p_answer.workspace_id, p_answer.conversation_id),
    'heldCredits', p_answer.held) || (v_history - 'bytes');
end;
$$;

comment on function private.begun_answer(private.answers, boolean) is
  'An answer as who is to write it reads it; for a repeated question without lease and history. For definer functions.';
