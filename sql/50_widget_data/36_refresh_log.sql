-- What refreshing costs and how often it is spared: a row for each attempt, and the reads of an hour, counted by the
-- front ends, which report them once a minute.
--
-- The attempts are partitioned by day and kept for 30 days: a day is dropped whole. A write must not fail for want of a
-- partition, so there is one for everything else, which a run of the job empties.
--
-- Threat: made-up counts (nothing is decided by them, and one report is bounded).

create table private.widget_refreshes (
  workspace_id text not null,
  refreshed_at timestamptz not null default clock_timestamp(),
  id uuid not null default gen_random_uuid(),
  question_hash text not null,
  source text not null,
  outcome text not null
    constraint widget_refreshes_outcome_length check (char_length(outcome) between 1 and 50),
  milliseconds integer not null,
  bytes integer not null,
  primary key (workspace_id, refreshed_at, id)
) partition by range (refreshed_at);

alter table private.widget_refreshes enable row level security;

create policy widget_refreshes_select on private.widget_refreshes
  for select to authenticated using (false);

comment on table private.widget_refreshes is 'Each attempt to refresh the data of widgets, for 30 days.';
comment on policy widget_refreshes_select on private.widget_refreshes is 'Nobody: it is for who runs the project.';
comment on column private.widget_refreshes.source is 'metrics, workspace, or the id of a data source.';
comment on column private.widget_refreshes.outcome is '`fetched`, or the code of the error.';

create table private.widget_reads (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  hour timestamptz not null,
  hits bigint not null default 0,
  stale bigint not null default 0,
  misses bigint not null default 0,
  primary key (workspace_id, hour)
);
create index widget_reads_hour_idx on private.widget_reads (hour);

alter table private.widget_reads enable row level security;

create policy widget_reads_select on private.widget_reads
  for select to authenticated using (false);

comment on table private.widget_reads is
  'How many widgets were shown fresh, stale and not at all, by the hour, as front ends report it; kept for 30 days.';
comment on policy widget_reads_select on private.widget_reads is 'Nobody: it is for who runs the project.';

create function private.add_refresh_partition(p_name text, p_bounds text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('create table private.%I partition of private.widget_refreshes %s', p_name, p_bounds);
  execute format('alter table private.%I enable row level security', p_name);
  execute format(
    'create policy %I on private.%I for select to authenticated using (false)', p_name || '_select', p_name);
  execute format('comment on table private.%I is %L', p_name, 'Attempts to refresh the data of widgets.');
  execute format('comment on policy %I on private.%I is %L', p_name || '_select', p_name,
    'Nobody: it is for who runs the project.');
end;
$$;

comment on function private.add_refresh_partition(text, text) is
  'Makes a partition of widget_refreshes, with what it does not inherit.';

create function private.maintain_widget_refreshes() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Every refresh waits behind a lock that waits: rather fail, and try again the next day.
set lock_timeout = '5s'
as $$
declare
  c_kept constant interval := '30 days';
  v_today constant date := (now() at time zone 'UTC')::date;
  v_name text;
  v_day date;
begin
  if to_regclass('private.widget_refreshes_default') is null then
    perform private.add_refresh_partition('widget_refreshes_default', 'default');
  end if;
  delete from private.widget_refreshes_default d where d.refreshed_at < now() - c_kept;
  for v_day in
    select (v_today + n)::date from generate_series(0, 7) as n
    where to_regclass('private.widget_refreshes_' || to_char(v_today + n, 'YYYY_MM_DD')) is null
  loop
    -- What landed elsewhere stays there until it is old: nobody reads it by partition.
    continue when exists (
      select from private.widget_refreshes_default d
      where d.refreshed_at >= v_day::timestamp at time zone 'UTC'
        and d.refreshed_at < (v_day + 1)::timestamp at time zone 'UTC');
    perform private.add_refresh_partition('widget_refreshes_' || to_char(v_day, 'YYYY_MM_DD'), format(
      'for values from (%L) to (%L)',
      v_day::timestamp at time zone 'UTC', (v_day + 1)::timestamp at time zone 'UTC'));
  end loop;
  for v_name in
    select c.relname
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'private.widget_refreshes'::regclass
      and c.relname ~ '^widget_refreshes_\d{4}_\d{2}_\d{2}$'
      and (to_date(right(c.relname, 10), 'YYYY_MM_DD') + 1)::timestamp at time zone 'UTC' <= now() - c_kept
    order by 1
  loop
    execute format('drop table private.%I', v_name);
  end loop;
  delete from private.widget_reads r where r.hour < now() - c_kept;
end;
$$;

comment on function private.maintain_widget_refreshes() is
  'Makes the partitions of today and the next seven days, and forgets what is older than 30 days. Run by cron, and '
  'once by the migration.';

create function public.report_widget_reads(
  workspace_id text, hits integer default 0, stale integer default 0, misses integer default 0
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.report_widget_reads(workspace_id, hits, stale, misses);
end;
$$;

comment on function public.report_widget_reads(text, integer, integer, integer) is
  'Counts how many widgets a front end has shown fresh, stale and empty since its last report: once a minute, at most '
  '10,000 of each. Errors: not_found, invalid_input.';

grant execute on function public.report_widget_reads(text, integer, integer, integer) to authenticated;

create function private.report_widget_reads(p_workspace_id text, p_hits integer, p_stale integer, p_misses integer)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count record;
begin
  perform private.require_membership(p_workspace_id);
  for v_count in
    select c.name, c.value from (values ('hits', p_hits), ('stale', p_stale), ('misses', p_misses)) as c (name, value)
  loop
    perform private.refuse_problem(
      private.whole_number_problem(v_count.name, coalesce(to_jsonb(v_count.value), 'null'), 0, 10000));
  end loop;
  perform private.hold_membership(p_workspace_id);
  insert into private.widget_reads as r (workspace_id, hour, hits, stale, misses)
  values (p_workspace_id, date_trunc('hour', now(), 'UTC'), p_hits, p_stale, p_misses)
  on conflict on constraint widget_reads_pkey do update
  set hits = r.hits + excluded.hits, stale = r.stale + excluded.stale, misses = r.misses + excluded.misses;
end;
$$;

comment on function private.report_widget_reads(text, integer, integer, integer) is
  'See public.report_widget_reads. Definer: no role writes the counts.';

grant execute on function private.report_widget_reads(text, integer, integer, integer) to authenticated;
