-- What operators write: answers, which customers are told of, notes, which they are not, and where a ticket stands.

create function public.answer_ticket(
  workspace_id text,
  id uuid,
  body text,
  idempotency_key uuid,
  attachments jsonb default '[]',
  status text default 'waiting'
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.answer_ticket(workspace_id, id, body, idempotency_key, attachments, status);
end;
$$;

comment on function public.answer_ticket(text, uuid, text, uuid, jsonb, text) is
  'Answers a ticket and returns the message (ticketMessageSchema of types/support.ts). Who opened the ticket, and who '
  'else of the workspace wrote to it, is told (support_answer). The status is waiting from then on, or what is given, '
  'open or solved: closing is the workspace''s. Attachments are files that lie in the ticket''s folder. The same key '
  'gives the answer that is there. For servers with a secret key. Errors: not_found (id), invalid_input (body, '
  'attachments, idempotency_key, status), conflict (idempotency_key).';

grant execute on function public.answer_ticket(text, uuid, text, uuid, jsonb, text) to service_role;

create function private.answer_ticket(
  p_workspace_id text, p_id uuid, p_body text, p_idempotency_key uuid, p_attachments jsonb, p_status text
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_body text;
  v_ticket public.support_tickets;
begin
  v_body := private.message_body(p_body, p_attachments);
  perform private.require_idempotency_key(p_idempotency_key);
  perform private.require_status_of_support(coalesce(p_status, ''));
  v_ticket := private.lock_ticket_to_answer(p_workspace_id, p_id);
  if private.is_said(v_ticket, p_idempotency_key) then
    if not private.says_the_same(v_ticket, p_idempotency_key, v_body, p_attachments) then
      perform private.refuse_idempotency_key();
    end if;
    return private.said_message(v_ticket, p_idempotency_key);
  end if;

  v_ticket := private.say_in_ticket(v_ticket, 'support', null, v_body,
    private.attachments_of(v_ticket, p_attachments, null), p_idempotency_key, p_status);
  perform private.tell_of_answer(v_ticket);
  return private.said_message(v_ticket, p_idempotency_key);
end;
$$;

comment on function private.answer_ticket(text, uuid, text, uuid, jsonb, text) is
  'See public.answer_ticket. Definer: no role writes messages.';

grant execute on function private.answer_ticket(text, uuid, text, uuid, jsonb, text) to service_role;

create function private.require_status_of_support(p_status text) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_status not in ('open', 'waiting', 'solved') then
    perform private.raise_invalid_input('status',
      case p_status
        when 'closed' then 'Only the workspace closes a ticket.'
        else 'A ticket has no such status.'
      end,
      'Give "open", "waiting" or "solved".');
  end if;
end;
$$;

comment on function private.require_status_of_support(text) is
  'Refuses a status that operators do not give; null is none. Error: invalid_input (status).';

create function private.lock_ticket_to_answer(p_workspace_id text, p_id uuid) returns public.support_tickets
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whoever is told of it is told in the workspace, which is held before anything in it.
  perform private.hold_workspace(p_workspace_id);
  perform from public.support_tickets t where t.workspace_id = p_workspace_id and t.id = p_id for no key update;
  return private.find_ticket(p_workspace_id, p_id);
end;
$$;

comment on function private.lock_ticket_to_answer(text, uuid) is
  'A ticket that an operator writes to, one after the other. Errors: not_found (id). For definer functions.';

create function private.tell_of_answer(p_ticket public.support_tickets) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.notify(
    array(
      select distinct m.user_id
      from public.support_messages s
      join public.workspace_members m on m.workspace_id = s.workspace_id and m.user_id = s.author_id
      join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
      where s.workspace_id = p_ticket.workspace_id
        and s.ticket_id = p_ticket.id
        and (
          m.user_id = p_ticket.opened_by
          or 'support.manage' = any (
            coalesce(private.read_only_permissions(m.workspace_id, m.user_id), r.permissions)))),
    p_ticket.workspace_id,
    'support_answer',
    format('Support answered: %s', p_ticket.subject),
    p_link => format('/workspaces/%s/support/%s', p_ticket.workspace_id, p_ticket.id),
    p_payload => jsonb_build_object('ticket', jsonb_build_object(
      'id', p_ticket.id, 'number', p_ticket.number, 'name', p_ticket.subject, 'openedBy', p_ticket.opened_by)),
    p_join_key => concat('ticket ', p_ticket.id));
end;
$$;

comment on function private.tell_of_answer(public.support_tickets) is
  'Tells who wrote to a ticket, and still sees it, that support answered. For definer functions.';

create function public.note_on_ticket(workspace_id text, id uuid, body text, operator text default '') returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.note_on_ticket(workspace_id, id, body, operator);
end;
$$;

comment on function public.note_on_ticket(text, uuid, text, text) is
  'Adds a note that operators alone read, and returns it (ticketNoteSchema of types/support.ts). `operator` is who '
  'wrote it, a line of at most 100 characters. Nothing of the ticket changes, and nobody is told. For servers with a '
  'secret key. Errors: not_found (id), invalid_input (body, operator).';

grant execute on function public.note_on_ticket(text, uuid, text, text) to service_role;

create function private.note_on_ticket(p_workspace_id text, p_id uuid, p_body text, p_operator text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets;
  v_note private.support_notes;
begin
  perform private.refuse_problem(private.lines_problem('body', p_body, 1, 5000));
  perform private.refuse_problem(private.single_line_problem('operator', to_jsonb(p_operator), 0, 100));
  -- Held before it is read, until the note that names it is there.
  perform from public.support_tickets t where t.workspace_id = p_workspace_id and t.id = p_id for key share;
  v_ticket := private.find_ticket(p_workspace_id, p_id);

  insert into private.support_notes (workspace_id, ticket_id, operator, body)
  values (v_ticket.workspace_id, v_ticket.id, private.clean_text(p_operator), private.clean_lines(p_body))
  returning * into v_note;
  return private.note_document(v_note);
end;
$$;

comment on function private.note_on_ticket(text, uuid, text, text) is
  'See public.note_on_ticket. Definer: no role writes notes.';

grant execute on function private.note_on_ticket(text, uuid, text, text) to service_role;

create function public.update_ticket(
  workspace_id text, id uuid, status text default null, priority text default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.update_ticket(workspace_id, id, status, priority);
end;
$$;

comment on function public.update_ticket(text, uuid, text, text) is
  'Gives a ticket another status (open, waiting, solved) or priority (normal, high), what is null staying as it is, '
  'and returns it as list_tickets_to_answer does. A ticket that is open again is due as after a message. For servers '
  'with a secret key. Errors: not_found (id), invalid_input (status, priority).';

grant execute on function public.update_ticket(text, uuid, text, text) to service_role;

create function private.update_ticket(p_workspace_id text, p_id uuid, p_status text, p_priority text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets;
begin
  perform private.require_status_of_support(p_status);
  if p_priority not in ('normal', 'high') then
    perform private.raise_invalid_input('priority', 'A ticket has no such priority.', 'Give "normal" or "high".');
  end if;
  v_ticket := private.lock_ticket_to_answer(p_workspace_id, p_id);
  v_ticket := private.set_ticket_status(v_ticket, coalesce(p_status, v_ticket.status));
  if p_priority <> v_ticket.priority then
    update public.support_tickets t
    set priority = p_priority
    where t.workspace_id = p_workspace_id and t.id = p_id
    returning * into v_ticket;
  end if;
  return private.ticket_to_answer(v_ticket);
end;
$$;

comment on function private.update_ticket(text, uuid, text, text) is
  'See public.update_ticket. Definer: no role writes tickets.';

grant execute on function private.update_ticket(text, uuid, text, text) to service_role;
