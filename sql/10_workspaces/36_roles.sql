-- The roles of a workspace, as rows: three that every workspace has, and room for its own (a premium feature).
--
-- A role's permissions are stored with it, so a permission check is one join, and a change counts from the next
-- statement on. The built-in ones are copies of the catalog (data/10_permissions.sql refreshes them), hence no role of
-- the API may write them.
--
-- Threats: a person with roles.write making a role that permits more than their own, or widening the role they have
-- (nobody writes a role that gives, or gave, what they lack); an outsider learning from an error which plan a
-- workspace has (the permission is checked before the plan); taking a role from under those who have it; a role that is
-- called like another, such as Admin, and given in its place (names are unique without regard to case); thousands of
-- roles, all of which lists of roles and of who sees what go through (a hundred).

create table public.workspace_roles (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  key text not null
    constraint workspace_roles_key_format check (key ~ private.role_key_pattern()),
  name text not null
    constraint workspace_roles_name_length check (char_length(name) between 1 and 50),
  description text not null default ''
    constraint workspace_roles_description_length check (char_length(description) <= 200),
  is_built_in boolean not null default false
    constraint workspace_roles_built_in_keys check (is_built_in = (key in ('admin', 'member', 'viewer'))),
  permissions text[] not null default '{}',
  is_managed boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, key)
);
create unique index workspace_roles_name_idx on public.workspace_roles (workspace_id, private.folded_text(name));

alter table public.workspace_roles enable row level security;

-- Policies: 39_policies.sql.
-- is_built_in is not theirs to set, and a key, which members refer to, stays.
grant select, delete on public.workspace_roles to authenticated, service_role;
grant insert (workspace_id, key, name, description, permissions) on public.workspace_roles
  to authenticated, service_role;
grant update (name, description, permissions) on public.workspace_roles to authenticated, service_role;
grant insert (is_managed), update (is_managed) on public.workspace_roles to service_role;

comment on table public.workspace_roles is
  'What the members of a workspace can be. A member has one role. Custom roles are made and changed on the premium '
  'plan; when a workspace goes back to free they stay, with the members who have them, and can only be deleted.';
comment on column public.workspace_roles.key is 'Unique in its workspace; admin, member and viewer are built in.';
comment on column public.workspace_roles.name is
  'One visible line of 1 to 50 characters without HTML, which no other role of the workspace has in any case.';
comment on column public.workspace_roles.description is
  'What the role is for: one line of at most 200 characters without HTML, empty where nothing is said.';
comment on column public.workspace_roles.permissions is
  'Keys of public.permissions that the role gives, sorted, each once.';
comment on column public.workspace_roles.is_managed is
  'Whether it is managed outside of the product, so that nobody changes it here. Set by the service role alone.';

create function private.built_in_permissions(p_role text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
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
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.workspace_roles (workspace_id, key, name, description, is_built_in, permissions)
  select new.id, r.key, r.name, r.description, true, private.built_in_permissions(r.key)
  from (
    values
      ('admin', 'Admin', 'Manages the workspace, its people and everything in it.'),
      ('member', 'Member', 'Works with dashboards, themes and components.'),
      ('viewer', 'Viewer', 'Sees what is shared, and arranges dashboards of their own.')
  ) as r (key, name, description);
  return null;
end;
$$;

comment on function private.tg_add_built_in_roles() is
  'After a workspace is made: gives it its three roles. Definer: no API role may write built-in roles.';

create function private.refuse_built_in_role(p_key text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The schema's own statements run as its owner: they make these roles and refresh them from the catalog.
  if current_user in ('authenticated', 'service_role') and p_key in ('admin', 'member', 'viewer') then
    perform private.raise_error('conflict',
      'The roles admin, member and viewer are built in and cannot be changed.', 'key',
      'Give another key: a role of the workspace''s own takes the premium plan.');
  end if;
end;
$$;

comment on function private.refuse_built_in_role(text) is
  'Refuses an API role, the service role too, that writes a built-in role. Error: conflict.';

-- The triggers run as whoever writes.
grant execute on function private.refuse_built_in_role(text) to authenticated, service_role;

create function private.tg_workspace_roles_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown bigint;
begin
  perform private.refuse_built_in_role(new.key);
  if (octet_length(new.key) <= 50 and new.key ~ private.role_key_pattern()) is not true then
    perform private.raise_invalid_input('key',
      'The key of a role must have 1 to 50 small letters, digits, "-" or "_", and begin with a letter.',
      'Give a key such as "editor" or "guest-author".');
  end if;
  perform private.refuse_problem(private.single_line_problem('name', to_jsonb(new.name), 1, 50));
  new.name := private.clean_text(new.name);
  perform private.refuse_problem(private.single_line_problem('description', to_jsonb(new.description), 0, 200));
  new.description := private.clean_text(new.description);
  if new.permissions is null or pg_column_size(new.permissions) > 32768 then
    perform private.raise_invalid_input('permissions',
      'This is no list of permissions, or one that is too long.', 'Give keys of the table permissions.');
  end if;
  select u.n - 1 into v_unknown
  from unnest(new.permissions) with ordinality as u (key, n)
  where not exists (select from public.permissions p where p.key = u.key)
  order by u.n
  limit 1;
  if found then
    perform private.raise_invalid_input('permissions.' || v_unknown,
      'There is no such permission.', 'Give keys of the table permissions.');
  end if;
  new.permissions := array(
    select u.key from unnest(new.permissions) as u (key)
    union
    select p.key from public.permissions p where p.implied_by && new.permissions
    order by 1);

  -- Built-in roles come with a workspace on every plan, and work without an account is the server's.
  if new.is_built_in or auth.uid() is null then
    return new;
  end if;
  perform private.require_permission(new.workspace_id, 'roles.write');
  perform private.require_feature(new.workspace_id, 'custom_roles');
  perform private.require_held(new.workspace_id,
    case tg_op when 'UPDATE' then old.permissions || new.permissions else new.permissions end);
  return new;
end;
$$;

comment on function private.tg_workspace_roles_validate() is
  'Before insert or update: cleans and checks the values, refuses built-in roles, and holds people to the premium '
  'plan and to the permissions that they hold themselves, before the change and after it. '
  'Errors: conflict, invalid_input, not_found, permission_denied, payment_required.';

create function private.tg_workspace_roles_check_name() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 100;
begin
  -- Of two at the same time the second waits, and then sees the first. Not for the workspace's row: whoever deletes
  -- that has it before the roles, and an update has its role already.
  perform pg_advisory_xact_lock(hashtextextended('workspace_roles ' || new.workspace_id, 0));
  if tg_op = 'INSERT' and c_most <= (
    select count(*) from public.workspace_roles r where r.workspace_id = new.workspace_id and not r.is_built_in)
  then
    perform private.raise_error('conflict',
      'A workspace has at most 100 roles of its own.', 'roles', 'Delete one that nobody has.');
  end if;
  if exists (
    select from public.workspace_roles r
    where r.workspace_id = new.workspace_id
      and private.folded_text(r.name) = private.folded_text(new.name)
      and r.key <> new.key)
  then
    perform private.raise_error('conflict',
      'Another role of the workspace has this name.', 'name', 'Give the role a name of its own.');
  end if;
  return new;
end;
$$;

comment on function private.tg_workspace_roles_check_name() is
  'Before a role is made or renamed, once it is checked: its name must be its own in the workspace, where the built-in '
  'roles have theirs, and there are 100 others at most. Errors: conflict (name, roles). Definer: who may write roles '
  'need not be able to read them.';

create function private.role_is_in_use(p_workspace_id text, p_key text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A stranger is told of nobody's role.
  if auth.uid() is not null then
    perform private.require_membership(p_workspace_id);
  end if;
  return exists (
    select from public.workspace_members where workspace_id = p_workspace_id and role_key = p_key);
end;
$$;

comment on function private.role_is_in_use(text, text) is
  'Whether a member, suspended or not, has the role. Error: not_found for who is not in the workspace. Definer: who '
  'may delete roles need not see members.';

grant execute on function private.role_is_in_use(text, text) to authenticated, service_role;

create function private.tg_workspace_roles_check_delete() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What goes with its workspace is deleted by the owner of the schema, and needs no leave.
  if current_user not in ('authenticated', 'service_role') then
    return old;
  end if;
  perform private.refuse_built_in_role(old.key);
  if auth.uid() is not null then
    perform private.require_held(old.workspace_id, old.permissions);
  end if;
  if private.role_is_in_use(old.workspace_id, old.key) then
    perform private.raise_error('conflict',
      'Some members still have this role.', 'key', private.hint_where_held(old.workspace_id, '{members.update}',
        'Give them another role first, the suspended ones too.',
        'Ask somebody who may change members to give them another role first, the suspended ones too.'));
  end if;

  return old;
end;
$$;

comment on function private.tg_workspace_roles_check_delete() is
  'Before delete by an API role: keeps built-in roles, roles that members have, and roles that permit more than the '
  'caller may. The plan does not matter. Errors: conflict, permission_denied.';

create trigger workspaces_add_built_in_roles after insert on public.workspaces
  for each row execute function private.tg_add_built_in_roles();
create trigger workspace_roles_check_delete before delete on public.workspace_roles
  for each row execute function private.tg_workspace_roles_check_delete();
create trigger workspace_roles_refuse_managed before update or delete on public.workspace_roles
  for each row when (old.is_managed) execute function private.tg_refuse_managed();
create trigger workspace_roles_set_updated_at before update on public.workspace_roles
  for each row execute function private.tg_set_updated_at();
create trigger workspace_roles_validate before insert or update on public.workspace_roles
  for each row execute function private.tg_workspace_roles_validate();
-- Triggers of one time run in the order of their names: this one comes after the name is cleaned.
create trigger workspace_roles_validated_check_name before insert or update of name on public.workspace_roles
  for each row when (not new.is_built_in) execute function private.tg_workspace_roles_check_name();
