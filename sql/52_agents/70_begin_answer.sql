-- Asking: the question, the answer that is to be written, and what is held for it, in one transaction or none.
--
-- The function ai-chat calls it as the person, so that the person's rights decide; what writes the answer is the server
-- (72_write_answer.sql). The same question sent twice, with the same key, is the same answer, and its lease goes to who
-- came first.
--
-- Everybody locks in one order: the account and the workspace, the conversation, its answer, the questions of the
-- workspace, budgets, the ledger.
--
-- Threats: two answers in one conversation at a time (refused); a question that is paid twice because a network failed
-- (the key); a model or an agent that is not allowed (asked here again, whatever was allowed when it was saved); an
-- estimate that is made up (what is known to be sent counts at least, and not much more: 46_pace.sql); a workspace that
-- asks so often that others wait (its questions are counted beside those of each person, once it has been seen that who
-- asks belongs to it).

create function public.begin_answer(
  workspace_id text,
  idempotency_key uuid,
  content text default null,
  conversation_id uuid default null,
  agent_id uuid default null,
  parent integer default null,
  regenerate_of uuid default null,
  continue_of uuid default null,
  estimated_input_tokens integer default 0,
  view_id uuid default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.begin_answer(workspace_id, idempotency_key, content, conversation_id, agent_id, parent,
    regenerate_of, continue_of, estimated_input_tokens, view_id);
end;
$$;

comment on function public.begin_answer(text, uuid, text, uuid, uuid, integer, uuid, uuid, integer, uuid) is
  'Begins an answer for the function ai-chat to write (begunAnswerSchema of types/conversations.ts). `content` asks: '
  'in a conversation, after its last message or after `parent` (0: as a first message), or with agent_id in a new '
  'one. regenerate_of has an answer given again, continue_of has one go on that did not come to its end; neither '
  'takes content. agent_id beside a conversation has another agent answer from then on. With view_id `view` is that '
  'view, as get_view gives it; one that is given again, or goes on, is told of the view of the first unless it names '
  'another. `rateLimit` is what is left of the questions of the workspace. Takes ai.use. Errors: '
  'not_found (workspace_id, conversation_id, agent_id, regenerate_of, continue_of, view_id), permission_denied, '
  'invalid_input, conflict (idempotency_key, archived, running, agent_id, model, status, messages, conversations, '
  'answers), budget_spent, payment_required, rate_limited (person, workspace).';

grant execute on function public.begin_answer(text, uuid, text, uuid, uuid, integer, uuid, uuid, integer, uuid)
  to authenticated;

create function private.check_question(
  p_idempotency_key uuid, p_content text, p_conversation_id uuid, p_agent_id uuid, p_parent integer, p_others uuid[],
  p_estimated_input_tokens integer
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 32768;
begin
  if p_idempotency_key is null then
    perform private.raise_invalid_input('idempotency_key',
      'This is missing.', 'Make a uuid once a question, and send it again with the same question.');
  end if;
  if num_nonnulls(p_content, p_others[1], p_others[2]) <> 1 then
    perform private.raise_invalid_input('content',
      'This asks for nothing, or for several things.',
      'Give the question as content, or an answer that is to be given again as regenerate_of, or continued as '
      'continue_of; one of them.');
  end if;
  if p_content is not null then
    perform private.refuse_problem(private.text_block_problem('content', to_jsonb(p_content), 1, c_most_bytes));
    if p_conversation_id is null and p_agent_id is null then
      perform private.raise_invalid_input('agent_id',
        'A conversation begins with an agent.', 'Give an agent_id, or a conversation_id.');
    end if;
  end if;
  if p_parent is not null and (p_content is null or p_conversation_id is null or p_parent < 0) then
    perform private.raise_invalid_input('parent',
      'There is nothing to begin from.', 'Give the number of a message of the conversation, or 0.');
  end if;
  perform private.refuse_problem(private.whole_number_problem('estimated_input_tokens',
    coalesce(to_jsonb(p_estimated_input_tokens), '0'), 0, 100000000));
end;
$$;

comment on function private.check_question(uuid, text, uuid, uuid, integer, uuid[], integer) is
  'Refuses a question that is none. Error: invalid_input with the argument.';

create function private.begin_answer(
  p_workspace_id text,
  p_idempotency_key uuid,
  p_content text,
  p_conversation_id uuid,
  p_agent_id uuid,
  p_parent integer,
  p_regenerate_of uuid,
  p_continue_of uuid,
  p_estimated_input_tokens integer,
  p_view_id uuid
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_before private.answers;
  v_answer private.answers;
  v_conversation private.conversations;
  v_agent private.agents;
  v_follows integer;
  v_view jsonb;
  v_rate_limit jsonb;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.check_question(p_idempotency_key, p_content, p_conversation_id, p_agent_id, p_parent,
    array[p_regenerate_of, p_continue_of], p_estimated_input_tokens);
  v_answer.request_hash := encode(sha256(convert_to(jsonb_build_array(
    p_content, p_conversation_id, p_agent_id, p_parent, p_regenerate_of, p_continue_of)::text, 'UTF8')), 'hex');

  -- Of two with the same key the second waits, and finds what the first has begun.
  perform pg_advisory_xact_lock(hashtextextended(format('answer %s %s', v_user_id, p_idempotency_key), 0));
  select a.* into v_before
  from private.answers a
  where a.workspace_id = p_workspace_id and a.owner_id = v_user_id and a.idempotency_key = p_idempotency_key;
  if found then
    if v_before.request_hash <> v_answer.request_hash then
      perform private.raise_error('conflict',
        'Another question was sent with this key.', 'idempotency_key', 'Make a key for each question.');
    end if;
    return private.begun_answer(v_before, true) || '{"view": null, "rateLimit": null}';
  end if;

  perform private.require_pace_of_questions(p_workspace_id, v_user_id);
  if p_content is null then
    select a.* into v_before
    from private.answers a
    where a.id = coalesce(p_regenerate_of, p_continue_of)
      and a.workspace_id = p_workspace_id
      and a.owner_id = v_user_id
      and (p_conversation_id is null or a.conversation_id = p_conversation_id);
    if not found then
      perform private.answer_not_found(case when p_regenerate_of is null then 'continue_of' else 'regenerate_of' end);
    end if;
  end if;
  v_answer.view_id := coalesce(p_view_id, v_before.view_id);
  v_view := private.view_on_screen(p_workspace_id, v_answer.view_id);
  -- One of before may be gone since, and nobody named it: the answer is given without it.
  if v_view is null and p_view_id is not null then
    perform private.view_not_found();
  end if;
  perform private.hold_membership(p_workspace_id);
  perform private.hold_workspace(p_workspace_id);
  if p_conversation_id is not null or v_before.conversation_id is not null then
    v_conversation := private.own_conversation(
      p_workspace_id, coalesce(p_conversation_id, v_before.conversation_id));
    perform private.require_silence(v_conversation);
  end if;

  v_agent := private.agent_to_ask(p_workspace_id, p_agent_id, v_conversation);
  v_answer.workspace_id := p_workspace_id;
  v_answer.owner_id := v_user_id;
  v_answer.idempotency_key := p_idempotency_key;
  v_answer.agent_id := v_agent.id;
  v_answer := private.on_a_model(v_answer, v_agent);
  perform private.keep_agent_version(v_agent);

  if v_conversation.id is null then
    v_conversation := private.new_conversation(p_workspace_id, v_user_id, v_agent.id, p_content);
  end if;
  v_follows := private.add_question(
    v_conversation, p_content, p_parent, v_before.number, p_continue_of is not null);
  v_rate_limit := private.charge_question(p_workspace_id);
  v_answer := private.add_answer(v_conversation, v_answer, v_agent, v_follows, p_estimated_input_tokens);
  perform private.tell_owner(v_conversation, v_answer.id, 'message');
  return private.begun_answer(v_answer, false) || jsonb_build_object(
    'view', v_view,
    'rateLimit', v_rate_limit);
end;
$$;

comment on function private.begin_answer(text, uuid, text, uuid, uuid, integer, uuid, uuid, integer, uuid) is
  'See public.begin_answer. Definer: no role writes conversations.';

grant execute on function private.begin_answer(text, uuid, text, uuid, uuid, integer, uuid, uuid, integer, uuid)
  to authenticated;

create function private.view_on_screen(p_workspace_id text, p_view_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
  v_access private.access_level;
begin
  select v.* into v_view
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id and v.id = p_view_id and v.deleted_at is null;
  if not found then
    return null;
  end if;
  v_access := private.access_to(v_view.workspace_id, 'dashboard', v_view.id);
  return case when v_access <> 'none' then private.view_document(v_view, v_access) end;
end;
$$;

comment on function private.view_on_screen(text, uuid) is
  'A view as its agent is told of it; null for one that is gone or not for the caller. For definer functions.';

create function private.require_silence(p_conversation private.conversations) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_running private.answers;
begin
  if p_conversation.archived_at is not null then
    perform private.raise_error('conflict',
      'This conversation is archived.', 'archived', 'Take it out of the archive first.');
  end if;
  select a.* into v_running
  from private.answers a
  where a.workspace_id = p_conversation.workspace_id and a.conversation_id = p_conversation.id and a.status = 'running'
  for no key update;
  if not found then
    return;
  end if;
  -- The job that looks for these comes every minute; nobody should wait for it.
  if v_running.leased_until < clock_timestamp() then
    perform private.end_answer(v_running, 'interrupted', null, null);
    return;
  end if;
  perform private.raise_error('conflict',
    'This conversation is being answered.', 'running', 'Wait for the answer, or stop it.');
end;
$$;

comment on function private.require_silence(private.conversations) is
  'Refuses a conversation that is archived or has an answer that runs. Error: conflict (archived, running). For '
  'definer functions, which have locked it.';

create function private.agent_to_ask(
  p_workspace_id text, p_agent_id uuid, p_conversation private.conversations
) returns private.agents
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents;
begin
  if p_agent_id is not null then
    v_agent := private.find_agent(p_workspace_id, p_agent_id);
  else
    v_agent := private.visible_agent(p_workspace_id, p_conversation.agent_id);
  end if;
  if v_agent.id is null or v_agent.status <> 'active' then
    perform private.raise_error('conflict',
      case when v_agent.id is null then 'The agent of this conversation is gone.' else 'This agent is not active.' end,
      'agent_id', 'Give the id of another agent, which goes on from here.');
  end if;
  return v_agent;
end;
$$;

comment on function private.agent_to_ask(text, uuid, private.conversations) is
  'Who answers: the agent that is named, or that of the conversation. Errors: not_found (agent_id), conflict '
  '(agent_id) for one that is gone or not active. For definer functions.';

create function private.on_a_model(p_answer private.answers, p_agent private.agents) returns private.answers
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_usual_tokens constant integer := 4096;
  v_answer private.answers := p_answer;
  v_today constant date := (now() at time zone 'UTC')::date;
  v_model public.ai_models;
begin
  select m.* into v_model
  from private.usable_models(p_answer.workspace_id) as m
  where p_agent.model_key is null or m.key = p_agent.model_key
  order by m.position, m.key
  limit 1;
  if not found then
    perform private.raise_error('conflict',
      'The model of this agent is not to be used here at the moment.', 'model',
      'Choose another model for the agent, or ask who manages the agents of the workspace.');
  end if;
  v_answer.model_key := v_model.key;
  v_answer.fallback_key := (
    select m.key from private.usable_models(p_answer.workspace_id) as m where m.key = v_model.fallback_key);
  v_answer.prices := (
    select jsonb_object_agg(k.key, private.price_of(k.key, v_today))
    from unnest(array[v_answer.model_key, v_answer.fallback_key]) as k (key)
    where k.key is not null);
  v_answer.max_tokens := least(coalesce(p_agent.max_tokens, c_usual_tokens), v_model.max_output_tokens);
  return v_answer;
end;
$$;

comment on function private.on_a_model(private.answers, private.agents) is
  'An answer with the model that its agent runs on, the fallback, and what both cost today. Error: conflict (model). '
  'For definer functions.';
