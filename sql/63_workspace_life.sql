-- The life of a workspace after it is made: its settings, a change of hands, its end. (Its name is a column that
-- clients update.)
--
-- Threats: a patch that loses another's change made at the same moment; handing over what one does not own, or to
-- somebody who is not there; deleting the wrong workspace by a slip of the hand (the name must be typed); an end
-- without a trace, since the workspace takes its audit log with it.

create table private.deleted_workspaces (
  workspace_id text not null,
  deleted_at timestamptz not null default clock_timestamp(),
  name text not null,
  plan_type text not null,
  member_count bigint not null,
  deleted_by uuid,
  request_id text,
  ip inet,
  primary key (workspace_id, deleted_at)
);

alter table private.deleted_workspaces enable row level security;

create policy deleted_workspaces_select on private.deleted_workspaces
  for select to service_role using (true);

grant select on private.deleted_workspaces to service_role;

comment on table private.deleted_workspaces is
  'One row per deleted workspace: the trail of a deletion, which outlives the workspace and its audit log.';
comment on column private.deleted_workspaces.member_count is 'How many people were in it, suspended ones included.';
comment on column private.deleted_workspaces.deleted_by is
  'The account that deleted it; null for the system and for API keys. No reference: it outlives the account.';
comment on policy deleted_workspaces_select on private.deleted_workspaces is 'Administrators of the project alone.';

create function private.tg_record_workspace_deletion() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  v_origin constant record := private.request_origin();
begin
  insert into private.deleted_workspaces (
    workspace_id, name, plan_type, member_count, deleted_by, request_id, ip
  )
  select old.id, old.name, old.plan_type, count(*), auth.uid(), v_origin.request_id, v_origin.ip
  from public.workspace_members m
  where m.workspace_id = old.id;
  return old;
end;
$$;

comment on function private.tg_record_workspace_deletion() is
  'Before a workspace is deleted, by whatever way: records it while its members can be counted. Definer: no role '
  'writes the record.';

create function private.tg_purge_audit_log() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.allow_audit_changes(true);
  delete from public.audit_log where workspace_id = old.id;
  perform private.allow_audit_changes(false);
  return null;
end;
$$;

comment on function private.tg_purge_audit_log() is
  'After a workspace is deleted: removes its audit log. Definer: no role may remove entries.';

create trigger workspaces_record_deletion before delete on public.workspaces
  for each row execute function private.tg_record_workspace_deletion();
create trigger workspaces_purge_audit_log after delete on public.workspaces
  for each row execute function private.tg_purge_audit_log();

comment on trigger workspaces_record_deletion on public.workspaces is 'Every deletion leaves a trail.';
comment on trigger workspaces_purge_audit_log on public.workspaces is 'A workspace takes its audit log with it.';

create function private.merge_patch(p_target jsonb, p_patch jsonb, p_depth integer default 1) returns jsonb
language plpgsql immutable
set search_path = ''
as $$
declare
  c_deepest constant integer := 32;
  v_result jsonb := case when jsonb_typeof(p_target) = 'object' then p_target else '{}' end;
  v_member record;
begin
  if jsonb_typeof(p_patch) <> 'object' then
    return p_patch;
  end if;
  -- Each level is a call of this function, and the stack is not endless.
  if p_depth > c_deepest then
    perform private.raise_invalid_input('patch',
      'The patch is nested too deep.', format('Nest at most %s objects.', c_deepest));
  end if;

  for v_member in select m.key, m.value from jsonb_each(p_patch) as m loop
    v_result := case
      when v_member.value = 'null' then v_result - v_member.key
      else v_result || jsonb_build_object(
        v_member.key, private.merge_patch(v_result -> v_member.key, v_member.value, p_depth + 1))
    end;
  end loop;
  return v_result;
end;
$$;

comment on function private.merge_patch(jsonb, jsonb, integer) is
  'JSON merge patch (RFC 7396): members are replaced, null removes one, objects are merged, anything else is taken as '
  'it is. Error: invalid_input (patch) for more than 32 levels.';

create function public.update_workspace_settings(workspace_id text, patch jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_settings jsonb;
begin
  perform private.require_permission(workspace_id, 'workspace.update');
  if jsonb_typeof(patch) is distinct from 'object' then
    perform private.raise_invalid_input('patch',
      'A patch of the settings must be a JSON object.', 'Give the settings that change; null removes one.');
  end if;
  -- Enough to remove or replace every setting; merging takes the square of the number of members.
  if octet_length(patch::text) > 65536 then
    perform private.raise_invalid_input('patch',
      'A patch of the settings must not be larger than 64 KiB.', 'Keep large things in tables of their own.');
  end if;

  -- Merged inside of the update: of two patches at the same moment the later one sees what the first has written.
  update public.workspaces w
  set settings = private.merge_patch(w.settings, update_workspace_settings.patch)
  where w.id = update_workspace_settings.workspace_id
  returning w.settings into v_settings;

  if not found then
    perform private.raise_error('not_found',
      'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
  end if;
  return v_settings;
end;
$$;

comment on function public.update_workspace_settings(text, jsonb) is
  'Merges a JSON merge patch (RFC 7396) into the settings of a workspace and returns them: null removes a member. '
  'Takes workspace.update. Errors: not_found, permission_denied, invalid_input (patch, settings).';

create function private.transfer_workspace(p_workspace_id text, p_user_id uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_caller_id constant uuid := auth.uid();
  v_caller_role text;
  v_heir_status text;
begin
  perform private.require_permission(p_workspace_id, 'members.update');
  if p_user_id is null or p_user_id = v_caller_id then
    perform private.raise_invalid_input('user_id',
      'A workspace is handed over to another member.', 'Give the id of another active member.');
  end if;

  -- Both rows, in one order for everybody: what is checked here holds until the end.
  perform from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id in (v_caller_id, p_user_id)
  order by m.user_id
  for update;

  select m.role_key into v_caller_role
  from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = v_caller_id and m.status = 'active';
  if v_caller_role is distinct from 'admin' then
    perform private.raise_error('permission_denied',
      'Only an admin can hand a workspace over.', 'admin', 'Ask an admin of the workspace.');
  end if;

  select m.status into v_heir_status
  from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;
  if v_heir_status is null then
    perform private.raise_error('not_found',
      'There is no such member in this workspace.', 'user_id', 'Invite the person first.');
  elsif v_heir_status <> 'active' then
    perform private.raise_error('conflict',
      'This member is suspended.', 'user_id', 'Lift the suspension first.');
  end if;

  -- First the new admin: the workspace is not without one in between.
  update public.workspace_members set role_key = 'admin'
  where workspace_id = p_workspace_id and user_id = p_user_id;
  update public.workspace_members set role_key = 'member'
  where workspace_id = p_workspace_id and user_id = v_caller_id;
end;
$$;

comment on function private.transfer_workspace(text, uuid) is
  'Makes another member the admin and the caller a member. Definer: clients may not write memberships.';

create function public.transfer_workspace(workspace_id text, user_id uuid) returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.transfer_workspace(workspace_id, user_id);
end;
$$;

comment on function public.transfer_workspace(text, uuid) is
  'Hands a workspace to another active member, who becomes admin while the calling admin becomes a member. Errors: '
  'not_found (workspace_id, user_id), permission_denied, invalid_input (user_id), conflict (user_id, suspended).';

create function private.delete_workspace(p_workspace_id text, p_name text) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  perform private.require_permission(p_workspace_id, 'workspace.delete');

  -- First the members and then their workspace, as every change of a member does.
  perform from public.workspace_members where workspace_id = p_workspace_id order by user_id for update;
  perform private.lock_widgets(array(
    select v.id from public.dashboard_views v where v.workspace_id = p_workspace_id));
  delete from public.workspaces where id = p_workspace_id and name = p_name;
  if not found then
    perform private.raise_invalid_input('name',
      'This is not the name of the workspace.', 'Type the name exactly as it is shown.');
  end if;
end;
$$;

comment on function private.delete_workspace(text, text) is
  'Deletes a workspace with everything in it. Definer: clients may not delete workspaces by themselves.';

create function public.delete_workspace(workspace_id text, name text) returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.delete_workspace(workspace_id, name);
end;
$$;

comment on function public.delete_workspace(text, text) is
  'Deletes a workspace and everything in it, for good. `name` must be its exact name. Takes workspace.delete. '
  'Errors: not_found, permission_denied, invalid_input (name).';

grant execute on function private.merge_patch(jsonb, jsonb, integer) to authenticated;
grant execute on function private.transfer_workspace(text, uuid) to authenticated;
grant execute on function private.delete_workspace(text, text) to authenticated;
grant execute on function public.update_workspace_settings(text, jsonb) to authenticated;
grant execute on function public.transfer_workspace(text, uuid) to authenticated;
grant execute on function public.delete_workspace(text, text) to authenticated;
