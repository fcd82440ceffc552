-- Asking about one view or one widget: what functions require before they act, and what a front end asks that shows or
-- hides a button. The decision itself stands in 20_access.sql.

create function private.view_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such view, or it is not for you.', 'view_id', 'Check the id: the view may have been deleted.');
end;
$$;

comment on function private.view_not_found() is
  'The one answer for a view that is not there, deleted, or not theirs: not_found.';

-- The functions for clients and the validation triggers run as the caller.
grant execute on function private.view_not_found() to authenticated;

create function private.require_view(
  p_view_id uuid, p_access private.access_level, p_is_deleted boolean default false
) returns public.dashboard_views
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
  v_access private.access_level;
begin
  select * into v_view from public.dashboard_views v where v.id = p_view_id;
  v_access := private.access_to(v_view.workspace_id, 'dashboard', v_view.id);
  if v_access = 'none' or (v_view.deleted_at is not null) <> p_is_deleted then
    perform private.view_not_found();
  end if;
  if v_access < p_access then
    perform private.raise_error('permission_denied',
      case v_access
        when 'view' then 'You can view this dashboard, but not change it.'
        else 'You can change this dashboard, but not manage it.'
      end,
      p_access::text,
      private.hint_where_held(v_view.workspace_id, '{dashboards.read,dashboards.arrange}',
        'Ask its owner or an administrator, or make a copy of it.', 'Ask its owner or an administrator.'));
  end if;
  return v_view;
end;
$$;

comment on function private.require_view(uuid, private.access_level, boolean) is
  'The view with an id, for a caller with at least an access to it; p_is_deleted asks for a deleted one. An id alone '
  'is enough: ids of views are made by the database and never chosen. Errors: not_found (view_id), permission_denied '
  'with the access that is missing in `details`. Definer: the functions that call it act on views past their policies.';

create function private.sees_view(p_workspace_id text, p_view_id uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
      select from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.id = p_view_id and v.deleted_at is null)
    and private.access_to(p_workspace_id, 'dashboard', p_view_id) <> 'none';
end;
$$;

comment on function private.sees_view(text, uuid) is
  'Whether there is such a view in a workspace and the caller may look at it. Definer: it reads shares and grants.';

grant execute on function private.sees_view(text, uuid) to authenticated;

create function private.sees_resource(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without an account it is an administrator of the database, who sees everything.
  if auth.uid() is not null then
    return private.my_access(p_workspace_id, p_resource_type, p_resource_id) <> 'none';
  end if;
  return private.is_there(p_workspace_id, p_resource_type, p_resource_id);
end;
$$;

comment on function private.sees_resource(text, text, uuid) is
  'Whether there is such a dashboard or widget and whoever acts may look at it. For definer functions.';

create function private.require_access(
  p_workspace_id text, p_resource_type text, p_resource_id uuid, p_access private.access_level
) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.access_to(p_workspace_id, p_resource_type, p_resource_id) < p_access then
    perform private.raise_error('permission_denied',
      'Nobody gives or takes more access to a thing than they have.', p_access::text,
      'Ask the owner of the view, or who manages it.');
  end if;
end;
$$;

comment on function private.require_access(text, text, uuid, private.access_level) is
  'Refuses a caller who has less access to a dashboard or widget than a level. '
  'Error: permission_denied with the access that is missing in `details`. For definer functions.';

create function public.my_access(workspace_id text, resource_type text, resource_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.my_access(workspace_id, resource_type, resource_id);
end;
$$;

comment on function public.my_access(text, text, uuid) is
  'What the caller may do with one dashboard or widget by role, ownership, shares and grants together: none, view, '
  'edit or manage. It is none for what does not exist and in a workspace that one is not in. Error: invalid_input '
  '(workspace_id, resource_type).';

grant execute on function public.my_access(text, text, uuid) to authenticated;

create function private.my_access(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_workspace_id(p_workspace_id);
  if p_resource_type is null or p_resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There is no access to this kind of thing.', 'Give "dashboard" or "widget".');
  end if;

  if p_resource_type = 'dashboard' and not private.sees_view(p_workspace_id, p_resource_id) then
    return 'none';
  end if;
  return private.access_to(p_workspace_id, p_resource_type, p_resource_id);
end;
$$;

comment on function private.my_access(text, text, uuid) is
  'See public.my_access. Definer: the caller cannot read grants.';

grant execute on function private.my_access(text, text, uuid) to authenticated;
