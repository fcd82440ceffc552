-- What events come to, by hours, days and months (UTC), and on which days each person was active.
--
-- A month is the sum of its days, so that a year is read in some twenty-four steps of each thing, not in seven hundred.
--
-- Of a workspace there is one row a kind for all events of an hour or a day. Of a thing (a view, a widget, a feature,
-- an error) there is one for a day on which at least three people used it, and none otherwise: what fewer did is not
-- kept, so that no question can find it. Where all that is left out on a day was the doing of one or two people, the
-- thing with the fewest people is left out too: else the total less all that is told would be theirs.

create table private.analytics_rollups (
  workspace_id text not null,
  grain text not null
    constraint analytics_rollups_grain_known check (grain in ('hour', 'day', 'month')),
  kind text not null,
  subject text not null default '',
  bucket timestamptz not null,
  events bigint not null,
  people integer not null default 0,
  -- A period of a workspace is one range, whatever is told of it.
  primary key (workspace_id, grain, bucket, kind, subject)
);
-- Of a year of totals, without the things of each day.
create index analytics_rollups_totals_idx on private.analytics_rollups (workspace_id, grain, bucket)
  where subject = '';

alter table private.analytics_rollups enable row level security;

create policy analytics_rollups_select on private.analytics_rollups
  for select to authenticated using (false);

comment on table private.analytics_rollups is
  'Use by hours, days and months: written by private.roll_up_analytics alone.';
comment on policy analytics_rollups_select on private.analytics_rollups is 'Nobody: workspace_analytics tells.';
comment on column private.analytics_rollups.kind is
  'active (any event), view_opened, feature_used, error, timing, widget_used: events of front ends. refreshed, '
  'refresh_failed, shown_fresh, shown_stale, shown_empty, saved: what the database knows itself. kept_answers, '
  'fresh_answers, stored_bytes: how much there was at the end of a day.';
comment on column private.analytics_rollups.subject is
  'Empty for all of a kind; the id of a view or widget, or the name of a feature or error, that three people used.';
comment on column private.analytics_rollups.people is
  'How many people it was; 0 of what the database knows itself, and of a month, whose days do not add up to people.';

create table private.analytics_person_days (
  workspace_id text not null,
  day date not null,
  user_id uuid not null,
  views_opened bigint not null default 0,
  features_used bigint not null default 0,
  errors bigint not null default 0,
  primary key (workspace_id, day, user_id)
);
create index analytics_person_days_user_idx on private.analytics_person_days (user_id);

alter table private.analytics_person_days enable row level security;

create policy analytics_person_days_select on private.analytics_person_days
  for select to authenticated using (false);

comment on table private.analytics_person_days is
  'Who was active on which day (UTC), for counting people, and for telling by person where a workspace says so.';
comment on policy analytics_person_days_select on private.analytics_person_days is 'Nobody: workspace_analytics tells.';

create table private.analytics_person_months (
  workspace_id text not null,
  month date not null,
  user_id uuid not null,
  active_days integer not null,
  views_opened bigint not null,
  features_used bigint not null,
  primary key (workspace_id, month, user_id)
);
create index analytics_person_months_user_idx on private.analytics_person_months (user_id);

alter table private.analytics_person_months enable row level security;

create policy analytics_person_months_select on private.analytics_person_months
  for select to authenticated using (false);

comment on table private.analytics_person_months is
  'The sums of analytics_person_days over a month (UTC) that is over; they go with the first of its days.';
comment on policy analytics_person_months_select on private.analytics_person_months is
  'Nobody: workspace_analytics tells.';

create table private.analytics_progress (
  is_only boolean primary key default true
    constraint analytics_progress_one_row check (is_only),
  counted_until timestamptz not null
);

alter table private.analytics_progress enable row level security;

create policy analytics_progress_select on private.analytics_progress
  for select to authenticated using (false);

comment on table private.analytics_progress is 'One row: up to when events are put together.';
comment on policy analytics_progress_select on private.analytics_progress is 'Nobody: answers say it.';
comment on column private.analytics_progress.counted_until is 'The end of the last hour that is counted.';

create function private.analytics_counted_until() returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(
    (select p.counted_until from private.analytics_progress p),
    date_trunc('hour', now(), 'UTC') - interval '1 hour');
end;
$$;

comment on function private.analytics_counted_until() is
  'Up to when events are put together; before the first run, where that will begin. For definer functions.';
