-- Events of use as front ends tell of them: who did what where, for as long as it takes to count it, and a month.
--
-- An event is known by whose it is, its id and its time: sent again it is there already, and nobody can take an id from
-- somebody else. Events are stored by the month of their time (00_foundation/76_partitions.sql); what they come to
-- stands in 32_rollups.sql.
--
-- Threats: a reader of who did what (no role reads the table; counts are told, of three people or more where they tell
-- of a thing); an event that outlives the person (a trigger of profiles, 52_retention.sql); a deletion of a workspace
-- that waits for millions of events (they refer to nothing, and a job takes them away in batches).

create table private.analytics_workspaces (
  workspace_id text primary key,
  ended_at timestamptz
);
create index analytics_workspaces_ended_idx on private.analytics_workspaces (ended_at) where ended_at is not null;

alter table private.analytics_workspaces enable row level security;

create policy analytics_workspaces_select on private.analytics_workspaces
  for select to authenticated using (false);

comment on table private.analytics_workspaces is 'The workspaces of whose use something is stored.';
comment on policy analytics_workspaces_select on private.analytics_workspaces is 'Nobody: it is for the jobs.';
comment on column private.analytics_workspaces.ended_at is
  'When the workspace was deleted; the row goes with the last of what is stored.';

create table private.analytics_events (
  workspace_id text not null,
  occurred_at timestamptz not null,
  user_id uuid not null,
  id uuid not null,
  kind text not null,
  name text,
  view_id uuid,
  widget_id uuid,
  milliseconds integer,
  primary key (workspace_id, occurred_at, user_id, id)
) partition by range (occurred_at);

-- One person's, to be told to them and to go with them. Those of an hour are found workspace by workspace: each index
-- more would be written for every event.
create index analytics_events_user_idx on private.analytics_events (user_id, occurred_at, workspace_id, id);

alter table private.analytics_events enable row level security;

create policy analytics_events_select on private.analytics_events
  for select to authenticated using (false);

comment on table private.analytics_events is
  'Events of use, written by track alone: kept until a month after the month in which they were.';
comment on policy analytics_events_select on private.analytics_events is 'Nobody: counts are told.';
comment on column private.analytics_events.user_id is
  'Who did it. No reference, which would be looked up for each of a thousand: a trigger of profiles removes them.';
comment on column private.analytics_events.id is 'Of the front end''s choice.';
comment on column private.analytics_events.name is 'A name of private.event_names; null for an opened view.';
comment on column private.analytics_events.view_id is 'A view that the person saw then.';
comment on column private.analytics_events.widget_id is 'A widget that the person saw then.';

create function private.maintain_analytics_partitions() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Who sends events waits behind a lock that waits: rather fail, and try again the next day.
set lock_timeout = '5s'
as $$
declare
  c_months_ahead constant integer := 3;
  c_kept constant interval := '31 days';
begin
  perform private.add_default_partition('private.analytics_events');
  perform private.add_month_partition('private.analytics_events', 'occurred_at', m.month)
  from private.months_wanted('private.analytics_events', 'occurred_at', c_months_ahead) as m (month);
  perform private.drop_expired_months('private.analytics_events', c_kept);
end;
$$;

comment on function private.maintain_analytics_partitions() is
  'Makes the partitions of this month and the next three, empties the default partition, and drops the months that '
  'ended a month ago. Run by cron, and once by the migration.';
