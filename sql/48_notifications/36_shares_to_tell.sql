-- Shares with many people, until all of them were told. Whoever shares a view with a role of thousands writes one row
-- here, and waits for none of them; a job tells them, some hundreds at a time.
--
-- Threat: people told of a view that is not for them any more (a share that is taken back takes its row along, and who
-- is told is found when they are).

create table private.shares_to_tell (
  workspace_id text not null,
  share_id uuid not null,
  actor_id uuid,
  told_up_to uuid,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, share_id),
  constraint shares_to_tell_share_fkey foreign key (workspace_id, share_id)
    references public.dashboard_view_shares (workspace_id, id) on delete cascade
);

create index shares_to_tell_waiting_idx on private.shares_to_tell (created_at);

alter table private.shares_to_tell enable row level security;

create policy shares_to_tell_select on private.shares_to_tell
  for select to authenticated using (false);

comment on table private.shares_to_tell is
  'Shares with roles of many people, of which private.tell_of_shares tells them. A row goes when all were told.';
comment on policy shares_to_tell_select on private.shares_to_tell is 'Nobody: it is for the job that tells.';
comment on column private.shares_to_tell.actor_id is
  'Who shared it; null for the server. No reference: nobody waits for an account.';
comment on column private.shares_to_tell.told_up_to is 'The last person who was told, in the order of ids.';
