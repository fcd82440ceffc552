-- What grants on single widgets add to the access to their view, and take away.
--
-- A grant on a widget counts as long as its view is there. `none` withholds the widget from everybody but the view's
-- owner; the others open it to people who do not see the view.

create function private.widgets_withheld() returns table (workspace_id text, id uuid)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller('widget') g
    join public.widgets w on w.workspace_id = g.workspace_id and w.id = g.resource_id
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where g.access = 'none' and v.owner_id is distinct from (select auth.uid());
end;
$$;

comment on function private.widgets_withheld() is
  'The widgets that a grant takes from the caller, though they may see the view. '
  'Definer: the caller cannot read grants.';

create function private.widgets_granted(p_access text) returns table (workspace_id text, id uuid)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  c_levels constant text[] := '{view,edit,manage}';
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller('widget') g
    join public.widgets w on w.workspace_id = g.workspace_id and w.id = g.resource_id
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where array_position(c_levels, g.access) >= array_position(c_levels, p_access) and v.deleted_at is null;
end;
$$;

comment on function private.widgets_granted(text) is
  'The widgets to which grants give the caller at least an access: view, edit or manage. '
  'Definer: the caller cannot read grants.';

-- Policies run as the caller.
grant execute on function private.widgets_withheld() to authenticated;
grant execute on function private.widgets_granted(text) to authenticated;
