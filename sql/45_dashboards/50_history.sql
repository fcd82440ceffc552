-- The history of layouts: one version for every transaction that changed a view's layout, with who, when and a label.
--
-- The present version has no layout here, it is what stands in public.widgets; it is filled in by the change that ends
-- it. So a layout is written once, a rename costs nothing, and a save of twenty widgets is one version, whether by
-- save_layout or widget by widget in one transaction.
--
-- A free workspace keeps 50 versions of a view: each save lets the one fall out that is then the 51st. What a premium
-- workspace had before stays and is out of reach until it is premium again.
--
-- Widgets keep their id here: one that is restored is the same widget, with the grants that it had. They go with the
-- view.

create table private.view_versions (
  workspace_id text not null,
  view_id uuid not null,
  version bigint not null,
  layout jsonb,
  label text
    constraint view_versions_label_length check (char_length(label) between 1 and 100),
  saved_by uuid references public.profiles (id) on delete set null,
  saved_at timestamptz not null default now(),
  transaction_id xid8 not null default pg_current_xact_id(),
  primary key (workspace_id, view_id, version),
  constraint view_versions_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade
);

create index view_versions_saved_by_idx on private.view_versions (saved_by);

alter table private.view_versions enable row level security;

create policy view_versions_select on private.view_versions
  for select to authenticated using (false);

comment on table private.view_versions is
  'The layouts that views had. Read with list_view_versions, get_view_version and compare_view_versions.';
comment on policy view_versions_select on private.view_versions is
  'Nobody: the functions that read it leave out what a grant withholds from the reader.';
comment on column private.view_versions.layout is
  'The layout document as it was, its widgets with `id` and `version`; null for the present version.';
comment on column private.view_versions.label is 'What the person who saved it called it; null for nothing.';
comment on column private.view_versions.saved_by is 'Who began the version; null for the server or a deleted account.';
comment on column private.view_versions.transaction_id is
  'The transaction that began it: further changes in there belong to the same version. Together with saved_at, since '
  'transactions are counted anew in a restored database.';

create function private.layout_document(p_view public.dashboard_views, p_widgets jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'version', 1,
    'gridColumns', 12,
    'rowHeight', p_view.row_height,
    'gap', p_view.gap,
    'widgets', coalesce(p_widgets, '[]')
  );
end;
$$;

comment on function private.layout_document(public.dashboard_views, jsonb) is
  'A layout of these widgets, null for none, with the settings of a view.';

create function private.view_layout(p_view public.dashboard_views) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.layout_document(p_view, (
    select jsonb_agg(private.widget_document(w) order by w.y, w.x, w.instance_id)
    from public.widgets w
    where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id
  ));
end;
$$;

comment on function private.view_layout(public.dashboard_views) is
  'The layout of a view as a document, the widgets in reading order, none left out. For definer functions.';

create function private.layout_before(p_view public.dashboard_views, p_were public.widgets[]) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids constant uuid[] := array(select w.id from unnest(p_were) as w);
begin
  return private.layout_document(p_view, (
    select jsonb_agg(private.widget_document(b.widget)
      order by (b.widget).y, (b.widget).x, (b.widget).instance_id)
    from (
      select w as widget
      from public.widgets w
      where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.id <> all (v_ids)
      union all
      select w from unnest(p_were) as w
    ) as b
  ));
end;
$$;

comment on function private.layout_before(public.dashboard_views, public.widgets[]) is
  'The layout of a view as it was before some of its widgets were changed or removed, given those as they were. '
  'Volatile: it has to see what others have committed before the caller got the lock of the view.';

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

create function private.keep_view_version(p_view public.dashboard_views, p_layout jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update private.view_versions
  set layout = p_layout
  where workspace_id = p_view.workspace_id and view_id = p_view.id and version = p_view.version;
  insert into private.view_versions (workspace_id, view_id, version, saved_by)
  values (p_view.workspace_id, p_view.id, p_view.version + 1, auth.uid());

  if not private.keeps_all_versions(p_view.workspace_id) then
    delete from private.view_versions
    where workspace_id = p_view.workspace_id and view_id = p_view.id and version = p_view.version + 1 - 50;
  end if;
end;
$$;

comment on function private.keep_view_version(public.dashboard_views, jsonb) is
  'Keeps the layout that a view has, whose row the caller has locked, and begins the next version. For definer '
  'functions, which set the version of the view then.';

create function private.kept_layout(p_view public.dashboard_views, p_version bigint) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_version = p_view.version then
    return private.view_layout(p_view);
  end if;
  if p_version <= p_view.version - 50 and not private.keeps_all_versions(p_view.workspace_id) then
    return null;
  end if;
  return (
    select h.layout
    from private.view_versions h
    where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id and h.version = p_version
  );
end;
$$;

comment on function private.kept_layout(public.dashboard_views, bigint) is
  'The layout that a view had in a version, none of its widgets left out; null where there is no such version, or it '
  'is not kept. For definer functions.';

create function private.keeps_all_versions(p_workspace_id text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (select from public.workspaces w where w.id = p_workspace_id and w.plan_type = 'premium');
end;
$$;

comment on function private.keeps_all_versions(text) is
  'Whether a workspace has the whole history of its views (premium), and not the last 50 versions alone.';

create function private.begin_view_version(
  p_workspace_id text, p_view_id uuid, p_were public.widgets[] default '{}'
) returns void
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
    perform private.keep_view_version(v_view, private.layout_before(v_view, p_were));
    update public.dashboard_views
    set version = v_view.version + 1
    where workspace_id = p_workspace_id and id = p_view_id;
  end if;
end;
$$;

comment on function private.begin_view_version(text, uuid, public.widgets[]) is
  'With the first change of a view''s layout in a transaction: keeps the layout as it was and counts the version. '
  'p_were is what the statement has changed or removed, as it was.';

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
    perform private.keep_view_version(old, private.view_layout(old));
    new.version := old.version + 1;
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_views_begin_version() is
  'Before row height or gap change, which belong to the layout. Definer: nobody writes the history.';

create function private.tg_dashboard_views_first_version() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.view_versions (workspace_id, view_id, version, saved_by)
  values (new.workspace_id, new.id, new.version, auth.uid());
  return null;
end;
$$;

comment on function private.tg_dashboard_views_first_version() is
  'After a view is made: begins its history. Definer: nobody writes the history.';

create function private.tg_dashboard_views_drop_grants() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A workspace that is being deleted takes all of its grants along, without a look into the history of each view.
  if not exists (select from public.workspaces w where w.id = old.workspace_id) then
    return old;
  end if;
  delete from public.resource_grants g
  where g.workspace_id = old.workspace_id
    and (tg_op = 'DELETE' or g.access <> 'none')
    and (
      (g.resource_type = 'dashboard' and g.resource_id = old.id)
      or (
        g.resource_type = 'widget'
        and g.resource_id in (
          select w.id from public.widgets w where w.workspace_id = old.workspace_id and w.view_id = old.id
          union
          select (b.widget ->> 'id')::uuid
          from private.view_versions h cross join jsonb_array_elements(h.layout -> 'widgets') as b (widget)
          where h.workspace_id = old.workspace_id and h.view_id = old.id
        )
      )
    );
  return old;
end;
$$;

comment on function private.tg_dashboard_views_drop_grants() is
  'Before a view is removed for good its grants go, and those of all widgets that it ever had; when its owner makes it '
  'personal, those go that open it, which the owner could not see. Definer: whose view it is need not hold '
  'grants.write.';

create trigger dashboard_views_version before update of row_height, gap on public.dashboard_views
  for each row when (new.row_height is distinct from old.row_height or new.gap is distinct from old.gap)
  execute function private.tg_dashboard_views_begin_version();
create trigger dashboard_views_first_version after insert on public.dashboard_views
  for each row execute function private.tg_dashboard_views_first_version();
create trigger dashboard_views_drop_grants before delete on public.dashboard_views
  for each row execute function private.tg_dashboard_views_drop_grants();
create trigger dashboard_views_drop_grants_personal after update of visibility on public.dashboard_views
  for each row when (new.visibility = 'personal' and old.visibility = 'workspace')
  execute function private.tg_dashboard_views_drop_grants();
