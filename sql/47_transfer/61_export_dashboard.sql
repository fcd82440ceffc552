-- Exporting all that a person has arranged in a workspace: as one document (10_documents.sql) where it fits, else in
-- parts. A part is a document, too, with as much as fits, so that import_dashboard takes whatever was exported: the
-- themes come first, then the views, each with the components that it needs, and with lower versions of these that a
-- later part needs; a preference that refers to one of them stands in its part, the others in the first. A view that no
-- document can contain ends nothing: the part that it would be in names it.
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

create function private.versions_in_own_views(p_workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'version', s.version)), '[]')
    from (
      select distinct w.custom_component as id, w.component_version as version
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

comment on function private.versions_in_own_views(text) is
  'The versions of components in the caller''s own views: [{id, version}]. For definer functions.';

create function private.versions_below(p_versions jsonb, p_among jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(distinct jsonb_build_object('id', a.id, 'version', a.version)), '[]')
    from jsonb_to_recordset(p_among) as a (id text, version text)
    join jsonb_to_recordset(p_versions) as v (id text, version text)
      on v.id = a.id and private.version_order(v.version) > private.version_order(a.version)
  );
end;
$$;

comment on function private.versions_below(jsonb, jsonb) is
  'Of versions of components those that are lower than another of the same component: lists of {id, version}.';

create function private.versions_without(p_versions jsonb, p_components jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(v), '[]')
    from jsonb_array_elements(p_versions) as v
    where not p_components @> jsonb_build_array(v)
  );
end;
$$;

comment on function private.versions_without(jsonb, jsonb) is
  'Versions of components, [{id, version}], without those of a list, which may be whole documents.';

create function private.components_within(p_components jsonb, p_count bigint, p_bytes bigint) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(c.value order by c.place), '[]')
    from (
      select e.value, e.place, sum(octet_length(e.value::text) + 2) over (order by e.place) as bytes
      from jsonb_array_elements(p_components) with ordinality as e (value, place)
    ) as c
    where c.place <= p_count and c.bytes <= p_bytes
  );
end;
$$;

comment on function private.components_within(jsonb, bigint, bigint) is
  'The first of exported components, as many as there is room for.';

create function private.dashboard_document(
  p_preferences public.preferences, p_is_first boolean, p_themes jsonb, p_views jsonb, p_components jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.export_document('dashboard', p_views, (
    select coalesce(jsonb_agg(c order by c ->> 'id', private.version_order(c ->> 'version')), '[]')
    from jsonb_array_elements(p_components) as c
  )) || jsonb_build_object(
    'themes', p_themes,
    'preferences', private.preferences_to_export(p_preferences, p_is_first, p_themes, p_views));
end;
$$;

comment on function private.dashboard_document(public.preferences, boolean, jsonb, jsonb, jsonb) is
  'A part of the export of a dashboard, the first one or another. For definer functions.';

create function public.export_dashboard_part(workspace_id text, after text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.export_dashboard_part(workspace_id, after);
end;
$$;

comment on function public.export_dashboard_part(text, text) is
  'What the caller has arranged in a workspace, however much it is, a part a call: {document, next, skipped}. Each '
  'document is as export_dashboard gives it and goes into import_dashboard, in the order in which they come; `next` is '
  'null on the last one, else what to give as `after`. In `skipped` are the views that are too large for a document, '
  'with the components that they show: {id, name, code, message}. Takes dashboards.read, and is for people: an API key '
  'has nothing of its own. Errors: not_found, permission_denied (a permission, or person), invalid_input (after).';

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
  v_own jsonb;
  v_next record;
  v_is_first boolean;
  v_last jsonb;
  v_thing jsonb;
  v_shown jsonb;
  v_needed jsonb;
  v_lower jsonb;
  v_bytes bigint := 0;
  v_widgets bigint := 0;
  v_themes jsonb := '[]';
  v_views jsonb := '[]';
  v_components jsonb := '[]';
  v_skipped jsonb := '[]';
  v_is_full boolean := false;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_person();
  select * into v_preferences
  from public.preferences p
  where p.workspace_id = p_workspace_id and p.user_id = auth.uid();
  v_own := private.versions_in_own_views(p_workspace_id);

  for v_next in select * from private.things_to_export(p_workspace_id, v_preferences, p_after) loop
    v_is_first := v_last is null;
    v_needed := '[]';
    v_lower := '[]';
    if v_next.list = 'themes' then
      v_thing := private.exported_theme(p_workspace_id, v_next.id);
    else
      v_thing := (
        select private.exported_view(v)
        from public.dashboard_views v
        where v.workspace_id = p_workspace_id and v.id = v_next.id);
      v_shown := private.versions_shown(jsonb_build_array(v_thing));
      v_needed := private.exported_versions(p_workspace_id, private.versions_without(v_shown, v_components));
      -- A version can only follow on lower ones: what comes after this document would come too late.
      v_lower := private.exported_versions(
        p_workspace_id, private.versions_without(private.versions_below(v_shown, v_own), v_components || v_shown));
    end if;
    if v_is_first then
      -- What a view shows itself comes before what others show.
      v_lower := private.components_within(
        v_lower, c_longest - jsonb_array_length(v_needed),
        c_most_bytes - octet_length(v_thing::text) - octet_length(v_needed::text));
    end if;

    v_bytes := v_bytes + octet_length(v_thing::text) + octet_length((v_needed || v_lower)::text);
    v_widgets := v_widgets + coalesce(jsonb_array_length(v_thing #> '{layout,widgets}'), 0);
    v_is_full := not v_is_first
      and (
        v_bytes > c_most_bytes
        or v_widgets > c_most_widgets
        or jsonb_array_length(case v_next.list when 'themes' then v_themes else v_views end) = c_longest
        or jsonb_array_length(v_components || v_needed || v_lower) > c_longest
      );
    exit when v_is_full;
    v_last := jsonb_build_array(v_next.list, v_next.created_at, v_next.id);
    if v_bytes > c_most_bytes
      and private.is_larger_than(
        private.dashboard_document(v_preferences, p_after is null, '[]', jsonb_build_array(v_thing), v_needed),
        private.largest_export())
    then
      v_bytes := 0;
      v_widgets := 0;
      v_skipped := jsonb_build_array(jsonb_build_object(
        'id', v_thing -> 'id',
        'name', v_thing -> 'name',
        'code', 'conflict',
        'message', 'This view with the components that it shows is more than a part can contain, which is 4 MiB.'));
      continue;
    end if;
    if v_next.list = 'themes' then
      v_themes := v_themes || v_thing;
    else
      v_views := v_views || v_thing;
    end if;
    v_components := v_components || v_needed || v_lower;
  end loop;

  return jsonb_build_object(
    'document', private.dashboard_document(v_preferences, p_after is null, v_themes, v_views, v_components),
    'next', case when v_is_full then v_last::text end,
    'skipped', v_skipped);
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
  if v_part -> 'next' <> 'null' or v_part -> 'skipped' <> '[]' then
    perform private.raise_error('conflict',
      'This is more than one export can contain: 4 MiB, 2,000 widgets, and 200 views, themes or components.', null,
      'Export it in parts with export_dashboard_part, or the views one by one with export_view.');
  end if;
  return v_part -> 'document';
end;
$$;

comment on function public.export_dashboard(text) is
  'What the caller has arranged in a workspace, as a document (exportSchema of types/transfer.ts) that '
  'import_dashboard takes in any workspace: their own views with the components that these need, their own themes and '
  'the active one, and the preferences that they have chosen. Takes dashboards.read, and is for people: an API key has '
  'nothing of its own; themes take themes.read and are left out without it. Errors: not_found, permission_denied (a '
  'permission, or person), conflict (larger than 4 MiB, more than 2,000 widgets, or more than 200 of another kind: '
  'export_dashboard_part).';

grant execute on function public.export_dashboard(text) to authenticated;
