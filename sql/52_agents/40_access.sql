-- Finding what somebody may use, or the one answer that it is not there.

create function private.agent_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such agent, or it is not for you.', 'agent_id', 'Check the id: the agent may have been deleted.');
end;
$$;

comment on function private.agent_not_found() is 'The one answer for an agent that is not there or not theirs.';

create function private.visible_agent(p_workspace_id text, p_id uuid) returns private.agents
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent private.agents;
  v_built_in private.built_in_agents;
begin
  select a.* into v_agent
  from private.agents a
  where a.workspace_id = p_workspace_id
    and a.id = p_id
    and (a.visibility = 'workspace' or a.owner_id = (select auth.uid()));
  if not found then
    select b.* into v_built_in from private.built_in_agents b where b.id = p_id;
    if found then
      v_agent := private.built_in_agent(p_workspace_id, v_built_in);
    end if;
  end if;
  return v_agent;
end;
$$;

comment on function private.visible_agent(text, uuid) is
  'An agent of the caller, of the workspace or built in; null for any other. For definer functions, which have checked '
  'the permission.';

create function private.find_agent(p_workspace_id text, p_id uuid) returns private.agents
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agent constant private.agents := private.visible_agent(p_workspace_id, p_id);
begin
  if v_agent.id is null then
    perform private.agent_not_found();
  end if;
  return v_agent;
end;
$$;

comment on function private.find_agent(text, uuid) is
  'As private.visible_agent. Error: not_found (agent_id). For definer functions.';

create function private.conversation_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such conversation, or it is not for you.', 'conversation_id',
    'Check the id: the conversation may have been deleted.');
end;
$$;

comment on function private.conversation_not_found() is
  'The one answer for a conversation that is not there or not theirs.';

create function private.own_conversation(p_workspace_id text, p_id uuid) returns private.conversations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conversation private.conversations;
begin
  select c.* into v_conversation
  from private.conversations c
  where c.workspace_id = p_workspace_id and c.id = p_id and c.owner_id = (select auth.uid())
  for no key update;
  if not found then
    perform private.conversation_not_found();
  end if;
  return v_conversation;
end;
$$;

comment on function private.own_conversation(text, uuid) is
  'A conversation of the caller, locked before its answer, its budgets and the ledger are, in that order. Error: '
  'not_found (conversation_id). For definer functions, which have checked the permission.';

create function private.readable_conversation(p_workspace_id text, p_id uuid) returns private.conversations
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conversation private.conversations;
begin
  select c.* into v_conversation
  from private.conversations c
  where c.workspace_id = p_workspace_id
    and c.id = p_id
    and (c.owner_id = (select auth.uid()) or c.shared_at is not null);
  if not found then
    perform private.conversation_not_found();
  end if;
  return v_conversation;
end;
$$;

comment on function private.readable_conversation(text, uuid) is
  'A conversation of the caller, or one that is shared with the workspace. Error: not_found (conversation_id). For '
  'definer functions, which have checked the permission.';

create function private.answer_not_found(p_argument text default 'answer_id') returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such answer, or it is not for you.', p_argument, 'Check the id.');
end;
$$;

comment on function private.answer_not_found(text) is
  'The one answer for an answer that is not there or not theirs, with the argument that named it in `details`.';

create function private.own_answer(p_answer_id uuid) returns private.answers
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer private.answers;
begin
  select a.* into v_answer from private.answers a where a.id = p_answer_id and a.owner_id = (select auth.uid());
  if not found or 'ai.use' <> all (private.permissions_in(v_answer.workspace_id)) then
    perform private.answer_not_found();
  end if;
  return v_answer;
end;
$$;

comment on function private.own_answer(uuid) is
  'An answer to the caller, who may use agents in its workspace. An id alone is enough: ids of answers are made by the '
  'database and never chosen. Error: not_found (answer_id). For definer functions.';
