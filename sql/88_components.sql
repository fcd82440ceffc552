-- The components that a workspace has of its own, a premium feature: a key and a type that stay, and versions that
-- never change once they are published, so that a widget which names one keeps what it was configured for.
--
-- Threats: a version that changes under those who use it (no role of the API writes these tables: publish_component
-- adds a version and delete_component takes the whole away); a role that is shut out by a new version and goes on with
-- an old one (who may use a component is said by its latest version, for all of them); a schema that takes minutes to
-- check (86_component_schemas.sql); a component of another workspace (every reference carries the workspace).

create table public.components (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  key text not null
    constraint components_key_format check (key ~ '^[a-z0-9-]{1,50}$'),
  type text not null references public.component_types (key),
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key)
);

create index components_type_idx on public.components (type);
create index components_created_by_idx on public.components (created_by);

create function private.version_order(p_version text) returns bigint[]
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return string_to_array(p_version, '.')::bigint[];
end;
$$;

comment on function private.version_order(text) is
  'The numbers of a version x.y.z, to be compared: 1.10.0 follows 1.9.0.';

create table public.component_versions (
  workspace_id text not null,
  component_key text not null,
  version text not null
    constraint component_versions_version_format check (version ~ '^(0|[1-9][0-9]{0,8})([.](0|[1-9][0-9]{0,8})){2}$'),
  title text not null,
  description text not null,
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
create index component_versions_published_by_idx on public.component_versions (published_by);

create function private.visible_components() returns table (workspace_id text, key text)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select c.workspace_id, c.key
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.components c on c.workspace_id = m.workspace_id
    cross join lateral (
      select v.allowed_roles
      from public.component_versions v
      where v.workspace_id = c.workspace_id and v.component_key = c.key
      order by private.version_order(v.version) desc
      limit 1
    ) as latest
    where m.user_id = (select auth.uid())
      and m.status = 'active'
      and ('components.write' = any (r.permissions)
        or private.role_may_use(r.key, r.permissions, latest.allowed_roles));
end;
$$;

comment on function private.visible_components() is
  'The components of workspaces that the caller may see: those that their role may use, and all of them with '
  'components.write. Definer: the policies that call it are those of the tables that it reads.';

alter table public.components enable row level security;

-- The first line is what an index answers; the pairs are looked up in a hash table that is filled once.
create policy components_select on public.components
  for select to authenticated
  using (
    workspace_id = any ((select private.active_workspaces())::text[])
    and (workspace_id, key) in (select c.workspace_id, c.key from private.visible_components() c)
  );

grant select on public.components to authenticated, service_role;

comment on table public.components is
  'The components that workspaces have of their own. Made and deleted with publish_component and delete_component; '
  'when a workspace goes back to the free plan they stay and can be used, and none can be published.';
comment on column public.components.key is 'What a layout names as widgetId; never the key of a built-in component.';
comment on column public.components.created_by is 'Who published it first; null once that account is deleted.';
comment on policy components_select on public.components is
  'Members whose role may use the component, and members with components.write.';

alter table public.component_versions enable row level security;

create policy component_versions_select on public.component_versions
  for select to authenticated
  using (
    workspace_id = any ((select private.active_workspaces())::text[])
    and (workspace_id, component_key) in (select c.workspace_id, c.key from private.visible_components() c)
  );

grant select on public.component_versions to authenticated, service_role;

comment on table public.component_versions is
  'What was published of each component: columns hold the parts of the document (types/component.ts). A row never '
  'changes.';
comment on column public.component_versions.version is 'x.y.z, higher than every version before it.';
comment on column public.component_versions.title is 'One visible line of 1 to 100 characters.';
comment on column public.component_versions.description is 'One line of at most 200 characters.';
comment on column public.component_versions.allowed_roles is
  'Who may use it: see private.role_may_use. Those of the latest version count for all versions.';
comment on column public.component_versions.size_config is
  '{minWidth, maxWidth, defaultWidth} in quarters of the grid, minHeight in pixels.';
comment on column public.component_versions.default_config is 'What it is configured with where nobody chose.';
comment on column public.component_versions.config_schema is 'A JSON Schema of its configuration.';
comment on column public.component_versions.data_schema is
  'A JSON Schema of the data that it shows; null for that of its type.';
comment on column public.component_versions.published_by is 'Null once that account is deleted.';
comment on policy component_versions_select on public.component_versions is
  'Members whose role may use the component, and members with components.write.';

create trigger components_audit after insert or delete on public.components
  for each row execute function private.tg_audit('key');
create trigger component_versions_audit after insert on public.component_versions
  for each row execute function private.tg_audit(
    'component_key,version', 'size_config,default_config,config_schema,data_schema');

comment on trigger components_audit on public.components is 'Into the audit log.';
comment on trigger component_versions_audit on public.component_versions is
  'Into the audit log, without the documents, which the version itself keeps. Versions go with their component only.';

-- Policies run as the caller, and so do the functions that look for the latest version.
grant execute on function private.version_order(text) to authenticated;
grant execute on function private.visible_components() to authenticated;
