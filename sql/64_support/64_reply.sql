-- Writing to a ticket that is there, closing it and opening it again.

create function private.says_the_same(
  p_ticket public.support_tickets, p_idempotency_key uuid, p_body text, p_attachments jsonb
) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select
    from public.support_messages m
    where m.workspace_id = p_ticket.workspace_id
      and m.ticket_id = p_ticket.id
      and m.idempotency_key = p_idempotency_key
      and m.author_id is not distinct from auth.uid()
      and m.body = p_body
      and jsonb_path_query_array(m.attachments, '$[*].path') = jsonb_path_query_array(p_attachments, '$[*].path'));
end;
$$;

comment on function private.says_the_same(public.support_tickets, uuid, text, jsonb) is
  'Whether the caller said this with the key already. For definer functions.';

create function private.say_in_ticket(
  p_ticket public.support_tickets,
  p_author_type text,
  p_author_id uuid,
  p_body text,
  p_attachments jsonb,
  p_idempotency_key uuid,
  p_status text
) returns public.support_tickets
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ticket public.support_tickets;
begin
  insert into public.support_messages (
    workspace_id, ticket_id, number, author_type, author_id, body, attachments, idempotency_key)
  values (
    p_ticket.workspace_id, p_ticket.id, p_ticket.message_count + 1, p_author_type, p_author_id, p_body, p_attachments,
    p_idempotency_key);
  update public.support_tickets t
  set message_count = t.message_count + 1,
    last_message_at = clock_timestamp(),
    last_message_from = p_author_type,
    first_answered_at = case when p_author_type = 'support' then coalesce(t.first_answered_at, now())
      else t.first_answered_at end,
    status = p_status,
    -- Who writes again while they wait does not wait longer for it, nor less; what an answer leaves open is due anew.
    answer_due_at = private.due_after(
      t.workspace_id, p_status, case when p_author_type = 'person' then t.answer_due_at end)
  where t.workspace_id = p_ticket.workspace_id and t.id = p_ticket.id
  returning * into v_ticket;
  return v_ticket;
end;
$$;

comment on function private.say_in_ticket(public.support_tickets, text, uuid, text, jsonb, uuid, text) is
  'Adds a message to a ticket that the caller has locked, and gives it a status. For definer functions.';

create function private.due_after(p_workspace_id text, p_status text, p_due_at timestamptz) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_status <> 'open' then
    return null;
  end if;
  return coalesce(p_due_at, (
    select now() + make_interval(hours => l.first_answer_hours)
    from public.workspaces w
    join public.support_levels l on l.plan_key = w.plan_type
    where w.id = p_workspace_id));
end;
$$;

comment on function private.due_after(text, text, timestamptz) is
  'By when a ticket of a status is to be answered: by when it is already, or as long from now as the plan of its '
  'workspace says; null unless it is open. For definer functions.';

create function public.reply_to_ticket(
  workspace_id text, id uuid, body text, idempotency_key uuid, attachments jsonb default '[]'
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.reply_to_ticket(workspace_id, id, body, idempotency_key, attachments);
end;
$$;

comment on function public.reply_to_ticket(text, uuid, text, uuid, jsonb) is
  'Writes to a ticket, which is open from then on, and returns the message (ticketMessageSchema of types/support.ts). '
  'Attachments are at most 5 of [{path, name}], files that the caller uploaded into the ticket''s folder; with them '
  'the body may be empty. The same key gives the message that is there. Takes support.create for one''s own ticket, '
  'support.manage for others''. Errors: not_found (workspace_id, id), permission_denied, invalid_input (body, '
  'attachments, idempotency_key), conflict (status: it is closed; idempotency_key; or the limit of 200 messages, or '
  'of open tickets), rate_limited (more than 60 messages an hour).';

grant execute on function public.reply_to_ticket(text, uuid, text, uuid, jsonb) to authenticated;

create function private.reply_to_ticket(
  p_workspace_id text, p_id uuid, p_body text, p_idempotency_key uuid, p_attachments jsonb
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_messages constant integer := 200;
  c_most_an_hour constant integer := 60;
  v_user_id constant uuid := auth.uid();
  v_body text;
  v_ticket public.support_tickets;
begin
  v_body := private.message_body(p_body, p_attachments);
  perform private.require_idempotency_key(p_idempotency_key);
  v_ticket := private.lock_ticket(p_workspace_id, p_id);
  if private.is_said(v_ticket, p_idempotency_key) then
    if not private.says_the_same(v_ticket, p_idempotency_key, v_body, p_attachments) then
      perform private.refuse_idempotency_key();
    end if;
    return private.said_message(v_ticket, p_idempotency_key);
  end if;

  if v_ticket.status = 'closed' then
    perform private.raise_error('conflict', 'This ticket is closed.', 'status', 'Open it again, or open another one.');
  end if;
  if v_ticket.message_count >= c_most_messages then
    perform private.raise_error('conflict',
      'This ticket has as many messages as one can have.', c_most_messages::text, 'Open another one.');
  end if;
  perform private.require_pace('messages', (
    select count(*)
    from public.support_messages m
    where m.author_id = v_user_id and m.created_at > now() - interval '1 hour'), c_most_an_hour);
  if v_ticket.status = 'solved' then
    perform private.require_room_for_ticket(p_workspace_id, v_ticket.opened_by);
  end if;
  v_ticket := private.say_in_ticket(v_ticket, 'person', v_user_id, v_body,
    private.attachments_of(v_ticket, p_attachments, v_user_id), p_idempotency_key, 'open');
  return private.said_message(v_ticket, p_idempotency_key);
end;
$$;

comment on function private.reply_to_ticket(text, uuid, text, uuid, jsonb) is
  'See public.reply_to_ticket. Definer: no role writes messages.';

grant execute on function private.reply_to_ticket(text, uuid, text, uuid, jsonb) to authenticated;

create function private.message_body(p_body text, p_attachments jsonb) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.refuse_problem(private.attachments_problem(p_attachments));
  perform private.refuse_problem(private.lines_problem(
    'body', p_body, case when p_attachments = '[]' then 1 else 0 end, 5000));
  return private.clean_lines(p_body);
end;
$$;

comment on function private.message_body(text, jsonb) is
  'The text of a message, cleaned, which may be empty beside files. Errors: invalid_input (body, attachments).';

create function private.is_said(p_ticket public.support_tickets, p_idempotency_key uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select
    from public.support_messages m
    where m.workspace_id = p_ticket.workspace_id
      and m.ticket_id = p_ticket.id
      and m.idempotency_key = p_idempotency_key);
end;
$$;

comment on function private.is_said(public.support_tickets, uuid) is
  'Whether something was said with a key. For definer functions.';

create function private.said_message(p_ticket public.support_tickets, p_idempotency_key uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.message_document(m)
    from public.support_messages m
    where m.workspace_id = p_ticket.workspace_id
      and m.ticket_id = p_ticket.id
      and m.idempotency_key = p_idempotency_key);
end;
$$;

comment on function private.said_message(public.support_tickets, uuid) is
  'The message that was said with a key. For definer functions.';
