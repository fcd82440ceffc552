-- The widgets of a view, a row each, so that one can be read, configured, refreshed and granted by itself. A whole
-- layout is written with save_layout (58_apply_layout.sql).
--
-- Every write passes tg_widgets_validate: the configuration is checked against the schema of its component whichever
-- way it comes. Widgets may lie on top of each other: two people who move two widgets both succeed, and front ends
-- show what comes of it.
--
-- Threats: a component of another workspace (the reference is composite, and unknown is all that is said of it); a
-- component that is not for the caller's role; learning about components elsewhere by inserting into a foreign view
-- (who may not edit the view is left to the policy before anything is looked up); a view of ten thousand widgets.

create table public.widgets (
  workspace_id text not null,
  id uuid not null default gen_random_uuid(),
  view_id uuid not null,
  instance_id uuid not null default gen_random_uuid(),
  component_key text not null,
  component_version text,
  built_in_component text references public.built_in_components (key),
  custom_component text,
  x integer not null,
  y integer not null,
  width integer not null,
  height integer not null,
  visible boolean not null default true,
  config jsonb not null default '{}',
  version bigint not null default 1,
  made_in_version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  open_to text not null default 'nobody',
  is_restricted boolean not null default false,
  component_audience text not null default 'listed',
  primary key (workspace_id, id),
  constraint widgets_view_fkey foreign key (workspace_id, view_id, open_to)
    references public.dashboard_views (workspace_id, id, open_to) on update cascade on delete cascade,
  constraint widgets_component_fkey foreign key (workspace_id, custom_component, component_version)
    references public.component_versions (workspace_id, component_key, version),
  constraint widgets_instance_unique unique (workspace_id, view_id, instance_id),
  constraint widgets_component_of_one_kind check (
    component_key = coalesce(built_in_component, custom_component)
    and num_nonnulls(built_in_component, custom_component) = 1
    and (custom_component is null) = (component_version is null)
  ),
  constraint widgets_in_grid check (
    x >= 0 and width >= 1 and x + width <= 12 and y between 0 and 10000 and height between 1 and 10000
  ),
  constraint widgets_config_object check (jsonb_typeof(config) = 'object')
);
create index widgets_view_idx on public.widgets (workspace_id, view_id, open_to);
create index widgets_built_in_component_idx on public.widgets (built_in_component, workspace_id);
create index widgets_component_idx on public.widgets (workspace_id, custom_component, component_version);

alter table public.widgets enable row level security;

-- Most rows are decided by their first condition: nothing about them is exceptional, nor is the role of who asks. Of
-- the built-in roles, which hold what the catalog says, all read dashboards, admins and members write them; a test
-- holds the catalog to it. What follows is the whole rule.
create policy widgets_select on public.widgets
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and open_to <> 'nobody'
    and (
      (
        (open_to = 'workspace' or open_to = (select auth.uid())::text)
        and not is_restricted
        and component_audience in ('everybody', 'writers')
        -- One set and not two: each takes a tenth of the time of a statement that reads one row.
        and (workspace_id, component_audience) not in (
          select a.workspace_id, x.audience
          from private.active_memberships a
          cross join (values ('everybody'), ('writers')) as x (audience)
          where a.role_key not in ('admin', 'member') and (x.audience = 'writers' or a.role_key <> 'viewer'))
      )
      or (
        (
          (
            open_to = any (array['workspace', (select auth.uid())::text])
            and workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
          )
          or (workspace_id, view_id) in (select v.workspace_id, v.id from private.views_by_exception('view') v)
        )
        and (
          not is_restricted
          or (workspace_id, id) not in (select w.workspace_id, w.id from private.widgets_withheld() w)
        )
        and (
          component_audience = 'everybody'
          or (
            component_audience in ('writers', 'readers')
            and (component_audience = 'writers')
              = (workspace_id not in (select unnest(private.workspaces_as_reader())))
          )
          or (workspace_id, component_key) in (
            select c.workspace_id, c.key from private.components_by_role_key() c)
        )
      )
      or (workspace_id, id) in (select w.workspace_id, w.id from private.widgets_granted('view') w)
    )
  );

create policy widgets_insert on public.widgets
  for insert to authenticated
  with check (
    exists (select from private.active_memberships a where a.workspace_id = widgets.workspace_id)
    and open_to <> 'nobody'
    and (
      (
        open_to = 'workspace'
        and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
      )
      or (
        open_to = (select auth.uid())::text
        and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.arrange')))
      )
      or (workspace_id, view_id) in (select v.workspace_id, v.id from private.views_by_exception('edit') v)
    )
  );

create policy widgets_update on public.widgets
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = widgets.workspace_id)
    and open_to <> 'nobody'
    and (
      (
        open_to = 'workspace'
        and not is_restricted
        and component_audience in ('everybody', 'writers')
        and workspace_id not in (
          select a.workspace_id from private.active_memberships a where a.role_key not in ('admin', 'member'))
      )
      or (
        (
          (
            open_to = 'workspace'
            and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
          )
          or (
            open_to = (select auth.uid())::text
            and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.arrange')))
          )
          or (workspace_id, view_id) in (select v.workspace_id, v.id from private.views_by_exception('edit') v)
        )
        and (
          not is_restricted
          or (workspace_id, id) not in (select w.workspace_id, w.id from private.widgets_withheld() w)
        )
        and (
          component_audience = 'everybody'
          or (
            component_audience in ('writers', 'readers')
            and (component_audience = 'writers')
              = (workspace_id not in (select unnest(private.workspaces_as_reader())))
          )
          or (workspace_id, component_key) in (
            select c.workspace_id, c.key from private.components_by_role_key() c)
        )
      )
      or (workspace_id, id) in (select w.workspace_id, w.id from private.widgets_granted('edit') w)
    )
  )
  -- What may be written does not decide who sees it, but for the component: tg_widgets_validate refuses another's.
  with check (exists (select from private.active_memberships a where a.workspace_id = widgets.workspace_id));

create policy widgets_delete on public.widgets
  for delete to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = widgets.workspace_id)
    and open_to <> 'nobody'
    and (
      (
        open_to = 'workspace'
        and not is_restricted
        and component_audience in ('everybody', 'writers')
        and workspace_id not in (
          select a.workspace_id from private.active_memberships a where a.role_key not in ('admin', 'member'))
      )
      or (
        (
          (
            open_to = 'workspace'
            and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
          )
          or (
            open_to = (select auth.uid())::text
            and workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.arrange')))
          )
          or (workspace_id, view_id) in (select v.workspace_id, v.id from private.views_by_exception('edit') v)
        )
        and (
          not is_restricted
          or (workspace_id, id) not in (select w.workspace_id, w.id from private.widgets_withheld() w)
        )
        and (
          component_audience = 'everybody'
          or (
            component_audience in ('writers', 'readers')
            and (component_audience = 'writers')
              = (workspace_id not in (select unnest(private.workspaces_as_reader())))
          )
          or (workspace_id, component_key) in (
            select c.workspace_id, c.key from private.components_by_role_key() c)
        )
      )
      or (workspace_id, id) in (select w.workspace_id, w.id from private.widgets_granted('manage') w)
    )
  );

-- The version may be named, never chosen; a widget stays in its view, as the instance that it is.
grant select, delete on public.widgets to authenticated, service_role;
grant insert (
    workspace_id, view_id, instance_id, component_key, component_version, x, y, width, height, visible, config)
  on public.widgets to authenticated, service_role;
grant update (component_key, component_version, x, y, width, height, visible, config, version)
  on public.widgets to authenticated, service_role;

comment on table public.widgets is
  'The widgets of views. In the documents of the front end (types/layout.ts) a widget is {instanceId, widgetId, '
  'position, visible, config, lastUpdated}.';
comment on column public.widgets.instance_id is 'Its name in its view, which its makers may choose: `instanceId`.';
comment on column public.widgets.component_key is
  'What it shows: `widgetId`, a component built in or of the workspace.';
comment on column public.widgets.component_version is
  'The version of a component of the workspace, the latest where none is given; null for a built-in component.';
comment on column public.widgets.built_in_component is 'component_key, where it is a built-in one. Kept by a trigger.';
comment on column public.widgets.custom_component is
  'component_key, where it is one of the workspace. Kept by a trigger.';
comment on column public.widgets.x is 'The column where it begins, 0 to 11.';
comment on column public.widgets.y is 'The row where it begins, from 0.';
comment on column public.widgets.width is 'In columns; x + width is at most 12.';
comment on column public.widgets.height is 'In rows.';
comment on column public.widgets.config is 'Valid for the schema of its component; at most 16 KiB as text.';
comment on column public.widgets.open_to is
  'The `open_to` of its view, kept by the reference to it, so that a policy need not look for the view.';
comment on column public.widgets.is_restricted is
  'Whether a grant of none may name it. Kept by a trigger on grants.';
comment on column public.widgets.component_audience is
  'Whose role its component is for: private.component_audience of its allowed roles, kept by triggers.';
comment on column public.widgets.version is
  'Counts the changes. An update that names another than the present one is refused.';
comment on column public.widgets.made_in_version is
  'The version of its view that it came with, for the last time where it was restored. Kept by a trigger.';
comment on policy widgets_select on public.widgets is
  'Who may look at the view, but for widgets that a grant withholds; and whom a grant gives the widget.';
comment on policy widgets_update on public.widgets is
  'Who may edit the view, but for widgets that a grant withholds; and whom a grant lets edit the widget.';
comment on policy widgets_delete on public.widgets is
  'Who may edit the view, but for widgets that a grant withholds; and whom a grant lets manage the widget.';

create function private.tg_components_refuse_in_use() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_widgets bigint;
begin
  -- A workspace that is being deleted takes both along.
  if not exists (select from public.workspaces w where w.id = old.workspace_id) then
    return old;
  end if;
  -- Whoever makes a widget of it meanwhile has a weaker lock on the version, and is waited for.
  perform from public.component_versions v
  where v.workspace_id = old.workspace_id and v.component_key = old.key
  order by v.version
  for update;
  select count(*) into v_widgets
  from public.widgets w
  where w.workspace_id = old.workspace_id and w.custom_component = old.key;
  if v_widgets > 0 then
    perform private.raise_error('conflict',
      'There are widgets that show this component.', v_widgets::text,
      'It can go once who may edit their dashboards has removed them, also from deleted ones, which are kept for 30 '
        'days; `details` is how many there are.');
  end if;
  return old;
end;
$$;

comment on function private.tg_components_refuse_in_use() is
  'Before a component is deleted: refuses one that widgets show, in deleted views too. Error: conflict (`details` is '
  'how many). '
  'Definer: those count too that the caller does not see.';

create trigger components_refuse_in_use before delete on public.components
  for each row execute function private.tg_components_refuse_in_use();

create function private.tg_component_versions_lock_widgets() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.lock_widgets_of_component(new.workspace_id, new.component_key, 14);
  return new;
end;
$$;

comment on function private.tg_component_versions_lock_widgets() is
  'Before a version is published: its widgets are locked before their component is written, in the order of '
  '42_locks.sql. Definer: the publisher need not see them.';

create trigger component_versions_lock_widgets before insert on public.component_versions
  for each row execute function private.tg_component_versions_lock_widgets();

create function private.tg_components_audience() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.widgets w
  set component_audience = private.component_audience(new.allowed_roles)
  where w.workspace_id = new.workspace_id and w.custom_component = new.key;
  return null;
end;
$$;

comment on function private.tg_components_audience() is
  'After the allowed roles of a component change: its widgets are for others. Definer: no role writes that.';

create function private.tg_built_in_components_audience() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.widgets w
  set component_audience = private.component_audience(new.allowed_roles)
  where w.built_in_component = new.key;
  return null;
end;
$$;

comment on function private.tg_built_in_components_audience() is
  'As tg_components_audience, for a component of the product, whose roles change with the schema alone.';

create trigger components_audience after update of allowed_roles on public.components
  for each row when (private.component_audience(new.allowed_roles) <> private.component_audience(old.allowed_roles))
  execute function private.tg_components_audience();
create trigger built_in_components_audience after update of allowed_roles on public.built_in_components
  for each row when (private.component_audience(new.allowed_roles) <> private.component_audience(old.allowed_roles))
  execute function private.tg_built_in_components_audience();
