-- Where the events of a workspace are sent: somebody's endpoint as signed webhooks, or a channel of a chat.
--
-- The address of a chat is its secret, and the address of a webhook may hold one, so addresses lie in the Vault with
-- the secrets that sign: one secret of the Vault a destination, {url, secret, previous}. What is shown of a chat is its
-- host, and of a webhook what stands before its query. A secret that signs is told once, when it is made.
--
-- How a destination fares stands in a row of its own, which the queue writes all the time.
--
-- Threats: a member without integrations.manage, or of another workspace, who reads or writes one (no role does:
-- functions check first); secrets that outlive their destination (a trigger removes them); an address in the audit log
-- (withheld).

create table private.destinations (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  kind text not null
    constraint destinations_kind_known check (kind in ('webhook', 'slack', 'discord', 'teams')),
  name text not null
    constraint destinations_name_length check (char_length(name) between 1 and 100),
  events text[] not null
    constraint destinations_events_count check (cardinality(events) between 1 and 100),
  shown_url text not null
    constraint destinations_shown_url_length check (octet_length(shown_url) <= 1024),
  secret_id uuid not null,
  previous_expires_at timestamptz,
  status text not null default 'active'
    constraint destinations_status_known check (status in ('active', 'paused', 'failed', 'gone')),
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id)
);

alter table private.destinations enable row level security;

create policy destinations_select on private.destinations
  for select to authenticated using (false);

comment on table private.destinations is 'Where a workspace sends events: written by save_destination.';
comment on policy destinations_select on private.destinations is 'Nobody: functions tell who manages integrations.';
comment on column private.destinations.events is 'Keys of integration_events.';
comment on column private.destinations.shown_url is
  'The address of a webhook without its query; of a chat only its host.';
comment on column private.destinations.secret_id is
  'The Vault''s secret: the address, of a webhook the secret that signs, and the one before it.';
comment on column private.destinations.previous_expires_at is
  'Until then the secret before the present one signs too; null where there is none.';
comment on column private.destinations.status is
  'active. paused: by a person. failed: nothing was delivered for a day. gone: it said so (410, of Discord 404).';

create table private.destination_states (
  workspace_id text not null,
  destination_id uuid not null,
  claimed_at timestamptz,
  lease_id uuid,
  leased_until timestamptz,
  rests_until timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  error text,
  primary key (workspace_id, destination_id),
  constraint destination_states_destination_fkey foreign key (workspace_id, destination_id)
    references private.destinations (workspace_id, id) on delete cascade
);

alter table private.destination_states enable row level security;

create policy destination_states_select on private.destination_states
  for select to authenticated using (false);

comment on table private.destination_states is 'How each destination fares: a row each, written by the queue.';
comment on policy destination_states_select on private.destination_states is 'Nobody: list_destinations tells.';
comment on column private.destination_states.claimed_at is 'Who was served longest ago is served next.';
comment on column private.destination_states.lease_id is 'Of the server that delivers at the moment: there is one.';
comment on column private.destination_states.rests_until is
  'Until then nothing is delivered: it failed often, or the workspace has used up its pace.';
comment on column private.destination_states.failures is
  'How many attempts failed, one after another, until it rests; then one more for each rest.';
comment on column private.destination_states.error is 'Why the last attempt failed, as a code: see delivery_attempts.';

create function private.tg_destinations_forget_secrets() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from vault.secrets s using deleted d where s.id = d.secret_id;
  return null;
end;
$$;

comment on function private.tg_destinations_forget_secrets() is
  'After destinations are deleted, by hand or with their workspace: their secrets go. Definer: clients see no Vault.';

create trigger destinations_forget_secrets after delete on private.destinations
  referencing old table as deleted
  for each statement execute function private.tg_destinations_forget_secrets();

create trigger destinations_audit after insert or update on private.destinations
  for each row execute function private.tg_audit('id', 'shown_url,secret_id');
create trigger destinations_audit_delete after delete on private.destinations
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'shown_url,secret_id');
