-- Changing, suspending and removing members, and leaving.
--
-- Threats: raising one's own role or a friend's (nobody gives a permission they lack); a role with members.update or
-- members.remove turned against the administrators (nobody touches a member whose role permits more than their own);
-- two people acting against each other at the same moment (each change locks its workspace first and asks for the
-- permission then, so the second one is judged by what the first has left).
--
-- A person is changed with change_member, removed with remove_member, and leaves with leave_workspace. The table can
-- be written too, one member a statement: a filter that forgot the person changes nobody.
--
-- The rules are triggers, so that they hold on every path: a write to the table, these functions, and whatever calls
-- them. Work without an account in the token is the server's and is bound by none but the valid values. The functions
-- add what a policy cannot say: where it would find no row, they answer why.

create function private.lock_workspace(p_workspace_id text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The weakest lock that excludes itself: rows that refer to the workspace can still be added meanwhile.
  perform from public.workspaces where id = p_workspace_id for no key update;
  return found;
end;
$$;

comment on function private.lock_workspace(text) is
  'Lets one transaction at a time decide about the members of a workspace. False where the workspace is gone, or is '
  'being deleted by this very transaction.';

create function private.require_role(p_workspace_id text, p_role_key text, p_field text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from public.workspace_roles where workspace_id = p_workspace_id and key = p_role_key) then
    perform private.raise_invalid_input(p_field,
      'There is no such role in this workspace.', 'Give the key of one of its roles, such as "member".');
  end if;
end;
$$;

comment on function private.require_role(text, text, text) is
  'Refuses a role that the workspace does not have. Error: invalid_input with the given field.';

create function private.require_member_status(p_status text) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_status is null or p_status not in ('active', 'suspended') then
    perform private.raise_invalid_input('status',
      'A member is active or suspended.', 'Give "active" or "suspended".');
  end if;
end;
$$;

comment on function private.require_member_status(text) is
  'Refuses a status that members cannot have. Error: invalid_input (status).';

create function private.require_held_roles(p_workspace_id text, p_role_keys text[]) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_held(p_workspace_id, array(
    select unnest(r.permissions)
    from public.workspace_roles r
    where r.workspace_id = p_workspace_id and r.key = any (p_role_keys)
  ));
end;
$$;

comment on function private.require_held_roles(text, text[]) is
  'Refuses a caller who lacks a permission that one of the roles gives. Error: permission_denied.';

create function private.tg_workspace_members_check_update() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.lock_workspace(old.workspace_id);
  if auth.uid() is not null then
    perform private.require_permission(old.workspace_id, 'members.update');
  end if;
  perform private.hold_role(old.workspace_id, new.role_key, 'role_key');
  perform private.require_member_status(new.status);
  if auth.uid() is not null then
    -- The role that is taken away counts too, and counts while suspended: letting an admin back in gives it.
    perform private.require_held_roles(old.workspace_id, array[old.role_key, new.role_key]);
    if new.role_key <> old.role_key then
      perform private.require_role_of_plan(old.workspace_id, new.role_key);
    end if;
  end if;

  return new;
end;
$$;

comment on function private.tg_workspace_members_check_update() is
  'Before update: the role must exist, and the caller hold members.update and everything that the role before and the '
  'role after permit; another role must be of the plan. '
  'Errors: not_found, permission_denied, invalid_input (role_key, status), payment_required. '
  'Definer: it locks the workspace and reads roles, which the caller may not.';

create function private.tg_workspace_members_check_delete() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller constant uuid := auth.uid();
begin
  if not private.lock_workspace(old.workspace_id) or v_caller is null or v_caller = old.user_id then
    return old;
  end if;
  perform private.require_permission(old.workspace_id, 'members.remove');
  perform private.require_held_roles(old.workspace_id, array[old.role_key]);

  return old;
end;
$$;

comment on function private.tg_workspace_members_check_delete() is
  'Before delete: the caller must hold members.remove and everything that the member''s role permits; oneself one may '
  'always remove, and a workspace that goes takes its members along. Errors: not_found, permission_denied. '
  'Definer: it locks the workspace and reads roles, which the caller may not.';

create function private.tg_workspace_members_one_at_a_time() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The service role may delete a workspace, whose members then go in one statement of its own.
  if (current_user = 'authenticated' or (current_user = 'service_role' and tg_op = 'UPDATE'))
    and (select count(*) from changed) > 1
  then
    perform private.raise_invalid_input('user_id',
      'One call changes one member.', 'Name the member by workspace_id and user_id.');
  end if;
  return null;
end;
$$;

comment on function private.tg_workspace_members_one_at_a_time() is
  'After an update by an API role, or a delete by a person: refuses one that wrote several members, as a filter '
  'without a person does. Error: invalid_input (user_id).';

create trigger workspace_members_delete_one_at_a_time after delete on public.workspace_members
  referencing old table as changed
  for each statement execute function private.tg_workspace_members_one_at_a_time();
create trigger workspace_members_update_one_at_a_time after update on public.workspace_members
  referencing new table as changed
  for each statement execute function private.tg_workspace_members_one_at_a_time();
create trigger workspace_members_check_delete before delete on public.workspace_members
  for each row execute function private.tg_workspace_members_check_delete();
create trigger workspace_members_check_update before update on public.workspace_members
  for each row execute function private.tg_workspace_members_check_update();

create function public.change_member(
  workspace_id text,
  user_id uuid,
  role text default null,
  status text default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.change_member(workspace_id, user_id, role, status);
end;
$$;

comment on function public.change_member(text, uuid, text, text) is
  'Changes the role, the status (active, suspended) or both of a member, and returns the member as get_member does. '
  'Takes members.update and every permission of the role before and after, and for another custom role the premium '
  'plan. Errors: not_found, permission_denied, invalid_input (role, status), payment_required, last_admin.';

grant execute on function public.change_member(text, uuid, text, text) to authenticated;

-- The functions write the row before anything else is locked, as a write to the table does.
create function private.change_member(p_workspace_id text, p_user_id uuid, p_role text, p_status text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'members.update');
  if p_role is null and p_status is null then
    perform private.raise_invalid_input('role',
      'There is nothing to change.', 'Give a role, a status, or both.');
  end if;
  if p_role is not null then
    perform private.require_role(p_workspace_id, p_role, 'role');
  end if;

  update public.workspace_members
  set role_key = coalesce(p_role, role_key), status = coalesce(p_status, status)
  where workspace_id = p_workspace_id and user_id = p_user_id;

  return private.find_member(p_workspace_id, p_user_id);
end;
$$;

comment on function private.change_member(text, uuid, text, text) is
  'Changes role, status or both of a member and returns the member. Definer: it must find members whom the caller may '
  'change and not read; the triggers of the table check what is written.';

grant execute on function private.change_member(text, uuid, text, text) to authenticated;

create function public.remove_member(workspace_id text, user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.remove_member(workspace_id, user_id);
end;
$$;

comment on function public.remove_member(text, uuid) is
  'Removes a member from a workspace. Takes members.remove and every permission of the member''s role. '
  'Errors: not_found, permission_denied, last_admin.';

grant execute on function public.remove_member(text, uuid) to authenticated;

create function private.remove_member(p_workspace_id text, p_user_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'members.remove');
  perform private.find_member(p_workspace_id, p_user_id);

  delete from public.workspace_members where workspace_id = p_workspace_id and user_id = p_user_id;
end;
$$;

comment on function private.remove_member(text, uuid) is
  'Removes a member. Definer: it must find members whom the caller may remove and not read; the triggers of the table '
  'check whom.';

grant execute on function private.remove_member(text, uuid) to authenticated;

create function public.leave_workspace(workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.leave_workspace(workspace_id);
end;
$$;

comment on function public.leave_workspace(text) is
  'Ends the caller''s own membership, whatever their role, and where they are suspended too: nobody is kept where they '
  'do not want to be. Who leaves suspended is let back in by members.update alone. The last person to leave takes the '
  'workspace along. Errors: not_found, last_admin, conflict (subscription, checkout) for the last person.';

grant execute on function public.leave_workspace(text) to authenticated;

create function private.leave_workspace(p_workspace_id text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status text;
begin
  perform private.require_person();
  perform private.require_workspace_id(p_workspace_id);
  delete from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = (select auth.uid())
  returning m.status into v_status;
  if not found then
    perform private.workspace_not_found();
  end if;
  -- The last to leave has taken the workspace along.
  insert into private.suspended_leavers (workspace_id, user_id)
  select w.id, auth.uid() from public.workspaces w where w.id = p_workspace_id and v_status = 'suspended';
end;
$$;

comment on function private.leave_workspace(text) is
  'Ends the caller''s own membership. Definer: in the shape of its neighbours; it reaches no row but the caller''s.';

grant execute on function private.leave_workspace(text) to authenticated;
