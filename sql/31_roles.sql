-- The roles of a workspace, as rows: three that every workspace has, and room for its own.
--
-- A role's permissions are stored with it, so a permission check is one join. The built-in ones are copies of the
-- catalog (10_permissions.data.sql refreshes them), hence no client may write them.

create table public.workspace_roles (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  key text not null
    constraint workspace_roles_key_format check (key ~ '^[a-z][a-z0-9_-]{0,49}$'),
  name text not null
    constraint workspace_roles_name_length check (char_length(name) between 1 and 50),
  is_built_in boolean not null default false
    constraint workspace_roles_built_in_keys check (is_built_in = (key in ('admin', 'member', 'viewer'))),
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, key)
);

alter table public.workspace_roles enable row level security;

create policy workspace_roles_select on public.workspace_roles
  for select to authenticated
  using (workspace_id = any ((select private.workspaces_with('workspace.read'))::text[]));

grant select on public.workspace_roles to authenticated, service_role;

comment on table public.workspace_roles is 'What the members of a workspace can be. A member has one role.';
comment on column public.workspace_roles.key is 'Unique in its workspace; admin, member and viewer are built in.';
comment on column public.workspace_roles.permissions is 'Keys of public.permissions that the role gives.';
comment on policy workspace_roles_select on public.workspace_roles is 'Members with workspace.read.';

create function private.built_in_permissions(p_role text) returns text[]
language plpgsql stable
set search_path = ''
as $$
begin
  return array(
    select p.key
    from public.permissions p
    where p_role = 'admin' or p_role = any (p.held_by)
    order by p.key
  );
end;
$$;

comment on function private.built_in_permissions(text) is
  'What a built-in role holds according to the catalog: admin everything, the others what names them.';

create function private.tg_add_built_in_roles() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into public.workspace_roles (workspace_id, key, name, is_built_in, permissions)
  select new.id, r.key, r.name, true, private.built_in_permissions(r.key)
  from (values ('admin', 'Admin'), ('member', 'Member'), ('viewer', 'Viewer')) as r (key, name);
  return null;
end;
$$;

comment on function private.tg_add_built_in_roles() is
  'After a workspace is made: gives it its three roles. Definer: no API role may write roles.';

create trigger workspaces_add_built_in_roles after insert on public.workspaces
  for each row execute function private.tg_add_built_in_roles();
create trigger workspace_roles_set_updated_at before update on public.workspace_roles
  for each row execute function private.tg_set_updated_at();

comment on trigger workspaces_add_built_in_roles on public.workspaces is 'Every workspace has admin, member and viewer.';
comment on trigger workspace_roles_set_updated_at on public.workspace_roles is 'Keeps updated_at.';
