-- Listing and reading conversations: one's own, and those that others share with the workspace.
--
-- Who reads another's conversation reads what was said and cited. What tools were asked and gave was found with the
-- rights of its owner, and stays with them, as do costs.

create function private.agent_name(p_workspace_id text, p_agent_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (select b.name from private.built_in_agents b where b.id = p_agent_id),
    (
      select v.document ->> 'name'
      from private.agent_versions v
      where v.workspace_id = p_workspace_id and v.agent_id = p_agent_id
      order by v.version desc
      limit 1));
end;
$$;

comment on function private.agent_name(text, uuid) is
  'What an agent was called when it answered last; null for one that never did. For definer functions.';

create function private.conversation_document(p_conversation private.conversations) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_mine constant boolean := p_conversation.owner_id = auth.uid();
begin
  return jsonb_build_object(
    'id', p_conversation.id,
    'title', p_conversation.title,
    'agent', jsonb_build_object(
      'id', p_conversation.agent_id,
      'name', private.agent_name(p_conversation.workspace_id, p_conversation.agent_id)),
    'owner', jsonb_build_object(
      'id', p_conversation.owner_id,
      'name', (select p.name from public.profiles p where p.id = p_conversation.owner_id)),
    'isMine', v_is_mine,
    'isPinned', v_is_mine and p_conversation.is_pinned,
    'isArchived', p_conversation.archived_at is not null,
    'isShared', p_conversation.shared_at is not null,
    'messageCount', p_conversation.messages,
    'head', p_conversation.head,
    'runningAnswer', (
      select a.id
      from private.answers a
      where a.workspace_id = p_conversation.workspace_id
        and a.conversation_id = p_conversation.id
        and a.status = 'running'
        and v_is_mine),
    'branchedFrom', case when v_is_mine then p_conversation.branched_from end,
    'createdAt', private.timestamp_text(p_conversation.created_at),
    'lastMessageAt', private.timestamp_text(p_conversation.last_message_at));
end;
$$;

comment on function private.conversation_document(private.conversations) is
  'A conversation as the caller reads it in a list (conversationSchema of types/conversations.ts). For definer '
  'functions.';

create function private.refuse_page_size(p_per_page integer, p_most integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if (p_per_page between 1 and p_most) is not true then
    perform private.raise_invalid_input('per_page',
      format('A page has 1 to %s entries.', p_most), format('Give a whole number from 1 to %s.', p_most));
  end if;
end;
$$;

comment on function private.refuse_page_size(integer, integer) is
  'Refuses a page that is empty or too large. Error: invalid_input (per_page).';

create function public.list_conversations(
  workspace_id text,
  scope text default 'mine',
  archived boolean default false,
  after text default null,
  per_page integer default 50
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_conversations(workspace_id, scope, archived, after, per_page);
end;
$$;

comment on function public.list_conversations(text, text, boolean, text, integer) is
  'A page of conversations, {conversations, next}: of the caller (`mine`), pinned ones first, or those that others '
  'share (`shared`), latest first; archived ones apart. `next` goes into `after`, and is null on the last page. Takes '
  'ai.use. Errors: not_found, permission_denied, invalid_input (scope, after, per_page).';

grant execute on function public.list_conversations(text, text, boolean, text, integer) to authenticated;

create function private.list_conversations(
  p_workspace_id text, p_scope text, p_archived boolean, p_after text, p_per_page integer
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_place text[];
  v_page private.conversations[];
  v_last private.conversations;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  perform private.refuse_problem(private.choice_problem(
    'scope', coalesce(to_jsonb(p_scope), 'null'), '{mine,shared}'));
  perform private.refuse_page_size(p_per_page, 100);
  if p_after is not null then
    v_place := private.place_after(p_after, 'boolean', 'timestamptz', 'uuid');
  end if;

  if p_scope = 'mine' then
    v_page := array(
      select c
      from private.conversations c
      where c.workspace_id = p_workspace_id
        and c.owner_id = (select auth.uid())
        and (c.archived_at is not null) = coalesce(p_archived, false)
        and (v_place is null or (c.is_pinned, c.last_message_at, c.id)
          < (v_place[1]::boolean, v_place[2]::timestamptz, v_place[3]::uuid))
      order by c.is_pinned desc, c.last_message_at desc, c.id desc
      limit p_per_page + 1);
  else
    v_page := array(
      select c
      from private.conversations c
      where c.workspace_id = p_workspace_id
        and c.shared_at is not null
        and c.owner_id <> (select auth.uid())
        and (c.archived_at is not null) = coalesce(p_archived, false)
        and (v_place is null or (c.last_message_at, c.id) < (v_place[2]::timestamptz, v_place[3]::uuid))
      order by c.last_message_at desc, c.id desc
      limit p_per_page + 1);
  end if;
  v_last := v_page[p_per_page];
  return jsonb_build_object(
    'conversations', (
      select coalesce(jsonb_agg(private.conversation_document(v_page[n]) order by n), '[]')
      from generate_series(1, least(cardinality(v_page), p_per_page)) as n),
    'next', case when cardinality(v_page) > p_per_page then jsonb_build_array(
      (p_scope = 'mine' and v_last.is_pinned)::text, v_last.last_message_at::text, v_last.id::text)::text end);
end;
$$;

comment on function private.list_conversations(text, text, boolean, text, integer) is
  'See public.list_conversations. Definer: no role reads the table.';

grant execute on function private.list_conversations(text, text, boolean, text, integer) to authenticated;

create function private.shown_parts(p_parts jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(e.value order by e.n), '[]')
    from jsonb_array_elements(p_parts) with ordinality as e (value, n)
    where e.value ->> 'type' in ('text', 'text_delta', 'citation', 'error'));
end;
$$;

comment on function private.shown_parts(jsonb) is 'What somebody reads of a message in another''s conversation.';

create function private.running_parts(p_workspace_id text, p_conversation_id uuid, p_answer_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.merged_parts((
    select coalesce(jsonb_agg(p.part order by p.sequence), '[]')
    from private.answer_parts p
    where p.workspace_id = p_workspace_id and p.conversation_id = p_conversation_id and p.answer_id = p_answer_id));
end;
$$;

comment on function private.running_parts(text, uuid, uuid) is
  'What an answer that runs has so far, as its message will have it. For definer functions.';

create function public.get_conversation(
  workspace_id text, conversation_id uuid, before integer default null, per_page integer default 200
) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_conversation(workspace_id, conversation_id, before, per_page);
end;
$$;

comment on function public.get_conversation(text, uuid, integer, integer) is
  'A conversation as list_conversations gives it, with a page of its messages (storedConversationSchema of '
  'types/conversations.ts): the latest before a number, in their order, at most per_page and 2 MiB. `next` goes into '
  '`before`, and is null where the page begins with the first. In another''s, parts of tools and costs are left out. '
  'Takes ai.use. Errors: not_found (workspace_id, conversation_id), permission_denied, invalid_input (per_page).';

grant execute on function public.get_conversation(text, uuid, integer, integer) to authenticated;

create function private.get_conversation(
  p_workspace_id text, p_conversation_id uuid, p_before integer, p_per_page integer
) returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_bytes constant integer := 2097152;
  v_conversation private.conversations;
  v_is_mine boolean;
  v_messages json;
  v_first integer;
begin
  perform private.require_permission(p_workspace_id, 'ai.use');
  v_conversation := private.readable_conversation(p_workspace_id, p_conversation_id);
  perform private.refuse_page_size(p_per_page, 200);
  v_is_mine := v_conversation.owner_id = auth.uid();

  select
    coalesce(json_agg(
      json_build_object(
        'id', m.id,
        'number', m.number,
        'parent', m.parent,
        'role', m.role,
        'status', m.status,
        'parts', case
          when not v_is_mine then private.shown_parts(m.parts)
          when m.status = 'running' then private.running_parts(m.workspace_id, m.conversation_id, m.id)
          else m.parts
        end,
        'agent', case when m.agent_id is not null then
          json_build_object('id', m.agent_id, 'version', m.agent_version, 'name', v.document -> 'name') end,
        'model', m.model_key,
        'usage', case when m.role = 'assistant' and v_is_mine then json_build_object(
          'inputTokens', m.input_tokens, 'cachedTokens', m.cached_tokens, 'outputTokens', m.output_tokens,
          'credits', m.credits) end,
        'error', m.error,
        'createdAt', private.timestamp_text(m.created_at),
        'finishedAt', private.timestamp_text(m.finished_at))
      order by m.number), '[]'),
    min(m.number)
  into v_messages, v_first
  from (
    select x.*, sum(x.bytes) over (order by x.number desc) as until_here
    from (
      select y.*
      from private.messages y
      where y.workspace_id = p_workspace_id
        and y.conversation_id = p_conversation_id
        and y.number < coalesce(p_before, 1001)
      order by y.number desc
      limit p_per_page
    ) as x
  ) as m
  left join private.agent_versions v
    on v.workspace_id = m.workspace_id and v.agent_id = m.agent_id and v.version = m.agent_version
  where m.until_here <= c_most_bytes;
  -- As json, which is written once: the parts are long, and nobody looks into them here.
  return (
    select json_object_agg(d.key, d.value)
    from (
      select e.key, e.value::json from jsonb_each(private.conversation_document(v_conversation)) as e
      union all values ('messages', v_messages), ('next', to_json(case when v_first > 1 then v_first end))
    ) as d);
end;
$$;

comment on function private.get_conversation(text, uuid, integer, integer) is
  'See public.get_conversation. Definer: no role reads messages.';

grant execute on function private.get_conversation(text, uuid, integer, integer) to authenticated;
