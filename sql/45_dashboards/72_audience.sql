-- What a view is to others: to each role of its workspace, and what a role sees of it.
--
-- Whoever shares a view, or makes it what a role sees first, learns here which widgets stay hidden from whom, because a
-- grant withholds them or because their component is not for that role.
--
-- Threat: seeing through the eyes of a role what one's own does not see (whoever asks learns of no widget that they do
-- not see themselves).

create function public.view_audience(view_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.view_audience(view_id);
end;
$$;

comment on function public.view_audience(uuid) is
  'What each role of the workspace can do with a view (viewAudienceSchema of types/access.ts): [{role, name, access, '
  'hidden}], where hidden lists the widgets that the role does not see, each {instanceId, widgetId, because}, because '
  'being component or grant. What single people are given or own is not in it. Takes the access manage. Errors: '
  'not_found (view_id), permission_denied (manage).';

grant execute on function public.view_audience(uuid) to authenticated;

create function private.view_audience(p_view_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.audience_of(private.require_view(p_view_id, 'manage'));
end;
$$;

comment on function private.view_audience(uuid) is
  'See public.view_audience. Definer: the caller cannot read grants, nor need they see the roles.';

grant execute on function private.view_audience(uuid) to authenticated;

create function public.see_as(view_id uuid, role_key text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.see_as(view_id, role_key);
end;
$$;

comment on function public.see_as(uuid, text) is
  'A view as somebody gets it who has a role and nothing else (viewPreviewSchema of types/access.ts): {role, access, '
  'hidden, layout}, the layout null where the access is none. Takes the access manage. Errors: not_found (view_id), '
  'permission_denied (manage), invalid_input (role_key).';

grant execute on function public.see_as(uuid, text) to authenticated;

create function private.see_as(p_view_id uuid, p_role_key text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'manage');
  v_audience jsonb;
begin
  perform private.require_role(v_view.workspace_id, p_role_key, 'role_key');
  v_audience := private.role_audience(v_view, p_role_key);
  if v_audience -> 'access' = '"none"' then
    return v_audience || '{"layout": null}';
  end if;
  return v_audience || jsonb_build_object('layout', private.without_widgets(
    private.without_withheld(private.view_layout(v_view), v_view), 'instanceId', array(
      select (h.value ->> 'instanceId')::uuid from jsonb_array_elements(v_audience -> 'hidden') as h)));
end;
$$;

comment on function private.see_as(uuid, text) is
  'See public.see_as. Definer: one check stands for those of every row, and the caller cannot read grants.';

grant execute on function private.see_as(uuid, text) to authenticated;

create function private.audience_of(p_view public.dashboard_views) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_agg(
      private.role_audience(p_view, r.key) || jsonb_build_object('name', r.name)
      order by not r.is_built_in, r.name collate "und-x-icu", r.key)
    from public.workspace_roles r
    where r.workspace_id = p_view.workspace_id
  );
end;
$$;

comment on function private.audience_of(public.dashboard_views) is
  'A view for each role, as view_audience gives it. For definer functions.';

create function private.role_audience(p_view public.dashboard_views, p_role_key text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hidden constant text[] := private.components_hidden_from(p_view.workspace_id, p_role_key);
  v_seen constant uuid[] := private.widgets_seen(p_view);
begin
  return jsonb_build_object(
    'role', p_role_key,
    'access', private.access_under(p_view.workspace_id, 'dashboard', p_view.id, null, p_role_key,
      private.grant_to(p_view.workspace_id, 'dashboard', p_view.id, null, p_role_key)),
    'hidden', (
      select coalesce(jsonb_agg(
        jsonb_build_object(
          'instanceId', w.instance_id,
          'widgetId', w.component_key,
          'because', case when g.access = 'none' then 'grant' else 'component' end)
        order by w.y, w.x, w.instance_id), '[]')
      from public.widgets w
      cross join lateral private.grant_to(p_view.workspace_id, 'widget', w.id, null, p_role_key) as g (access)
      where w.workspace_id = p_view.workspace_id
        and w.view_id = p_view.id
        and w.id = any (v_seen)
        and (g.access = 'none' or (g.access is null and w.component_key = any (v_hidden)))
    )
  );
end;
$$;

comment on function private.role_audience(public.dashboard_views, text) is
  'What a role can do with a view, and which of the widgets that the caller sees it does not: {role, access, hidden}. '
  'For definer functions.';

create function private.widgets_seen(p_view public.dashboard_views) returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select (w.value ->> 'id')::uuid
    from jsonb_array_elements(private.without_withheld(private.view_layout(p_view), p_view) -> 'widgets') as w);
end;
$$;

comment on function private.widgets_seen(public.dashboard_views) is
  'The ids of the widgets of a view that the caller sees. For definer functions.';
