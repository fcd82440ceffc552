-- Changing conversations: their names, whether they are pinned, archived and shared, and the end of them.

create function public.update_conversation(workspace_id text, conversation_id uuid, patch jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.update_conversation(workspace_id, conversation_id, patch);
end;
$$;

comment on function public.update_conversation(text, uuid, jsonb) is
  'Changes what a patch of {title, isPinned, isArchived, isShared} names, and returns the conversation as '
  'list_conversations gives it. Shared, whoever may use agents in the workspace reads it; an archived one takes no '
  'question. Takes ai.use, and is for its owner. Errors: not_found (workspace_id, conversation_id), permission_denied, '
  'invalid_input (the key).';

grant execute on function public.update_conversation(text, uuid, jsonb) to authenticated;

create function private.update_conversation(p_workspace_id text, p_conversation_id uuid, p_patch jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before private.conversations;
  v_conversation private.conversations;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.refuse_problem(coalesce(
    case when private.is_larger_than(p_patch, 8192) then
      private.document_problem('patch', 'This is too large.', 'Give what is to change.') end,
    private.keys_problem('', coalesce(p_patch, 'null'), '{}', '{title,isPinned,isArchived,isShared}'),
    case when p_patch ? 'title' then private.single_line_problem('title', p_patch -> 'title', 1, 100) end,
    private.flag_problem('isPinned', p_patch -> 'isPinned'),
    private.flag_problem('isArchived', p_patch -> 'isArchived'),
    private.flag_problem('isShared', p_patch -> 'isShared')));
  v_before := private.own_conversation(p_workspace_id, p_conversation_id);

  update private.conversations c
  set title = coalesce(private.clean_text(p_patch ->> 'title'), c.title),
    is_pinned = coalesce((p_patch -> 'isPinned')::boolean, c.is_pinned),
    archived_at = case (p_patch -> 'isArchived')::boolean
      when true then coalesce(c.archived_at, now())
      when false then null
      else c.archived_at end,
    shared_at = case (p_patch -> 'isShared')::boolean
      when true then coalesce(c.shared_at, now())
      when false then null
      else c.shared_at end
  where c.workspace_id = p_workspace_id and c.id = p_conversation_id
  returning c.* into v_conversation;

  if v_conversation.title <> v_before.title then
    perform private.keep_words(v_conversation, 0, v_conversation.title);
  end if;
  if (v_conversation.shared_at is null) <> (v_before.shared_at is null) then
    update private.conversation_words w
    set is_shared = v_conversation.shared_at is not null
    where w.workspace_id = p_workspace_id and w.conversation_id = p_conversation_id;
  end if;
  perform private.tell_owner(v_conversation, null, 'changed');
  return private.conversation_document(v_conversation);
end;
$$;

comment on function private.update_conversation(text, uuid, jsonb) is
  'See public.update_conversation. Definer: no role writes the table.';

grant execute on function private.update_conversation(text, uuid, jsonb) to authenticated;

create function public.delete_conversation(workspace_id text, conversation_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_conversation(workspace_id, conversation_id);
end;
$$;

comment on function public.delete_conversation(text, uuid) is
  'Deletes a conversation with its messages, for good; an answer that runs ends with it, and what was held for it is '
  'released. What it cost stays in the reports. Takes ai.use, and is for its owner. Errors: not_found (workspace_id, '
  'conversation_id), permission_denied.';

grant execute on function public.delete_conversation(text, uuid) to authenticated;

create function private.delete_conversation(p_workspace_id text, p_conversation_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conversation private.conversations;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  v_conversation := private.own_conversation(p_workspace_id, p_conversation_id);
  delete from private.conversations c where c.workspace_id = p_workspace_id and c.id = p_conversation_id;
  perform private.tell_owner(v_conversation, null, 'removed');
end;
$$;

comment on function private.delete_conversation(text, uuid) is
  'See public.delete_conversation. Definer: no role deletes conversations.';

grant execute on function private.delete_conversation(text, uuid) to authenticated;

create function public.branch_conversation(workspace_id text, conversation_id uuid, number integer) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.branch_conversation(workspace_id, conversation_id, number);
end;
$$;

comment on function public.branch_conversation(text, uuid, integer) is
  'Makes a conversation of the messages that lead to one, itself included, and returns it as list_conversations does. '
  'What the copies cost stands with the first. Takes ai.use, and is for the owner. Errors: not_found (workspace_id, '
  'conversation_id, number), permission_denied, conflict (running, conversations), rate_limited (person).';

grant execute on function public.branch_conversation(text, uuid, integer) to authenticated;

create function private.branch_conversation(p_workspace_id text, p_conversation_id uuid, p_number integer) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from private.conversations;
  v_to private.conversations;
  v_message private.messages;
  v_way integer[];
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.hold_membership(p_workspace_id);
  v_from := private.own_conversation(p_workspace_id, p_conversation_id);
  v_message := private.message_at(v_from, p_number);
  if v_message.number is null or v_message.role <> 'assistant' then
    perform private.raise_error('not_found',
      'There is no such message of an agent in this conversation.', 'number', 'Give the number of one.');
  end if;
  if v_message.status = 'running' then
    perform private.raise_error('conflict',
      'This message is still being written.', 'running', 'Wait for it, or stop it.');
  end if;

  perform private.require_pace_of_branches(v_from.owner_id);
  v_way := private.way_to(p_workspace_id, p_conversation_id, p_number);
  v_to := private.new_conversation(p_workspace_id, v_from.owner_id, v_from.agent_id, v_from.title);
  insert into private.messages (
    workspace_id, conversation_id, number, parent, role, status, parts, bytes, agent_id, agent_version, model_key,
    error, created_at, finished_at)
  select m.workspace_id, v_to.id, w.n, nullif(w.n - 1, 0), m.role, m.status, m.parts, m.bytes, m.agent_id,
    m.agent_version, m.model_key, m.error, m.created_at, m.finished_at
  from unnest(v_way) with ordinality as w (number, n)
  join private.messages m
    on m.workspace_id = p_workspace_id and m.conversation_id = p_conversation_id and m.number = w.number;
  insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, words)
  select x.workspace_id, v_to.id, w.n, x.owner_id, x.words
  from unnest(v_way) with ordinality as w (number, n)
  join private.conversation_words x
    on x.workspace_id = p_workspace_id and x.conversation_id = p_conversation_id and x.number = w.number;
  insert into private.citations (workspace_id, conversation_id, hash)
  select x.workspace_id, v_to.id, x.hash
  from private.citations x
  where x.workspace_id = p_workspace_id and x.conversation_id = p_conversation_id;
  update private.conversations c
  set messages = cardinality(v_way), head = cardinality(v_way), branched_from = v_from.id
  where c.workspace_id = p_workspace_id and c.id = v_to.id
  returning c.* into v_to;
  perform private.tell_owner(v_to, null, 'changed');
  return private.conversation_document(v_to);
end;
$$;

comment on function private.branch_conversation(text, uuid, integer) is
  'See public.branch_conversation. Definer: no role writes the table.';

grant execute on function private.branch_conversation(text, uuid, integer) to authenticated;
