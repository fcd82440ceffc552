-- Mails that are sent, until they were: an invitation, or what one person was told of one kind in one workspace.
--
-- A mail is made when it is due and says what stands then. Its id is the idempotency key at the mail service, so that a
-- mail whose answer was lost is not sent twice. A server takes some, under a lease, sends them and says what became of
-- them (60_sending.sql); what nobody settles is taken again by the next.
--
-- Threats: somebody reading whom mail is for, or what it says (no role reads the table); a token of an invitation in a
-- queue, a log or a mailbox (there is none: the link leads to a page where the owner of the address signs in and
-- accepts); strangers flooded (ten mails of invitations a day for an address, one an hour for an invitation however
-- often it is sent again, and for a kind of notification); mail to an address that the account never proved
-- (60_sending.sql); a queue that grows where nothing sends (what is a week old goes).

create table private.mails (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  kind text not null,
  user_id uuid references public.profiles (id) on delete cascade,
  invitation_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default clock_timestamp(),
  leased_until timestamptz,
  attempts integer not null default 0
    constraint mails_attempts_range check (attempts >= 0),
  sent_at timestamptz,
  failed_at timestamptz,
  primary key (workspace_id, id),
  constraint mails_invitation_fkey foreign key (workspace_id, invitation_id)
    references public.workspace_invitations (workspace_id, id) on delete cascade,
  constraint mails_invitation_unique unique (workspace_id, invitation_id),
  constraint mails_recipient check ((user_id is null) = (invitation_id is not null)),
  constraint mails_one_end check (sent_at is null or failed_at is null)
);

create index mails_due_idx on private.mails (due_at) where sent_at is null and failed_at is null;
-- The last one of a kind that somebody got, and all of theirs when the account goes.
create index mails_user_idx on private.mails (user_id, kind, created_at);
create index mails_created_idx on private.mails (created_at);

alter table private.mails enable row level security;

create policy mails_select on private.mails
  for select to authenticated using (false);

comment on policy mails_select on private.mails is 'Mails are for nobody to read but who gets them.';

comment on table private.mails is
  'Mails that are due, under way, sent in the last week, or given up. For definer functions alone.';
comment on column private.mails.id is 'The idempotency key at the mail service.';
comment on column private.mails.kind is '"invitation", or the kind of notifications that it tells of.';
comment on column private.mails.user_id is 'Whom it is for; null for an invitation, which has an address of its own.';
comment on column private.mails.leased_until is 'Until then a server is sending it.';
comment on column private.mails.failed_at is 'When it was given up.';

alter table private.notification_mails add column mail_id uuid;
alter table private.notification_mails add constraint notification_mails_mail_fkey
  foreign key (workspace_id, mail_id) references private.mails (workspace_id, id) on delete set null (mail_id);

create index notification_mails_mail_idx on private.notification_mails (workspace_id, mail_id);

comment on column private.notification_mails.mail_id is 'The mail that tells of it; null while it waits for one.';
