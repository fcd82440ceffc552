-- The history of a view for clients: list, look at, compare, restore. Undo and redo are restores: each makes a version
-- of its own, so nothing is ever lost by going back.
--
-- Who may see a view may see what it was, but for widgets that a grant withholds. On the free plan the last 50 versions
-- are within reach.

create function private.require_layout(p_view public.dashboard_views, p_version bigint, p_field text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_layout constant jsonb := private.kept_layout(p_view, p_version);
begin
  if v_layout is null then
    perform private.raise_error('not_found',
      'There is no such version of this view, or it is no longer kept.', p_field, 'Read the list of versions again.');
  end if;
  return private.without_withheld(v_layout, p_view);
end;
$$;

comment on function private.require_layout(public.dashboard_views, bigint, text) is
  'The layout that a view had in a version, without widgets that are withheld from the caller. '
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
  'The versions of a view''s layout, latest first: [{version, label, savedAt, savedBy {id, name}, isCurrent}], at most '
  'per_page (50, up to 100) of those before a version. Errors: not_found (view_id), invalid_input (per_page).';

grant execute on function public.list_view_versions(uuid, bigint, integer) to authenticated;

create function private.list_view_versions(p_view_id uuid, p_before bigint, p_per_page integer) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_oldest constant bigint := case
    when private.keeps_all_versions(v_view.workspace_id) then 1 else v_view.version - 49
  end;
begin
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 versions.', 'Give a whole number from 1 to 100.');
  end if;
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'version', h.version,
        'label', h.label,
        'savedAt', private.timestamp_text(h.saved_at),
        'savedBy', case when h.saved_by is not null then jsonb_build_object(
          'id', h.saved_by, 'name', (select p.name from public.profiles p where p.id = h.saved_by)) end,
        'isCurrent', h.version = v_view.version
      )
      order by h.version desc
    ), '[]')
    from (
      select *
      from private.view_versions x
      where x.workspace_id = v_view.workspace_id
        and x.view_id = v_view.id
        and x.version >= v_oldest
        and x.version < coalesce(p_before, v_view.version + 1)
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
  'The layout that a view had in a version. Errors: not_found (view_id, version).';

grant execute on function public.get_view_version(uuid, bigint) to authenticated;

create function private.get_view_version(p_view_id uuid, p_version bigint) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.require_layout(private.require_view(p_view_id, 'view'), p_version, 'version');
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
  'What changed from one version of a view''s layout to another, the present one where none is given: {from, to, '
  'added, removed, moved, changed, settings}. A widget that moved and changed is in both. Errors: not_found (view_id, '
  'from_version, to_version).';

grant execute on function public.compare_view_versions(uuid, bigint, bigint) to authenticated;

create function private.compare_view_versions(p_view_id uuid, p_from bigint, p_to bigint) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_from constant jsonb := private.require_layout(v_view, p_from, 'from_version');
  v_to constant jsonb := private.require_layout(v_view, coalesce(p_to, v_view.version), 'to_version');
begin
  return (
    with compared as (
      -- Without a base of its own, whatever is not the same is to be made, changed or removed.
      select m.instance_id, m.outcome, m.theirs as was, m.mine as is,
        m.theirs -> 'position' is distinct from m.mine -> 'position' as has_moved,
        m.theirs - '{position,id,version,lastUpdated}'::text[]
          is distinct from m.mine - '{position,id,version,lastUpdated}'::text[] as has_changed
      from private.merged_widgets(v_from, v_from, v_to) m
    )
    select jsonb_build_object(
      'from', p_from,
      'to', coalesce(p_to, v_view.version),
      'added', coalesce(jsonb_agg(c.is order by c.instance_id) filter (where c.outcome = 'make'), '[]'),
      'removed', coalesce(jsonb_agg(c.was order by c.instance_id) filter (where c.outcome = 'remove'), '[]'),
      'moved', coalesce(
        jsonb_agg(jsonb_build_object('instanceId', c.instance_id, 'from', c.was -> 'position', 'to', c.is -> 'position')
          order by c.instance_id) filter (where c.outcome = 'change' and c.has_moved), '[]'),
      'changed', coalesce(
        jsonb_agg(jsonb_build_object('instanceId', c.instance_id, 'from', c.was, 'to', c.is)
          order by c.instance_id) filter (where c.outcome = 'change' and c.has_changed), '[]'),
      'settings', (
        select coalesce(jsonb_object_agg(s.key, jsonb_build_object('from', v_from -> s.key, 'to', v_to -> s.key)), '{}')
        from unnest('{rowHeight,gap}'::text[]) as s (key)
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

create function public.restore_view_version(view_id uuid, version bigint, expected_version bigint default null)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.restore_view_version(view_id, version, expected_version);
end;
$$;

comment on function public.restore_view_version(uuid, bigint, bigint) is
  'Gives a view the layout of an earlier version, as a version of its own, and returns it as get_view does, with '
  'skipped: the widgets whose component is gone, each with path, instanceId, code and message. With '
  'expected_version, what others changed since is kept as save_layout does. Takes the access edit. '
  'Errors: not_found (view_id, version), permission_denied (edit), conflict, invalid_input (expected_version).';

grant execute on function public.restore_view_version(uuid, bigint, bigint) to authenticated;

create function private.restore_view_version(p_view_id uuid, p_version bigint, p_expected_version bigint) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'edit');
  v_layout constant jsonb := private.require_layout(v_view, p_version, 'version');
  v_gone jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object(
    'path', 'widgets.' || w.ordinality - 1,
    'instanceId', w.value -> 'instanceId',
    'code', 'not_found',
    'message', 'The component no longer exists.') order by w.ordinality), '[]')
  into v_gone
  from jsonb_array_elements(v_layout -> 'widgets') with ordinality as w
  cross join lateral private.component_version_of(
    v_view.workspace_id, w.value ->> 'widgetId', w.value ->> 'componentVersion') as c
  where c.is_built_in is null;

  perform private.apply_layout(
    p_view_id,
    private.without_widgets(v_layout, 'instanceId', array(
      select (g.value ->> 'instanceId')::uuid from jsonb_array_elements(v_gone) as g)),
    coalesce(p_expected_version, v_view.version),
    format('Restored from version %s', p_version),
    p_restores => true);
  return private.stored_view(p_view_id) || jsonb_build_object('skipped', v_gone);
end;
$$;

comment on function private.restore_view_version(uuid, bigint, bigint) is
  'See public.restore_view_version. Definer: clients cannot read the history.';

grant execute on function private.restore_view_version(uuid, bigint, bigint) to authenticated;
