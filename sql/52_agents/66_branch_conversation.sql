-- Branches: another conversation, of the messages that lead to one. It stands for itself: what is done in either, and
-- the end of either, is nothing to the other.

create function private.with_proposals(p_parts jsonb, p_copies jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(
      case when p_copies ? (e.value ->> 'proposalId')
        then e.value || jsonb_build_object('proposalId', p_copies -> (e.value ->> 'proposalId'))
        else e.value end
      order by e.n), '[]')
    from jsonb_array_elements(p_parts) with ordinality as e (value, n));
end;
$$;

comment on function private.with_proposals(jsonb, jsonb) is
  'The parts of a message with the ids of proposals changed: {before: after}.';

create function private.copy_proposals(
  p_from private.conversations, p_to private.conversations, p_way integer[]
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_copies jsonb;
begin
  select coalesce(jsonb_object_agg(p.id, gen_random_uuid()), '{}') into v_copies
  from private.messages m
  cross join jsonb_path_query(m.parts, '$[*] ? (@.type == "patch")') as x (part)
  join private.proposals p
    on p.workspace_id = m.workspace_id
    and p.conversation_id = m.conversation_id
    and p.id = (x.part ->> 'proposalId')::uuid
  where m.workspace_id = p_from.workspace_id
    and m.conversation_id = p_from.id
    and m.number = any (p_way);
  insert into private.proposals (
    workspace_id, conversation_id, id, view_id, view_version, summary, changes, status, made_version, proposed_at,
    decided_at)
  select p.workspace_id, p_to.id, (v_copies ->> p.id::text)::uuid, p.view_id, p.view_version, p.summary, p.changes,
    p.status, p.made_version, p.proposed_at, p.decided_at
  from private.proposals p
  where p.workspace_id = p_from.workspace_id and p.conversation_id = p_from.id and v_copies ? p.id::text;
  return v_copies;
end;
$$;

comment on function private.copy_proposals(private.conversations, private.conversations, integer[]) is
  'Copies the proposals of some messages into another conversation, and returns their ids: {before: after}. For '
  'definer functions.';

create function private.copy_messages(
  p_from private.conversations, p_to private.conversations, p_way integer[]
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_proposals constant jsonb := private.copy_proposals(p_from, p_to, p_way);
begin
  insert into private.messages (
    workspace_id, conversation_id, number, parent, role, status, parts, bytes, agent_id, agent_version, model_key,
    error, created_at, finished_at)
  select m.workspace_id, p_to.id, w.n, nullif(w.n - 1, 0), m.role, m.status,
    private.with_proposals(m.parts, v_proposals), m.bytes, m.agent_id, m.agent_version, m.model_key, m.error,
    m.created_at, m.finished_at
  from unnest(p_way) with ordinality as w (number, n)
  join private.messages m
    on m.workspace_id = p_from.workspace_id and m.conversation_id = p_from.id and m.number = w.number;
  -- They have ended and cost nothing: of one that ran, all but its end stays with it.
  insert into private.answers (
    workspace_id, conversation_id, number, id, owner_id, idempotency_key, request_hash, status, leased_until,
    last_sequence, bytes, agent_id, view_id, model_key, fallback_key, prices, max_tokens, month, started_at,
    finished_at)
  select m.workspace_id, m.conversation_id, m.number, m.id, p_to.owner_id, gen_random_uuid(), a.request_hash,
    a.status, a.leased_until, a.last_sequence, a.bytes, a.agent_id, a.view_id, a.model_key, a.fallback_key,
    a.prices, a.max_tokens, a.month, a.started_at, a.finished_at
  from unnest(p_way) with ordinality as w (number, n)
  join private.answers a
    on a.workspace_id = p_from.workspace_id and a.conversation_id = p_from.id and a.number = w.number
  join private.messages m
    on m.workspace_id = p_from.workspace_id and m.conversation_id = p_to.id and m.number = w.n;
  insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, words, said_at)
  select x.workspace_id, p_to.id, w.n, x.owner_id, x.words, x.said_at
  from unnest(p_way) with ordinality as w (number, n)
  join private.conversation_words x
    on x.workspace_id = p_from.workspace_id and x.conversation_id = p_from.id and x.number = w.number;
  insert into private.conversation_summaries (workspace_id, conversation_id, until_number, text, made_at)
  select s.workspace_id, p_to.id, w.n, s.text, s.made_at
  from unnest(p_way) with ordinality as w (number, n)
  join private.conversation_summaries s
    on s.workspace_id = p_from.workspace_id and s.conversation_id = p_from.id and s.until_number = w.number;
  insert into private.citations (workspace_id, conversation_id, hash)
  select x.workspace_id, p_to.id, x.hash
  from private.citations x
  where x.workspace_id = p_from.workspace_id and x.conversation_id = p_from.id;
end;
$$;

comment on function private.copy_messages(private.conversations, private.conversations, integer[]) is
  'Copies messages, by their numbers, into a conversation that has none, with all that hangs on them. For definer '
  'functions.';

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
  'An answer in it is given again and continued like any other; a proposal is there as it stands, and is decided for '
  'itself. What the copies cost stands with the first. It was last written to when that message was. Takes ai.use, and '
  'is for the owner. Errors: not_found (workspace_id, conversation_id, number), permission_denied, conflict (running, '
  'conversations, number), rate_limited (person).';

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

  v_way := private.way_to(p_workspace_id, p_conversation_id, p_number);
  perform private.require_pace_of_branches(v_from, v_way);
  v_to := private.new_conversation(p_workspace_id, v_from.owner_id, v_from.agent_id, v_from.title);
  perform private.copy_messages(v_from, v_to, v_way);
  update private.conversations c
  set messages = cardinality(v_way), head = cardinality(v_way), branched_from = v_from.id,
    last_message_at = v_message.finished_at
  where c.workspace_id = p_workspace_id and c.id = v_to.id
  returning c.* into v_to;
  perform private.tell_owner(v_to, null, 'changed');
  return private.conversation_document(v_to);
end;
$$;

comment on function private.branch_conversation(text, uuid, integer) is
  'See public.branch_conversation. Definer: no role writes the table.';

grant execute on function private.branch_conversation(text, uuid, integer) to authenticated;
