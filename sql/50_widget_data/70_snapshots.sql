-- Answers that are kept as they are, for who cites them: a snapshot never changes and goes by its hash.
--
-- Threats: reading what somebody kept whose widget one may not see (it takes the access to the widget, now, or to have
-- kept it oneself); a workspace filled with snapshots (10,000 at most, and a job removes what was kept more than a day
-- ago and is not cited).

create table private.widget_snapshots (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  hash text not null,
  widget_id uuid not null,
  question jsonb not null,
  data jsonb not null,
  fetched_at timestamptz not null,
  kept_by uuid references public.profiles (id) on delete set null,
  kept_at timestamptz not null default now(),
  primary key (workspace_id, hash)
);
create index widget_snapshots_kept_by_idx on private.widget_snapshots (kept_by, kept_at);

alter table private.widget_snapshots enable row level security;

create policy widget_snapshots_select on private.widget_snapshots
  for select to authenticated using (false);

comment on table private.widget_snapshots is
  'Answers as they were, for who cites them. Nothing changes one but when it was kept last.';
comment on policy widget_snapshots_select on private.widget_snapshots is 'Nobody: get_kept_widget_data asks who may.';
comment on column private.widget_snapshots.hash is 'The SHA-256 of widget, question, data and time.';
comment on column private.widget_snapshots.widget_id is 'Whose data it was. No reference: it outlives the widget.';

create function private.snapshot_document(p_snapshot private.widget_snapshots) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'hash', p_snapshot.hash,
    'widgetId', p_snapshot.widget_id,
    'data', p_snapshot.data,
    'fetchedAt', private.timestamp_text(p_snapshot.fetched_at),
    'keptAt', private.timestamp_text(p_snapshot.kept_at));
end;
$$;

comment on function private.snapshot_document(private.widget_snapshots) is 'A snapshot as clients read it.';

create function private.require_room_for_snapshot(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_of_workspace constant integer := 10000;
  c_most_of_person constant integer := 1000;
begin
  if (
    select count(*) from (
      select from private.widget_snapshots s
      where s.kept_by = private.person_id() and s.kept_at > now() - interval '1 day'
      limit c_most_of_person) as s) >= c_most_of_person
  then
    perform private.raise_error('rate_limited',
      'This account kept as much data as one person keeps in a day.', 'person', 'Wait a while.');
  end if;
  if (
    select count(*) from (
      select from private.widget_snapshots s where s.workspace_id = p_workspace_id limit c_most_of_workspace
    ) as s) >= c_most_of_workspace
  then
    perform private.raise_error('conflict',
      'This workspace has no room for more kept data.', c_most_of_workspace::text, '`details` is the limit.');
  end if;
end;
$$;

comment on function private.require_room_for_snapshot(text) is
  'Refuses to keep one more for a person who kept 1,000 within a day, or in a workspace that holds 10,000. Errors: '
  'rate_limited (person), conflict with the limit in `details`. For definer functions.';

create function public.keep_widget_data(widget_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.keep_widget_data(widget_id);
end;
$$;

comment on function public.keep_widget_data(uuid) is
  'Keeps what a widget shows at the moment, and returns {hash, widgetId, data, fetchedAt, keptAt}; the same data keeps '
  'the same hash. Errors: not_found (widget_id) for a widget that the caller does not see or that has no data, '
  'conflict (`details` is the limit of 10,000 of a workspace), rate_limited (person) for more than 1,000 of a person '
  'in a day.';

grant execute on function public.keep_widget_data(uuid) to authenticated;

create function private.keep_widget_data(p_widget_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found record;
  v_answer jsonb;
  v_snapshot private.widget_snapshots;
begin
  v_found := private.widgets_asked(null, array[p_widget_id], null);
  v_answer := (private.kept_answers(v_found.workspace_id, v_found.asked) -> p_widget_id::text)::jsonb;
  if coalesce(v_answer -> 'data', 'null') = 'null' then
    perform private.raise_error('not_found',
      'There is no such widget, or it shows no data.', 'widget_id', 'Check the id, or refresh the widget first.');
  end if;
  perform private.hold_membership(v_found.workspace_id);
  v_snapshot.workspace_id := v_found.workspace_id;
  v_snapshot.widget_id := p_widget_id;
  v_snapshot.data := v_answer -> 'data';
  select w.question, d.fetched_at into v_snapshot.question, v_snapshot.fetched_at
  from public.widgets w
  join private.widget_data d on d.workspace_id = w.workspace_id and d.question_hash = w.question_hash
  where w.workspace_id = v_found.workspace_id and w.id = p_widget_id;
  v_snapshot.hash := private.question_hash(jsonb_build_object(
    'workspace', v_snapshot.workspace_id, 'widget', p_widget_id, 'question', v_snapshot.question,
    'data', v_snapshot.data, 'fetchedAt', v_snapshot.fetched_at));
  -- Who keeps it again is about to cite it.
  update private.widget_snapshots s
  set kept_at = now()
  where s.workspace_id = v_snapshot.workspace_id and s.hash = v_snapshot.hash;
  if not found then
    perform private.require_room_for_snapshot(v_snapshot.workspace_id);
    insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at, kept_by)
    values (v_snapshot.workspace_id, v_snapshot.hash, v_snapshot.widget_id, v_snapshot.question, v_snapshot.data,
      v_snapshot.fetched_at, private.person_id())
    on conflict on constraint widget_snapshots_pkey do nothing;
  end if;
  return (
    select private.snapshot_document(s)
    from private.widget_snapshots s
    where s.workspace_id = v_snapshot.workspace_id and s.hash = v_snapshot.hash);
end;
$$;

comment on function private.keep_widget_data(uuid) is 'See public.keep_widget_data. Definer: no role writes snapshots.';

grant execute on function private.keep_widget_data(uuid) to authenticated;

create function public.get_kept_widget_data(workspace_id text, hash text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_kept_widget_data(workspace_id, hash);
end;
$$;

comment on function public.get_kept_widget_data(text, text) is
  'What keep_widget_data kept: for who kept it, and for who sees the widget and may read its source. Errors: not_found '
  '(workspace_id, hash).';

grant execute on function public.get_kept_widget_data(text, text) to authenticated;

create function private.get_kept_widget_data(p_workspace_id text, p_hash text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_snapshot private.widget_snapshots;
  v_reader private.widget_reader;
begin
  perform private.require_membership(p_workspace_id);
  select s.* into v_snapshot
  from private.widget_snapshots s
  where s.workspace_id = p_workspace_id and s.hash = p_hash;
  v_reader := private.widget_reader(p_workspace_id);
  if v_snapshot.hash is null or (
    v_snapshot.kept_by is distinct from auth.uid()
    and (
      private.access_to(p_workspace_id, 'widget', v_snapshot.widget_id) = 'none'
      or private.reading_problem(
        v_snapshot.question, private.source_of(p_workspace_id, v_snapshot.question), true, v_reader.role_names,
        v_reader.permissions) is not null))
  then
    perform private.raise_error('not_found',
      'There is no such data, or it is not for you.', 'hash', 'Check the hash.');
  end if;
  return private.snapshot_document(v_snapshot);
end;
$$;

comment on function private.get_kept_widget_data(text, text) is
  'See public.get_kept_widget_data. Definer: no role reads snapshots.';

grant execute on function private.get_kept_widget_data(text, text) to authenticated;
