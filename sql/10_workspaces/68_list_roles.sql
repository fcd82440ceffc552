-- The roles of a workspace with the number of people in each.

create function public.list_roles(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_roles(workspace_id);
end;
$$;

comment on function public.list_roles(text) is
  'The roles of a workspace by name: [{key, name, description, isBuiltIn, isManaged, permissions, memberCount}]. The '
  'number counts suspended members too, and is null for who lacks members.read. Takes workspace.read. '
  'Errors: not_found, permission_denied.';

grant execute on function public.list_roles(text) to authenticated;

create function private.list_roles(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_counts_people boolean;
begin
  perform private.require_permission(p_workspace_id, 'workspace.read');

  v_counts_people := 'members.read' = any (private.permissions_in(p_workspace_id));
  return (
    select jsonb_agg(jsonb_build_object(
      'key', r.key,
      'name', r.name,
      'description', r.description,
      'isBuiltIn', r.is_built_in,
      'isManaged', r.is_managed,
      'permissions', r.permissions,
      'memberCount', case when v_counts_people then coalesce(m.people, 0) end
    ) order by r.name collate "und-x-icu", r.key)
    from public.workspace_roles r
    left join (
      select role_key, count(*) as people
      from public.workspace_members
      where workspace_id = p_workspace_id and v_counts_people
      group by role_key
    ) as m on m.role_key = r.key
    where r.workspace_id = p_workspace_id
  );
end;
$$;

comment on function private.list_roles(text) is
  'The roles of a workspace. Definer: it checks the permissions once, in place of the policies of two tables.';

grant execute on function private.list_roles(text) to authenticated;
