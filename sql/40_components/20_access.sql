-- Who may use a component. The front end's registry speaks of admin, manager, analyst and viewer; a workspace has the
-- roles admin, member and viewer, and its own. So a component's allowed roles are read like this:
--
--   admin                               may use every component
--   a role whose key is listed          may use it
--   a role with dashboards.write        counts as member, manager and analyst
--   any other role                      counts as viewer
--
-- and all of them hold components.read, without which there are no components.

create function private.role_may_use(p_role_key text, p_permissions text[], p_allowed_roles text[]) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'components.read' = any (p_permissions) and (
    p_role_key = any ('{admin}' || p_allowed_roles)
    or p_allowed_roles && case
      when 'dashboards.write' = any (p_permissions) then '{member,manager,analyst}'::text[]
      else '{viewer}'
    end
  );
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

create function private.visible_components() returns table (workspace_id text, key text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
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

grant execute on function private.visible_components() to authenticated;
