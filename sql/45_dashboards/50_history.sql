-- The history of views: one version for every transaction that changed the layout, the name or the description of one,
-- with who, when and a label.
--
-- It grows with what changes. The present state stands in public.widgets and in the view alone; the state of a widget
-- is kept here when it is superseded or removed, once, with the versions for which it was the state. So a save of one
-- widget among two hundred keeps one state, and a save of twenty is one version, whether by save_layout or widget by
-- widget in one transaction. 51_past_views.sql puts together what a view was.
--
-- A premium workspace keeps everything. On the free plan a version goes once 50 newer ones exist and it was replaced
-- longer ago than the plan keeps any (history_days, seven): nobody gets rid of what stood there by saving often. States
-- that no version needs go along.
-- What was replaced on premium stays when the plan ends, out of reach until it is premium again. What something can
-- lead back to (an upgrade of a template) stays for as long as that is so, on every plan.
--
-- Widgets keep their id here: one that is restored is the same widget, with the grants that it had. They go with the
-- view.

create table private.view_versions (
  workspace_id text not null,
  view_id uuid not null,
  version bigint not null,
  name text,
  description text,
  row_height numeric,
  gap numeric,
  label text
    constraint view_versions_label_length check (char_length(label) between 1 and 100),
  is_lasting boolean not null default false,
  is_needed boolean not null default false,
  saved_by uuid references public.profiles (id) on delete set null,
  saved_at timestamptz not null default now(),
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (workspace_id, view_id, version),
  constraint view_versions_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade
);
create index view_versions_saved_by_idx on private.view_versions (saved_by, saved_at, workspace_id, view_id, version);
-- What may be forgotten, however much of the same view stays.
create index view_versions_passing_idx on private.view_versions (workspace_id, view_id, version)
  where not is_lasting and not is_needed;

alter table private.view_versions enable row level security;

create policy view_versions_select on private.view_versions
  for select to authenticated using (false);

comment on table private.view_versions is
  'The versions of views. Read with list_view_versions, get_view_version and compare_view_versions.';
comment on policy view_versions_select on private.view_versions is
  'Nobody: the functions that read it ask for the access to the view.';
comment on column private.view_versions.name is 'As it was; null for the present version, like the three after it.';
comment on column private.view_versions.label is 'What the person who saved it called it; null for nothing.';
comment on column private.view_versions.is_lasting is
  'Whether it was replaced on the premium plan: nothing removes it then, though it is out of reach on the free one.';
comment on column private.view_versions.is_needed is
  'Whether something can lead back to it, which takes the mark away when it no longer can: nothing removes it until '
  'then.';
comment on column private.view_versions.saved_by is 'Who began the version; null for the server or a deleted account.';
comment on column private.view_versions.transaction_id is
  'The transaction that began it: further changes in there belong to the same version. Together with saved_at, since '
  'transactions are counted anew in a restored database.';

create table private.widget_versions (
  workspace_id text not null,
  view_id uuid not null,
  widget_id uuid not null,
  from_version bigint not null,
  until_version bigint not null,
  document jsonb not null,
  primary key (workspace_id, view_id, widget_id, until_version),
  constraint widget_versions_in_order check (from_version <= until_version),
  constraint widget_versions_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade
);
-- All states of one version.
create index widget_versions_version_idx on private.widget_versions (
  workspace_id, view_id, until_version, from_version);

-- Where a removed widget could be restored.
create index widget_versions_widget_idx on private.widget_versions (workspace_id, widget_id);

alter table private.widget_versions enable row level security;

create policy widget_versions_select on private.widget_versions
  for select to authenticated using (false);

comment on table private.widget_versions is
  'The states that widgets had. What stands in public.widgets is not here.';
comment on policy widget_versions_select on private.widget_versions is
  'Nobody: the functions that read it leave out what a grant withholds from the reader.';
comment on column private.widget_versions.widget_id is 'The id of its row, which it gets back when it is restored.';
comment on column private.widget_versions.from_version is 'The first version of the view with this state.';
comment on column private.widget_versions.until_version is 'The last one.';
comment on column private.widget_versions.document is
  'The widget as it stands in a layout document, with `id` and `version`.';

create function private.has_begun_version(p_workspace_id text, p_view_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from public.dashboard_views v
    join private.view_versions h on h.workspace_id = v.workspace_id and h.view_id = v.id and h.version = v.version
    where v.workspace_id = p_workspace_id
      and v.id = p_view_id
      and h.transaction_id = pg_current_xact_id()
      and h.saved_at = now()
  );
end;
$$;

comment on function private.has_begun_version(text, uuid) is
  'Whether the present version of a view was begun by this transaction, which then has the view locked.';

create function private.keep_view_version(p_view public.dashboard_views) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.view_versions
  set name = p_view.name,
    description = p_view.description,
    row_height = p_view.row_height,
    gap = p_view.gap,
    is_lasting = private.has_feature(p_view.workspace_id, 'unlimited_history')
  where workspace_id = p_view.workspace_id and view_id = p_view.id and version = p_view.version;
  perform private.hold_account();
  insert into private.view_versions (workspace_id, view_id, version, saved_by)
  values (p_view.workspace_id, p_view.id, p_view.version + 1, private.person_id());
  perform private.forget_view_versions(p_view.workspace_id, p_view.id, p_view.version + 1);
end;
$$;

comment on function private.keep_view_version(public.dashboard_views) is
  'Keeps what a view is, whose row the caller has locked, and begins the next version. For definer functions, which '
  'then set the version of the view.';

create function private.history_kept_from(p_workspace_id text) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return now() - make_interval(days => private.limit_of(p_workspace_id, 'history_days')::integer);
end;
$$;

comment on function private.history_kept_from(text) is
  'Since when every version of a view is kept; null for ever. For definer functions.';

create function private.forget_view_versions(p_workspace_id text, p_view_id uuid, p_version bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept_from constant timestamptz := private.history_kept_from(p_workspace_id);
  v_expired bigint[];
begin
  if private.has_feature(p_workspace_id, 'unlimited_history') then
    return;
  end if;
  -- Of the oldest, a hundred at most: a save that adds one version never looks through a history of any length. What
  -- follows each is looked up by its key: a join would be planned for views of a version or two, whatever this one has.
  -- Of one that was needed, that may be gone, and was replaced long ago itself.
  v_expired := array(
    select o.version
    from (
      select x.version, x.saved_at
      from private.view_versions x
      where x.workspace_id = p_workspace_id
        and x.view_id = p_view_id
        and x.version <= p_version - 50
        and not x.is_lasting
        and not x.is_needed
      order by x.version
      limit 100
    ) as o
    where o.saved_at < v_kept_from
      and coalesce((
        select next.saved_at
        from private.view_versions next
        where next.workspace_id = p_workspace_id and next.view_id = p_view_id and next.version = o.version + 1
      ) < v_kept_from, true));
  if v_expired = '{}' then
    return;
  end if;
  delete from private.view_versions h
  where h.workspace_id = p_workspace_id and h.view_id = p_view_id and h.version = any (v_expired);
  -- Not all that is older: what is kept may stand before it, and needs its own. Up to the next that stays: a state that
  -- one alone has kept was that of versions after it.
  with gone as (
    delete from private.widget_versions h
    where h.workspace_id = p_workspace_id and h.view_id = p_view_id
      and h.until_version between v_expired[1] and (
        select min(x.version) - 1
        from private.view_versions x
        where x.workspace_id = p_workspace_id
          and x.view_id = p_view_id
          and x.version > v_expired[cardinality(v_expired)])
      and not exists (
        select from private.view_versions x
        where x.workspace_id = p_workspace_id
          and x.view_id = p_view_id
          and x.version between h.from_version and h.until_version)
    returning h.widget_id, h.until_version
  )
  -- One that nothing restores any more takes its grants along.
  delete from public.resource_grants g
  using (select distinct x.widget_id from gone x) as o
  where g.workspace_id = p_workspace_id and g.resource_type = 'widget' and g.resource_id = o.widget_id
    and not exists (select from public.widgets w where w.workspace_id = p_workspace_id and w.id = o.widget_id)
    and not exists (
      select from private.widget_versions h
      where h.workspace_id = p_workspace_id and h.view_id = p_view_id and h.widget_id = o.widget_id
        and (h.widget_id, h.until_version) not in (select x.widget_id, x.until_version from gone x));
end;
$$;

comment on function private.forget_view_versions(text, uuid, bigint) is
  'On the free plan: lets go of the versions of a view that have 50 newer ones, of which p_version is the latest, and '
  'were replaced more than seven days ago, and of the states of widgets that only they had. For definer functions.';

create function private.oldest_version_in_reach(p_view public.dashboard_views) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept_from constant timestamptz := private.history_kept_from(p_view.workspace_id);
begin
  if private.has_feature(p_view.workspace_id, 'unlimited_history') then
    return 1;
  end if;
  return least(p_view.version - 49, coalesce(
    (
      select x.version
      from private.view_versions x
      where x.workspace_id = p_view.workspace_id
        and x.view_id = p_view.id
        and x.saved_at < v_kept_from
      order by x.version desc
      limit 1
    ),
    1));
end;
$$;

comment on function private.oldest_version_in_reach(public.dashboard_views) is
  'The first version of a view that clients may look at: on the free plan the 50th last, or the one that the first '
  'save of the last seven days replaced; on premium all. For definer functions.';

create function private.begin_view_version(p_workspace_id text, p_view_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
begin
  if private.has_begun_version(p_workspace_id, p_view_id) then
    return;
  end if;
  -- Of two who change widgets of one view at the same moment, the second waits, and keeps what the first has made.
  select * into v_view
  from public.dashboard_views
  where workspace_id = p_workspace_id and id = p_view_id
  for no key update;
  -- A view that is being removed takes its widgets along.
  if found then
    perform private.keep_view_version(v_view);
    update public.dashboard_views
    set version = v_view.version + 1
    where workspace_id = p_workspace_id and id = p_view_id;
  end if;
end;
$$;

comment on function private.begin_view_version(text, uuid) is
  'With the first change of a view in a transaction: begins its next version. For definer functions.';

create function private.label_view_version(p_view public.dashboard_views, p_label text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.view_versions h
  set label = p_label
  from public.dashboard_views v
  where v.workspace_id = p_view.workspace_id
    and v.id = p_view.id
    and h.workspace_id = v.workspace_id
    and h.view_id = v.id
    and h.version = v.version;
end;
$$;

comment on function private.label_view_version(public.dashboard_views, text) is
  'Labels the present version of a view. For definer functions, which have checked the label.';

create function private.tg_dashboard_views_begin_version() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not private.has_begun_version(old.workspace_id, old.id) then
    perform private.keep_view_version(old);
    new.version := old.version + 1;
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_views_begin_version() is
  'Before name, description, row height or gap change, which belong to what is versioned. Definer: nobody writes the '
  'history.';

create function private.tg_dashboard_views_first_version() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.view_versions (workspace_id, view_id, version, saved_by)
  values (new.workspace_id, new.id, new.version, private.person_id());
  return null;
end;
$$;

comment on function private.tg_dashboard_views_first_version() is
  'After a view is made: begins its history. Definer: nobody writes the history.';

-- After dashboard_views_validate, by name: what is cleaned to what it was is no change.
create trigger dashboard_views_version before update of name, description, row_height, gap on public.dashboard_views
  for each row when (
    new.name is distinct from old.name or new.description is distinct from old.description
    or new.row_height is distinct from old.row_height or new.gap is distinct from old.gap)
  execute function private.tg_dashboard_views_begin_version();
create trigger dashboard_views_first_version after insert on public.dashboard_views
  for each row execute function private.tg_dashboard_views_first_version();

create function private.export_view_versions(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'text', 'uuid', 'bigint');
  v_rows refcursor;
begin
  -- What a version holds is the view's; that they saved it, and what they called it, is theirs.
  open v_rows for
    select jsonb_build_array(h.saved_at, h.workspace_id, h.view_id, h.version::text), jsonb_build_object(
      'workspaceId', h.workspace_id,
      'viewId', h.view_id,
      'version', h.version,
      'label', h.label,
      'savedAt', h.saved_at
    )
    from private.view_versions h
    where h.saved_by = p_user_id
      and (h.saved_at, h.workspace_id, h.view_id, h.version)
        > (v_after[1]::timestamptz, v_after[2], v_after[3]::uuid, v_after[4]::bigint)
    order by h.saved_at, h.workspace_id, h.view_id, h.version;
  return v_rows;
end;
$$;

comment on function private.export_view_versions(uuid, text) is
  'The versions of views that the person saved, without what is in them.';
