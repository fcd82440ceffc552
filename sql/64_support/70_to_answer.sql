-- What operators read: the tickets of all workspaces that wait for them, and one with all that is known of it.
--
-- They are servers with the secret key (10_workspaces/22_service_role.sql): a help desk, a script, an operator at home.

create function public.list_tickets_to_answer(after text default null, per_page integer default 50) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_tickets_to_answer(after, per_page);
end;
$$;

comment on function public.list_tickets_to_answer(text, integer) is
  'A page of the tickets of all workspaces that wait for an answer, those to be answered soonest first: {tickets, '
  'next} (ticketQueueSchema of types/support.ts), each with `workspaceName`, `planType` and `isLate`. `next` is null '
  'on the last page, else what to give as `after`. For servers with a secret key. Errors: invalid_input (after, '
  'per_page).';

grant execute on function public.list_tickets_to_answer(text, integer) to service_role;

create function private.list_tickets_to_answer(p_after text, p_per_page integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.tickets_after(
    p_after, p_per_page, '{-infinity,00000000-0000-0000-0000-000000000000,""}');
  v_page jsonb[];
  v_places jsonb[];
begin
  select array_agg(private.ticket_to_answer(t) order by t.answer_due_at, t.id, t.workspace_id),
    array_agg(jsonb_build_array(t.answer_due_at, t.id, t.workspace_id) order by t.answer_due_at, t.id, t.workspace_id)
  into v_page, v_places
  from (
    select x.*
    from public.support_tickets x
    where x.status = 'open'
      and (x.answer_due_at, x.id, x.workspace_id) > (v_after[1]::timestamptz, v_after[2]::uuid, v_after[3])
    order by x.answer_due_at, x.id, x.workspace_id
    limit p_per_page + 1
  ) as t;
  return private.ticket_page(v_page, v_places, p_per_page);
end;
$$;

comment on function private.list_tickets_to_answer(text, integer) is
  'See public.list_tickets_to_answer. Definer: it names people.';

grant execute on function private.list_tickets_to_answer(text, integer) to service_role;

create function private.ticket_to_answer(p_ticket public.support_tickets) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.ticket_document(p_ticket) || (
    select jsonb_build_object(
      'workspaceName', w.name,
      'planType', w.plan_type,
      'isLate', coalesce(p_ticket.answer_due_at < now(), false))
    from public.workspaces w
    where w.id = p_ticket.workspace_id);
end;
$$;

comment on function private.ticket_to_answer(public.support_tickets) is
  'A ticket as operators list it. For definer functions.';

create function public.get_ticket_to_answer(workspace_id text, id uuid, after integer default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_ticket_to_answer(workspace_id, id, after);
end;
$$;

comment on function public.get_ticket_to_answer(text, uuid, integer) is
  'A ticket as list_tickets_to_answer gives it, with its messages as get_ticket does, the address of who opened it '
  '(`email`), and what operators noted (`notes`), which nobody else is told '
  '(ticketToAnswerSchema of types/support.ts). For servers with a secret key. Errors: not_found (workspace_id, id).';

grant execute on function public.get_ticket_to_answer(text, uuid, integer) to service_role;

create function private.get_ticket_to_answer(p_workspace_id text, p_id uuid, p_after integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket constant public.support_tickets := private.find_ticket(p_workspace_id, p_id);
begin
  return private.ticket_with_messages(v_ticket, p_after) || private.ticket_to_answer(v_ticket) || jsonb_build_object(
    'email', (select p.email from public.profiles p where p.id = v_ticket.opened_by),
    'notes', (
      select coalesce(jsonb_agg(private.note_document(n) order by n.created_at, n.id), '[]')
      from private.support_notes n
      where n.workspace_id = p_workspace_id and n.ticket_id = p_id));
end;
$$;

comment on function private.get_ticket_to_answer(text, uuid, integer) is
  'See public.get_ticket_to_answer. Definer: no role reads notes.';

grant execute on function private.get_ticket_to_answer(text, uuid, integer) to service_role;

create function private.note_document(p_note private.support_notes) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_note.id,
    'operator', p_note.operator,
    'body', p_note.body,
    'createdAt', private.timestamp_text(p_note.created_at));
end;
$$;

comment on function private.note_document(private.support_notes) is
  'A note as operators read it (ticketNoteSchema of types/support.ts).';

create function private.find_ticket(p_workspace_id text, p_id uuid) returns public.support_tickets
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets;
begin
  perform private.require_workspace_id(p_workspace_id);
  select * into v_ticket from public.support_tickets t where t.workspace_id = p_workspace_id and t.id = p_id;
  if not found then
    perform private.ticket_not_found();
  end if;
  return v_ticket;
end;
$$;

comment on function private.find_ticket(text, uuid) is
  'A ticket, for operators. Errors: not_found (id), invalid_input (workspace_id). For definer functions.';
