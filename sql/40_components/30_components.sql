-- The components that a workspace has of its own, a premium feature: a key and a type that stay, and versions that
-- never change once they are published, so that a widget which names one keeps what it was configured for.
--
-- Threats: a version that changes under those who use it (no role of the API writes these tables: publish_component
-- adds a version and delete_component takes the whole away); a role that is shut out by a new version and goes on with
-- an old one (who may use a component is said by its latest version, for all of them); a schema that takes minutes to
-- check (00_foundation/62_json_schema.sql); a component of another workspace (every reference carries the workspace).

create table public.components (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  key text not null
    constraint components_key_format check (key ~ '^[a-z0-9-]{1,50}$'),
  type text not null references public.component_types (key),
  allowed_roles text[] not null default '{}',
  is_managed boolean not null default false,
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key)
);
create index components_type_idx on public.components (type);
create index components_created_by_idx on public.components (created_by);

create table public.component_versions (
  workspace_id text not null,
  component_key text not null,
  version text not null
    constraint component_versions_version_format check (version ~ '^(0|[1-9][0-9]{0,8})([.](0|[1-9][0-9]{0,8})){2}$'),
  title text not null,
  description text not null,
  title_key text
    constraint component_versions_title_key_format check (title_key ~ private.text_key_pattern()),
  description_key text
    constraint component_versions_description_key_format check (description_key ~ private.text_key_pattern()),
  icon text not null,
  allowed_roles text[] not null,
  size_config jsonb not null,
  default_config jsonb not null,
  config_schema jsonb not null,
  data_schema jsonb,
  published_by uuid references public.profiles (id) on delete set null,
  published_at timestamptz not null default now(),
  primary key (workspace_id, component_key, version),
  constraint component_versions_component_fkey foreign key (workspace_id, component_key)
    references public.components (workspace_id, key) on delete cascade
);

-- The latest version of a component is the last entry.
create index component_versions_order_idx
  on public.component_versions (workspace_id, component_key, private.version_order(version));
create index component_versions_published_by_idx
  on public.component_versions (published_by, published_at, workspace_id, component_key, version);

alter table public.components enable row level security;

-- What the caller's role counts as is asked where they do not see all of a workspace's components anyway.
create policy components_select on public.components
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and (
      workspace_id not in (select unnest(private.workspaces_without('components.write')))
      or exists (
        select from unnest(allowed_roles) as a (role)
        where (components.workspace_id, a.role) in (
          select r.workspace_id, r.role from private.component_roles_of_caller() r)
      )
    )
  );

grant select on public.components to authenticated, service_role;
grant update (is_managed) on public.components to service_role;

comment on table public.components is
  'The components that workspaces have of their own. Made and deleted with publish_component and delete_component; '
  'when a workspace goes back to the free plan they stay and can be used, and none can be published.';
comment on column public.components.key is 'What a layout names as widgetId; never the key of a built-in component.';
comment on column public.components.allowed_roles is
  'Those of the latest version, which count for all of them. Kept by a trigger. See 20_access.sql.';
comment on column public.components.is_managed is
  'Whether it is managed outside of the product, so that nobody changes it here. Set by the service role alone.';
comment on column public.components.created_by is 'Who published it first; null once that account is deleted.';

alter table public.component_versions enable row level security;

-- Its component decides, which is found by its key: a set of all components would be made for a single version.
create policy component_versions_select on public.component_versions
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and (
      select true
      from public.components c
      where c.workspace_id = component_versions.workspace_id and c.key = component_versions.component_key
    )
  );

grant select on public.component_versions to authenticated, service_role;

comment on table public.component_versions is
  'What was published of each component: columns hold the parts of the document (types/component.ts). A row never '
  'changes.';
comment on column public.component_versions.version is 'x.y.z, higher than every version before it.';
comment on column public.component_versions.title is 'One visible line of 1 to 100 characters.';
comment on column public.component_versions.description is 'One line of at most 200 characters.';
comment on column public.component_versions.title_key is
  'Under which the front end finds the title in each language; null where there is only the title.';
comment on column public.component_versions.description_key is
  'Under which the front end finds the description in each language; null where there is only the description.';
comment on column public.component_versions.allowed_roles is
  'Who may use it: see 20_access.sql. Those of the latest version count for all versions.';
comment on column public.component_versions.size_config is
  '{minWidth, maxWidth, defaultWidth} in quarters of the grid, minHeight in pixels.';
comment on column public.component_versions.default_config is 'What it is configured with where nobody chose.';
comment on column public.component_versions.config_schema is 'A JSON Schema of its configuration.';
comment on column public.component_versions.data_schema is
  'A JSON Schema of the data that it shows; null for that of its type.';
comment on column public.component_versions.published_by is 'Null once that account is deleted.';

create function private.tg_component_versions_allow() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.components c
  set allowed_roles = new.allowed_roles
  where c.workspace_id = new.workspace_id
    and c.key = new.component_key
    and not exists (
      select from public.component_versions v
      where v.workspace_id = new.workspace_id
        and v.component_key = new.component_key
        and private.version_order(v.version) > private.version_order(new.version)
    );
  return null;
end;
$$;

comment on function private.tg_component_versions_allow() is
  'After a version is published: its allowed roles are those of the component, where none is higher. Definer: no role '
  'writes components.';

create function private.tg_roles_leave_components() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.component_versions v
  set allowed_roles = array_remove(v.allowed_roles, g.key)
  from gone g
  join public.workspaces w on w.id = g.workspace_id
  where v.workspace_id = g.workspace_id and g.key = any (v.allowed_roles) and private.names_one_role(g.key);
  update public.components c
  set allowed_roles = array_remove(c.allowed_roles, g.key)
  from gone g
  join public.workspaces w on w.id = g.workspace_id
  where c.workspace_id = g.workspace_id and g.key = any (c.allowed_roles) and private.names_one_role(g.key);
  return null;
end;
$$;

comment on function private.tg_roles_leave_components() is
  'After roles are deleted: no component is for them any more, as another role may get the key. Definer: no role '
  'writes components.';

create trigger workspace_roles_leave_components after delete on public.workspace_roles
  referencing old table as gone
  for each statement execute function private.tg_roles_leave_components();
create trigger components_refuse_managed before delete on public.components
  for each row when (old.is_managed) execute function private.tg_refuse_managed();
create trigger component_versions_allow after insert on public.component_versions
  for each row execute function private.tg_component_versions_allow();
create trigger components_audit after insert or update of is_managed on public.components
  for each row execute function private.tg_audit('key');
create trigger components_audit_delete after delete on public.components
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('key');
create trigger component_versions_audit after insert on public.component_versions
  for each row execute function private.tg_audit(
    'component_key,version', 'size_config,default_config,config_schema,data_schema');

create function private.sees_component(p_workspace_id text, p_key text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from public.components c
    where c.workspace_id = p_workspace_id
      and c.key = p_key
      and (
        'components.write' = any (private.permissions_in(p_workspace_id))
        or private.may_use_component(p_workspace_id, c.allowed_roles)
      )
  );
end;
$$;

comment on function private.sees_component(text, text) is
  'What the policy of components says of one, for definer functions.';

create function private.export_components(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'text', 'text', 'text');
  v_rows refcursor;
begin
  -- The component is the workspace's; that they published it is theirs.
  open v_rows for
    select jsonb_build_array(v.published_at, v.workspace_id, v.component_key, v.version), jsonb_build_object(
      'workspaceId', v.workspace_id,
      'id', v.component_key,
      'version', v.version,
      'publishedAt', v.published_at
    )
    from public.component_versions v
    where v.published_by = p_user_id
      and (v.published_at, v.workspace_id, v.component_key, v.version)
        > (v_after[1]::timestamptz, v_after[2], v_after[3], v_after[4])
    order by v.published_at, v.workspace_id, v.component_key, v.version;
  return v_rows;
end;
$$;

comment on function private.export_components(uuid, text) is
  'The versions of components that the person published, by id.';
