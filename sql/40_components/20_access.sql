-- Who may use a component. The front end's registry speaks of admin, manager, analyst and viewer; a workspace has the
-- roles admin, member and viewer, and its own. So a component's allowed roles are read like this:
--
--   admin                               may use every component
--   a role whose key is listed          may use it
--   a role with dashboards.write        counts as member, manager and analyst
--   any other role                      counts as viewer
--
-- To use one takes components.read besides, without which there is no library; with components.write one sees all of
-- it. A widget of a component that is not for one's role is not seen either: that takes no components.read, and goes by
-- the names alone.

create function private.component_role_names(p_role_key text, p_permissions text[]) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return array[p_role_key] || case
    when 'dashboards.write' = any (p_permissions) then '{member,manager,analyst}'::text[]
    else '{viewer}'
  end;
end;
$$;

comment on function private.component_role_names(text, text[]) is
  'The names among the allowed roles of components that a role with these permissions counts as.';

create function private.names_one_role(p_name text) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_name <> all ('{member,manager,analyst,viewer}'::text[]);
end;
$$;

comment on function private.names_one_role(text) is
  'Whether a name among allowed roles is the key of one role, and none that roles count as by what they permit.';

create function private.allowed_roles_problem(p_workspace_id text, p_roles jsonb, p_kept text[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.document_problem('allowedRoles.' || r.n - 1,
      'There is no such role in this workspace.',
      'Give the keys of its roles, such as "viewer"; "manager" and "analyst" are those who arrange dashboards.')
    from jsonb_array_elements_text(p_roles) with ordinality as r (key, n)
    where private.names_one_role(r.key)
      and r.key <> all (coalesce(p_kept, '{}'))
      and not exists (
        select from public.workspace_roles w where w.workspace_id = p_workspace_id and w.key = r.key)
    order by r.n
    limit 1
  );
end;
$$;

comment on function private.allowed_roles_problem(text, jsonb, text[]) is
  'What is wrong with a checked list of allowed roles of a component or a data source, which may be left out: the '
  'first that the workspace does not have, and that is not in the list that stands there, since what is read can be '
  'written back; null where nothing is. For definer functions that have checked the permission.';

create function private.component_audience(p_allowed_roles text[]) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_for_writers constant boolean := p_allowed_roles && '{member,manager,analyst}';
  v_for_readers constant boolean := 'viewer' = any (p_allowed_roles);
begin
  return case
    when v_for_writers and v_for_readers then 'everybody'
    when v_for_writers then 'writers'
    when v_for_readers then 'readers'
    else 'listed'
  end;
end;
$$;

comment on function private.component_audience(text[]) is
  'Who sees widgets of a component with these allowed roles, admins and listed roles aside: everybody, writers (who '
  'hold dashboards.write), readers (who do not), or nobody else (listed).';

-- The validation trigger of widgets runs as whoever writes.
grant execute on function private.component_audience(text[]) to authenticated, service_role;

create function private.role_may_use(p_role_key text, p_permissions text[], p_allowed_roles text[]) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 'components.read' = any (p_permissions)
    and private.component_role_names(p_role_key, p_permissions) && ('{admin}' || p_allowed_roles);
end;
$$;

comment on function private.role_may_use(text, text[], text[]) is
  'Whether a role with these permissions may use a component with these allowed roles.';

create function private.may_use_component(p_workspace_id text, p_allowed_roles text[]) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.is_service_role() or exists (
    select from public.workspace_members m
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where m.workspace_id = p_workspace_id
      and m.user_id = (select auth.uid())
      and m.status = 'active'
      and private.role_may_use(r.key, r.permissions, p_allowed_roles)
  ) or exists (
    select from private.key_of_caller() k
    where k.workspace_id = p_workspace_id
      and 'components.read' = any (k.permissions)
      and private.role_may_use(k.role_key, k.role_permissions, p_allowed_roles)
  );
end;
$$;

comment on function private.may_use_component(text, text[]) is
  'Whether the caller''s role is one of the allowed ones in a workspace; never for outsiders and suspended members, '
  'always for the service role. '
  'Definer: it reads memberships, which the caller sees through policies only.';

grant execute on function private.may_use_component(text, text[]) to authenticated, service_role;

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
    where m.user_id = (select auth.uid()) and m.status = 'active' and 'components.read' = any (r.permissions)
    union all
    select k.workspace_id, n.role
    from private.key_of_caller() k
    cross join lateral unnest(private.component_role_names(k.role_key, k.role_permissions)) as n (role)
    where 'components.read' = any (k.permissions);
end;
$$;

comment on function private.component_roles_of_caller() is
  'What the caller''s role counts as among allowed roles, in each workspace in which they may use components. '
  'Definer: it reads memberships, which the caller sees through policies only.';

-- Policies run as the caller.
grant execute on function private.component_roles_of_caller() to authenticated;

create function private.components_by_role_key() returns table (workspace_id text, key text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select m.workspace_id, c.key
    from (
      select x.workspace_id, x.role_key
      from public.workspace_members x
      where x.user_id = (select auth.uid()) and x.status = 'active'
      union all
      select k.workspace_id, k.role_key from private.key_of_caller() k
    ) as m
    cross join lateral (
      select b.key, b.allowed_roles from public.built_in_components b
      union all
      select x.key, x.allowed_roles from public.components x where x.workspace_id = m.workspace_id
    ) as c
    where case m.role_key
        when 'admin' then private.component_audience(c.allowed_roles) in ('readers', 'listed')
        else m.role_key not in ('member', 'viewer') and m.role_key = any (c.allowed_roles)
      end;
end;
$$;

comment on function private.components_by_role_key() is
  'The components whose widgets the caller sees by the key of their role, beyond what component_audience says: an '
  'admin all of them, a role of the workspace''s own those that list it. Definer: it reads memberships, which the '
  'caller sees through policies only.';

grant execute on function private.components_by_role_key() to authenticated;

create function private.workspaces_as_reader() returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.is_api_key() then
    return array(
      select k.workspace_id from private.key_of_caller() k where not 'dashboards.write' = any (k.role_permissions));
  end if;
  -- Who is read-only for lack of a seat still sees what their role does.
  return array(
    select unnest(private.workspaces_without('dashboards.write'))
    except
    select a.workspace_id
    from private.active_members a
    join public.workspace_members m on m.workspace_id = a.workspace_id and m.user_id = a.member_id
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where a.member_id = auth.uid() and a.role_key = 'read only' and 'dashboards.write' = any (r.permissions));
end;
$$;

comment on function private.workspaces_as_reader() is
  'The workspaces in which the caller counts as a reader among the audiences of components, or an API key''s maker '
  'does. Definer: it reads memberships, which the caller sees through policies only.';

grant execute on function private.workspaces_as_reader() to authenticated;

create function private.components_hidden_from(p_workspace_id text, p_role_key text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_names constant text[] := (
    select private.component_role_names(r.key, r.permissions)
    from public.workspace_roles r
    where r.workspace_id = p_workspace_id and r.key = p_role_key);
begin
  if p_role_key = 'admin' or v_names is null then
    return '{}';
  end if;
  return array(
    select b.key from public.built_in_components b where not b.allowed_roles && v_names
    union all
    select c.key from public.components c where c.workspace_id = p_workspace_id and not c.allowed_roles && v_names);
end;
$$;

comment on function private.components_hidden_from(text, text) is
  'The components whose widgets a role of a workspace does not see. For definer functions.';
