-- Tickets, by subject, by number and by what is said in them: a ticket once, whatever in it matches. Who opened one
-- finds it; who holds support.manage finds all of the workspace.

create function private.ticket_keys(p_workspace_id text, p_opened_by uuid, p_number bigint, p_subject text)
returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(
    array[private.search_scope(p_workspace_id), private.search_scope(p_workspace_id, p_opened_by)],
    private.search_words(p_subject) || p_number::text);
end;
$$;

comment on function private.ticket_keys(text, uuid, bigint, text) is 'The keys of a ticket: subject, number.';

create function private.ticket_message_keys(p_workspace_id text, p_ticket_id uuid, p_body text) returns tsvector
language plpgsql immutable parallel safe cost 1000000
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.search_keys(
    array[private.search_scope(p_workspace_id), private.search_scope(p_workspace_id, p_ticket_id)],
    '{}', private.search_words(p_body), false);
end;
$$;

comment on function private.ticket_message_keys(text, uuid, text) is
  'The keys of what is said in a ticket, in the scope of the workspace and of the ticket.';

create index support_tickets_search_idx on public.support_tickets
  using gin (private.ticket_keys(workspace_id, opened_by, number, subject)) with (fastupdate = off);
create index support_messages_search_idx on public.support_messages
  using gin (private.ticket_message_keys(workspace_id, ticket_id, body)) with (fastupdate = off);

create function private.ticket_scopes(p_asked private.search_asked) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if 'support.manage' = any (p_asked.permissions) then
    return array[private.search_scope(p_asked.workspace_id)];
  end if;
  return private.search_scope(p_asked.workspace_id, p_asked.caller_id) || array(
    select private.search_scope(t.workspace_id, t.id)
    from (
      -- By person first: of the others in the workspace none is read, so that how long it takes tells nothing of them.
      select x.workspace_id, x.id
      from public.support_tickets x
      where x.opened_by = p_asked.caller_id
      offset 0
    ) as t
    where t.workspace_id = p_asked.workspace_id);
end;
$$;

comment on function private.ticket_scopes(private.search_asked) is
  'Where the tickets lie that the caller sees, and what is said in them. For definer functions.';

create function private.matching_tickets(p_asked private.search_asked, p_condition tsquery, p_seen text[])
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
    select t.id::text, m.number, t.last_message_at
    from (
      select distinct on (x.ticket_id) x.ticket_id, x.number
      from (
        (
          select s.id as ticket_id, 0 as number
          from public.support_tickets s
          where private.ticket_keys(s.workspace_id, s.opened_by, s.number, s.subject) @@ p_condition
          limit private.most_compared()
        )
        union all
        (
          select s.ticket_id, s.number
          from public.support_messages s
          where private.ticket_message_keys(s.workspace_id, s.ticket_id, s.body) @@ p_condition
          limit private.most_compared()
        )
      ) as x
      order by x.ticket_id, x.number
    ) as m
    cross join lateral (
      select s.id, s.last_message_at
      from public.support_tickets s
      where s.workspace_id = p_asked.workspace_id and s.id = m.ticket_id
      offset 0
    ) as t
    where t.id::text <> all (p_seen)
    order by t.last_message_at desc, t.id
    limit p_asked.most;
end;
$$;

comment on function private.matching_tickets(private.search_asked, tsquery, text[]) is
  'The tickets that match, each with the number of a message, 0 for its subject; those with the latest message first. '
  'For definer functions.';

create function private.found_ticket(p_asked private.search_asked, p_id uuid, p_number integer) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
        'id', t.id, 'title', t.subject, 'number', t.number, 'status', t.status, 'messageNumber', p_number,
        'changedAt', private.timestamp_text(t.last_message_at))
      || case p_number
        when 0 then private.search_match(p_asked.words, '{subject,number}', array[t.subject, t.number::text])
        else private.search_match(p_asked.words, '{message}', array[(
          select s.body
          from public.support_messages s
          where s.workspace_id = t.workspace_id and s.ticket_id = t.id and s.number = p_number)])
      end
    from public.support_tickets t
    where t.workspace_id = p_asked.workspace_id and t.id = p_id);
end;
$$;

comment on function private.found_ticket(private.search_asked, uuid, integer) is
  'A ticket as a search tells of it. For definer functions.';
