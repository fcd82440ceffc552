-- Importing what 60_export.sql exports, into any workspace.
--
-- The whole document is checked before anything is written, and all of it happens in the caller's transaction: what is
-- wrong with the document leaves nothing behind. What the workspace or the role does not take is skipped and reported.
-- Names stay, ids are made anew, and references follow; nothing that is there is overwritten, but for preferences.
--
-- Threats: writing into a workspace with fewer rights than each part takes by itself (dashboards.write for the whole,
-- themes.write for themes, components.write and the premium plan for components, the role of each component for its
-- widgets); taking over something by its id (ids of a document name parts of the document alone).

create function private.import_components(p_workspace_id text, p_components jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_component record;
  v_result jsonb;
  v_imported jsonb := '[]';
  v_skipped jsonb := '[]';
  v_lost jsonb := '[]';
begin
  for v_component in
    select c.value as document, 'components.' || c.place - 1 as path, c.value ->> 'id' as key,
      c.value ->> 'version' as version
    from jsonb_array_elements(p_components) with ordinality as c (value, place)
    -- A version can only follow on lower ones.
    order by key, private.version_order(c.value ->> 'version')
  loop
    if exists (select from public.built_in_components b where b.key = v_component.key) then
      perform private.raise_invalid_input(v_component.path || '.id',
        'There is a built-in component with this id.', 'Leave it out: every workspace has it.');
    end if;
    v_result := private.import_component(p_workspace_id, v_component.document);
    if v_result ? 'outcome' then
      v_imported := v_imported
        || (jsonb_build_object('id', v_component.key, 'version', v_component.version) || v_result);
    else
      v_skipped := v_skipped || (jsonb_build_object('path', v_component.path) || v_result);
      v_lost := v_lost || jsonb_build_object(
        'id', v_component.key, 'version', v_component.version, 'code', v_result -> 'code');
    end if;
  end loop;
  return jsonb_build_object('imported', v_imported, 'skipped', v_skipped, 'lost', v_lost);
end;
$$;

comment on function private.import_components(text, jsonb) is
  'Imports the components of an export: {imported, skipped} for the report, and lost, which component_refusals '
  'takes. Error: invalid_input for the id of a built-in one. For definer functions.';

create function private.import_themes(p_workspace_id text, p_themes jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_may_write constant boolean := '{themes.read,themes.write}' <@ private.permissions_in(p_workspace_id);
begin
  return jsonb_build_object(
    'imported', case when v_may_write then (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'from', t.value -> 'id',
            'id', private.import_theme(
              p_workspace_id, t.value, private.imported_at(t.place, jsonb_array_length(p_themes))),
            'name', private.clean_text(t.value ->> 'name'))
          order by t.place),
        '[]')
      from jsonb_array_elements(p_themes) with ordinality as t (value, place)
    ) else '[]' end,
    'skipped', case when v_may_write then '[]' else (
      select coalesce(
        jsonb_agg(
          jsonb_build_object('path', 'themes.' || t.place - 1)
            || private.import_refusal(
              'permission_denied', 'Your role in this workspace does not allow you to make themes.')
          order by t.place),
        '[]')
      from jsonb_array_elements(p_themes) with ordinality as t (value, place)
    ) end
  );
end;
$$;

comment on function private.import_themes(text, jsonb) is
  'Imports the themes of an export, each as a personal one, if the caller may make themes: {imported, skipped} for '
  'the report. For definer functions.';

create function private.import_views(
  p_workspace_id text, p_views jsonb, p_list_path text, p_visibility text, p_lost jsonb
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view record;
  v_made record;
  v_imported jsonb := '[]';
  v_skipped jsonb := '[]';
begin
  for v_view in
    select v.value as document, p_list_path || '.' || v.place - 1 as path,
      private.imported_at(v.place, jsonb_array_length(p_views)) as created_at
    from jsonb_array_elements(p_views) with ordinality as v (value, place)
    order by v.place
  loop
    v_made := private.import_view_part(
      p_workspace_id, v_view.document, v_view.path, p_visibility, p_lost, v_view.created_at);
    v_imported := v_imported || jsonb_build_object(
      'from', v_view.document -> 'id', 'id', v_made.id, 'name', private.clean_text(v_view.document ->> 'name'));
    v_skipped := v_skipped || v_made.skipped;
  end loop;
  return jsonb_build_object('imported', v_imported, 'skipped', v_skipped);
end;
$$;

comment on function private.import_views(text, jsonb, text, text, jsonb) is
  'Imports the views of an export, each: {imported, skipped} for the report. p_list_path is where the list stands, '
  'null for a view that is the whole document. For definer functions.';

create function private.import_preferences(p_workspace_id text, p_document jsonb, p_views jsonb, p_themes jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
  v_value jsonb;
  v_refusal jsonb;
  v_applied jsonb := '{}';
  v_skipped jsonb := '[]';
begin
  -- What was not chosen there is left as it is here.
  for v_key, v_value in
    select p.key, p.value
    from jsonb_each(p_document -> 'preferences') as p
    where p.value not in ('null', '{}')
    order by p.key
  loop
    v_refusal := null;
    if v_key = 'active_dashboard_view' then
      v_value := (select v.value -> 'id' from jsonb_array_elements(p_views) as v where v.value -> 'from' = v_value);
    elsif v_key = 'active_theme_id'
      and p_document -> 'themes' @> jsonb_build_array(jsonb_build_object('id', v_value))
    then
      v_value := (select t.value -> 'id' from jsonb_array_elements(p_themes) as t where t.value -> 'from' = v_value);
      v_refusal := case when v_value is null then private.import_refusal('not_found', 'The theme was skipped.') end;
    elsif v_key = 'active_theme_id'
      and not exists (select from public.built_in_themes b where to_jsonb(b.key) = v_value)
    then
      v_refusal := private.import_refusal('not_found', 'There is no such built-in theme.');
    end if;

    v_refusal := coalesce(v_refusal, private.import_preference(p_workspace_id, v_key, v_value));
    if v_refusal is null then
      v_applied := v_applied || jsonb_build_object(v_key, v_value);
    else
      v_skipped := v_skipped || (jsonb_build_object('path', 'preferences.' || v_key) || v_refusal);
    end if;
  end loop;
  return jsonb_build_object('applied', v_applied, 'skipped', v_skipped);
end;
$$;

comment on function private.import_preferences(text, jsonb, jsonb, jsonb) is
  'Sets the caller''s preferences from an export, with what its views and themes became: {applied, skipped} for '
  'the report. For definer functions.';

create function private.import_document(
  p_workspace_id text, p_document jsonb, p_list_path text, p_visibility text, p_skipped jsonb
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_components jsonb;
  v_themes jsonb;
  v_views jsonb;
  v_preferences jsonb;
  v_default record;
  v_refused jsonb := '[]';
begin
  perform private.hold_membership(p_workspace_id);
  v_components := private.import_components(p_workspace_id, p_document -> 'components');
  v_themes := private.import_themes(p_workspace_id, p_document -> 'themes');
  v_views := private.import_views(
    p_workspace_id, p_document -> 'views', p_list_path, p_visibility, v_components -> 'lost');
  v_preferences := private.import_preferences(
    p_workspace_id, p_document, v_views -> 'imported', v_themes -> 'imported');

  select v.place - 1 as place, (v_views -> 'imported' -> (v.place - 1)::integer ->> 'id')::uuid as id into v_default
  from jsonb_array_elements(p_document -> 'views') with ordinality as v (value, place)
  where v.value -> 'isDefault' = 'true';
  if v_default.id is not null and private.is_api_key() then
    v_refused := jsonb_build_array(
      jsonb_build_object('path', concat_ws('.', p_list_path || '.' || v_default.place, 'isDefault'))
        || private.import_refusal('permission_denied', 'An API key is no person, and begins with no view.'));
  elsif v_default.id is not null
    and (
      p_document -> 'kind' = '"dashboard"'
      or not exists (
        select from public.preferences p
        where p.workspace_id = p_workspace_id
          and p.user_id = (select auth.uid())
          and p.default_dashboard_view is not null
      )
    )
  then
    perform private.set_default_view(p_workspace_id, v_default.id);
  end if;

  return jsonb_build_object(
    'views', v_views -> 'imported',
    'themes', v_themes -> 'imported',
    'components', v_components -> 'imported',
    'preferences', v_preferences -> 'applied',
    'skipped', (v_components -> 'skipped') || (v_themes -> 'skipped') || (v_views -> 'skipped')
      || (v_preferences -> 'skipped') || v_refused || private.first_skipped(p_skipped)
  );
end;
$$;

comment on function private.import_document(text, jsonb, text, text, jsonb) is
  'Imports a checked document and reports; p_skipped was left out when it was read. The default of a dashboard becomes '
  'the caller''s; that of a single view only where they have none, and of an API key never. For definer functions that '
  'have checked the permission.';

create function public.import_view(workspace_id text, document jsonb, visibility text default 'personal')
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.import_view(workspace_id, document, visibility);
end;
$$;

comment on function public.import_view(text, jsonb, text) is
  'Makes a view from what export_view gives, or from a bare view (viewSchema of types/view.ts), and reports '
  '(importReportSchema of types/transfer.ts): what was made, and in skipped what was left out, unknown keys too, and '
  'why, with its path and a registered code. All or nothing. Takes dashboards.read, and dashboards.arrange for a '
  'personal view, dashboards.write for others; a component that is not there yet takes components.write and the '
  'premium plan. Errors: not_found (workspace_id), permission_denied, payment_required (views), conflict '
  '(workspace_id), invalid_input (the path inside the document, or visibility).';

grant execute on function public.import_view(text, jsonb, text) to authenticated;

create function private.import_view(p_workspace_id text, p_document jsonb, p_visibility text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_export constant boolean := coalesce(jsonb_typeof(p_document) <> 'object' or p_document ? 'format', true);
  v_read record;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_to_make_view(p_workspace_id, p_visibility);
  if not v_is_export then
    v_read := private.imported_view(p_document);
    perform private.refuse_problem(v_read.problem);
    return private.import_document(p_workspace_id,
      jsonb_build_object('components', '[]'::jsonb, 'themes', '[]'::jsonb, 'views', jsonb_build_array(v_read.document)),
      null, p_visibility, v_read.skipped);
  end if;

  v_read := private.imported_export(p_document);
  perform private.refuse_problem(coalesce(
    v_read.problem,
    case when p_document -> 'kind' <> '"view"' then
      private.document_problem('kind', 'This is not the export of a view.', 'Give it to import_dashboard.')
    end));
  return private.import_document(p_workspace_id, v_read.document, 'views', p_visibility, v_read.skipped);
end;
$$;

comment on function private.import_view(text, jsonb, text) is
  'See public.import_view. Definer: whole layouts are written past the policies of single widgets, and preferences by '
  'no role.';

grant execute on function private.import_view(text, jsonb, text) to authenticated;

create function public.import_dashboard(workspace_id text, document jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.import_dashboard(workspace_id, document);
end;
$$;

comment on function public.import_dashboard(text, jsonb) is
  'Imports what export_dashboard gives into a workspace, as the caller''s own, and reports as import_view does: copies '
  'of views and themes with ids of their own, and the preferences. All or nothing. Takes dashboards.read and '
  'dashboards.write; themes take themes.read and themes.write; a component that is not there yet takes '
  'components.write and the premium plan. Errors: not_found (workspace_id), permission_denied, payment_required '
  '(views), conflict (workspace_id), invalid_input (the path inside the document; views for more than 3,000 widgets in '
  'all).';

grant execute on function public.import_dashboard(text, jsonb) to authenticated;

create function private.import_dashboard(p_workspace_id text, p_document jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_read record;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_person();
  perform private.require_permission(p_workspace_id, private.permission_to_make('personal'));
  v_read := private.imported_export(p_document);
  perform private.refuse_problem(coalesce(
    v_read.problem,
    case when p_document -> 'kind' <> '"dashboard"' then
      private.document_problem('kind', 'This is not the export of a dashboard.', 'Give it to import_view.')
    end));
  return private.import_document(p_workspace_id, v_read.document, 'views', 'personal', v_read.skipped);
end;
$$;

comment on function private.import_dashboard(text, jsonb) is
  'See public.import_dashboard. Definer: whole layouts are written past the policies of single widgets, and '
  'preferences by no role.';

grant execute on function private.import_dashboard(text, jsonb) to authenticated;
