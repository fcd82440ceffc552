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
  'question. What is long and shared again and again is rate_limited (person). Takes ai.use, and is for its owner. '
  'Errors: not_found (workspace_id, conversation_id), permission_denied, invalid_input (the key).';

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
    private.size_problem('', p_patch, 8192,
      private.document_problem('patch', 'This is too large.', 'Give what is to change.')),
    private.keys_problem('', coalesce(p_patch, 'null'), '{}', '{title,isPinned,isArchived,isShared}'),
    case when p_patch ? 'title' then private.single_line_problem('title', p_patch -> 'title', 1, 100) end,
    private.flag_problem('isPinned', p_patch -> 'isPinned'),
    private.flag_problem('isArchived', p_patch -> 'isArchived'),
    private.flag_problem('isShared', p_patch -> 'isShared')));
  v_before := private.own_conversation(p_workspace_id, p_conversation_id);
  if v_before.shared_at is null and p_patch -> 'isShared' = 'true' then
    perform private.require_pace_of_sharing(v_before);
  end if;

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
