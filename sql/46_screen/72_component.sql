-- One component, for those whose role may use it and for those who see a widget of it.
--
-- Threat: learning about components that are not for one's role (a widget is found by the policy of widgets, and its
-- access is asked again; it describes its own version and no other).

create function public.get_component(workspace_id text, key text, version text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_component jsonb;
  v_widget_id uuid;
begin
  if 'components.read' = any (private.permissions_in(workspace_id)) then
    v_component := private.usable_component(workspace_id, key, version);
    if v_component is not null then
      return v_component;
    end if;
  end if;

  select w.id into v_widget_id
  from public.widgets w
  where w.workspace_id = get_component.workspace_id
    and (w.custom_component = get_component.key or w.built_in_component = get_component.key)
    and (get_component.version is null or w.component_version = get_component.version)
  order by private.version_order(w.component_version) desc
  limit 1;
  if v_widget_id is not null then
    return private.component_of_widget(workspace_id, v_widget_id);
  end if;
  perform private.require_permission(workspace_id, 'components.read');
  perform private.component_not_found();
end;
$$;

comment on function public.get_component(text, text, text) is
  'A component in the form of available_components: a built-in one, or a version of the workspace''s own, the latest '
  'where none is named. It takes components.read and a role that may use it, or a widget of it that the caller sees, '
  'which tells of its own version. With components.write all of the workspace''s own. Errors: not_found '
  '(workspace_id, key), permission_denied.';

grant execute on function public.get_component(text, text, text) to authenticated;

create function private.component_of_widget(p_workspace_id text, p_widget_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.access_to(p_workspace_id, 'widget', p_widget_id) = 'none' then
    perform private.component_not_found();
  end if;
  return (
    select private.components_shown(p_workspace_id, jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
      'widgetId', w.component_key, 'componentVersion', w.component_version)))) -> 0
    from public.widgets w
    where w.workspace_id = p_workspace_id and w.id = p_widget_id
  );
end;
$$;

comment on function private.component_of_widget(text, uuid) is
  'The component of a widget that the caller sees. Error: not_found (key). Definer: it is told past the policies of '
  'components.';

grant execute on function private.component_of_widget(text, uuid) to authenticated;
