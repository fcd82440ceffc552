-- Which grants on single things count for the caller: all of them as a set, which a policy asks for once per statement,
-- and the one for a single thing. What a grant adds to the access to a view or a widget, and takes away, is said where
-- that access is (90_view_access.sql, 90_widget_grants.sql, 96_access_to_one.sql).
--
-- A policy compares the pair (workspace_id, id) with a set of rows, which is a hash table that is filled once. Arrays
-- would be compared entry by entry: with 1,000 grants on 10,000 rows that took 800 ms, and this 75 ms, so nobody can
-- slow a colleague down by granting them a great many things.
--
-- The pair matters: by its uuid alone, a grant in a workspace that an attacker owns would open whatever has the same
-- uuid in another, and an id that a client may choose can be made to collide. The pair cannot, because a grant counts
-- only in the workspace that it was made in.

create function private.active_workspaces() returns text[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(
    (
      select array_agg(m.workspace_id)
      from public.workspace_members m
      where m.user_id = (select auth.uid()) and m.status = 'active'
    ),
    '{}'
  );
end;
$$;

comment on function private.active_workspaces() is
  'The ids of the workspaces in which the caller is an active member, whatever the role permits; empty for nobody. '
  'Definer: it reads memberships, which the caller sees through policies only.';

create function private.grants_of_caller(p_resource_type text)
returns table (workspace_id text, resource_id uuid, access text)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    select distinct on (g.workspace_id, g.resource_id) g.workspace_id, g.resource_id, g.access
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.workspaces w on w.id = m.workspace_id
    cross join lateral (
      select personal.*
      from public.resource_grants personal
      where personal.workspace_id = m.workspace_id and personal.user_id = m.user_id
      union all
      select by_role.*
      from public.resource_grants by_role
      where by_role.workspace_id = m.workspace_id and by_role.role_key = m.role_key
    ) g
    where m.user_id = (select auth.uid())
      and m.status = 'active'
      and g.resource_type = p_resource_type
      and case g.access
        when 'none' then not 'grants.write' = any (r.permissions)
        else w.plan_type = 'premium'
      end
    -- Of a personal grant and one by role, the personal one.
    order by g.workspace_id, g.resource_id, g.user_id is null;
end;
$$;

comment on function private.grants_of_caller(text) is
  'The grants that count for the caller, one for a resource: none of a suspended member, nothing given on the free '
  'plan, nothing taken from who holds grants.write. For definer functions.';

create function private.grant_to_caller(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns text
language plpgsql stable
set search_path = ''
as $$
begin
  -- Most things have no grants, and to know that takes one look into an index.
  if not exists (
    select from public.resource_grants g
    where g.workspace_id = p_workspace_id and g.resource_type = p_resource_type and g.resource_id = p_resource_id)
  then
    return null;
  end if;
  return (
    select g.access
    from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    join public.workspaces w on w.id = m.workspace_id
    join public.resource_grants g
      on g.workspace_id = m.workspace_id and (g.user_id = m.user_id or g.role_key = m.role_key)
    where m.workspace_id = p_workspace_id
      and m.user_id = (select auth.uid())
      and m.status = 'active'
      and g.resource_type = p_resource_type
      and g.resource_id = p_resource_id
      and case g.access
        when 'none' then not 'grants.write' = any (r.permissions)
        else w.plan_type = 'premium'
      end
    order by g.user_id is null
    limit 1
  );
end;
$$;

comment on function private.grant_to_caller(text, text, uuid) is
  'What grants_of_caller has for one resource; null for nothing. For definer functions that ask about one.';

-- Policies run as the caller.
grant execute on function private.active_workspaces() to authenticated;
