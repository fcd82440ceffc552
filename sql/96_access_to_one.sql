-- What the caller may do with one view or one widget: the question of functions, and of a front end that shows or hides
-- a button. Policies, which ask about many at once, have 90_view_access.sql and 90_widget_grants.sql.

create function private.access_to_view(p_view public.dashboard_views) returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_user_id constant uuid := (select auth.uid());
  v_role_key text;
  v_permissions text[];
begin
  select r.key, r.permissions into v_role_key, v_permissions
  from public.workspace_members m
  join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
  where m.workspace_id = p_view.workspace_id and m.user_id = v_user_id and m.status = 'active';
  if not found then
    return 'none';
  end if;
  return private.decided_view_access(
    v_permissions,
    p_view.owner_id is not distinct from v_user_id,
    p_view.visibility,
    -- A share adds nothing to what everyone has, or to what is one's own.
    case when p_view.visibility = 'personal' and p_view.owner_id is distinct from v_user_id then (
      select min(s.access)
      from public.dashboard_view_shares s
      where s.workspace_id = p_view.workspace_id
        and s.view_id = p_view.id
        and (s.user_id = v_user_id or s.role_key = v_role_key)
    ) end,
    private.grant_to_caller(p_view.workspace_id, 'dashboard', p_view.id)
  );
end;
$$;

comment on function private.access_to_view(public.dashboard_views) is
  'The access of the caller to one view, deleted or not: none, view, edit or manage. For definer functions.';

create function private.view_not_found() returns void
language plpgsql
set search_path = ''
as $$
begin
  perform private.raise_error('not_found',
    'There is no such view, or it is not for you.', 'view_id', 'Read the list of views again.');
end;
$$;

comment on function private.view_not_found() is
  'The one answer for a view that is not there, deleted, or not theirs: not_found.';

create function private.require_view(p_view_id uuid, p_access text, p_is_deleted boolean default false)
returns public.dashboard_views
language plpgsql stable security definer
set search_path = ''
as $$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_view public.dashboard_views;
  v_access text;
begin
  select * into v_view from public.dashboard_views v where v.id = p_view_id;
  v_access := case when found then private.access_to_view(v_view) else 'none' end;
  if v_access = 'none' or (v_view.deleted_at is not null) <> p_is_deleted then
    perform private.view_not_found();
  end if;
  if array_position(c_levels, v_access) < array_position(c_levels, p_access) then
    perform private.raise_error('permission_denied',
      'You may look at this view and not do this with it.', p_access,
      'Ask its owner or an administrator, or make a copy of it.');
  end if;
  return v_view;
end;
$$;

comment on function private.require_view(uuid, text, boolean) is
  'The view with an id, for a caller with at least an access to it; p_is_deleted asks for a deleted one. An id alone '
  'is enough: ids of views are made by the database and never chosen. Errors: not_found (view_id), permission_denied '
  'with the access that is missing in `details`. Definer: the functions that call it act on views past their policies.';

create function private.sees_view(p_workspace_id text, p_view_id uuid) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_view public.dashboard_views;
begin
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id and v.id = p_view_id and v.deleted_at is null;
  return found and private.access_to_view(v_view) <> 'none';
end;
$$;

comment on function private.sees_view(text, uuid) is
  'Whether there is such a view in a workspace and the caller may look at it. Definer: it reads shares and grants.';

create function private.access_to_widget(p_widget public.widgets) returns text
language plpgsql stable
set search_path = ''
as $$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_grant constant text := private.grant_to_caller(p_widget.workspace_id, 'widget', p_widget.id);
  v_view public.dashboard_views;
begin
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = p_widget.workspace_id and v.id = p_widget.view_id and v.deleted_at is null;
  return case
    when not found then 'none'
    when v_grant = 'none' and v_view.owner_id is distinct from (select auth.uid()) then 'none'
    else c_levels[greatest(
      array_position(c_levels, private.access_to_view(v_view)), array_position(c_levels, v_grant))]
  end;
end;
$$;

comment on function private.access_to_widget(public.widgets) is
  'The access of the caller to one widget: none, view, edit or manage. For definer functions.';

create function private.sees_resource(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  -- Without an account it is an administrator of the database, who sees everything.
  if (select auth.uid()) is not null then
    return private.my_access(p_workspace_id, p_resource_type, p_resource_id) <> 'none';
  end if;
  return case p_resource_type
    when 'dashboard' then exists (
      select from public.dashboard_views v where v.workspace_id = p_workspace_id and v.id = p_resource_id)
    else exists (
      select from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id)
  end;
end;
$$;

comment on function private.sees_resource(text, text, uuid) is
  'Whether there is such a dashboard or widget and whoever acts may look at it. For definer functions.';

create function private.my_access(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_view public.dashboard_views;
  v_widget public.widgets;
begin
  perform private.require_workspace_id(p_workspace_id);
  if p_resource_type is null or p_resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There is no access to this kind of thing.', 'Give "dashboard" or "widget".');
  end if;

  if p_resource_type = 'widget' then
    select * into v_widget from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id;
    return case when found then private.access_to_widget(v_widget) else 'none' end;
  end if;
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = p_workspace_id and v.id = p_resource_id and v.deleted_at is null;
  return case when found then private.access_to_view(v_view) else 'none' end;
end;
$$;

comment on function private.my_access(text, text, uuid) is
  'See public.my_access. Definer: the caller cannot read grants.';

create function public.my_access(workspace_id text, resource_type text, resource_id uuid) returns text
language plpgsql stable
set search_path = ''
as $$
begin
  return private.my_access(workspace_id, resource_type, resource_id);
end;
$$;

comment on function public.my_access(text, text, uuid) is
  'What the caller may do with one dashboard or widget by role, ownership, shares and grants together: none, view, '
  'edit or manage. It is none for what does not exist and in a workspace that one is not in. Error: invalid_input '
  '(workspace_id, resource_type).';

-- The functions for clients and the validation triggers run as the caller.
grant execute on function private.view_not_found() to authenticated;
grant execute on function private.sees_view(text, uuid) to authenticated;
grant execute on function private.my_access(text, text, uuid) to authenticated;
grant execute on function public.my_access(text, text, uuid) to authenticated;
