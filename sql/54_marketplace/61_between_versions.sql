-- What becomes of widgets and views between one version of a bundle and the next. Preview and upgrade both ask here, so
-- that what was shown is what happens.

create function private.mappings_between(
  p_listing_id uuid, p_from text, p_to text, p_bundle jsonb
) returns jsonb[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select case
      when starts_with(m.bundle #>> '{mapping,defaults,source}', '$')
        and (coalesce(p_bundle -> 'sources', '[]') @> jsonb_build_array(jsonb_build_object(
          'key', substr(m.bundle #>> '{mapping,defaults,source}', 2)))) is not true
        -- A source that a version in between had is none of this one.
        then m.bundle -> 'mapping' #- '{defaults,source}'
      else m.bundle -> 'mapping'
    end
    from (
      select v.version, b.bundle
      from public.marketplace_versions v
      join private.marketplace_bundles b on b.content_hash = v.content_hash
      where v.listing_id = p_listing_id
        and v.state = 'published'
        and private.version_order(v.version) > private.version_order(p_from)
        and private.version_order(v.version) <= private.version_order(p_to)
      union all
      -- Of a listing that is gone, what a copy has is left.
      select p_to, p_bundle where p_listing_id is null
    ) as m
    where m.bundle ? 'mapping'
    order by private.version_order(m.version));
end;
$$;

comment on function private.mappings_between(uuid, text, text, jsonb) is
  'The mappings that lead from one version of a listing to a later one, of which this is the bundle, in their order. '
  'For definer functions.';

create function private.widgets_upgraded(p_install public.marketplace_installs, p_bundle jsonb, p_sources jsonb)
returns table (widget_id uuid, view_id uuid, instance_id uuid, config jsonb, next_config jsonb, problem jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_version constant text := p_bundle #>> '{content,version}';
  v_schema constant jsonb := p_bundle #> '{content,configSchema}';
  v_named constant jsonb := private.named_sources(
    private.sources_until_now(p_install), p_bundle, p_sources);
begin
  -- Many widgets are configured alike: each configuration is mapped and judged once.
  return query
    with shown as materialized (
      select w.component_version, w.config, array_agg(w.id) as ids, array_agg(w.view_id) as view_ids,
        array_agg(w.instance_id) as instance_ids,
        row_number() over (partition by w.component_version) as n
      from public.widgets w
      -- Those of deleted views stay what they are, to be restored.
      join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id and v.deleted_at is null
      where w.workspace_id = p_install.workspace_id
        and w.custom_component = p_install.component_key
        and w.component_version <> v_version
      group by w.component_version, w.config
    ), mapped as materialized (
      select v.component_version, m.n, m.config, m.problem
      from (
        select x.component_version, private.with_sources(
          private.mapped_configs(array_agg(x.config order by x.n),
            private.mappings_between(p_install.listing_id, x.component_version, v_version, p_bundle)),
          v_named) as configs
        from shown x
        group by x.component_version
        offset 0
      ) as v
      cross join lateral unnest(v.configs, private.config_problems(v.configs, v_schema))
        with ordinality as m (config, problem, n)
    )
    select w.id, w.view_id, w.instance_id, s.config, m.config, m.problem
    from shown s
    join mapped m on m.component_version = s.component_version and m.n = s.n
    cross join lateral unnest(s.ids, s.view_ids, s.instance_ids) as w (id, view_id, instance_id);
end;
$$;

comment on function private.widgets_upgraded(public.marketplace_installs, jsonb, jsonb) is
  'The widgets that show another version of an installed component than that of a bundle with sources, with the '
  'configuration that they would get, and why its schema does not take that. For definer functions.';

create function private.count_upgraded(p_widgets jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_build_object(
      'total', count(*),
      'unchanged', count(*) filter (where w.problem is null and w.is_same),
      'mapped', count(*) filter (where w.problem is null and not w.is_same),
      'invalid', count(*) filter (where w.problem is not null))
    from jsonb_to_recordset(p_widgets) as w (problem jsonb, is_same boolean)
  );
end;
$$;

comment on function private.count_upgraded(jsonb) is
  'How many widgets there are in a list of {problem, is_same}, by what becomes of them.';

create function private.template_layout(p_bundle jsonb, p_sources jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_content constant jsonb := private.installed_content(p_bundle, p_sources);
begin
  return (v_content -> 'layout') || jsonb_build_object(
    'name', private.clean_text(v_content ->> 'name'),
    'description', private.clean_text(v_content ->> 'description'));
end;
$$;

comment on function private.template_layout(jsonb, jsonb) is 'What a view template makes, as views are merged.';

create function private.decided_upgrade(
  p_install public.marketplace_installs, p_theirs jsonb, p_bundle jsonb, p_sources jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_base constant jsonb := private.template_layout(private.installed_bundle(p_install), p_install.sources);
  -- What is withheld from the caller is there all the same, and is neither made again nor changed by them.
  v_withheld constant text[] := array(
    select w.instance_id::text from public.widgets w
    where w.workspace_id = p_install.workspace_id and w.view_id = p_install.view_id
    except
    select lower(t.widget ->> 'instanceId') from jsonb_array_elements(p_theirs -> 'widgets') as t (widget));
begin
  return (
    select coalesce(
      jsonb_agg(
        -- A component that is upgraded by itself may take another configuration than the template knows.
        case
          when lower(d.value ->> 'instanceId') = any (v_withheld) then d.value || '{"verdict": "conflict"}'
          when d.value -> 'verdict' = '"mine"'
            and d.value #> '{mine,config}' is not null
            and private.config_problem('config', d.value #> '{mine,config}', c.config_schema) is not null
          then d.value || '{"verdict": "conflict"}'
          else d.value
        end
        order by d.place),
      '[]')
    -- From template to template: what the view was in between people made of it. A template names no versions of
    -- components, and those of the workspace are nobody's change.
    from jsonb_array_elements(private.merge_decisions(
      v_base || jsonb_build_object('widgets', (
        select coalesce(jsonb_agg(private.with_component_version(b.widget, t.widget)), '[]')
        from jsonb_array_elements(v_base -> 'widgets') as b (widget)
        left join jsonb_array_elements(p_theirs -> 'widgets') as t (widget)
          on (t.widget ->> 'instanceId')::uuid = (b.widget ->> 'instanceId')::uuid)),
      p_theirs, private.template_layout(p_bundle, p_sources), null, '{}')) with ordinality as d (value, place)
    left join lateral private.component_version_of(p_install.workspace_id,
      d.value #>> '{mine,widgetId}', d.value #>> '{mine,componentVersion}') as c
      on d.value #> '{mine,config}' is not null
  );
end;
$$;

comment on function private.decided_upgrade(public.marketplace_installs, jsonb, jsonb, jsonb) is
  'What of a view that was made from a template another one changes; what people have changed, what is withheld from '
  'the caller, and what a component would not take, is a conflict and stays theirs. For definer functions.';
