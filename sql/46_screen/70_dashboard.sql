-- What a front end shows when a workspace is opened, in one call: the view, the theme, the preferences.
--
-- It adds nothing of its own: each part is what its subject gives, under the permission that it takes.

create function public.get_dashboard(workspace_id text, view_id uuid default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The view is asked about where it is read; this is for the rest.
  perform private.require_permission(workspace_id, 'themes.read');
  return jsonb_build_object(
    'view', case
      when view_id is null then private.active_view(workspace_id)
      else private.get_view(view_id, workspace_id)
    end,
    'theme', private.active_theme(workspace_id),
    'preferences', private.own_preferences(workspace_id)
  );
end;
$$;

comment on function public.get_dashboard(text, uuid) is
  'A view with its layout (the one that the caller sees, as active_view gives it, where none is given), the theme as '
  'active_theme gives it and the preferences as get_preferences does. Takes dashboards.read and themes.read. '
  'Errors: not_found (workspace_id, view_id), permission_denied.';

grant execute on function public.get_dashboard(text, uuid) to authenticated;
