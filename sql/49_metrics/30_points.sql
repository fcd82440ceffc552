-- The numbers that workspaces send in: points, and what is known of each workspace and key.
--
-- A point is a value at a time, with dimensions by which it can be grouped. An id says which one it is: what is sent
-- twice counts once. Points are stored by the month of their time, so an id cannot be unique among them; the ids stand
-- in a table of their own, where two callers with the same id meet.
--
-- Threats: a workspace that reads another's (no client grant at all; functions ask by workspace, the first column of
-- every key); a workspace without end of keys or points (limits in 60_ingest.sql); a deletion of a workspace that
-- waits for millions of points (they refer to nothing: 52_retention.sql takes them away in batches, beginning within
-- a minute).

create table private.metric_workspaces (
  workspace_id text primary key,
  timezone text not null,
  next_timezone text not null,
  adopted_at timestamptz,
  minute timestamptz not null,
  points_in_minute integer not null,
  ended_at timestamptz
);
create index metric_workspaces_ended_idx on private.metric_workspaces (ended_at) where ended_at is not null;
create index metric_workspaces_timezone_idx on private.metric_workspaces (workspace_id)
  where timezone <> next_timezone;

alter table private.metric_workspaces enable row level security;

create policy metric_workspaces_select on private.metric_workspaces
  for select to authenticated using (false);

comment on table private.metric_workspaces is
  'The workspaces that have sent metrics. Who ingests holds the row, so that the callers of one workspace come one '
  'after the other, and nobody waits for another workspace.';
comment on policy metric_workspaces_select on private.metric_workspaces is 'Nobody: it is for the functions that ask.';
comment on column private.metric_workspaces.timezone is
  'In which zone the points are rolled up by hours and days, and so are shown.';
comment on column private.metric_workspaces.next_timezone is
  'The zone of the workspace''s settings. Where it is another one, the next run of the job rolls everything up anew.';
comment on column private.metric_workspaces.adopted_at is
  'When the zone was last taken over from the settings; null where it never was.';
comment on column private.metric_workspaces.minute is 'The minute in which points were last sent.';
comment on column private.metric_workspaces.points_in_minute is 'How many were sent in it.';
comment on column private.metric_workspaces.ended_at is
  'When the workspace was deleted; the row goes with the last of its points.';

create table private.metric_keys (
  workspace_id text not null,
  key text not null
    constraint metric_keys_key_format check (key ~ private.metric_key_pattern()),
  dimensions text[] not null,
  last_at timestamptz not null,
  primary key (workspace_id, key)
);

alter table private.metric_keys enable row level security;

create policy metric_keys_select on private.metric_keys
  for select to authenticated using (false);

comment on table private.metric_keys is 'Which metrics each workspace has sent, for list_metrics and the limits.';
comment on policy metric_keys_select on private.metric_keys is 'Nobody: it is for the functions that ask.';
comment on column private.metric_keys.last_at is 'The time of the latest point.';

create table private.metric_points (
  workspace_id text not null,
  key text not null,
  time timestamptz not null,
  id text not null,
  value numeric not null,
  dimensions jsonb not null,
  primary key (workspace_id, key, time, id)
) partition by range (time);

alter table private.metric_points enable row level security;

create policy metric_points_select on private.metric_points
  for select to authenticated using (false);

comment on table private.metric_points is
  'The points as they were sent: written once, and removed when the plan keeps them no longer.';
comment on policy metric_points_select on private.metric_points is 'Nobody: it is for the functions that ask.';

create table private.metric_point_ids (
  workspace_id text not null,
  id text not null,
  key text not null,
  time timestamptz not null,
  primary key (workspace_id, id)
);

alter table private.metric_point_ids enable row level security;

create policy metric_point_ids_select on private.metric_point_ids
  for select to authenticated using (false);

comment on table private.metric_point_ids is
  'Which ids a workspace has sent, and where the point is. They are remembered as long as their points.';
comment on policy metric_point_ids_select on private.metric_point_ids is 'Nobody: it is for the functions that ask.';
