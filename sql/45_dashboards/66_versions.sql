-- The history of a view for clients: list, look at, compare, restore. Undo and redo are restores: each makes a version
-- of its own, so nothing is ever lost by going back.
--
-- Who may see a view may see what it was, but for widgets that are not for them. How far back, 50_history.sql says.

create function private.require_version(p_view public.dashboard_views, p_version bigint, p_field text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept constant jsonb := private.kept_view(p_view, p_version);
begin
  if v_kept is null then
    perform private.raise_error('not_found',
      'There is no such version of this view, or it is no longer kept.', p_field, 'Read the list of versions again.');
  end if;
  return private.without_withheld(v_kept, p_view);
end;
$$;

comment on function private.require_version(public.dashboard_views, bigint, text) is
  'What a view was in a version, as private.kept_view gives it, without widgets that are withheld from the caller. '
  'Error: not_found with the given field. For definer functions.';

create function public.list_view_versions(view_id uuid, before bigint default null, per_page integer default 50)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_view_versions(view_id, before, per_page);
end;
$$;

comment on function public.list_view_versions(uuid, bigint, integer) is
  'The versions of a view, latest first: [{version, name, description, label, savedAt, savedBy {id, name}, '
  'isCurrent}], at most per_page (50, up to 100) of those before a version. Without members.read savedBy is oneself or '
  'null. Errors: not_found (view_id), invalid_input (per_page).';

grant execute on function public.list_view_versions(uuid, bigint, integer) to authenticated;

create function private.list_view_versions(p_view_id uuid, p_before bigint, p_per_page integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_oldest constant bigint := private.oldest_version_in_reach(v_view);
  v_sees_people constant boolean := 'members.read' = any (private.permissions_in(v_view.workspace_id));
begin
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 versions.', 'Give a whole number from 1 to 100.');
  end if;
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'version', h.version,
        'name', coalesce(h.name, v_view.name),
        'description', coalesce(h.description, v_view.description),
        'label', h.label,
        'savedAt', private.timestamp_text(h.saved_at),
        'savedBy', case when v_sees_people or h.saved_by = private.person_id() then (
          select jsonb_build_object('id', p.id, 'name', p.name) from public.profiles p where p.id = h.saved_by) end,
        'isCurrent', h.version = v_view.version
      )
      order by h.version desc
    ), '[]')
    from (
      select *
      from private.view_versions x
      where x.workspace_id = v_view.workspace_id
        and x.view_id = v_view.id
        and x.version < coalesce(p_before, v_view.version + 1)
        and x.version >= v_oldest
      order by x.version desc
      limit p_per_page
    ) as h
  );
end;
$$;

comment on function private.list_view_versions(uuid, bigint, integer) is
  'See public.list_view_versions. Definer: clients cannot read the history, nor the names of people who have left.';

grant execute on function private.list_view_versions(uuid, bigint, integer) to authenticated;

create function public.get_view_version(view_id uuid, version bigint) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_view_version(view_id, version);
end;
$$;

comment on function public.get_view_version(uuid, bigint) is
  'The layout that a view had in a version, as save_layout and import_view take it. Errors: not_found (view_id, '
  'version).';

grant execute on function public.get_view_version(uuid, bigint) to authenticated;

create function private.get_view_version(p_view_id uuid, p_version bigint) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.require_version(private.require_view(p_view_id, 'view'), p_version, 'version')
    - '{name,description}'::text[];
end;
$$;

comment on function private.get_view_version(uuid, bigint) is
  'See public.get_view_version. Definer: clients cannot read the history.';

grant execute on function private.get_view_version(uuid, bigint) to authenticated;

create function public.compare_view_versions(view_id uuid, from_version bigint, to_version bigint default null)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.compare_view_versions(view_id, from_version, to_version);
end;
$$;

comment on function public.compare_view_versions(uuid, bigint, bigint) is
  'What changed from one version of a view to another, the present one where none is given: {from, to, added, removed, '
  'moved, changed, settings}, the latter with name and description. A widget that moved and changed is in both. '
  'Errors: not_found (view_id, from_version, to_version).';

grant execute on function public.compare_view_versions(uuid, bigint, bigint) to authenticated;

create function private.compare_view_versions(p_view_id uuid, p_from bigint, p_to bigint) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_from constant jsonb := private.require_version(v_view, p_from, 'from_version');
  v_to constant jsonb := private.require_version(v_view, coalesce(p_to, v_view.version), 'to_version');
  c_row constant text[] := '{position,id,version,lastUpdated}';
begin
  return (
    with f as (
      select w.value ->> 'instanceId' as id, w.value as widget from jsonb_array_elements(v_from -> 'widgets') as w
    ),
    t as (
      select w.value ->> 'instanceId' as id, w.value as widget from jsonb_array_elements(v_to -> 'widgets') as w
    ),
    compared as (
      select id, f.widget as was, t.widget as is,
        f.widget -> 'position' <> t.widget -> 'position' as has_moved,
        f.widget - c_row <> t.widget - c_row as has_changed
      from f full join t using (id)
    )
    select jsonb_build_object(
      'from', p_from,
      'to', coalesce(p_to, v_view.version),
      'added', coalesce(jsonb_agg(c.is order by c.id) filter (where c.was is null), '[]'),
      'removed', coalesce(jsonb_agg(c.was order by c.id) filter (where c.is is null), '[]'),
      'moved', coalesce(
        jsonb_agg(jsonb_build_object('instanceId', c.id, 'from', c.was -> 'position', 'to', c.is -> 'position')
          order by c.id) filter (where c.has_moved), '[]'),
      'changed', coalesce(
        jsonb_agg(jsonb_build_object('instanceId', c.id, 'from', c.was, 'to', c.is)
          order by c.id) filter (where c.has_changed), '[]'),
      'settings', (
        select coalesce(jsonb_object_agg(s.key, jsonb_build_object('from', v_from -> s.key, 'to', v_to -> s.key)), '{}')
        from unnest('{name,description,rowHeight,gap}'::text[]) as s (key)
        where v_from -> s.key <> v_to -> s.key
      )
    )
    from compared c
  );
end;
$$;

comment on function private.compare_view_versions(uuid, bigint, bigint) is
  'See public.compare_view_versions. Definer: clients cannot read the history.';

grant execute on function private.compare_view_versions(uuid, bigint, bigint) to authenticated;

create function public.restore_view_version(
  view_id uuid, version bigint, expected_version bigint default null, resolve jsonb default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.restore_view_version(view_id, version, expected_version, resolve);
end;
$$;

comment on function public.restore_view_version(uuid, bigint, bigint, jsonb) is
  'Makes a view what it was in an earlier version, with layout, name and description, as a version of its own, and '
  'returns it as get_view does, with skipped: the widgets whose component is gone, each with path, instanceId, code '
  'and message. With expected_version, what others changed since is kept as save_view does. Takes the access edit. '
  'Errors: not_found (view_id, version), permission_denied (edit), payment_required, conflict, invalid_input '
  '(expected_version, resolve).';

grant execute on function public.restore_view_version(uuid, bigint, bigint, jsonb) to authenticated;

create function private.restore_view_version(
  p_view_id uuid, p_version bigint, p_expected_version bigint, p_resolve jsonb
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_names constant text[] := '{name,description}';
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'edit');
  v_kept constant jsonb := private.require_version(v_view, p_version, 'version');
  v_skipped jsonb;
begin
  -- From there nothing leads back: the merge would find no change but those of others, and keep them.
  if p_expected_version <= p_version and p_version < v_view.version then
    perform private.raise_invalid_input('expected_version',
      'A view is restored to a version from before the one that was read.',
      'Read the view again, and give the version that it has.');
  end if;

  select coalesce(jsonb_agg(jsonb_build_object(
    'path', 'widgets.' || w.ordinality - 1,
    'instanceId', w.value -> 'instanceId',
    'code', 'not_found',
    'message', 'The component no longer exists.') order by w.ordinality), '[]')
  into v_skipped
  from jsonb_array_elements(v_kept -> 'widgets') with ordinality as w
  cross join lateral private.component_version_of(
    v_view.workspace_id, w.value ->> 'widgetId', w.value ->> 'componentVersion') as c
  where c.is_built_in is null;

  perform private.apply_layout(
    p_view_id,
    private.without_widgets(v_kept - c_names, 'instanceId', array(
      select (g.value ->> 'instanceId')::uuid from jsonb_array_elements(v_skipped) as g)),
    coalesce(p_expected_version, v_view.version),
    format('Restored from version %s', p_version),
    p_resolve,
    p_names => jsonb_build_object('name', v_kept -> 'name', 'description', v_kept -> 'description'),
    p_restores => true);
  return private.stored_view(p_view_id) || jsonb_build_object('skipped', v_skipped);
end;
$$;

comment on function private.restore_view_version(uuid, bigint, bigint, jsonb) is
  'See public.restore_view_version. Definer: clients cannot read the history.';

grant execute on function private.restore_view_version(uuid, bigint, bigint, jsonb) to authenticated;
