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

create function private.exported_components(
  p_workspace_id text, p_views jsonb, p_shown_elsewhere jsonb default '[]'
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- As many as an import takes.
  c_most constant integer := 200;
begin
  return (
    with shown as materialized (
      select distinct w.widget ->> 'widgetId' as key, w.widget ->> 'componentVersion' as version
      from jsonb_path_query(p_views, '$[*].layout.widgets[*]') as w (widget)
      where w.widget ? 'componentVersion'
    ), wanted as materialized (
      select s.key, s.version from shown s
      union all
      -- A version can only follow on lower ones: what comes after this document would come too late.
      (
        select distinct e.key, e.version
        from jsonb_to_recordset(p_shown_elsewhere) as e (key text, version text)
        join shown s on s.key = e.key and private.version_order(e.version) < private.version_order(s.version)
        where (e.key, e.version) not in (select x.key, x.version from shown x)
        limit greatest(c_most - (select count(*) from shown), 0)
      )
    )
    select coalesce(
      jsonb_agg(private.exported_component(v) order by v.component_key, private.version_order(v.version)), '[]')
    from public.component_versions v
    join wanted n on n.key = v.component_key and n.version = v.version
    where v.workspace_id = p_workspace_id and private.sees_component(v.workspace_id, v.component_key)
  );
end;
$$;

comment on function private.exported_components(text, jsonb, jsonb) is
  'The versions of components that the widgets of exported views show, with the lower ones among {key, version} that '
  'other documents show, as far as the caller may see them. For definer functions.';

create function private.export_document(
  p_kind text, p_workspace_id text, p_views jsonb, p_shown_elsewhere jsonb default '[]'
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'format', 'b-dashboard',
    'version', 1,
    'kind', p_kind,
    'exportedAt', private.timestamp_text(now()),
    'components', private.exported_components(p_workspace_id, p_views, p_shown_elsewhere),
    'themes', '[]'::jsonb,
    'views', p_views
  );
end;
$$;

comment on function private.export_document(text, text, jsonb, jsonb) is
  'Views with the components that they need, and with those that exported_components adds. For definer functions.';

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
      v_problem ->> 'path', 'It takes several views to export as much.');
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
  v_document constant jsonb := private.export_document(
    'view', v_view.workspace_id, jsonb_build_array(private.exported_view(v_view)));
begin
  perform private.refuse_large_export(v_document);
  return v_document;
end;
$$;

comment on function private.export_view(uuid) is
  'See public.export_view. Definer: one check stands for those of every row.';

grant execute on function private.export_view(uuid) to authenticated, service_role;
