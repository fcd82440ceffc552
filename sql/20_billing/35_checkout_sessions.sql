-- Checkouts that were begun: pages of Stripe on which somebody pays. A workspace has one that is open, so that nobody
-- pays twice.

create table private.checkout_sessions (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id text not null
    constraint checkout_sessions_id_format check (octet_length(id) <= 255 and id ~ '^[A-Za-z0-9_-]+$'),
  status text not null
    constraint checkout_sessions_status_known check (status in ('open', 'complete', 'expired')),
  lookup_key text,
  url text
    constraint checkout_sessions_url_length check (octet_length(url) <= 4096),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (workspace_id, id)
);

create unique index checkout_sessions_id_idx on private.checkout_sessions (id);
create unique index checkout_sessions_open_idx on private.checkout_sessions (workspace_id) where status = 'open';
create index checkout_sessions_created_idx on private.checkout_sessions (created_at);

alter table private.checkout_sessions enable row level security;

create policy checkout_sessions_select on private.checkout_sessions
  for select to authenticated using (false);

comment on policy checkout_sessions_select on private.checkout_sessions is
  'Nobody: begin_checkout gives the open one to who may pay.';

comment on table private.checkout_sessions is 'The checkouts of workspaces, for 90 days.';
comment on column private.checkout_sessions.url is 'Where to pay; null once it is over.';
comment on column private.checkout_sessions.lookup_key is 'The price that it is for; null where Stripe alone knows.';

create trigger checkout_sessions_audit after insert or update on private.checkout_sessions
  for each row execute function private.tg_audit('id', 'url');
