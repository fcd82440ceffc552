-- What shares and grants give: to the caller, as sets, and to one person or role on one thing. What comes of it, with
-- role, ownership and visibility, is decided in 20_access.sql.

create type private.access_level as enum ('none', 'view', 'edit', 'manage');

comment on type private.access_level is 'What one may do with a view or a widget, from nothing to everything.';

create function private.counted_grant(p_access text, p_permissions text[], p_has_grants boolean) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_access
    when 'none' then not 'grants.write' = any (p_permissions)
    else p_has_grants
  end;
end;
$$;

comment on function private.counted_grant(text, text[], boolean) is
  'Whether a grant counts for somebody whose role has these permissions: nothing is given on a plan without grants, '
  'and nothing taken from who holds grants.write.';

create function private.memberships_of_caller(p_workspace_id text default null)
returns table (workspace_id text, role_key text, permissions text[], role_permissions text[], has_grants boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
-- A table of a few pages would be read whole for every workspace of somebody who is in hundreds.
set enable_seqscan = off
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_workspaces constant text[] := case
    when p_workspace_id is null then array(select a.workspace_id from private.active_memberships a)
    else array[p_workspace_id]
  end;
  v_read_only constant text[] := array(
    select a.workspace_id from private.active_members a where a.member_id = v_user_id and a.role_key = 'read only');
  v_plans constant text[] := array(select p.key from public.plans p where 'resource_grants' = any (p.features));
begin
  -- "offset 0", here and below: by its key or index, once for each, as few as there are. Left to itself the planner
  -- joins what it expects of people in general, and reads whole tables for somebody who is in many workspaces.
  return query
    select m.workspace_id, m.role_key,
      case
        when m.workspace_id = any (v_read_only) then private.read_only_permissions(m.workspace_id, v_user_id)
        else r.permissions
      end,
      r.permissions, w.plan_type = any (v_plans)
    from public.workspace_members m
    cross join lateral (
      select x.permissions
      from public.workspace_roles x
      where x.workspace_id = m.workspace_id and x.key = m.role_key
      offset 0
    ) as r
    cross join lateral (select x.plan_type from public.workspaces x where x.id = m.workspace_id offset 0) as w
    where m.workspace_id = any (v_workspaces) and m.user_id = v_user_id and m.status = 'active'
    union all
    select k.workspace_id, k.role_key, k.permissions, k.permissions, w.plan_type = any (v_plans)
    from private.key_of_caller() k
    join public.workspaces w on w.id = k.workspace_id
    where k.workspace_id = any (v_workspaces);
end;
$$;

comment on function private.memberships_of_caller(text) is
  'Where the caller is active, in one workspace or in all, in which role, with which permissions, which are fewer than '
  'the role''s for who is read-only, and whether the plan has grants; of an API key, the role is its maker''s and all '
  'permissions are its own. '
  'For definer functions.';

create function private.grants_of_caller(p_resource_type text, p_workspace_id text default null)
returns table (workspace_id text, resource_id uuid, access private.access_level)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_is_key constant boolean := private.is_api_key();
  v_user_id constant uuid := case
    when v_is_key then (select k.maker_id from private.key_of_caller() k) else auth.uid()
  end;
begin
  return query
    with caller as materialized (
      select
        m.workspace_id,
        m.role_key,
        private.counted_grant('none', m.role_permissions, m.has_grants) as is_taken_from,
        not v_is_key and private.counted_grant('view', m.role_permissions, m.has_grants) as is_given_to
      from private.memberships_of_caller(p_workspace_id) m
    ),
    personal as materialized (
      select g.workspace_id, g.resource_id, g.access
      from public.resource_grants g
      join caller c on c.workspace_id = g.workspace_id
      where g.user_id = v_user_id
        and g.resource_type = p_resource_type
        and case g.access when 'none' then c.is_taken_from else c.is_given_to end
    ),
    by_role as (
      select c.workspace_id, r.resource_id, r.access
      from caller c
      cross join lateral (
        select x.resource_id, x.access
        from public.resource_grants x
        where x.workspace_id = c.workspace_id and x.role_key = c.role_key and x.resource_type = p_resource_type
        offset 0
      ) as r
      where case r.access when 'none' then c.is_taken_from else c.is_given_to end
    )
    select p.workspace_id, p.resource_id, p.access::private.access_level from personal p
    union all
    select r.workspace_id, r.resource_id, r.access::private.access_level
    from by_role r
    -- Of a personal grant and one by role, the personal one.
    where not exists (
      select from personal p where p.workspace_id = r.workspace_id and p.resource_id = r.resource_id);
end;
$$;

comment on function private.grants_of_caller(text, text) is
  'The grants on dashboards or widgets that count for the caller in one workspace or in all, one for a thing; none of '
  'a suspended member. For an API key count those that take a thing from its maker or the maker''s role. For definer '
  'functions.';

create function private.grant_among(
  p_workspace_id text, p_role_key text, p_personal text, p_by_role text
) returns private.access_level
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_personal is null and p_by_role is null then
    return null;
  end if;
  return (
    select case
      when p_personal is not null and private.counted_grant(p_personal, r.permissions, p.has_grants) then p_personal
      when p_by_role is not null and private.counted_grant(p_by_role, r.permissions, p.has_grants) then p_by_role
    end::private.access_level
    from public.workspace_roles r
    cross join (select private.has_feature(p_workspace_id, 'resource_grants') as has_grants) as p
    where r.workspace_id = p_workspace_id and r.key = p_role_key
  );
end;
$$;

comment on function private.grant_among(text, text, text, text) is
  'Which of two grants on one thing counts for somebody in a role: the personal one before that of the role, null for '
  'neither. For definer functions.';

create function private.key_grants_on(p_workspace_id text, p_resource_type text, p_resource_ids uuid[])
returns table (resource_id uuid, access private.access_level)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select distinct g.resource_id, 'none'::private.access_level
    from private.key_of_caller() k
    join public.resource_grants g
      on g.workspace_id = k.workspace_id
      and g.resource_type = p_resource_type
      and g.resource_id = any (p_resource_ids)
      and g.access = 'none'
      and (g.user_id = k.maker_id or g.role_key = k.role_key)
    where k.workspace_id = p_workspace_id;
end;
$$;

comment on function private.key_grants_on(text, text, uuid[]) is
  'Which of some dashboards or widgets a grant takes from the API key that acts: what it takes from the maker, or from '
  'the maker''s role. No key holds grants.write, so that all of these count. For definer functions.';

create function private.grants_to_caller_on(p_workspace_id text, p_resource_type text, p_resource_ids uuid[])
returns table (resource_id uuid, access private.access_level)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_role_key constant text := (
    select m.role_key
    from public.workspace_members m
    where m.workspace_id = p_workspace_id and m.user_id = v_user_id and m.status = 'active');
begin
  if private.is_api_key() then
    return query
      select g.resource_id, g.access from private.key_grants_on(p_workspace_id, p_resource_type, p_resource_ids) g;
    return;
  end if;
  return query
    select r.id, private.grant_among(
      p_workspace_id, v_role_key,
      max(g.access) filter (where g.user_id = v_user_id), max(g.access) filter (where g.role_key = v_role_key))
    from unnest(p_resource_ids) as r (id)
    -- "offset 0": by the thing, which has few. Of a workspace and a person or a role the planner expects as few.
    cross join lateral (
      select x.user_id, x.role_key, x.access
      from public.resource_grants x
      where x.workspace_id = p_workspace_id and x.resource_type = p_resource_type and x.resource_id = r.id
      offset 0
    ) as g
    group by r.id;
end;
$$;

comment on function private.grants_to_caller_on(text, text, uuid[]) is
  'The grants on some dashboards or widgets of a workspace that count for the caller, null where none does. For '
  'definer functions.';

create function private.grant_to(
  p_workspace_id text, p_resource_type text, p_resource_id uuid, p_user_id uuid, p_role_key text
) returns private.access_level
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_personal text;
  v_by_role text;
begin
  -- Most things have no grants, and to know that takes one look into an index.
  select max(g.access) filter (where g.user_id = p_user_id), max(g.access) filter (where g.role_key = p_role_key)
  into v_personal, v_by_role
  from public.resource_grants g
  where g.workspace_id = p_workspace_id and g.resource_type = p_resource_type and g.resource_id = p_resource_id;
  return private.grant_among(p_workspace_id, p_role_key, v_personal, v_by_role);
end;
$$;

comment on function private.grant_to(text, text, uuid, uuid, text) is
  'The grant on one dashboard or widget that counts for a person in a role, or without a person for the role by '
  'itself; null for none. For definer functions.';

create function private.shares_of_caller(p_workspace_id text default null)
returns table (workspace_id text, view_id uuid, access private.access_level)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  return query
    select s.workspace_id, s.view_id, s.access::private.access_level
    from public.dashboard_view_shares s
    where s.user_id = v_user_id and (p_workspace_id is null or s.workspace_id = p_workspace_id)
    union all
    select m.workspace_id, r.view_id, r.access::private.access_level
    from public.workspace_members m
    cross join lateral (
      select x.view_id, x.access
      from public.dashboard_view_shares x
      where x.workspace_id = m.workspace_id and x.role_key = m.role_key
      offset 0
    ) as r
    where m.user_id = v_user_id
      and m.status = 'active'
      and (p_workspace_id is null or m.workspace_id = p_workspace_id);
end;
$$;

comment on function private.shares_of_caller(text) is
  'The views that are shared with the caller or their role in one workspace or in all; with both, one view twice. '
  'What their role permits and whether they are suspended is not asked. For definer functions.';
