-- Who may, of one ticket. It is there for who opened it and for who holds support.manage in its workspace; both have to
-- be active there. To write takes support.create of the first.

create function private.ticket_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such ticket, or it is not yours to see.', 'id', 'Check the id of the ticket.');
end;
$$;

comment on function private.ticket_not_found() is
  'The one answer for a ticket that is not there or not for the caller: not_found.';

create function private.may_write_ticket(p_ticket public.support_tickets) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held constant text[] := private.permissions_in(p_ticket.workspace_id);
begin
  return 'support.manage' = any (v_held)
    or ('support.create' = any (v_held) and coalesce(p_ticket.opened_by = auth.uid(), false));
end;
$$;

comment on function private.may_write_ticket(public.support_tickets) is
  'Whether the caller may write to a ticket. For definer functions.';

create function private.seen_ticket(p_workspace_id text, p_id uuid) returns public.support_tickets
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets;
begin
  perform private.require_membership(p_workspace_id);
  perform private.require_person();
  select * into v_ticket
  from public.support_tickets t
  where t.workspace_id = p_workspace_id
    and t.id = p_id
    and (t.opened_by = (select auth.uid()) or 'support.manage' = any (private.permissions_in(p_workspace_id)));
  if not found then
    perform private.ticket_not_found();
  end if;
  return v_ticket;
end;
$$;

comment on function private.seen_ticket(text, uuid) is
  'A ticket that the caller sees. Errors: not_found (workspace_id, id), permission_denied (person). For definer '
  'functions.';

create function private.lock_ticket(p_workspace_id text, p_id uuid) returns public.support_tickets
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets := private.seen_ticket(p_workspace_id, p_id);
begin
  if not private.may_write_ticket(v_ticket) then
    perform private.require_permission(p_workspace_id, 'support.create');
  end if;
  perform private.hold_membership(p_workspace_id);
  select * into v_ticket
  from public.support_tickets t
  where t.workspace_id = p_workspace_id and t.id = p_id
  for no key update;
  if not found then
    perform private.ticket_not_found();
  end if;
  return v_ticket;
end;
$$;

comment on function private.lock_ticket(text, uuid) is
  'A ticket that the caller writes to, one after the other, with their membership held. Errors: not_found '
  '(workspace_id, id), permission_denied. For definer functions.';

create function private.require_room_for_ticket(p_workspace_id text, p_opened_by uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_of_person constant integer := 10;
  c_most_of_workspace constant integer := 50;
  v_of_person bigint;
  v_of_workspace bigint;
begin
  -- Who opens one at the same time is counted too.
  perform pg_advisory_xact_lock(hashtextextended('support_tickets ' || p_workspace_id, 0));
  select count(*) filter (where t.opened_by = p_opened_by), count(*)
  into v_of_person, v_of_workspace
  from public.support_tickets t
  where t.workspace_id = p_workspace_id and t.status in ('open', 'waiting');
  if v_of_person >= c_most_of_person then
    perform private.raise_error('conflict',
      'This person has as many tickets as one can have open at a time.', c_most_of_person::text,
      'Close one that is done, or write to one that is open; `details` is the limit.');
  end if;
  if v_of_workspace >= c_most_of_workspace then
    perform private.raise_error('conflict',
      'This workspace has as many tickets as it can have open at a time.', c_most_of_workspace::text,
      'Ask an administrator to close what is done; `details` is the limit.');
  end if;
end;
$$;

comment on function private.require_room_for_ticket(text, uuid) is
  'Refuses to open one ticket more where a person has 10 open or a workspace 50, and lets those who open tickets in a '
  'workspace go one after the other. Error: conflict with the limit in `details`. For definer functions.';

create function private.require_pace(p_table text, p_count bigint, p_most integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_count >= p_most then
    perform private.raise_error('rate_limited',
      format('This account wrote too many %s to support lately.', p_table), 'person', 'Wait a while.');
  end if;
end;
$$;

comment on function private.require_pace(text, bigint, integer) is
  'Refuses who wrote as many of something as a time has room for. Error: rate_limited (person). For definer functions.';
