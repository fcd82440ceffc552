-- The points put together by hours and days of the workspace's time zone, so that a chart over a year reads as many
-- rows as it has days.
--
-- Of each key there is a row for all points, and one for each value of each dimension. Of a dimension with very many
-- values those with the most points are told apart, and the rest is one row.

create table private.metric_rollups (
  workspace_id text not null,
  grain text not null
    constraint metric_rollups_grain_known check (grain in ('hour', 'day')),
  key text not null,
  dimension text not null,
  bucket timestamptz not null,
  value text not null,
  points bigint not null,
  total numeric not null,
  lowest numeric not null,
  highest numeric not null,
  latest numeric not null,
  latest_at timestamptz not null,
  primary key (workspace_id, grain, key, dimension, bucket, value)
);

alter table private.metric_rollups enable row level security;

create policy metric_rollups_select on private.metric_rollups
  for select to authenticated using (false);

comment on table private.metric_rollups is 'Points put together by hours and days.';
comment on policy metric_rollups_select on private.metric_rollups is 'Nobody: it is for the functions that ask.';
comment on column private.metric_rollups.dimension is 'Empty: all points.';
comment on column private.metric_rollups.bucket is 'When the hour or day begins, in the zone of the workspace.';
comment on column private.metric_rollups.value is 'Of the dimension. Empty: all the values that are not told apart.';
comment on column private.metric_rollups.latest is 'The value of the last point.';

create table private.stale_metric_hours (
  workspace_id text not null,
  key text not null,
  hour timestamptz not null,
  primary key (workspace_id, key, hour)
);

alter table private.stale_metric_hours enable row level security;

create policy stale_metric_hours_select on private.stale_metric_hours
  for select to authenticated using (false);

comment on table private.stale_metric_hours is
  'The hours of which points came that are not rolled up yet: whoever reads takes the points themselves.';
comment on policy stale_metric_hours_select on private.stale_metric_hours is
  'Nobody: it is for the functions that ask.';
