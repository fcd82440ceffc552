-- What operators say about a ticket among themselves.
--
-- Threat: a customer who reads them, or learns that there are any (they stand in the schema that is never exposed, are
-- read by operators' functions alone, change nothing of the ticket, and leave no entry in the log that customers read).

create table private.support_notes (
  workspace_id text not null,
  id uuid not null default gen_random_uuid(),
  ticket_id uuid not null,
  operator text not null default ''
    constraint support_notes_operator_length check (char_length(operator) <= 100),
  body text not null
    constraint support_notes_body_length check (char_length(body) between 1 and 5000),
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  constraint support_notes_ticket_fkey foreign key (workspace_id, ticket_id)
    references public.support_tickets (workspace_id, id) on delete cascade
);

create index support_notes_ticket_idx on private.support_notes (workspace_id, ticket_id, created_at, id);

alter table private.support_notes enable row level security;

create policy support_notes_select on private.support_notes
  for select to authenticated using (false);

comment on table private.support_notes is 'What operators say about a ticket among themselves.';
comment on policy support_notes_select on private.support_notes is 'Nobody: get_ticket_to_answer tells operators.';
comment on column private.support_notes.operator is 'Who of the operators wrote it, as they say; empty where not said.';
