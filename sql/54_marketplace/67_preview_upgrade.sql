-- What an upgrade would change, before it does: which widgets in which views get another configuration, and which keep
-- their version because no configuration for the next one can be made of theirs.
--
-- Threats: a view that is not for who asks, told by its name (of those that are not open to all, and not the caller's,
-- there is a number); an answer as large as a workspace (100 views and 100 problems are named, all are counted).

create function private.preview_component(
  p_install public.marketplace_installs, p_bundle jsonb, p_sources jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_named constant integer := 100;
  v_nameable constant text[] := private.nameable_views(p_install.workspace_id);
begin
  return (
    with upgraded as materialized (
      select u.*, u.next_config = u.config as is_same
      from private.widgets_upgraded(p_install, p_bundle, p_sources) u
    ), grouped as materialized (
      select s.id, s.name, count(*) as widgets,
        count(*) filter (where u.problem is null and not u.is_same) as mapped,
        count(*) filter (where u.problem is not null) as invalid
      from upgraded u
      join public.dashboard_views v on v.workspace_id = p_install.workspace_id and v.id = u.view_id
      cross join lateral (
        select
          case when v.open_to = any (v_nameable) then v.id end as id,
          case when v.open_to = any (v_nameable) then v.name end as name
      ) as s
      group by s.id, s.name
    )
    select jsonb_build_object(
      'widgets', (
        select private.count_upgraded(coalesce(
          jsonb_agg(jsonb_build_object('problem', u.problem, 'is_same', u.is_same)), '[]'))
        from upgraded u
      ),
      'viewCount', (select count(distinct u.view_id) from upgraded u),
      'views', (
        select coalesce(
          jsonb_agg(
            jsonb_build_object(
              'id', g.id, 'name', g.name, 'widgets', g.widgets, 'mapped', g.mapped, 'invalid', g.invalid)
            order by g.invalid desc, g.mapped desc, g.name, g.id),
          '[]')
        from (select x.* from grouped x order by x.invalid desc, x.mapped desc, x.name, x.id limit c_most_named) as g
      ),
      'problems', (
        select coalesce(
          jsonb_agg(
            jsonb_build_object('viewId', p.view_id, 'instanceId', p.instance_id)
              || (p.problem - 'hint')
            order by p.view_id, p.instance_id),
          '[]')
        from (
          select u.view_id, u.instance_id, u.problem
          from upgraded u
          join grouped g on g.id = u.view_id
          where u.problem is not null
          order by u.view_id, u.instance_id
          limit c_most_named
        ) as p
      ))
  );
end;
$$;

comment on function private.preview_component(public.marketplace_installs, jsonb, jsonb) is
  'What an upgrade would do to the widgets of an installed component. For definer functions.';

create function private.preview_theme(p_install public.marketplace_installs, p_bundle jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_theme constant jsonb := (
    select jsonb_build_object('colors', t.colors, 'radius', t.radius)
    from public.themes t
    where t.workspace_id = p_install.workspace_id and t.id = p_install.theme_id);
begin
  return jsonb_build_object(
    'changes', (
      select coalesce(jsonb_agg(c.path order by c.path), '[]')
      from (
        select format('colors.%s.%s', m.mode, k.key) as path
        from unnest('{light,dark}'::text[]) as m (mode)
        cross join unnest(private.theme_tokens()) as k (key)
        where v_theme #> array['colors', m.mode, k.key]
          is distinct from p_bundle #> array['content', 'colors', m.mode, k.key]
        union all
        select 'radius.base' where v_theme -> 'radius' is distinct from p_bundle #> '{content,radius}'
      ) as c
    ),
    'people', (
      select count(*) from public.preferences p
      where p.workspace_id = p_install.workspace_id and p.active_theme_id = p_install.theme_id
    ),
    'isWorkspaceDefault', exists (
      select from public.default_themes d
      where d.workspace_id = p_install.workspace_id and d.theme_id = p_install.theme_id));
end;
$$;

comment on function private.preview_theme(public.marketplace_installs, jsonb) is
  'What an upgrade would change of an installed theme, and for how many people. For definer functions.';

create function private.preview_view(
  p_install public.marketplace_installs, p_bundle jsonb, p_sources jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_install.view_id, 'edit');
begin
  return jsonb_build_object(
    'changes', (
      select coalesce(
        jsonb_agg(jsonb_build_object(
          'key', d.value -> 'key', 'stays', d.value -> 'verdict' = '"conflict"') order by d.place) filter (
            where d.value ->> 'verdict' in ('mine', 'conflict')),
        '[]')
      from jsonb_array_elements(private.decided_upgrade(
        p_install,
        private.without_withheld(private.view_layout(v_view) || private.view_names(v_view), v_view),
        p_bundle,
        p_sources)) with ordinality as d (value, place)
    ));
end;
$$;

comment on function private.preview_view(public.marketplace_installs, jsonb, jsonb) is
  'What an upgrade would change of a view that was made from a template: parts that people changed since stay. Errors: '
  'not_found (view_id), permission_denied. For definer functions.';

create function public.preview_upgrade(workspace_id text, install_id uuid, version text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.preview_upgrade(workspace_id, install_id, version);
end;
$$;

comment on function public.preview_upgrade(text, uuid, text) is
  'What upgrading an installed copy would change, to the latest version or the one that is named (upgradePreviewSchema '
  'of types/marketplace.ts): of a component the widgets and views that show it, those whose configuration is mapped, '
  'and those that keep their version because it would no longer be valid; of a theme and a view what changes. '
  '`addresses` are those that are to be allowed, `requires` what is to be installed before, and `sources` those that '
  'are made or change. Nothing is written. Takes marketplace.install. Errors: not_found '
  '(workspace_id, install_id, listing_id, version, view_id), permission_denied, conflict (version for one that is not '
  'higher).';

grant execute on function public.preview_upgrade(text, uuid, text) to authenticated;

create function private.preview_upgrade(p_workspace_id text, p_install_id uuid, p_version text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_install public.marketplace_installs;
  v_listing public.marketplace_listings;
  v_version text;
  v_hash text;
  v_bundle jsonb;
  v_sources jsonb;
  v_changes jsonb;
begin
  perform private.require_permission(p_workspace_id, 'marketplace.install');
  select i.* into v_install
  from public.marketplace_installs i
  where i.workspace_id = p_workspace_id and i.id = p_install_id;
  if not found then
    perform private.install_not_found();
  end if;
  v_listing := private.published_listing(v_install.listing_id);
  v_version := coalesce(p_version, v_listing.version);
  v_hash := (
    select v.content_hash from public.marketplace_versions v
    where v.listing_id = v_listing.id and v.version = v_version and v.state = 'published');
  v_bundle := private.published_bundle(v_listing.id, v_version, v_hash);
  perform private.refuse_no_upgrade(v_install, v_version);
  select coalesce(jsonb_object_agg(d.key, d.id) filter (where d.id is not null), '{}'),
    coalesce(
      jsonb_agg(jsonb_build_object('key', d.key, 'stays', d.verdict = 'stays') order by d.key)
        filter (where d.verdict <> 'same'),
      '[]')
  into v_sources, v_changes
  from private.decided_sources(
    p_workspace_id, v_install.sources, private.installed_bundle(v_install), v_bundle) d;
  return jsonb_build_object(
    'installId', v_install.id,
    'kind', v_install.kind,
    'from', v_install.version,
    'to', v_version,
    'contentHash', v_hash,
    'notes', (
      select coalesce(
        jsonb_agg(jsonb_build_object('version', v.version, 'notes', v.notes) order by private.version_order(v.version)),
        '[]')
      from public.marketplace_versions v
      where v.listing_id = v_listing.id
        and v.state = 'published'
        and private.version_order(v.version) > private.version_order(v_install.version)
        and private.version_order(v.version) <= private.version_order(v_version)
    ),
    'addresses', private.addresses_to_allow(v_install, v_bundle),
    'requires', private.missing_requirements(p_workspace_id, v_bundle),
    'sources', v_changes,
    'component', case v_install.kind
      when 'component' then private.preview_component(v_install, v_bundle, v_sources) end,
    'theme', case v_install.kind when 'theme' then private.preview_theme(v_install, v_bundle) end,
    'view', case v_install.kind when 'view' then private.preview_view(v_install, v_bundle, v_sources) end);
end;
$$;

comment on function private.preview_upgrade(text, uuid, text) is
  'See public.preview_upgrade. Definer: those widgets count too that the caller does not see.';

grant execute on function private.preview_upgrade(text, uuid, text) to authenticated;

create function private.refuse_no_upgrade(p_install public.marketplace_installs, p_version text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.version_order(p_version) <= private.version_order(p_install.version) then
    perform private.raise_error('conflict',
      'The installed copy is of this version, or of a higher one.', 'version',
      'Give a higher version; roll_back_install leads to the one before.');
  end if;
end;
$$;

comment on function private.refuse_no_upgrade(public.marketplace_installs, text) is
  'Refuses what is no upgrade. Error: conflict (version).';
