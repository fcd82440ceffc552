-- Reading tickets: those that one sees in a workspace, and one with what was said in it.

create function public.list_tickets(
  workspace_id text,
  status text default null,
  after text default null,
  per_page integer default 20
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_tickets(workspace_id, status, after, per_page);
end;
$$;

comment on function public.list_tickets(text, text, text, integer) is
  'A page of the tickets that the caller sees in a workspace, those with the latest message first: {tickets, next} '
  '(ticketListSchema of types/support.ts): their own, or all of them for who holds support.manage. `next` is null on '
  'the last page, else what to give as `after`. '
  'Errors: not_found, permission_denied (person), invalid_input (status, after, per_page).';

grant execute on function public.list_tickets(text, text, text, integer) to authenticated;

create function private.list_tickets(p_workspace_id text, p_status text, p_after text, p_per_page integer)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- One index serves who sees their own, another who sees all.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_sees_all boolean;
  v_after text[];
  v_page jsonb[];
  v_places jsonb[];
begin
  perform private.require_membership(p_workspace_id);
  perform private.require_person();
  v_sees_all := 'support.manage' = any (private.permissions_in(p_workspace_id));
  if p_status is not null and p_status not in ('open', 'waiting', 'solved', 'closed') then
    perform private.refuse_ticket_status();
  end if;
  v_after := private.tickets_after(p_after, p_per_page, '{infinity,ffffffff-ffff-ffff-ffff-ffffffffffff}');

  select array_agg(private.ticket_document(t) order by t.last_message_at desc, t.id desc),
    array_agg(jsonb_build_array(t.last_message_at, t.id) order by t.last_message_at desc, t.id desc)
  into v_page, v_places
  from (
    select x.*
    from public.support_tickets x
    where x.workspace_id = p_workspace_id
      and (v_sees_all or x.opened_by = v_user_id)
      and (p_status is null or x.status = p_status)
      and (x.last_message_at, x.id) < (v_after[1]::timestamptz, v_after[2]::uuid)
    order by x.last_message_at desc, x.id desc
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as t;
  return private.ticket_page(v_page, v_places, p_per_page);
end;
$$;

comment on function private.list_tickets(text, text, text, integer) is
  'See public.list_tickets. Definer: it names people who have left the workspace.';

grant execute on function private.list_tickets(text, text, text, integer) to authenticated;

create function private.refuse_ticket_status() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_invalid_input('status',
    'A ticket has no such status.', 'Give "open", "waiting", "solved" or "closed".');
end;
$$;

comment on function private.refuse_ticket_status() is 'Refuses a status. Error: invalid_input (status).';

create function private.tickets_after(p_after text, p_per_page integer, p_first text[]) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 tickets.', 'Give a whole number from 1 to 100.');
  end if;
  if p_after is null then
    return p_first;
  end if;
  return private.place_after(p_after, variadic (array['timestamptz', 'uuid', 'text'])[1:cardinality(p_first)]);
end;
$$;

comment on function private.tickets_after(text, integer, text[]) is
  'Where a page of tickets begins: the columns of its order, those of the first page where no place is given. '
  'Error: invalid_input (after, per_page).';

create function private.ticket_page(p_tickets jsonb[], p_places jsonb[], p_per_page integer) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'tickets', coalesce(to_jsonb(p_tickets[1:p_per_page]), '[]'),
    'next', case when cardinality(p_tickets) > p_per_page then p_places[p_per_page]::text end);
end;
$$;

comment on function private.ticket_page(jsonb[], jsonb[], integer) is
  'A page of tickets, of which one more was read: {tickets, next}.';

create function public.get_ticket(workspace_id text, id uuid, after integer default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_ticket(workspace_id, id, after);
end;
$$;

comment on function public.get_ticket(text, uuid, integer) is
  'A ticket that the caller sees, with its messages from the first on, 50 at most: those after the number `after` '
  '(ticketWithMessagesSchema of types/support.ts). `next` is null with the last one, else what to give as `after`. '
  'Errors: not_found (workspace_id, id), permission_denied (person).';

grant execute on function public.get_ticket(text, uuid, integer) to authenticated;

create function private.get_ticket(p_workspace_id text, p_id uuid, p_after integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.ticket_with_messages(private.seen_ticket(p_workspace_id, p_id), p_after);
end;
$$;

comment on function private.get_ticket(text, uuid, integer) is
  'See public.get_ticket. Definer: it names people who have left the workspace.';

grant execute on function private.get_ticket(text, uuid, integer) to authenticated;
