-- What is stored about a person here, for that person (90_lifecycle/62_my_data.sql).

create function private.export_agents(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(a.workspace_id, a.id),
      jsonb_build_object('workspaceId', a.workspace_id) || private.agent_document(a)
        || jsonb_build_object('instructions', a.instructions)
    from private.agents a
    where a.owner_id = p_user_id and (a.workspace_id, a.id) > (v_after[1], v_after[2]::uuid)
    order by a.workspace_id, a.id;
  return v_rows;
end;
$$;

comment on function private.export_agents(uuid, text) is 'The person''s own agents.';

create function private.export_conversations(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(c.workspace_id, c.id), jsonb_build_object(
      'workspaceId', c.workspace_id,
      'id', c.id,
      'title', c.title,
      'agentId', c.agent_id,
      'isPinned', c.is_pinned,
      'archivedAt', c.archived_at,
      'sharedAt', c.shared_at,
      'createdAt', c.created_at,
      'lastMessageAt', c.last_message_at)
    from private.conversations c
    where c.owner_id = p_user_id and (c.workspace_id, c.id) > (v_after[1], v_after[2]::uuid)
    order by c.workspace_id, c.id;
  return v_rows;
end;
$$;

comment on function private.export_conversations(uuid, text) is 'The person''s conversations with agents.';

create function private.export_messages(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'uuid', 'bigint');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(m.workspace_id, m.conversation_id, m.number::text), jsonb_build_object(
      'workspaceId', m.workspace_id,
      'conversationId', m.conversation_id,
      'number', m.number,
      'parent', m.parent,
      'role', m.role,
      'status', m.status,
      'parts', m.parts,
      'viewId', a.view_id,
      'model', m.model_key,
      'credits', m.credits,
      'createdAt', m.created_at)
    from private.conversations c
    join private.messages m on m.workspace_id = c.workspace_id and m.conversation_id = c.id
    left join private.answers a
      on a.workspace_id = m.workspace_id and a.conversation_id = m.conversation_id and a.number = m.number
    where c.owner_id = p_user_id
      and (m.workspace_id, m.conversation_id, m.number::bigint) > (v_after[1], v_after[2]::uuid, v_after[3]::bigint)
    order by m.workspace_id, m.conversation_id, m.number;
  return v_rows;
end;
$$;

comment on function private.export_messages(uuid, text) is 'The messages of the person''s conversations.';

create function private.export_ai_usage(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'text', 'uuid', 'bigint');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(u.occurred_at, u.workspace_id, u.answer_id, u.number::text), jsonb_build_object(
      'workspaceId', u.workspace_id,
      'agentId', u.agent_id,
      'model', u.model_key,
      'inputTokens', u.input_tokens,
      'cachedTokens', u.cached_tokens,
      'outputTokens', u.output_tokens,
      'credits', u.credits,
      'outcome', u.outcome,
      'occurredAt', u.occurred_at)
    from private.ai_usage u
    where u.user_id = p_user_id
      and (u.occurred_at, u.workspace_id, u.answer_id, u.number::bigint)
        > (v_after[1]::timestamptz, v_after[2], v_after[3]::uuid, v_after[4]::bigint)
    order by u.occurred_at, u.workspace_id, u.answer_id, u.number;
  return v_rows;
end;
$$;

comment on function private.export_ai_usage(uuid, text) is
  'What the person''s questions to agents cost, as long as single calls are kept.';
