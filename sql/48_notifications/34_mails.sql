-- Notifications that are to be mailed, until they were; 58_mails sends them. A mail says what the notification says
-- when it is sent, with all that was joined until then; what is joined afterwards makes no second one.
--
-- Threats: somebody reading whom mail is for, or what it says (no role but the server's reads it); a queue that grows
-- for ever where nothing sends (a mail goes with its notification, which has a retention).

create table private.notification_mails (
  workspace_id text not null,
  notification_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  attempts integer not null default 0
    constraint notification_mails_attempts_range check (attempts >= 0),
  primary key (workspace_id, notification_id),
  constraint notification_mails_notification_fkey foreign key (workspace_id, notification_id)
    references public.notifications (workspace_id, id) on delete cascade
);

create index notification_mails_waiting_idx on private.notification_mails (created_at) where sent_at is null;

alter table private.notification_mails enable row level security;

create policy notification_mails_select on private.notification_mails
  for select to service_role using (true);

grant select on private.notification_mails to service_role;

comment on table private.notification_mails is
  'The notifications to be mailed, oldest first by created_at.';
comment on column private.notification_mails.user_id is
  'Whom it is for. No reference: it goes with the notification, which is that person''s.';
comment on column private.notification_mails.sent_at is 'Null while it waits.';
comment on column private.notification_mails.attempts is 'How often it was tried to send it.';
