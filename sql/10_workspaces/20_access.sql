-- Who may: the questions that policies ask, as sets.
--
-- "In which workspaces may the caller do this?" is answered once per statement as an array, which a policy compares by
-- index: `workspace_id = any ((select private.workspaces_with('x.y'))::text[])`. The sub-select makes it an init plan;
-- a function of the row would run for every row. The functions are plpgsql because their plans are then kept for the
-- session, and definer because they read the membership tables that the policies themselves protect. Where rows are
-- read one by one, a policy compares with all workspaces of the caller (private.active_memberships, 38_members.sql) and
-- then asks what they lack in which (workspaces_without), which is mostly nothing.
--
-- Threats: a right that outlives its role (nothing about membership is read from the token: what is taken away is gone
-- with the next statement); a suspended member (no permissions, hence in none of the sets); somebody in hundreds of
-- workspaces whom every statement makes wait (a set is read from one index).

create function private.workspaces_without(variadic p_permissions text[]) returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- One plan for everyone: where a few people are in hundreds of workspaces, Postgres expects less work from a plan that
-- knows who asks, and would make one at every call, which takes longer than the answer.
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  -- Two searches that find nothing but what lacks the permissions, and roles of a workspace's own: somebody who holds
  -- them everywhere by built-in roles, which hold what the catalog says, waits for neither. The others are looked up by
  -- their keys: a join would be planned for people in general, and read the roles of every workspace.
  return array(
    select m.workspace_id
    from public.workspace_members m
    where m.user_id = v_user_id
      and m.status = 'active'
      and m.role_key = any (array(
        select b.key
        from unnest(array['admin', 'member', 'viewer']) as b (key)
        where exists (
          select
          from unnest(p_permissions) as n (key)
          left join public.permissions p on p.key = n.key
          where p.key is null or (b.key <> 'admin' and b.key <> all (p.held_by)))
      ))
    union all
    select m.workspace_id
    from public.workspace_members m
    where m.user_id = v_user_id
      and m.status = 'active'
      and m.role_key not in ('admin', 'member', 'viewer')
      and not (
        select p_permissions <@ r.permissions
        from public.workspace_roles r
        where r.workspace_id = m.workspace_id and r.key = m.role_key
      )
  );
end;
$$;

comment on function private.workspaces_without(text[]) is
  'The ids of the workspaces in which the caller is active and lacks one of some permissions: few, mostly none. A '
  'policy that has compared with active_memberships by index need not compare with as many again for every row that it '
  'finds. Definer: it reads memberships, whose own policies call it.';

-- Policies run as the caller.
grant execute on function private.workspaces_without(text[]) to authenticated;

create function private.workspaces_with(variadic p_permissions text[]) returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_lacking constant text[] := private.workspaces_without(variadic p_permissions);
begin
  return array(
    select a.workspace_id from private.active_memberships a where a.workspace_id not in (select unnest(v_lacking)));
end;
$$;

comment on function private.workspaces_with(text[]) is
  'The ids of the workspaces in which the caller holds all of some permissions; empty for nobody. '
  'Definer: it reads memberships, whose own policies call it.';

grant execute on function private.workspaces_with(text[]) to authenticated;

create function private.people_in_reach() returns uuid[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select distinct m.user_id
    from public.workspace_members m
    where m.workspace_id = any (private.workspaces_with('members.read')));
end;
$$;

comment on function private.people_in_reach() is
  'The ids of the people who share a workspace with the caller, where the caller may see its members. '
  'Definer: it reads memberships, which the caller sees through policies only.';

grant execute on function private.people_in_reach() to authenticated;
