-- The answers to the questions of widgets: one row for each distinct question of a workspace, written by whoever
-- refreshes it and read by everybody whose widget asks it.
--
-- A lease says who fetches it at the moment; it is taken by a statement, so of a hundred who want it one goes. An
-- attempt is counted, and the time of the next one set, before it is made: a worker that is killed meanwhile leaves a
-- row that waits like any other that failed.

create table private.widget_data (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  question_hash text not null,
  source_id uuid,
  data json
    constraint widget_data_object check (json_typeof(data) = 'object'),
  fetched_at timestamptz,
  fresh_until timestamptz,
  stale_until timestamptz,
  source_version bigint,
  error jsonb,
  attempts integer not null default 0,
  retry_at timestamptz,
  lease_id uuid,
  leased_until timestamptz,
  asked_at timestamptz not null default now(),
  primary key (workspace_id, question_hash),
  constraint widget_data_source_fkey foreign key (workspace_id, source_id)
    references private.data_sources (workspace_id, id) on delete cascade
);
create index widget_data_source_idx on private.widget_data (workspace_id, source_id);
create index widget_data_asked_idx on private.widget_data (asked_at);

alter table private.widget_data enable row level security;

create policy widget_data_select on private.widget_data
  for select to authenticated using (false);

comment on table private.widget_data is 'Answers to the questions of widgets, as get_widget_data gives them.';
comment on policy widget_data_select on private.widget_data is 'Nobody: get_widget_data tells who sees a widget.';
comment on column private.widget_data.data is
  'The last good answer, as its component''s data schema says. As json, since it is passed on and not looked into: to '
  'put jsonb together takes its parts apart.';
comment on column private.widget_data.fresh_until is
  'No widget takes it for fresh after this: half an hour, less where the source has changed since.';
comment on column private.widget_data.stale_until is
  'Until then it is shown, marked as stale, when nothing newer comes.';
comment on column private.widget_data.source_version is 'The version of the data source that was asked.';
comment on column private.widget_data.error is
  'Why the last attempt failed: {code, message}, of a wrong question with details and hint; null after a good one.';
comment on column private.widget_data.attempts is 'How many have been made since the last good one.';
comment on column private.widget_data.retry_at is 'When the next may be made; null after a good one.';
comment on column private.widget_data.lease_id is 'Who fetches it at the moment, until leased_until.';
comment on column private.widget_data.asked_at is
  'When somebody last fetched it: what nobody asks any more is removed.';

create function private.is_due(p_entry private.widget_data, p_minutes integer, p_is_forced boolean) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Not now(): who waited for another's lease looks at what that came to.
  v_now constant timestamptz := clock_timestamp();
begin
  return p_entry.workspace_id is null or (
    (p_entry.leased_until is null or p_entry.leased_until <= v_now)
    and (p_entry.retry_at is null or p_entry.retry_at <= v_now)
    and (
      p_entry.fetched_at is null
      or v_now >= least(p_entry.fresh_until, p_entry.fetched_at + case
        when p_is_forced then interval '10 seconds' else make_interval(mins => p_minutes) end)));
end;
$$;

comment on function private.is_due(private.widget_data, integer, boolean) is
  'Whether an answer may be fetched: nobody does, it does not wait after a failure, and it is older than the minutes '
  'that a widget gives it, or than ten seconds where somebody insists.';

create function private.tg_data_sources_stale() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.widget_data d
  set fresh_until = now(), retry_at = null, attempts = 0
  where d.workspace_id = new.workspace_id and d.source_id = new.id;
  delete from private.data_source_health h where h.workspace_id = new.workspace_id and h.source_id = new.id;
  return null;
end;
$$;

comment on function private.tg_data_sources_stale() is
  'After a source changes: what it answered is stale, and what it failed at is tried again. Definer: no role writes '
  'answers.';

create trigger data_sources_stale after update on private.data_sources
  for each row when (new.version <> old.version)
  execute function private.tg_data_sources_stale();

create function private.remove_unasked_widget_data() returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed bigint;
begin
  delete from private.widget_data d
  where (d.workspace_id, d.question_hash) in (
    select x.workspace_id, x.question_hash
    from private.widget_data x
    where x.asked_at < now() - interval '7 days'
      and not exists (
        select from public.widgets w where w.workspace_id = x.workspace_id and w.question_hash = x.question_hash)
    -- It comes to them in no order: what somebody else has is left to the next run.
    for update skip locked);
  get diagnostics v_removed = row_count;
  return v_removed;
end;
$$;

comment on function private.remove_unasked_widget_data() is
  'Removes answers to questions that no widget has asked for a week, and says how many. For the scheduler.';
