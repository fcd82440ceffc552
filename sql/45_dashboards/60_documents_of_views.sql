-- A view as a document: the initial one of the product, which is stored nowhere, and those of workspaces.

create function private.initial_view() returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{
    "id": "00000000-0000-4000-8000-000000000100",
    "name": "Overview",
    "description": "What the front end shows a new user",
    "layout": {
      "version": 1,
      "gridColumns": 12,
      "rowHeight": 80,
      "gap": 16,
      "widgets": [
        {
          "instanceId": "00000000-0000-4000-8000-000000000001", "widgetId": "total-revenue",
          "position": {"x": 0, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"compareMode": "previousPeriod", "showTrend": true}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000002", "widgetId": "total-users",
          "position": {"x": 3, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"compareMode": "previousPeriod", "showTrend": true}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000003", "widgetId": "active-sessions",
          "position": {"x": 6, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"showTrend": true}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000004", "widgetId": "conversion-rate",
          "position": {"x": 9, "y": 0, "width": 3, "height": 2}, "visible": true,
          "config": {"showTrend": true, "format": "percentage"}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000005", "widgetId": "revenue-chart",
          "position": {"x": 0, "y": 2, "width": 6, "height": 4}, "visible": true,
          "config": {"dateRange": "30d", "showLegend": true, "smoothLine": true},
          "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000006", "widgetId": "sales-by-category",
          "position": {"x": 6, "y": 2, "width": 6, "height": 4}, "visible": true,
          "config": {"dateRange": "30d", "showLegend": true, "orientation": "vertical"},
          "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000007", "widgetId": "recent-orders",
          "position": {"x": 0, "y": 6, "width": 8, "height": 4}, "visible": true,
          "config": {"limit": 10, "showStatus": true, "sortBy": "date", "sortOrder": "desc"},
          "lastUpdated": "2026-01-15T12:00:00.000Z"
        },
        {
          "instanceId": "00000000-0000-4000-8000-000000000008", "widgetId": "top-products",
          "position": {"x": 8, "y": 6, "width": 4, "height": 4}, "visible": true,
          "config": {"limit": 5, "showThumbnail": true, "metric": "revenue"}, "lastUpdated": "2026-01-15T12:00:00.000Z"
        }
      ]
    },
    "isDefault": true,
    "isRoleDefault": false,
    "createdAt": "2026-01-15T12:00:00.000Z",
    "updatedAt": "2026-01-15T12:00:00.000Z"
  }'::jsonb;
end;
$$;

comment on function private.initial_view() is 'What a person sees for whom nobody has chosen anything, as a document.';

create function private.view_summary(
  p_view public.dashboard_views,
  p_access private.access_level,
  p_is_default boolean,
  p_is_active boolean,
  p_is_first boolean,
  p_role_key text,
  p_is_read_only boolean
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_view.id,
    'name', p_view.name,
    'description', p_view.description,
    'isDefault', coalesce(p_is_default, false),
    'isActive', coalesce(p_is_active, false),
    'isRoleDefault', coalesce(p_is_first, false),
    'isManaged', p_view.is_managed,
    'isReadOnly', p_is_read_only,
    'visibility', p_view.visibility,
    'access', p_access,
    'ownerId', p_view.owner_id,
    'version', p_view.version,
    'createdAt', private.timestamp_text(p_view.created_at),
    'updatedAt', private.timestamp_text(p_view.updated_at)
  ) || case when p_role_key is null then '{}' else jsonb_build_object('roleId', p_role_key) end;
end;
$$;

comment on function private.view_summary(
  public.dashboard_views, private.access_level, boolean, boolean, boolean, text, boolean
) is
  'What get_view and list_views both tell of a view: its row and what it is to the caller, of whom nothing chosen is '
  'null. p_is_first says whether people see it first; p_role_key which role does, null for all without their own; '
  'p_is_read_only that the plan has no room for it.';

create function private.view_to_caller(p_view public.dashboard_views, p_access private.access_level) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_role_key text;
  v_is_default boolean;
  v_is_active boolean;
  v_is_first boolean;
begin
  select p.default_dashboard_view = p_view.id, p.active_dashboard_view = p_view.id, d.view_id is not null, d.role_key
  into v_is_default, v_is_active, v_is_first, v_role_key
  from (select) as one
  left join public.preferences p on p.workspace_id = p_view.workspace_id and p.user_id = v_user_id
  left join private.views_seen_first d on d.workspace_id = p_view.workspace_id and d.view_id = p_view.id
  left join public.workspace_members m
    on m.workspace_id = d.workspace_id and m.user_id = v_user_id and m.role_key = d.role_key
  order by m.user_id is null, d.role_key nulls first
  limit 1;

  return private.view_summary(p_view, p_access, v_is_default, v_is_active, v_is_first, v_role_key,
    private.is_beyond_limit(p_view, private.lowered_limit_of(p_view.workspace_id, 'views')));
end;
$$;

comment on function private.view_to_caller(public.dashboard_views, private.access_level) is
  'What a view is to the caller, as a document without its layout. For definer functions, which give their access.';

create function private.view_document(p_view public.dashboard_views, p_access private.access_level) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.view_to_caller(p_view, p_access)
    || jsonb_build_object('layout', private.without_withheld(private.view_layout(p_view), p_view));
end;
$$;

comment on function private.view_document(public.dashboard_views, private.access_level) is
  'A view as a document (types/view.ts), with what it is to the caller, and without widgets that a grant withholds '
  'from them. For definer functions, which give the caller''s access.';

create function private.stored_view(p_view_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select private.view_document(v, private.access_to(v.workspace_id, 'dashboard', v.id))
    from public.dashboard_views v
    where v.id = p_view_id
  );
end;
$$;

comment on function private.stored_view(uuid) is
  'A view as a document, for a caller whose access has been checked. For definer functions.';

create function private.without_widgets(p_layout jsonb, p_key text, p_ids uuid[]) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_ids = '{}' then
    return p_layout;
  end if;
  return jsonb_set(p_layout, '{widgets}', coalesce(
    (
      select jsonb_agg(w.value order by w.ordinality)
      from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w
      where (w.value ->> p_key)::uuid <> all (p_ids)
    ),
    '[]'
  ));
end;
$$;

comment on function private.without_widgets(jsonb, text, uuid[]) is
  'A layout without some of its widgets, by their `id` or `instanceId`. What is withheld goes by the id of the row, '
  'since the name of a removed widget may be given to another.';

create function private.shows_widget(
  p_component_key text, p_hidden text[], p_grant text, p_is_owner boolean
) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (p_grant = 'none' and not p_is_owner) is not true and (p_component_key <> all (p_hidden) or p_grant <> 'none');
end;
$$;

comment on function private.shows_widget(text, text[], text, boolean) is
  'Whether somebody who sees a view sees a widget of it, as the policy of widgets says: given its component, the '
  'components hidden from their role, the grant that counts for them, null for none, and whether they own the view.';

create function private.shown_layout(p_layout jsonb, p_workspace_id text, p_is_owner boolean) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hidden constant text[] := private.components_hidden_from_caller(p_workspace_id);
  v_access jsonb := '{}';
begin
  -- Most workspaces grant no widgets, and to know that takes one look into an index.
  if exists (
    select from public.resource_grants g where g.workspace_id = p_workspace_id and g.resource_type = 'widget')
  then
    v_access := (
      select coalesce(jsonb_object_agg(g.resource_id, g.access) filter (where g.access is not null), '{}')
      from private.grants_to_caller_on(p_workspace_id, 'widget', array(
        select (w.value ->> 'id')::uuid from jsonb_array_elements(p_layout -> 'widgets') as w)) g);
  end if;
  return case
    when v_hidden = '{}' and v_access = '{}' then p_layout
    else jsonb_set(p_layout, '{widgets}', (
      select coalesce(jsonb_agg(w.value order by w.ordinality), '[]')
      from jsonb_array_elements(p_layout -> 'widgets') with ordinality as w
      cross join lateral (select v_access ->> (w.value ->> 'id')) as g (access)
      where private.shows_widget(w.value ->> 'widgetId', v_hidden, g.access, p_is_owner)
    ))
  end;
end;
$$;

comment on function private.shown_layout(jsonb, text, boolean) is
  'A layout without the widgets that a grant withholds from the caller, which it does not from the owner of the view, '
  'and without those whose component is not for their role and which no grant gives them, as the policy of widgets '
  'says. For definer functions.';

create function private.without_withheld(p_layout jsonb, p_view public.dashboard_views) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.shown_layout(p_layout, p_view.workspace_id, p_view.owner_id is not distinct from auth.uid());
end;
$$;

comment on function private.without_withheld(jsonb, public.dashboard_views) is
  'A layout that a view has or had, without the widgets that are not for the caller. For definer functions.';

create function private.components_hidden_from_caller(p_workspace_id text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.components_hidden_from(p_workspace_id, coalesce(
    (
      select m.role_key
      from public.workspace_members m
      where m.workspace_id = p_workspace_id and m.user_id = auth.uid()
    ),
    (select k.role_key from private.key_of_caller() k where k.workspace_id = p_workspace_id)));
end;
$$;

comment on function private.components_hidden_from_caller(text) is
  'The components whose widgets the caller does not see in a workspace. For definer functions.';
