-- Who may use a component. The front end's registry speaks of admin, manager, analyst and viewer; a workspace has the
-- roles admin, member and viewer, and its own. So a component's allowed roles are read like this:
--
--   admin                               may use every component
--   a role whose key is listed          may use it
--   a role with dashboards.write        counts as member, manager and analyst
--   any other role                      counts as viewer
--
-- and all of them hold components.read, without which there are no components. With components.write one sees them all.

create function private.component_role_names(p_role_key text, p_permissions text[]) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when not 'components.read' = any (p_permissions) then '{}'
    when 'dashboards.write' = any (p_permissions) then array[p_role_key, 'member', 'manager', 'analyst']
    else array[p_role_key, 'viewer']
  end;
end;
$$;

comment on function private.component_role_names(text, text[]) is
  'The names among the allowed roles of components that a role with these permissions counts as.';

create function private.role_may_use(p_role_key text, p_permissions text[], p_allowed_roles text[]) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.component_role_names(p_role_key, p_permissions) && ('{admin}' || p_allowed_roles);
end;
$$;

comment on function private.role_may_use(text, text[], text[]) is
  'Whether a role with these permissions may use a component with these allowed roles.';

create function private.may_use_component(p_workspace_id text, p_allowed_roles text[]) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.workspace_id = p_workspace_id
      and m.user_id = (select auth.uid())
      and m.status = 'active'
      and private.role_may_use(r.key, r.permissions, p_allowed_roles)
  );
end;
$$;

comment on function private.may_use_component(text, text[]) is
  'Whether the caller''s role is one of the allowed ones in a workspace; never for outsiders and suspended members. '
  'Definer: it reads memberships, which the caller sees through policies only.';

grant execute on function private.may_use_component(text, text[]) to authenticated;

create function private.component_roles_of_caller() returns table (workspace_id text, role text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select m.workspace_id, n.role
    from public.workspace_members m
    cross join lateral (
      select r.key, r.permissions
      from public.workspace_roles r
      where r.workspace_id = m.workspace_id and r.key = m.role_key
      offset 0
    ) as r
    cross join lateral unnest(private.component_role_names(r.key, r.permissions)) as n (role)
    where m.user_id = (select auth.uid()) and m.status = 'active';
end;
$$;

comment on function private.component_roles_of_caller() is
  'What the caller''s role counts as among allowed roles, in each workspace. '
  'Definer: it reads memberships, which the caller sees through policies only.';

-- Policies run as the caller.
grant execute on function private.component_roles_of_caller() to authenticated;
