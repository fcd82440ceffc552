-- Opening a ticket. Its first message comes with it; files come with the next one, since they lie in its folder.
--
-- Threats: one account that keeps support from everybody else (few are open at a time, of a person and of a workspace,
-- and few are opened in a day, in however many workspaces); a repeated click, or a request sent again because its
-- answer was lost (the key gives the ticket that is there).

create function public.open_ticket(workspace_id text, subject text, body text, idempotency_key uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.open_ticket(workspace_id, subject, body, idempotency_key);
end;
$$;

comment on function public.open_ticket(text, text, text, uuid) is
  'Opens a ticket and returns it as get_ticket does. With the key of one that the caller opened in this workspace it '
  'gives that one, if it says the same. The subject is a line of 1 to 150 characters, the body a text of 1 to 5,000 in '
  'at most 200 lines. Takes support.create. Errors: not_found, permission_denied, invalid_input (subject, body, '
  'idempotency_key), conflict (`details` is the limit of tickets that are open at a time, 10 of a person and 50 of a '
  'workspace, or idempotency_key), rate_limited (more than 20 a day).';

grant execute on function public.open_ticket(text, text, text, uuid) to authenticated;

create function private.open_ticket(p_workspace_id text, p_subject text, p_body text, p_idempotency_key uuid)
returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_day constant integer := 20;
  v_user_id constant uuid := auth.uid();
  v_ticket public.support_tickets;
  v_subject text;
  v_level public.support_levels;
begin
  perform private.require_permission(p_workspace_id, 'support.create');
  perform private.refuse_problem(private.single_line_problem('subject', to_jsonb(p_subject), 1, 150));
  perform private.refuse_problem(private.lines_problem('body', p_body, 1, 5000));
  perform private.require_idempotency_key(p_idempotency_key);
  v_subject := private.clean_text(p_subject);

  perform private.hold_membership(p_workspace_id);
  -- One after the other: a click and its repetition, and what is counted in all workspaces.
  perform pg_advisory_xact_lock(hashtextextended('support_tickets of ' || v_user_id, 0));
  select * into v_ticket
  from public.support_tickets t
  where t.opened_by = v_user_id and t.workspace_id = p_workspace_id and t.idempotency_key = p_idempotency_key;
  if found then
    if v_ticket.subject <> v_subject
      or not private.says_the_same(v_ticket, p_idempotency_key, private.clean_lines(p_body), '[]')
    then
      perform private.refuse_idempotency_key();
    end if;
    return private.ticket_with_messages(v_ticket, null);
  end if;

  perform private.require_pace('tickets', (
    select count(*)
    from public.support_tickets t
    where t.opened_by = v_user_id and t.created_at > now() - interval '1 day'), c_most_a_day);
  perform private.require_room_for_ticket(p_workspace_id, v_user_id);
  select l.* into strict v_level
  from public.workspaces w
  join public.support_levels l on l.plan_key = w.plan_type
  where w.id = p_workspace_id;
  insert into public.support_tickets (
    workspace_id, number, subject, priority, first_answer_due_at, answer_due_at, opened_by, idempotency_key)
  select p_workspace_id,
    coalesce((select max(t.number) from public.support_tickets t where t.workspace_id = p_workspace_id), 0) + 1,
    v_subject, v_level.priority, d.due_at, d.due_at, v_user_id, p_idempotency_key
  from (select now() + make_interval(hours => v_level.first_answer_hours)) as d (due_at)
  returning * into v_ticket;
  v_ticket := private.say_in_ticket(
    v_ticket, 'person', v_user_id, private.clean_lines(p_body), '[]', p_idempotency_key, 'open');
  return private.ticket_with_messages(v_ticket, null);
end;
$$;

comment on function private.open_ticket(text, text, text, uuid) is
  'See public.open_ticket. Definer: no role writes tickets.';

grant execute on function private.open_ticket(text, text, text, uuid) to authenticated;

create function private.require_idempotency_key(p_key uuid) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_key is null then
    perform private.raise_invalid_input('idempotency_key',
      'This is missing.', 'Give a random uuid, the same for each try of one click.');
  end if;
end;
$$;

comment on function private.require_idempotency_key(uuid) is
  'Refuses a call without a key by which it is known again. Error: invalid_input (idempotency_key).';

create function private.refuse_idempotency_key() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('conflict',
    'Something else was said with this key.', 'idempotency_key', 'Give another random uuid for another message.');
end;
$$;

comment on function private.refuse_idempotency_key() is
  'Refuses a key with which something else was said. Error: conflict (idempotency_key).';
