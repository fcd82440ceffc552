-- The end of a workspace, with everything in it. What stays of it is a line in private.deleted_workspaces.
--
-- Threats: deleting the wrong one by a slip of the hand (the name must be typed); a circle of locks with those who work
-- in it meanwhile (widgets and members are locked before anything goes), or with the end of an account that left traces
-- in it and is no member any more, or of a workspace that has copies of its listings (each takes the turns of what it
-- comes to); somebody who is no admin any more once the locks are there (the permission is asked again then).

create function public.delete_workspace(workspace_id text, name text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_workspace(workspace_id, name);
end;
$$;

comment on function public.delete_workspace(text, text) is
  'Deletes a workspace and everything in it, for good. `name` must be its exact name. Takes workspace.delete. '
  'Errors: not_found, permission_denied, invalid_input (name), conflict (subscription, checkout).';

grant execute on function public.delete_workspace(text, text) to authenticated;

create function private.refuse_workspace_name() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_invalid_input('name',
    'This is not the name of the workspace.', 'Type the name exactly as it is shown.');
end;
$$;

comment on function private.refuse_workspace_name() is
  'Refuses what was typed as the name of a workspace that is to be deleted. Error: invalid_input (name).';

create function private.delete_workspace(p_workspace_id text, p_name text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'workspace.delete');
  if octet_length(p_name) > private.largest_line() then
    perform private.refuse_workspace_name();
  end if;

  perform private.take_turns(array(
    select p_workspace_id union select private.workspaces_by_copies(p_workspace_id)));
  -- First the members, as every change of a member and everybody who is held there, then what they come to.
  perform from public.workspace_members where workspace_id = p_workspace_id order by user_id for update;
  perform private.lock_widgets(array(
    select v.id from public.dashboard_views v where v.workspace_id = p_workspace_id));
  -- While this waited, the caller may have lost the permission, and everybody the workspace.
  perform private.require_permission(p_workspace_id, 'workspace.delete');
  delete from public.workspaces where id = p_workspace_id and name = normalize(p_name, nfc);
  if not found then
    perform private.refuse_workspace_name();
  end if;
end;
$$;

comment on function private.delete_workspace(text, text) is
  'Deletes a workspace with everything in it. Definer: clients may not delete workspaces by themselves.';

grant execute on function private.delete_workspace(text, text) to authenticated;
