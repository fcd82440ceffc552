-- Exporting a view as a document (10_documents.sql).
--
-- Threats: reading by export what one may not read otherwise. Widgets that a grant withholds are left out, and so is
-- the document of a component that is not for the caller's role, though they see the widget that shows it.

create function private.exported_view(p_view public.dashboard_views) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_layout constant jsonb := private.without_withheld(private.view_layout(p_view), p_view);
begin
  return jsonb_build_object(
    'id', p_view.id,
    'name', p_view.name,
    'description', p_view.description,
    'isDefault', exists (
      select from public.preferences p
      where p.workspace_id = p_view.workspace_id
        and p.user_id = (select auth.uid())
        and p.default_dashboard_view = p_view.id),
    'isRoleDefault', exists (
      select from private.views_seen_first d
      where d.workspace_id = p_view.workspace_id and d.view_id = p_view.id),
    'createdAt', private.timestamp_text(p_view.created_at),
    'updatedAt', private.timestamp_text(p_view.updated_at),
    'layout', v_layout || jsonb_build_object('widgets', (
      select coalesce(jsonb_agg(w.widget - '{id,version}'::text[] order by w.place), '[]')
      from jsonb_array_elements(v_layout -> 'widgets') with ordinality as w (widget, place)
    ))
  );
end;
$$;

comment on function private.exported_view(public.dashboard_views) is
  'A view as it stands in an export, without what is the workspace''s own: whom it is shared with, which role''s '
  'default it is, and the rows of its widgets. For definer functions that have found the caller''s access.';

create function private.exported_component(p_version public.component_versions) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_version.component_key,
    'type', (
      select c.type
      from public.components c
      where c.workspace_id = p_version.workspace_id and c.key = p_version.component_key),
    'version', p_version.version,
    'title', p_version.title,
    'description', p_version.description,
    'icon', p_version.icon,
    'allowedRoles', p_version.allowed_roles,
    'sizeConfig', p_version.size_config,
    'defaultConfig', p_version.default_config,
    'configSchema', p_version.config_schema
  ) || jsonb_strip_nulls(jsonb_build_object(
    'titleKey', p_version.title_key, 'descriptionKey', p_version.description_key))
    || case when p_version.data_schema is null
      then '{}' else jsonb_build_object('dataSchema', p_version.data_schema) end;
end;
$$;

comment on function private.exported_component(public.component_versions) is
  'A version of a component as the document that it was published from.';

create function private.exported_versions(p_workspace_id text, p_versions jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(
      jsonb_agg(private.exported_component(v) order by v.component_key, private.version_order(v.version)), '[]')
    from (select distinct x.id, x.version from jsonb_to_recordset(p_versions) as x (id text, version text)) as n
    join public.component_versions v
      on v.workspace_id = p_workspace_id and v.component_key = n.id and v.version = n.version
    where private.sees_component(v.workspace_id, v.component_key)
  );
end;
$$;

comment on function private.exported_versions(text, jsonb) is
  'Versions of components, given as [{id, version}], as they stand in an export, as far as the caller may see them. '
  'For definer functions.';

create function private.versions_shown(p_views jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(distinct jsonb_build_object(
      'id', w.widget -> 'widgetId', 'version', w.widget -> 'componentVersion')), '[]')
    from jsonb_path_query(p_views, '$[*].layout.widgets[*]') as w (widget)
    where w.widget ? 'componentVersion'
  );
end;
$$;

comment on function private.versions_shown(jsonb) is
  'The versions of components that the widgets of exported views show: [{id, version}].';

create function private.export_document(p_kind text, p_views jsonb, p_components jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'format', 'b-dashboard',
    'version', 1,
    'kind', p_kind,
    'exportedAt', private.timestamp_text(now()),
    'components', p_components,
    'themes', '[]'::jsonb,
    'views', p_views
  );
end;
$$;

comment on function private.export_document(text, jsonb, jsonb) is
  'Views and components as a document, without themes and preferences. For definer functions.';

create function private.refuse_large_export(p_document jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem constant jsonb := private.exported_lists_problem(p_document);
begin
  if v_problem is not null then
    perform private.raise_error('conflict',
      'This view with the components that it shows is more than one export can contain: 4 MiB and 200 components.',
      nullif(v_problem ->> 'path', ''), 'It takes several views to export as much.');
  end if;
end;
$$;

comment on function private.refuse_large_export(jsonb) is
  'Refuses an export that no import would take. Error: conflict with the list that is too long in `details`, empty for '
  'the whole.';

create function public.export_view(view_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.export_view(view_id);
end;
$$;

comment on function public.export_view(uuid) is
  'A view that the caller may see, with the components that it needs, as a document (exportSchema of '
  'types/transfer.ts) that import_view takes in any workspace. Errors: not_found (view_id), conflict (larger than 4 '
  'MiB).';

grant execute on function public.export_view(uuid) to authenticated, service_role;

create function private.export_view(p_view_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_views constant jsonb := jsonb_build_array(private.exported_view(v_view));
  v_document constant jsonb := private.export_document(
    'view', v_views, private.exported_versions(v_view.workspace_id, private.versions_shown(v_views)));
begin
  perform private.refuse_large_export(v_document);
  return v_document;
end;
$$;

comment on function private.export_view(uuid) is
  'See public.export_view. Definer: one check stands for those of every row.';

grant execute on function private.export_view(uuid) to authenticated, service_role;
