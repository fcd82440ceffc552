-- Which view a person sees, and the list to choose from.
--
-- Of the views that they may see it is the active one, else their default, else their own that changed last, else the
-- default of their role or of the workspace, else what the team shares, else the initial view of the product, which is
-- not stored. Of several that are shared it is the one that was made first: what people begin with does not jump when
-- somebody saves, and nobody displaces it by sharing one more.

create function private.active_view_id(p_workspace_id text, out view_id uuid, out source text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  select c.view_id, c.source into view_id, source
  from (
    select p.active_dashboard_view as view_id, 'active' as source, 1 as place
    from public.preferences p
    where p.workspace_id = p_workspace_id and p.user_id = v_user_id
    union all
    select p.default_dashboard_view, 'default', 2
    from public.preferences p
    where p.workspace_id = p_workspace_id and p.user_id = v_user_id
    union all
    (
      select v.id, 'own', 3
      from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.owner_id = v_user_id and v.deleted_at is null
      order by v.updated_at desc, v.created_at, v.id
      limit 1
    )
    union all
    select d.view_id, 'role', 4
    from public.workspace_members m
    join public.role_default_views d on d.workspace_id = m.workspace_id and d.role_key = m.role_key
    where m.workspace_id = p_workspace_id and m.user_id = v_user_id
    union all
    select d.view_id, 'workspace', 5
    from public.default_views d
    where d.workspace_id = p_workspace_id
  ) as c
  where c.view_id is not null and private.sees_view(p_workspace_id, c.view_id)
  order by c.place
  limit 1;
  if view_id is not null then
    return;
  end if;

  -- In the order of an index, which is left at the first one that they see.
  select v.id into view_id
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id
    and v.visibility = 'workspace'
    and v.deleted_at is null
    and private.sees_view(p_workspace_id, v.id)
  order by v.created_at, v.id
  limit 1;
  if view_id is null then
    select v.id into view_id
    from private.shares_of_caller(p_workspace_id) s
    join public.dashboard_views v on v.workspace_id = s.workspace_id and v.id = s.view_id
    where private.sees_view(p_workspace_id, v.id)
    order by v.created_at, v.id
    limit 1;
  end if;
  source := case when view_id is null then 'built_in' else 'shared' end;
end;
$$;

comment on function private.active_view_id(text, out uuid, out text) is
  'The view that the caller sees in a workspace, null for the initial one, and why: active, default, own, role, '
  'workspace, shared or built_in. For definer functions.';

create function public.active_view(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.active_view(workspace_id);
end;
$$;

comment on function public.active_view(text) is
  'The view that the caller sees in a workspace, as get_view gives it, with `source`: active, default, own (theirs '
  'that changed last), role (the default of their role), workspace (that of all roles), shared (what was shared with '
  'them first) or built_in (the initial view, a document that is stored nowhere: create_view makes one of it). Takes '
  'dashboards.read. Errors: not_found, permission_denied.';

grant execute on function public.active_view(text) to authenticated;

create function private.active_view(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_initial constant jsonb := private.initial_view();
  v_active record;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  v_active := private.active_view_id(p_workspace_id);
  return jsonb_build_object('source', v_active.source) || case
    when v_active.view_id is not null then private.stored_view(v_active.view_id)
    else jsonb_set(v_initial, '{layout}', private.shown_layout(v_initial -> 'layout', p_workspace_id, false))
  end;
end;
$$;

comment on function private.active_view(text) is 'See public.active_view. Definer: it reads shares and grants.';

grant execute on function private.active_view(text) to authenticated;

create function public.set_default_view(workspace_id text, view_id uuid default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.set_default_view(workspace_id, view_id);
end;
$$;

comment on function public.set_default_view(text, uuid) is
  'Chooses what the caller begins with in a workspace: a view that they may see, or none. Takes '
  'dashboards.read. Errors: not_found (workspace_id, view_id), permission_denied.';

grant execute on function public.set_default_view(text, uuid) to authenticated;

create function private.set_default_view(p_workspace_id text, p_view_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_person();
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.hold_view(p_workspace_id, p_view_id);
  if p_view_id is not null and not private.sees_view(p_workspace_id, p_view_id) then
    perform private.view_not_found();
  end if;
  insert into public.preferences (workspace_id, user_id, default_dashboard_view)
  values (p_workspace_id, auth.uid(), p_view_id)
  on conflict (workspace_id, user_id) do update set default_dashboard_view = excluded.default_dashboard_view;
end;
$$;

comment on function private.set_default_view(text, uuid) is
  'See public.set_default_view. Definer: no role writes preferences, which hold only what is checked.';

grant execute on function private.set_default_view(text, uuid) to authenticated;

create function public.activate_view(workspace_id text, view_id uuid default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(workspace_id, 'dashboards.read');
  if view_id is not null and not private.sees_view(workspace_id, view_id) then
    perform private.view_not_found();
  end if;
  perform private.prefer_view(workspace_id, view_id);
  return public.active_view(workspace_id);
end;
$$;

comment on function public.activate_view(text, uuid) is
  'Chooses the view that the caller looks at in a workspace, or none, and returns what they see then, as '
  'active_view does. Takes dashboards.read. Errors: not_found (workspace_id, view_id), permission_denied.';

grant execute on function public.activate_view(text, uuid) to authenticated;

create function public.list_views(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_views(workspace_id, false);
end;
$$;

comment on function public.list_views(text) is
  'The views of a workspace that the caller may see, by name (listedViewSchema of types/view.ts): what get_view gives '
  'without the layout, and widgetCount. Takes dashboards.read. Errors: not_found, permission_denied.';

grant execute on function public.list_views(text) to authenticated;

create function private.list_views(p_workspace_id text, p_deleted boolean) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_most constant bigint := private.lowered_limit_of(p_workspace_id, 'views');
  v_hidden constant text[] := private.components_hidden_from_caller(p_workspace_id);
  v_withheld constant uuid[] := array(select w.id from private.widgets_withheld(p_workspace_id) w);
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  return (
    select coalesce(jsonb_agg(
      private.view_summary(
        v, a.access, v.id = p.default_dashboard_view, v.id = p.active_dashboard_view, r.is_first, r.role_key,
        private.is_beyond_limit(v, v_most))
        || jsonb_build_object('widgetCount', c.widgets)
        || case when v.deleted_at is null
          then '{}' else jsonb_build_object('deletedAt', private.timestamp_text(v.deleted_at)) end
      order by v.name collate "und-x-icu", v.id
    ), '[]')
    from private.views_of_caller(p_workspace_id, p_deleted) a
    join public.dashboard_views v on v.workspace_id = a.workspace_id and v.id = a.id
    left join public.preferences p on p.workspace_id = v.workspace_id and p.user_id = v_user_id
    left join lateral (
      select true as is_first, d.role_key
      from private.views_seen_first d
      left join public.workspace_members m
        on m.workspace_id = d.workspace_id and m.user_id = v_user_id and m.role_key = d.role_key
      where d.workspace_id = v.workspace_id and d.view_id = v.id
      order by m.user_id is null, d.role_key nulls first
      limit 1
    ) r on true
    cross join lateral (
      select count(*) as widgets
      from public.widgets w
      where w.workspace_id = v.workspace_id
        and w.view_id = v.id
        and w.component_key <> all (v_hidden)
        and w.id <> all (v_withheld)
    ) c
    -- Also said of the views themselves, which are found by their key then.
    where v.workspace_id = p_workspace_id
      and a.access <> 'none'
      and (not p_deleted or a.access = 'manage')
  );
end;
$$;

comment on function private.list_views(text, boolean) is
  'See public.list_views and public.list_deleted_views. Definer: it reads shares and grants.';

grant execute on function private.list_views(text, boolean) to authenticated;

create function public.list_deleted_views(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_views(workspace_id, true);
end;
$$;

comment on function public.list_deleted_views(text) is
  'The deleted views that the caller can have back with restore_view, as list_views gives them, with deletedAt. Takes '
  'dashboards.read. Errors: not_found, permission_denied.';

grant execute on function public.list_deleted_views(text) to authenticated;
