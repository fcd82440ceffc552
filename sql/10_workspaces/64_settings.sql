-- The settings of a workspace, changed by patches. (Its name is a column that clients update.)
--
-- Threats: a patch that loses another's change made at the same moment; a document of arbitrary size.

create function public.update_workspace_settings(workspace_id text, patch jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings jsonb;
begin
  perform private.require_permission(workspace_id, 'workspace.update');
  -- The answer is the settings as they are then.
  perform private.require_permission(workspace_id, 'workspace.read');
  if jsonb_typeof(patch) is distinct from 'object' then
    perform private.raise_invalid_input('patch',
      'A patch of the settings must be a JSON object.', 'Give the settings that change; null removes one.');
  end if;
  -- Enough to remove or replace every setting.
  perform private.refuse_problem(private.size_problem('patch', patch, 65536,
    private.document_problem('patch',
      'A patch of the settings must not be larger than 64 KiB.', 'Keep large things elsewhere.')));

  -- Merged inside of the update: of two patches at the same moment the later one sees what the first has written.
  update public.workspaces w
  set settings = private.merge_patch(w.settings, update_workspace_settings.patch)
  where w.id = update_workspace_settings.workspace_id
  returning w.settings into v_settings;

  if not found then
    perform private.workspace_not_found();
  end if;
  return v_settings;
end;
$$;

comment on function public.update_workspace_settings(text, jsonb) is
  'Merges a JSON merge patch (RFC 7396) into the settings of a workspace and returns them: null removes a member. '
  'Takes workspace.update and workspace.read. Errors: not_found, permission_denied, invalid_input (patch, settings).';

grant execute on function public.update_workspace_settings(text, jsonb) to authenticated;
