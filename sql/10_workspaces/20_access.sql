-- Who may: the questions that policies ask, as sets.
--
-- "In which workspaces may the caller do this?" is answered once per statement, in two parts. A policy compares with
-- the workspaces of the caller (private.active_memberships, 37_active_members.sql), which become a part of the
-- statement, and then with those in which they lack the permission (workspaces_without), which are mostly none. A
-- function of the row would run for every row. The functions are plpgsql because their plans are then kept for the
-- session, and definer because they read the membership tables that the policies themselves protect.
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
  v_permission text;
  v_held_by text[];
  -- The built-in roles that lack one of them, by what the catalog says.
  v_lacking text[] := '{}';
  v_without text[] := '{}';
begin
  if uuid_extract_version(v_user_id) = 8 then
    -- A key that does not count any more lacks everything.
    return array(
      select a.workspace_id
      from private.active_memberships a
      where not exists (
        select from private.key_of_caller() k
        where k.workspace_id = a.workspace_id and p_permissions <@ k.permissions));
  end if;
  -- Every statement of a client waits for this: small statements one after the other, each of which names one table.
  -- One for all of it would open and lock each of them, whether it is read or not.
  foreach v_permission in array p_permissions loop
    select p.held_by into v_held_by from public.permissions p where p.key = v_permission;
    if not found then
      v_lacking := array['admin', 'member', 'viewer'];
      exit;
    end if;
    if 'member' <> all (v_held_by) then
      v_lacking := v_lacking || 'member'::text;
    end if;
    if 'viewer' <> all (v_held_by) then
      v_lacking := v_lacking || 'viewer'::text;
    end if;
  end loop;
  if v_lacking <> '{}' then
    v_without := array(
      select m.workspace_id
      from private.active_members m
      where m.member_id = v_user_id and m.role_key = any (v_lacking));
  end if;
  if exists (
    select from private.active_members m
    where m.member_id = v_user_id and m.role_key not in ('admin', 'member', 'viewer'))
  then
    -- By their keys: a join would be planned for people in general, and read the roles of every workspace.
    v_without := v_without || array(
      select m.workspace_id
      from private.active_members m
      where m.member_id = v_user_id
        and m.role_key not in ('admin', 'member', 'viewer')
        and not case m.role_key
          when 'read only' then p_permissions <@ private.read_only_permissions(m.workspace_id, v_user_id)
          else (
            select p_permissions <@ r.permissions
            from public.workspace_roles r
            where r.workspace_id = m.workspace_id and r.key = m.role_key
          )
        end
    );
  end if;
  return v_without;
end;
$$;

comment on function private.workspaces_without(text[]) is
  'The ids of the workspaces in which the caller is active and lacks one of some permissions: few, mostly none. A '
  'policy that has compared with active_memberships by index need not compare with as many again for every row that it '
  'finds. Definer: it reads memberships, whose own policies call it.';

-- Policies run as the caller.
grant execute on function private.workspaces_without(text[]) to authenticated;

create function private.people_in_reach() returns uuid[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lacking constant text[] := private.workspaces_without('members.read');
begin
  return array(
    select m.user_id
    from private.active_memberships a
    join public.workspace_members m on m.workspace_id = a.workspace_id
    where a.workspace_id not in (select unnest(v_lacking)));
end;
$$;

comment on function private.people_in_reach() is
  'The ids, some more than once, of the people who share a workspace with the caller, where the caller may see its '
  'members. Definer: it reads memberships, which the caller sees through policies only.';

grant execute on function private.people_in_reach() to authenticated;
