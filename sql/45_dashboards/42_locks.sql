-- The order of locks, for every function and every write of one row: two transactions that take them in one order wait
-- for each other and never in a circle. A statement of a client's that writes many rows has locked them in the order in
-- which it found them, before any trigger could; of two such statements Postgres may end one (40P01).
--
--   1  an account that is deleted; then the turn of a view, or those of deletions in each workspace, in the order of
--      their numbers (advisory). These are of who deletes a workspace or an account, leaves, removes a member, changes
--      a listing, or removes a component or a copy with its history, and of the job that removes deleted views
--   2  widgets, by id
--   3  their view
--   4  the profile of a person
--   5  memberships, by workspace and person
--   6  workspaces, by id
--   7  invitations, grants, shares, versions of components: what a trigger or a function comes to last
--   8  notifications, in turn for those that are joined: what these tell people of
--
-- Two further turns are of one workspace each. `marketplace_installs of`, of who installs or removes copies, comes
-- right after those of deletions. `private.lock_questions`, of who claims questions, stores answers or changes a data
-- source, comes after the workspace: behind it are data sources, answers, how sources do, and the count of use.
--
-- Not in order is the end of a workspace by a write of the server's to the table of workspaces, or to that of members
-- where it was the last one, or by three who leave at one moment: rows are locked before it is known which turns this
-- takes. Of that and the end of a workspace or account with which it shares copies of listings Postgres may end one
-- (40P01).
--
-- What is only to stay while a row is made that names it is held (`for key share`, see 10_workspaces/44_holds.sql): the
-- caller's profile and membership first, then the role, then the view or theme. That a view is held after a membership
-- follows who removes it for good: a membership or a workspace that ends.
--
-- Who holds or ends a membership comes to widgets afterwards (a view that is had back, a grant of none, an upgrade),
-- and so does who ends a workspace: nobody who saves a view comes to a membership. The end of an account has the
-- widgets first, so these do not wait for widgets for ever: they are refused with `conflict` in the end.
--
-- Widgets come before their view because Postgres leaves no choice: a statement of a client's has locked the rows that
-- it changes before the first trigger runs, and the triggers lock the view, whose version they count. So whoever begins
-- with the view (removes it, shares it, restricts it) locks its widgets first; a plain update of a view's visibility,
-- which cannot, does not wait for them either: it is refused with `conflict` while they are being changed.

create function private.lock_widgets(p_view_ids uuid[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from public.widgets w
  where (w.workspace_id, w.view_id) in (
    select v.workspace_id, v.id from public.dashboard_views v where v.id = any (p_view_ids))
  order by w.id
  for update;
end;
$$;

comment on function private.lock_widgets(uuid[]) is
  'Locks the widgets of views, for who goes on to the views. It waits, so that the database sees a circle with what '
  'the caller holds already. For definer functions.';

create function private.lock_widgets_within(
  p_workspace_id text, p_view_id uuid, p_tries integer, p_widget_id uuid default null
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- All at once or none: a statement that changes many comes to them in an order of its own, and who waits for one
  -- while holding others can be waited for. A try that fails gives back what it got with its subtransaction.
  for v_try in 1..p_tries loop
    begin
      perform from public.widgets w
      where w.workspace_id = p_workspace_id and w.view_id = p_view_id and w.id = coalesce(p_widget_id, w.id)
      for update nowait;
      return;
    exception when lock_not_available then
      perform pg_sleep(0.005 * 2 ^ least(v_try - 1, 7));
    end;
  end loop;
  perform private.raise_error('conflict',
    'Somebody else is changing the widgets of this view.', 'view_id', 'Try again in a moment.');
end;
$$;

comment on function private.lock_widgets_within(text, uuid, integer, uuid) is
  'Locks the widgets of a view, or one of them, without waiting for any while holding others, in so many tries, twice '
  'as far apart each time: 6 are 0.3 seconds, 14 are 5. Error: conflict (view_id). For definer functions.';

create function private.lock_widgets_of_component(p_workspace_id text, p_key text, p_tries integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  for v_try in 1..p_tries loop
    begin
      perform from public.widgets w
      where w.workspace_id = p_workspace_id and w.custom_component = p_key
      for no key update nowait;
      return;
    exception when lock_not_available then
      perform pg_sleep(0.005 * 2 ^ least(v_try - 1, 7));
    end;
  end loop;
  perform private.raise_error('conflict',
    'Somebody else is changing widgets that show this component.', 'component', 'Try again in a moment.');
end;
$$;

comment on function private.lock_widgets_of_component(text, text, integer) is
  'Locks the widgets that show a component for a transaction that holds a membership or has its workspace locked, for '
  'which others wait who have widgets, or raises conflict (component): as private.lock_widgets_within does for a view.';

create function private.lock_view(p_view_id uuid) returns public.dashboard_views
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
begin
  -- Those who save wait for each other here, and get their turn in the order in which they came.
  perform pg_advisory_xact_lock(hashtextextended('private.lock_view ' || p_view_id, 0));
  select * into v_view from public.dashboard_views v where v.id = p_view_id;
  perform private.lock_widgets_within(v_view.workspace_id, p_view_id, 14);
  select * into v_view from public.dashboard_views v where v.id = p_view_id for no key update;
  if not found or v_view.deleted_at is not null then
    perform private.view_not_found();
  end if;
  return v_view;
end;
$$;

comment on function private.lock_view(uuid) is
  'Lets one transaction at a time write a layout, and gives the view as it is then. Errors: not_found for one that '
  'was deleted meanwhile, conflict where its widgets are locked for more than five seconds.';

create function private.lock_to_restrict(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view_id constant uuid := private.view_of(p_workspace_id, p_resource_type, p_resource_id);
begin
  -- Whoever is here has memberships or a grant, for which the end of an account waits with the widgets of its views.
  if p_resource_type = 'widget' then
    perform private.lock_widgets_within(p_workspace_id, v_view_id, 14, p_resource_id);
    -- One that is not there may be on its way back: who restores it has the view locked.
    if not private.is_there(p_workspace_id, p_resource_type, p_resource_id) then
      perform from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.id = v_view_id
      for no key update;
      perform private.lock_widgets_within(p_workspace_id, v_view_id, 14, p_resource_id);
    end if;
  else
    perform private.lock_widgets_within(p_workspace_id, v_view_id, 14);
    perform from public.dashboard_views v
    where v.workspace_id = p_workspace_id and v.id = v_view_id
    for update;
  end if;
end;
$$;

comment on function private.lock_to_restrict(text, text, uuid) is
  'Locks a dashboard or widget that a grant of none begins or ceases to name: as long as it is locked, nobody restores '
  'it without the mark, nor decides about the mark. Error: conflict (view_id) where its widgets are locked for more '
  'than five seconds. For definer functions.';

create function private.hold_view(p_workspace_id text, p_view_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.hold_membership(p_workspace_id);
  perform from public.dashboard_views v where v.workspace_id = p_workspace_id and v.id = p_view_id for key share;
end;
$$;

comment on function private.hold_view(text, uuid) is
  'Keeps a view, and the caller in its workspace, until what they choose names it. Nothing where there is none. For '
  'definer functions.';
