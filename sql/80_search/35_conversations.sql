-- Conversations, by title and by what is said in them: a conversation once, at its title or the latest message that
-- matches. Their index is that of search_conversations (52_agents/39_words.sql).

create function private.conversation_scopes(p_asked private.search_asked) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when 'ai.use' = any (p_asked.permissions)
    then private.scopes_of_conversations(p_asked.workspace_id) else '{}' end;
end;
$$;

comment on function private.conversation_scopes(private.search_asked) is
  'Where the conversations lie that the caller may read.';

create function private.matching_conversations(p_asked private.search_asked, p_condition tsquery, p_seen text[])
returns table (id text, part integer, changed_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select m.conversation_id::text, m.number, m.said_at
    from (
      select distinct on (w.conversation_id) w.conversation_id, w.number, w.said_at
      from (
        select x.conversation_id, x.number, x.said_at
        from private.conversation_words x
        where private.conversation_keys(x.workspace_id, x.owner_id, x.is_shared, x.number, x.words) @@ p_condition
        limit private.most_compared()
      ) as w
      where w.conversation_id::text <> all (p_seen)
      order by w.conversation_id, w.number = 0 desc, w.said_at desc
    ) as m
    order by m.said_at desc, m.conversation_id
    limit p_asked.most;
end;
$$;

comment on function private.matching_conversations(private.search_asked, tsquery, text[]) is
  'The conversations that match, each with the number of a message, 0 for its title; those in which it was said last '
  'first. For definer functions.';

create function private.found_conversation(p_asked private.search_asked, p_id uuid, p_number integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', c.id, 'title', c.title, 'isMine', c.owner_id = p_asked.caller_id, 'messageNumber', p_number,
        'messageId', m.id, 'changedAt', private.timestamp_text(c.last_message_at))
      || private.search_match(p_asked.words, array[case p_number when 0 then 'title' else 'message' end],
        array[case p_number when 0 then c.title else private.text_of_parts(m.parts) end])
    from private.conversations c
    left join private.messages m
      on m.workspace_id = c.workspace_id and m.conversation_id = c.id and m.number = p_number
    where c.workspace_id = p_asked.workspace_id and c.id = p_id);
end;
$$;

comment on function private.found_conversation(private.search_asked, uuid, integer) is
  'A conversation as a search tells of it. For definer functions.';
