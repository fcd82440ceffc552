-- What a view is and was, put together from what is there (36_widgets.sql) and what is kept (50_history.sql).

create function private.layout_document(p_view public.dashboard_views, p_widgets jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'version', 1,
    'gridColumns', 12,
    'rowHeight', p_view.row_height,
    'gap', p_view.gap,
    'widgets', coalesce(p_widgets, '[]')
  );
end;
$$;

comment on function private.layout_document(public.dashboard_views, jsonb) is
  'A layout of these widgets, null for none, with the settings of a view.';

create function private.view_layout(p_view public.dashboard_views) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.layout_document(p_view, (
    select jsonb_agg(private.widget_document(w) order by w.y, w.x, w.instance_id)
    from public.widgets w
    where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id
  ));
end;
$$;

comment on function private.view_layout(public.dashboard_views) is
  'The layout of a view as a document, the widgets in reading order, none left out. For definer functions.';

create function private.kept_view(p_view public.dashboard_views, p_version bigint) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views := p_view;
  v_kept private.view_versions;
  v_widgets jsonb;
begin
  select * into v_kept
  from private.view_versions h
  where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id and h.version = p_version;
  if not found or p_version < private.oldest_version_in_reach(p_view) then
    return null;
  end if;

  if p_version < p_view.version then
    v_view.name := v_kept.name;
    v_view.description := v_kept.description;
    v_view.row_height := v_kept.row_height;
    v_view.gap := v_kept.gap;
    select jsonb_agg(s.document order by
      (s.document #>> '{position,y}')::integer, (s.document #>> '{position,x}')::integer, s.document ->> 'instanceId')
    into v_widgets
    from (
      select h.document
      from private.widget_versions h
      where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id
        and h.until_version >= p_version and h.from_version <= p_version
      union all
      select private.widget_document(w)
      from public.widgets w
      where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id
        and private.present_since(w) <= p_version
    ) as s;
    return private.layout_document(v_view, v_widgets) || private.view_names(v_view);
  end if;
  return private.view_layout(v_view) || private.view_names(v_view);
end;
$$;

comment on function private.kept_view(public.dashboard_views, bigint) is
  'What a view was in a version: its layout with none of the widgets left out, and beside them name and description; '
  'null where there is no such version, or it is not kept or out of reach. For definer functions.';

create function private.view_names(p_view public.dashboard_views) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('name', p_view.name, 'description', p_view.description);
end;
$$;

comment on function private.view_names(public.dashboard_views) is
  'What is versioned of a view besides its layout: {name, description}.';

create function private.present_since(p_widget public.widgets) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return greatest(p_widget.made_in_version, 1 + (
    select max(h.until_version)
    from private.widget_versions h
    where h.workspace_id = p_widget.workspace_id and h.view_id = p_widget.view_id and h.widget_id = p_widget.id
  ));
end;
$$;

comment on function private.present_since(public.widgets) is
  'The version of its view in which a widget became what it is, as far as the history is kept. For definer functions.';
