-- Tickets: what somebody in a workspace asks of support.
--
-- A ticket is seen by whoever opened it, while they are in the workspace, and by who holds support.manage there, such
-- as its admins. It is answered by operators, servers with the secret key, past these policies.
--
-- Threats: a colleague, or another workspace, reading what was asked (one policy, which messages and files go by too);
-- a time or a priority of one's own choice (no role but the server's functions writes); a double click that asks twice
-- (a key of the client's choice opens one ticket).

create table public.support_tickets (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  number bigint not null
    constraint support_tickets_number_range check (number >= 1),
  subject text not null
    constraint support_tickets_subject_length check (char_length(subject) between 1 and 150),
  status text not null default 'open'
    constraint support_tickets_status_known check (status in ('open', 'waiting', 'solved', 'closed')),
  priority text not null
    constraint support_tickets_priority_known check (priority in ('normal', 'high')),
  first_answer_due_at timestamptz not null,
  first_answered_at timestamptz,
  answer_due_at timestamptz
    constraint support_tickets_answer_due_at_while_open check ((status = 'open') = (answer_due_at is not null)),
  opened_by uuid references public.profiles (id) on delete set null,
  idempotency_key uuid not null,
  message_count integer not null default 0
    constraint support_tickets_message_count_range check (message_count >= 0),
  last_message_at timestamptz not null default clock_timestamp(),
  last_message_from text not null default 'person'
    constraint support_tickets_last_message_from_known check (last_message_from in ('person', 'support')),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint support_tickets_number_unique unique (workspace_id, number)
);

-- Somebody's own; and the one that was opened with a key.
create unique index support_tickets_opened_by_idx
  on public.support_tickets (opened_by, workspace_id, idempotency_key);
create index support_tickets_list_idx on public.support_tickets (workspace_id, last_message_at, id);
-- What is not done, as the limits count it.
create index support_tickets_unsolved_idx on public.support_tickets (workspace_id, opened_by)
  where status in ('open', 'waiting');
-- What waits for operators, in their order.
create index support_tickets_due_idx on public.support_tickets (answer_due_at, workspace_id, id)
  where status = 'open';

alter table public.support_tickets enable row level security;

create policy support_tickets_select on public.support_tickets
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and (
      opened_by = (select auth.uid())
      or workspace_id not in (select unnest(private.workspaces_without('support.manage')))
    )
  );

-- No write, not even for service_role: functions for clients and for operators make every change.
grant select on public.support_tickets to authenticated, service_role;

comment on table public.support_tickets is
  'What people in a workspace ask of support. Seen by who opened it and by who holds support.manage.';
comment on column public.support_tickets.number is 'Counts the tickets of a workspace: what people call one by.';
comment on column public.support_tickets.subject is 'One visible line of 1 to 150 characters without HTML.';
comment on column public.support_tickets.status is
  'open: support is to answer. waiting: the person is. solved: support says that it is done. closed: the workspace '
  'does.';
comment on column public.support_tickets.priority is
  'normal or high: what the plan of the workspace gave when it was opened, or an operator later.';
comment on column public.support_tickets.first_answer_due_at is 'By when support is to answer for the first time.';
comment on column public.support_tickets.answer_due_at is
  'By when support is to answer next, in the order of which it does; null unless the ticket is open.';
comment on column public.support_tickets.opened_by is
  'Who opened it; null once that account is deleted. Then it is seen by who holds support.manage.';
comment on column public.support_tickets.idempotency_key is
  'Of the client''s choice: opening again with it, as a repeated click does, gives this ticket.';

create trigger support_tickets_set_updated_at before update on public.support_tickets
  for each row execute function private.tg_set_updated_at();

-- Never what is asked. A message that comes or a person who goes is no change of the ticket.
create trigger support_tickets_audit_insert after insert on public.support_tickets
  for each row execute function private.tg_audit('id', 'subject,idempotency_key');
create trigger support_tickets_audit_update after update on public.support_tickets
  for each row when ((old.status, old.priority) is distinct from (new.status, new.priority))
  execute function private.tg_audit('id', 'subject,idempotency_key');
create trigger support_tickets_audit_delete after delete on public.support_tickets
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'subject,idempotency_key');

create function private.ticket_document(p_ticket public.support_tickets) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_ticket.id,
    'workspaceId', p_ticket.workspace_id,
    'number', p_ticket.number,
    'subject', p_ticket.subject,
    'status', p_ticket.status,
    'priority', p_ticket.priority,
    'openedBy', (
      select jsonb_build_object('id', p.id, 'name', p.name) from public.profiles p where p.id = p_ticket.opened_by),
    'firstAnswerDueAt', private.timestamp_text(p_ticket.first_answer_due_at),
    'firstAnsweredAt', private.timestamp_text(p_ticket.first_answered_at),
    'answerDueAt', private.timestamp_text(p_ticket.answer_due_at),
    'messageCount', p_ticket.message_count,
    'lastMessageAt', private.timestamp_text(p_ticket.last_message_at),
    'lastMessageFrom', p_ticket.last_message_from,
    'createdAt', private.timestamp_text(p_ticket.created_at)
  );
end;
$$;

comment on function private.ticket_document(public.support_tickets) is
  'A ticket as clients read it (ticketSchema of types/support.ts). For definer functions.';

create function private.export_support_tickets(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'bigint');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(t.workspace_id, t.number::text), jsonb_build_object(
      'workspaceId', t.workspace_id,
      'number', t.number,
      'subject', t.subject,
      'status', t.status,
      'priority', t.priority,
      'createdAt', t.created_at,
      'updatedAt', t.updated_at
    )
    from public.support_tickets t
    where t.opened_by = p_user_id and (t.workspace_id, t.number) > (v_after[1], v_after[2]::bigint)
    order by t.workspace_id, t.number;
  return v_rows;
end;
$$;

comment on function private.export_support_tickets(uuid, text) is 'The tickets that the person opened.';
