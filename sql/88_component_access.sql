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
set search_path = ''
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
set search_path = ''
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
