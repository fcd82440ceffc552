-- What an upgrade, or rolling back, does to one copy: the component with its widgets, the theme, or the view.

create function private.change_copy(
  p_install public.marketplace_installs,
  p_bundle jsonb,
  p_sources jsonb,
  p_version text,
  p_content_hash text,
  p_rolls_back boolean
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_content constant jsonb := private.installed_content(p_bundle, p_sources);
begin
  update public.marketplace_installs i
  set version = p_version,
    content_hash = p_content_hash,
    sources = p_sources,
    name = p_install.name,
    author = p_install.author,
    revision = i.revision + 1
  where i.workspace_id = p_install.workspace_id and i.id = p_install.id;
  case p_install.kind
    when 'component' then
      if p_rolls_back then
        return private.roll_back_component(p_install, p_bundle, p_sources);
      end if;
      perform private.publish_component(p_install.workspace_id, v_content, p_comes_from_elsewhere => true);
      return private.upgrade_widgets(p_install, p_bundle, p_sources);
    when 'theme' then
      update public.themes t
      set name = v_content ->> 'name',
        version = v_content ->> 'version',
        colors = v_content -> 'colors',
        radius = v_content -> 'radius',
        metadata = v_content -> 'metadata'
      where t.workspace_id = p_install.workspace_id and t.id = p_install.theme_id;
    else
      perform private.change_view(p_install, p_bundle, p_sources);
  end case;
  return null;
end;
$$;

comment on function private.change_copy(public.marketplace_installs, jsonb, jsonb, text, text, boolean) is
  'Makes an installed copy, as it was before, what a bundle with these sources is, and says what became of widgets; '
  'null of what has none. For definer functions.';

create function private.upgrade_widgets(
  p_install public.marketplace_installs, p_bundle jsonb, p_sources jsonb
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version constant text := p_bundle #>> '{content,version}';
  v_upgraded jsonb;
begin
  -- Publishing has locked them.
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', u.widget_id, 'config', u.next_config, 'problem', u.problem, 'is_same', u.next_config = u.config)), '[]')
  into v_upgraded
  from private.widgets_upgraded(p_install, p_bundle, p_sources) u;
  update public.widgets w
  set component_version = v_version, config = u.config
  from jsonb_to_recordset(v_upgraded) as u (id uuid, config jsonb, problem jsonb)
  where w.workspace_id = p_install.workspace_id and w.id = u.id and u.problem is null;
  return private.count_upgraded(v_upgraded);
end;
$$;

comment on function private.upgrade_widgets(public.marketplace_installs, jsonb, jsonb) is
  'Moves the widgets of an installed component to a version that was published just now. For definer functions.';

create function private.roll_back_component(
  p_install public.marketplace_installs, p_bundle jsonb, p_sources jsonb
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version constant text := p_bundle #>> '{content,version}';
  v_schema constant jsonb := p_bundle #> '{content,configSchema}';
  v_properties constant jsonb := coalesce(v_schema -> 'properties', '{}');
  v_default constant jsonb := private.installed_content(p_bundle, p_sources) -> 'defaultConfig';
  v_upgraded constant jsonb := private.installed_bundle(p_install);
  v_mappings constant jsonb[] := private.mappings_between(
    p_install.listing_id, v_version, p_install.version, v_upgraded);
  v_until_now constant jsonb[] := private.sources_until_now(p_install);
  v_as_upgraded constant jsonb := private.named_sources(v_until_now, v_upgraded, p_install.sources);
  v_as_before constant jsonb := private.named_sources(v_until_now, p_bundle, p_sources);
  v_back jsonb;
begin
  perform private.lock_widgets_of_component(p_install.workspace_id, p_install.component_key, 14);
  with shown as materialized (
    select w.id, w.config, (private.with_sources(array[w.config], v_as_before))[1] as edited, (
      select h.document -> 'config'
      from private.widget_versions h
      where h.workspace_id = w.workspace_id
        and h.view_id = w.view_id
        and h.widget_id = w.id
        and h.document ->> 'widgetId' = w.component_key
        and h.document ->> 'componentVersion' = v_version
      order by h.until_version desc
      limit 1) as earlier
    from public.widgets w
    where w.workspace_id = p_install.workspace_id
      and w.custom_component = p_install.component_key
      and private.version_order(w.component_version) > private.version_order(v_version)
  ), chosen as (
    select s.id, s.config, (
      select c.config
      from (
        values
          -- As the upgrade left it: as it was before.
          (1, case
            when private.with_sources(private.mapped_configs(array[s.earlier], v_mappings), v_as_upgraded)
              = array[s.config]
            then s.earlier end),
          (2, s.edited),
          (3, s.earlier),
          (4, (
            select coalesce(jsonb_object_agg(e.key, e.value), '{}')
            from jsonb_each(s.edited) as e
            where v_properties ? e.key
          ))
      ) as c (place, config)
      where c.config is not null and private.config_problem('config', c.config, v_schema) is null
      order by c.place
      limit 1) as next_config
    from shown s
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id,
    'config', coalesce(c.next_config, v_default),
    'problem', case when c.next_config is null then to_jsonb(true) end,
    'is_same', c.next_config = c.config)), '[]')
  into v_back
  from chosen c;

  update public.widgets w
  set component_version = v_version, config = u.config
  from jsonb_to_recordset(v_back) as u (id uuid, config jsonb)
  where w.workspace_id = p_install.workspace_id and w.id = u.id;
  -- The higher version would be the latest, which counts for widgets to come and for who may use the component.
  delete from public.component_versions v
  where v.workspace_id = p_install.workspace_id
    and v.component_key = p_install.component_key
    and private.version_order(v.version) > private.version_order(v_version);
  update public.components c
  set allowed_roles = array(select jsonb_array_elements_text(p_bundle #> '{content,allowedRoles}'))
  where c.workspace_id = p_install.workspace_id and c.key = p_install.component_key;
  return private.count_upgraded(v_back);
end;
$$;

comment on function private.roll_back_component(public.marketplace_installs, jsonb, jsonb) is
  'Moves the widgets of an installed component back to an earlier version and takes the later ones away. Error: '
  'conflict (component). For definer functions.';

create function private.change_view(
  p_install public.marketplace_installs, p_bundle jsonb, p_sources jsonb
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views := private.require_view(p_install.view_id, 'edit');
  v_theirs jsonb;
  v_decisions jsonb;
  v_widgets jsonb;
begin
  v_view := private.lock_view(v_view.id);
  -- Asked again: whoever waited may have lost the access meanwhile.
  v_view := private.require_view(v_view.id, 'edit');
  v_theirs := private.without_withheld(private.view_layout(v_view) || private.view_names(v_view), v_view);
  select coalesce(jsonb_agg(d.value order by d.place), '[]') into v_decisions
  from jsonb_array_elements(private.decided_upgrade(p_install, v_theirs, p_bundle, p_sources))
    with ordinality as d (value, place)
  where d.value ->> 'verdict' <> 'conflict';
  select coalesce(jsonb_object_agg(o.outcome, o.widgets), '{}') into v_widgets
  from (
    select
      case when d.document is null then 'remove' when d.theirs is null then 'make' else 'change' end as outcome,
      jsonb_agg(
        jsonb_build_object(
          'instance_id', d.instance_id, 'place', d.place, 'document', d.document,
          -- One that comes back has the grants that it had.
          'id', case when d.theirs is null then (
            select h.widget_id
            from private.widget_versions h
            where h.workspace_id = v_view.workspace_id and h.view_id = v_view.id
              and h.document -> 'instanceId' = to_jsonb(d.instance_id)
            order by h.until_version desc
            limit 1) end,
          'is_other_component',
          (d.document ->> 'widgetId') is distinct from (d.theirs ->> 'widgetId'))
        order by d.place) as widgets
    from private.decided_widgets(v_theirs, v_decisions) d
    group by 1
  ) as o;
  perform private.refuse_components(v_view.workspace_id, 'bundle.content.layout.',
    coalesce(v_widgets -> 'make', '[]') || coalesce(v_widgets -> 'change', '[]'), true);
  perform private.write_save(
    v_view,
    jsonb_build_object(
      'decisions', v_decisions, 'settings', private.decided_settings(v_decisions), 'widgets', v_widgets),
    'bundle.content.layout', null);
end;
$$;

comment on function private.change_view(public.marketplace_installs, jsonb, jsonb) is
  'Makes a view that came from a template what another is, but for what people changed. Errors: not_found (view_id), '
  'permission_denied. For definer functions.';
