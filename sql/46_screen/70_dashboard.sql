-- What a front end shows when a workspace is opened, in one call: the view, the components of its widgets, the theme,
-- the preferences.
--
-- Each part is what its subject gives, under the permission that it takes. A widget takes no more than the access to
-- it, so what describes it takes no more either: whoever sees one learns what its component is called, how large it is
-- and what data it shows, whether or not their role may put one on a dashboard.
--
-- Threat: learning of components by naming them (only those of widgets that were found for the caller are described).

create function public.get_dashboard(workspace_id text, view_id uuid default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The view is asked about where it is read; this is for the rest.
  perform private.require_permission(workspace_id, 'themes.read');
  return private.described_view(workspace_id, view_id) || jsonb_build_object(
    'theme', private.active_theme(workspace_id),
    'preferences', private.own_preferences(workspace_id)
  );
end;
$$;

comment on function public.get_dashboard(text, uuid) is
  'A view with its layout (the one that the caller sees, as active_view gives it, where none is given), the components '
  'that its widgets show as get_component gives them, each version that is there once, the theme as active_theme gives '
  'it and the preferences as get_preferences does. Takes dashboards.read and themes.read. '
  'Errors: not_found (workspace_id, view_id), permission_denied.';

grant execute on function public.get_dashboard(text, uuid) to authenticated;

create function private.described_view(p_workspace_id text, p_view_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant jsonb := case
    when p_view_id is null then private.active_view(p_workspace_id)
    else private.get_view(p_view_id, p_workspace_id)
  end;
begin
  return jsonb_build_object(
    'view', v_view, 'components', private.components_shown(p_workspace_id, v_view #> '{layout,widgets}'));
end;
$$;

comment on function private.described_view(text, uuid) is
  'The view and the components of get_dashboard. Definer: the components of widgets are told past the policies of '
  'components.';

grant execute on function private.described_view(text, uuid) to authenticated;

create function private.components_shown(p_workspace_id text, p_widgets jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        case
          when n.version is null then private.component_document(b, t)
          else private.component_document(c, v, t)
        end
        order by n.key, n.version),
      '[]')
    from (
      select distinct w.value ->> 'widgetId' as key, w.value ->> 'componentVersion' as version
      from jsonb_array_elements(p_widgets) as w
    ) as n
    left join public.built_in_components b on n.version is null and b.key = n.key
    left join public.components c on n.version is not null and c.workspace_id = p_workspace_id and c.key = n.key
    left join public.component_versions v
      on v.workspace_id = c.workspace_id and v.component_key = c.key and v.version = n.version
    join public.component_types t on t.key = coalesce(b.type, c.type)
  );
end;
$$;

comment on function private.components_shown(text, jsonb) is
  'The components of widgets that the caller sees, by key and version. For definer functions.';
