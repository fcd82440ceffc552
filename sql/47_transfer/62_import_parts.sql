-- The parts of an import, each taken by itself: what a workspace or the caller's role does not take is no error here,
-- but skipped, with a refusal {code, message} for the report.
--
-- A refusal is a registered error that somebody else raises: what publishing a component or setting a preference
-- refuses, an import refuses for the same reason and in the same words.

create function private.import_refusal(p_code text, p_message text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('code', p_code, 'message', p_message);
end;
$$;

comment on function private.import_refusal(text, text) is
  'Why a part of an import was left out: a registered code and a sentence.';

create function private.imported_at(p_place bigint, p_count integer) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return now() - (p_count - p_place) * interval '1 microsecond';
end;
$$;

comment on function private.imported_at(bigint, integer) is
  'When the entry in a place of a list was made, so that what is sorted by it keeps the order of the document.';

create function private.has_component(p_workspace_id text, p_component jsonb) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cleaned constant jsonb := p_component || jsonb_build_object(
    'title', private.clean_text(p_component ->> 'title'),
    'description', private.clean_text(p_component ->> 'description'));
begin
  -- Without the permission to see all components, one that is not for the caller's role is like one that is not there.
  return exists (
    select from public.component_versions v
    where v.workspace_id = p_workspace_id
      and v.component_key = p_component ->> 'id'
      and v.version = p_component ->> 'version'
      and private.exported_component(v) = v_cleaned
      and private.sees_component(v.workspace_id, v.component_key));
end;
$$;

comment on function private.has_component(text, jsonb) is
  'Whether a workspace has the same component in the same version, and the caller sees it. For definer functions.';

create function private.import_component(p_workspace_id text, p_component jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error text;
begin
  if private.has_component(p_workspace_id, p_component) then
    return '{"outcome": "used"}';
  end if;
  perform private.publish_component(p_workspace_id, p_component, p_comes_from_elsewhere => true);
  return '{"outcome": "published"}';
exception
  when sqlstate 'PGRST' then
    get stacked diagnostics v_error = message_text;
    -- Of two who import the same document at once the second has waited for the first.
    if private.has_component(p_workspace_id, p_component) then
      return '{"outcome": "used"}';
    end if;
    return private.import_refusal(v_error::jsonb ->> 'code', v_error::jsonb ->> 'message');
end;
$$;

comment on function private.import_component(text, jsonb) is
  'Publishes a component, unless the same is there already: {outcome}, published or used, or why it is skipped. '
  'For definer functions.';

create function private.import_theme(p_workspace_id text, p_theme jsonb, p_created_at timestamptz) returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  insert into public.themes (workspace_id, name, version, colors, radius, metadata, visibility, created_at)
  values (p_workspace_id, p_theme ->> 'name', p_theme ->> 'version', p_theme -> 'colors', p_theme -> 'radius',
    p_theme -> 'metadata', 'personal', p_created_at)
  returning id into v_id;
  return v_id;
end;
$$;

comment on function private.import_theme(text, jsonb, timestamptz) is
  'Makes a personal theme of the caller''s. For definer functions that have checked the permission and the document.';

create function private.component_refusals(p_workspace_id text, p_widgets jsonb, p_lost jsonb)
returns table (component_key text, component_version text, refusal jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select n.key, n.version, coalesce(
      (
        select private.import_refusal(l.value ->> 'code', 'Its component was skipped.')
        from jsonb_array_elements(p_lost) as l
        where l.value ->> 'id' = n.key and l.value ->> 'version' = coalesce(n.version, l.value ->> 'version')
        limit 1
      ),
      case
        when c.is_built_in is null then
          private.import_refusal('not_found', 'There is no such component in this workspace.')
        when not private.may_use_component(p_workspace_id, c.allowed_roles) then
          private.import_refusal('permission_denied', 'This component is not for your role.')
      end)
    from (
      select distinct w.value ->> 'widgetId' as key, w.value ->> 'componentVersion' as version
      from jsonb_array_elements(p_widgets) as w
    ) as n
    cross join lateral private.component_version_of(p_workspace_id, n.key, n.version) as c;
end;
$$;

comment on function private.component_refusals(text, jsonb, jsonb) is
  'Each component that widgets name, with why they are skipped, or null. p_lost are the components {id, version, '
  'code} of the document that were skipped: their names may mean something else in this workspace. '
  'For definer functions.';

create function private.skipped_role_default(p_view jsonb, p_path text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object('path', concat_ws('.', nullif(p_path, ''), c.key))
          || private.import_refusal(
            'conflict', 'Which view a role begins with is set by those who may change this workspace.')
        order by c.key),
      '[]')
    from jsonb_each(p_view) as c
    where (c.key = 'isRoleDefault' and c.value = 'true') or c.key = 'roleId'
  );
end;
$$;

comment on function private.skipped_role_default(jsonb, text) is
  'What a view says of being the default of a role, which no import takes over, as entries of the report.';

create function private.import_view_part(
  p_workspace_id text, p_view jsonb, p_path text, p_visibility text, p_lost jsonb, p_created_at timestamptz,
  out id uuid, out skipped jsonb
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_layout constant jsonb := p_view -> 'layout';
  v_path constant text := concat_ws('.', nullif(p_path, ''), 'layout') || '.';
  v_view public.dashboard_views;
  v_widgets jsonb;
begin
  select
    jsonb_agg(
      jsonb_build_object(
        'place', w.place - 1, 'instance_id', w.widget -> 'instanceId', 'document', w.widget)
      order by w.place) filter (where r.refusal is null),
    coalesce(
      jsonb_agg(jsonb_build_object('path', v_path || 'widgets.' || w.place - 1) || r.refusal order by w.place)
        filter (where r.refusal is not null),
      '[]')
  into v_widgets, skipped
  from jsonb_array_elements(v_layout -> 'widgets') with ordinality as w (widget, place)
  join private.component_refusals(p_workspace_id, v_layout -> 'widgets', p_lost) as r
    on r.component_key = w.widget ->> 'widgetId'
    and r.component_version is not distinct from w.widget ->> 'componentVersion';

  perform private.refuse_configs(p_workspace_id, v_path, coalesce(v_widgets, '[]'));
  insert into public.dashboard_views (workspace_id, name, description, row_height, gap, visibility, created_at)
  values (p_workspace_id, p_view ->> 'name', coalesce(p_view ->> 'description', ''),
    (v_layout -> 'rowHeight')::numeric, (v_layout -> 'gap')::numeric, p_visibility, p_created_at)
  returning * into v_view;
  perform private.write_widgets(v_view, jsonb_build_object('make', coalesce(v_widgets, '[]')));
  id := v_view.id;
  skipped := private.skipped_role_default(p_view, p_path) || skipped;
end;
$$;

comment on function private.import_view_part(text, jsonb, text, text, jsonb, timestamptz, out uuid, out jsonb) is
  'Makes a view of the caller''s from a checked document that stands at a path, without the widgets whose component '
  'is skipped and without being the default of a role, which it lists. Errors: invalid_input for a configuration that '
  'its component does not take, payment_required (views), conflict (workspace_id). For definer functions that have '
  'checked the permission.';

create function private.import_preference(p_workspace_id text, p_key text, p_value jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error text;
begin
  perform private.patch_preferences(p_workspace_id, jsonb_build_object(p_key, p_value));
  return null;
exception
  when sqlstate 'PGRST' then
    get stacked diagnostics v_error = message_text;
    return private.import_refusal(v_error::jsonb ->> 'code', v_error::jsonb ->> 'message');
end;
$$;

comment on function private.import_preference(text, text, jsonb) is
  'Sets one preference of the caller''s; null, or why it cannot be. For definer functions.';
