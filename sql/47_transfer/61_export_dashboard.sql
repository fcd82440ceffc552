-- Exporting all that a person has arranged in a workspace: as one document (10_documents.sql) where it fits, else in
-- parts. A part is a document, too, with as much as fits, so that import_dashboard takes whatever was exported: the
-- themes come first, then the views, each with the components that it needs, and with lower versions of these that a
-- later part needs; a preference that refers to one of them stands in its part, the others in the first.
--
-- Threats: as in 60_export.sql. Themes are the caller's own and the shared one that they have chosen. A part begins at
-- a place among what the caller may export, whatever place is given.

create function private.exported_theme(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.theme_document(t.id::text, t.name, t.version, t.colors, t.radius, t.metadata)
    from public.themes t
    where t.workspace_id = p_workspace_id and t.id = p_id
  );
end;
$$;

comment on function private.exported_theme(text, uuid) is
  'A theme as it stands in an export. For definer functions that have found the caller''s access.';

create function private.things_to_export(
  p_workspace_id text, p_preferences public.preferences, p_after text
) returns table (list text, created_at timestamptz, id uuid)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_reads_themes constant boolean := 'themes.read' = any (private.permissions_in(p_workspace_id));
  v_after constant text[] := private.place_after(p_after, 'text', 'timestamptz', 'uuid');
begin
  return query
    select e.list, e.created_at, e.id
    from (
      select 'themes'::text, t.created_at, t.id
      from public.themes t
      where v_reads_themes
        and t.workspace_id = p_workspace_id
        and (
          t.owner_id = v_user_id
          or (t.visibility = 'workspace' and t.id = p_preferences.active_theme_id)
        )
      union all
      select 'views'::text, v.created_at, v.id
      from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.owner_id = v_user_id and v.deleted_at is null
    ) as e (list, created_at, id)
    where (e.list, e.created_at, e.id) > (v_after[1], v_after[2]::timestamptz, v_after[3]::uuid)
    order by e.list, e.created_at, e.id;
end;
$$;

comment on function private.things_to_export(text, public.preferences, text) is
  'What the caller takes along from a workspace, after a place: their own themes and the active one where it is the '
  'workspace''s, none without themes.read, and their own views. For definer functions. Error: invalid_input (after).';

create function private.preferences_to_export(
  p_preferences public.preferences, p_is_first boolean, p_themes jsonb, p_views jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chosen jsonb := private.chosen_preferences(p_preferences);
begin
  -- A view of somebody else, or a theme that the caller may not see any more, is nothing that they take along.
  if not p_views @> jsonb_build_array(jsonb_build_object('id', v_chosen -> 'active_dashboard_view')) then
    v_chosen := v_chosen - 'active_dashboard_view';
  end if;
  if p_preferences.active_built_in_theme is null
    and not p_themes @> jsonb_build_array(jsonb_build_object('id', v_chosen -> 'active_theme_id'))
  then
    v_chosen := v_chosen - 'active_theme_id';
  end if;
  if not p_is_first then
    v_chosen := v_chosen - '{locale,theme_mode,sidebar_collapsed,extras}'::text[];
    if p_preferences.active_built_in_theme is not null then
      v_chosen := v_chosen - 'active_theme_id';
    end if;
  end if;
  return v_chosen;
end;
$$;

comment on function private.preferences_to_export(public.preferences, boolean, jsonb, jsonb) is
  'The preferences of a part: those that refer to its themes and views, and in the first one all that refer to none.';

create function private.components_shown(p_workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('key', s.key, 'version', s.version)), '[]')
    from (
      select distinct w.custom_component as key, w.component_version as version
      from public.dashboard_views v
      join public.widgets w on w.workspace_id = v.workspace_id and w.view_id = v.id
      where v.workspace_id = p_workspace_id
        and v.owner_id = auth.uid()
        and v.deleted_at is null
        and w.custom_component is not null
    ) as s
  );
end;
$$;

comment on function private.components_shown(text) is
  'The versions of components in the caller''s own views: [{key, version}]. For definer functions.';

create function public.export_dashboard_part(workspace_id text, after text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.export_dashboard_part(workspace_id, after);
end;
$$;

comment on function public.export_dashboard_part(text, text) is
  'What the caller has arranged in a workspace, however much it is, a part a call: {document, next}. Each document is '
  'as export_dashboard gives it and goes into import_dashboard, in the order in which they come; `next` is null on the '
  'last one, else what to give as `after`. Takes dashboards.read. Errors: not_found, permission_denied, invalid_input '
  '(after), conflict (a view that no export can contain).';

grant execute on function public.export_dashboard_part(text, text) to authenticated;

create function private.export_dashboard_part(p_workspace_id text, p_after text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What an import takes, without what stands around the lists: preferences of 16 KiB and some keys.
  c_most_bytes constant integer := 4194304 - 65536;
  c_longest constant integer := 200;
  -- Ten full views: importing them takes a second, or a few where the machine is slow.
  c_most_widgets constant integer := 2000;
  v_preferences public.preferences;
  v_shown jsonb;
  v_next record;
  v_last jsonb;
  v_thing jsonb;
  v_needed jsonb;
  v_bytes bigint := 0;
  v_widgets bigint := 0;
  v_themes jsonb[] := '{}';
  v_views jsonb[] := '{}';
  v_components jsonb := '[]';
  v_is_full boolean := false;
  v_document jsonb;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = auth.uid();
  v_shown := private.components_shown(p_workspace_id);

  for v_next in select * from private.things_to_export(p_workspace_id, v_preferences, p_after) loop
    v_needed := '[]';
    if v_next.list = 'themes' then
      v_thing := private.exported_theme(p_workspace_id, v_next.id);
    else
      v_thing := (
        select private.exported_view(v)
        from public.dashboard_views v
        where v.workspace_id = p_workspace_id and v.id = v_next.id);
      v_needed := (
        select coalesce(jsonb_agg(c), '[]')
        from jsonb_array_elements(private.exported_components(p_workspace_id, jsonb_build_array(v_thing), v_shown)) as c
        where not v_components @> jsonb_build_array(jsonb_build_object('id', c -> 'id', 'version', c -> 'version')));
    end if;

    v_bytes := v_bytes + octet_length(v_thing::text) + octet_length(v_needed::text);
    v_widgets := v_widgets + coalesce(jsonb_array_length(v_thing #> '{layout,widgets}'), 0);
    v_is_full := v_last is not null
      and (
        v_bytes > c_most_bytes
        or v_widgets > c_most_widgets
        or cardinality(case v_next.list when 'themes' then v_themes else v_views end) = c_longest
        or jsonb_array_length(v_components) + jsonb_array_length(v_needed) > c_longest
      );
    exit when v_is_full;
    if v_next.list = 'themes' then
      v_themes := array_append(v_themes, v_thing);
    else
      v_views := array_append(v_views, v_thing);
    end if;
    v_components := v_components || v_needed;
    v_last := jsonb_build_array(v_next.list, v_next.created_at, v_next.id);
  end loop;

  v_document := private.export_document('dashboard', p_workspace_id, to_jsonb(v_views), v_shown) || jsonb_build_object(
    'themes', v_themes,
    'preferences', private.preferences_to_export(
      v_preferences, p_after is null, to_jsonb(v_themes), to_jsonb(v_views)));
  perform private.refuse_large_export(v_document);
  return jsonb_build_object('document', v_document, 'next', case when v_is_full then v_last::text end);
end;
$$;

comment on function private.export_dashboard_part(text, text) is
  'See public.export_dashboard_part. Definer: one check stands for those of every row.';

grant execute on function private.export_dashboard_part(text, text) to authenticated;

create function public.export_dashboard(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_part constant jsonb := private.export_dashboard_part(workspace_id, null);
begin
  if v_part -> 'next' <> 'null' then
    perform private.raise_error('conflict',
      'This is more than one export can contain: 4 MiB, 2,000 widgets, and 200 views, themes or components.', '',
      'Export it in parts with export_dashboard_part, or the views one by one with export_view.');
  end if;
  return v_part -> 'document';
end;
$$;

comment on function public.export_dashboard(text) is
  'What the caller has arranged in a workspace, as a document (exportSchema of types/transfer.ts) that '
  'import_dashboard takes in any workspace: their own views with the components that these need, their own themes and '
  'the active one, and the preferences that they have chosen. Takes dashboards.read; themes take themes.read and are '
  'left out without it. Errors: not_found, permission_denied, conflict (larger than 4 MiB, more than 2,000 widgets, or '
  'more than 200 of another kind: export_dashboard_part).';

grant execute on function public.export_dashboard(text) to authenticated;
