-- Closing a ticket, which is the workspace's to say, and opening it again.

create function public.close_ticket(workspace_id text, id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.close_ticket(workspace_id, id);
end;
$$;

comment on function public.close_ticket(text, uuid) is
  'Closes a ticket and returns it (ticketSchema of types/support.ts), also where it was closed already. Nobody of the '
  'workspace writes to it then. Takes support.create for one''s own ticket, support.manage for others''. '
  'Errors: not_found (workspace_id, id), permission_denied.';

grant execute on function public.close_ticket(text, uuid) to authenticated;

create function private.close_ticket(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.ticket_document(
    private.set_ticket_status(private.lock_ticket(p_workspace_id, p_id), 'closed'));
end;
$$;

comment on function private.close_ticket(text, uuid) is
  'See public.close_ticket. Definer: no role writes tickets.';

grant execute on function private.close_ticket(text, uuid) to authenticated;

create function public.reopen_ticket(workspace_id text, id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.reopen_ticket(workspace_id, id);
end;
$$;

comment on function public.reopen_ticket(text, uuid) is
  'Opens a ticket again that is solved or closed, and returns it (ticketSchema of types/support.ts); one that is open '
  'or waits stays as it is. Takes what closing takes. Errors: not_found (workspace_id, id), permission_denied, '
  'conflict (the limit of open tickets, as of open_ticket).';

grant execute on function public.reopen_ticket(text, uuid) to authenticated;

create function private.reopen_ticket(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets := private.lock_ticket(p_workspace_id, p_id);
begin
  if v_ticket.status in ('solved', 'closed') then
    perform private.require_room_for_ticket(p_workspace_id, v_ticket.opened_by);
    v_ticket := private.set_ticket_status(v_ticket, 'open');
  end if;
  return private.ticket_document(v_ticket);
end;
$$;

comment on function private.reopen_ticket(text, uuid) is
  'See public.reopen_ticket. Definer: no role writes tickets.';

grant execute on function private.reopen_ticket(text, uuid) to authenticated;

create function private.set_ticket_status(p_ticket public.support_tickets, p_status text)
returns public.support_tickets
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets := p_ticket;
begin
  if p_ticket.status <> p_status then
    update public.support_tickets t
    set status = p_status, answer_due_at = private.due_after(t.workspace_id, p_status, null)
    where t.workspace_id = p_ticket.workspace_id and t.id = p_ticket.id
    returning * into v_ticket;
  end if;
  return v_ticket;
end;
$$;

comment on function private.set_ticket_status(public.support_tickets, text) is
  'Gives a status to a ticket that the caller has locked. For definer functions.';
