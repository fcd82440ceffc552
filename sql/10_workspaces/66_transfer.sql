-- Handing a workspace over to another member.
--
-- Threats: giving away what one does not run (an admin alone may); an heir who is not there, or has gone meanwhile
-- (both rows are locked before either is read); a workspace without an admin in between (the heir becomes one first).

create function public.transfer_workspace(workspace_id text, user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.transfer_workspace(workspace_id, user_id);
end;
$$;

comment on function public.transfer_workspace(text, uuid) is
  'Hands a workspace to another active member, who becomes admin while the calling admin becomes a member. Takes '
  'members.update and the role of an admin. Errors: not_found (workspace_id, user_id), permission_denied, '
  'invalid_input (user_id), conflict (user_id, suspended).';

grant execute on function public.transfer_workspace(text, uuid) to authenticated;

create function private.transfer_workspace(p_workspace_id text, p_user_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller_id constant uuid := auth.uid();
  v_caller_role text;
  v_heir_status text;
begin
  perform private.require_permission(p_workspace_id, 'members.update');
  if p_user_id is null or p_user_id = v_caller_id then
    perform private.raise_invalid_input('user_id',
      'A workspace can only be handed over to another member.', 'Give the id of another active member.');
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
      'Only an admin can hand over a workspace.', 'admin', 'Ask an admin of the workspace.');
  end if;

  select m.status into v_heir_status
  from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;
  if v_heir_status is null then
    perform private.member_not_found();
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

grant execute on function private.transfer_workspace(text, uuid) to authenticated;
