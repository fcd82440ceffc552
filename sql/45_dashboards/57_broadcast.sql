-- What is told of views, and to whom.
--
-- dashboard:updated {workspaceId, viewId, version, change, widgets: {added, changed, removed}}: once for every version
-- of a view, when the transaction that made it ends, with the instance ids of its widgets. A view that the whole
-- workspace sees is told of on its channel. What is personal, or closed to somebody, is told of to persons: the owner,
-- those with whom it is shared or to whom it is granted by name, and whoever has it on screen, all if they see it.
--
-- Threats: a widget that is withheld from somebody named in a message that they receive (widgets that not everybody
-- sees are in none; whoever sees them learns of the change by the version); a save of two hundred widgets that sends
-- two hundred messages.

create function private.view_is_for_all(p_view public.dashboard_views) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_view.visibility = 'workspace' and not p_view.is_restricted and p_view.deleted_at is null;
end;
$$;

comment on function private.view_is_for_all(public.dashboard_views) is
  'Whether a view is told of to its whole workspace.';

create function private.people_told_of_view(p_view public.dashboard_views) returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return array(
    select c.user_id
    from (
      select p_view.owner_id as user_id
      union
      select s.user_id
      from public.dashboard_view_shares s
      where s.workspace_id = p_view.workspace_id and s.view_id = p_view.id
      union
      select g.user_id
      from public.resource_grants g
      where g.workspace_id = p_view.workspace_id and g.resource_type = 'dashboard' and g.resource_id = p_view.id
      union
      select w.user_id
      from private.view_watchers w
      where w.workspace_id = p_view.workspace_id
        and w.view_id = p_view.id
        and w.watched_at > private.view_is_watched_since()
    ) as c
    where c.user_id is not null
      and private.access_to(p_view.workspace_id, 'dashboard', p_view.id, c.user_id) <> 'none');
end;
$$;

comment on function private.people_told_of_view(public.dashboard_views) is
  'Who is told of a view that is not for its whole workspace. For definer functions.';

create function private.broadcast_view(
  p_view public.dashboard_views, p_is_for_all boolean, p_change text, p_widgets jsonb default null
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message constant jsonb := jsonb_build_object(
    'workspaceId', p_view.workspace_id, 'viewId', p_view.id, 'version', p_view.version, 'change', p_change,
    'widgets', p_widgets);
begin
  if p_is_for_all then
    perform private.send_message(private.workspace_channel(p_view.workspace_id), 'dashboard:updated', v_message);
  else
    perform private.send_message(private.user_channel(p.user_id), 'dashboard:updated', v_message)
    from unnest(private.people_told_of_view(p_view)) as p (user_id);
  end if;
end;
$$;

comment on function private.broadcast_view(public.dashboard_views, boolean, text, jsonb) is
  'Sends dashboard:updated to a workspace or to the people who are told. The change is added, changed or removed; '
  'without widgets the view is to be read again. For definer functions.';

create function private.changed_widgets(p_view public.dashboard_views) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select jsonb_object_agg(k.kind, coalesce(w.ids, '[]'))
    from unnest(array['added', 'changed', 'removed']) as k (kind)
    left join (
      select c.kind, jsonb_agg(c.instance_id order by c.instance_id) as ids
      from (
        select w.id, w.instance_id::text, w.component_key, 'added' as kind
        from public.widgets w
        where w.workspace_id = p_view.workspace_id and w.view_id = p_view.id and w.made_in_version = p_view.version
        union all
        select h.widget_id, h.document ->> 'instanceId', h.document ->> 'widgetId',
          case when w.id is null then 'removed' else 'changed' end
        from private.widget_versions h
        left join public.widgets w
          on w.workspace_id = h.workspace_id and w.view_id = h.view_id and w.id = h.widget_id
        where h.workspace_id = p_view.workspace_id and h.view_id = p_view.id
          and h.until_version = p_view.version - 1
          and w.made_in_version is distinct from p_view.version
      ) as c (id, instance_id, component_key, kind)
      where not exists (
          select from public.built_in_components b
          where b.key = c.component_key and private.component_audience(b.allowed_roles) <> 'everybody')
        and not exists (
          select from public.components o
          where o.workspace_id = p_view.workspace_id
            and o.key = c.component_key
            and private.component_audience(o.allowed_roles) <> 'everybody')
        and not exists (
          select from public.resource_grants g
          where g.workspace_id = p_view.workspace_id
            and g.resource_type = 'widget'
            and g.resource_id = c.id
            and g.access = 'none')
      group by c.kind
    ) as w on w.kind = k.kind
  );
end;
$$;

comment on function private.changed_widgets(public.dashboard_views) is
  'The instance ids of the widgets that the present version of a view added, changed and removed, without those that '
  'not everybody sees: {added, changed, removed}. For definer functions.';

create function private.tg_view_versions_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
begin
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = new.workspace_id and v.id = new.view_id and v.deleted_at is null;
  if found then
    perform private.broadcast_view(v_view, private.view_is_for_all(v_view),
      case when new.version = 1 then 'added' else 'changed' end,
      private.changed_widgets(v_view));
  end if;
  return null;
end;
$$;

comment on function private.tg_view_versions_broadcast() is
  'At the end of a transaction, for each view of which it made a version: tells of it. Definer: nobody sends messages.';

-- Deferred: several statements of a transaction make one version.
create constraint trigger view_versions_broadcast after insert on private.view_versions
  deferrable initially deferred
  for each row execute function private.tg_view_versions_broadcast();

create function private.tg_dashboard_views_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_was constant boolean := private.view_is_for_all(old);
  v_is constant boolean := private.view_is_for_all(new);
begin
  if new.deleted_at is distinct from old.deleted_at then
    perform private.broadcast_view(
      new, v_was or v_is, case when new.deleted_at is null then 'added' else 'removed' end);
  elsif v_was and not v_is then
    perform private.broadcast_view(new, true, 'removed');
    perform private.broadcast_view(new, false, 'changed');
  elsif v_is and not v_was then
    perform private.broadcast_view(new, true, 'added');
  end if;
  return null;
end;
$$;

comment on function private.tg_dashboard_views_broadcast() is
  'After a view is deleted, restored, opened to its workspace or closed to somebody, which makes no version: tells '
  'those who saw it and those who see it. Definer: nobody sends messages.';

create trigger dashboard_views_broadcast after update of visibility, deleted_at, is_restricted
  on public.dashboard_views
  for each row when (
    new.visibility <> old.visibility
    or new.deleted_at is distinct from old.deleted_at
    or new.is_restricted <> old.is_restricted)
  execute function private.tg_dashboard_views_broadcast();

create function private.tg_access_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changed jsonb := '[]';
begin
  -- Each names the transition tables that there are for its operation.
  if tg_op <> 'INSERT' then
    v_changed := coalesce((select jsonb_agg(to_jsonb(o)) from before o), '[]');
  end if;
  if tg_op <> 'DELETE' then
    v_changed := v_changed || coalesce((select jsonb_agg(to_jsonb(n)) from changed n), '[]');
  end if;
  perform private.send_message(
    coalesce(private.user_channel(c.user_id), private.workspace_channel(c.workspace_id)),
    'session:changed',
    jsonb_strip_nulls(jsonb_build_object('workspaceId', c.workspace_id, 'roleKey', c.role_key)))
  from (
    select distinct r.workspace_id, r.user_id, r.role_key
    from jsonb_to_recordset(v_changed) as r (workspace_id text, user_id uuid, role_key text)
  ) as c
  where exists (select from public.workspaces w where w.id = c.workspace_id);
  return null;
end;
$$;

comment on function private.tg_access_broadcast() is
  'After shares, grants or the first views of roles are written: tells the person, or the workspace for a role, that '
  'what they may see is another. Definer: nobody sends messages.';

create trigger dashboard_view_shares_broadcast_insert after insert on public.dashboard_view_shares
  referencing new table as changed
  for each statement execute function private.tg_access_broadcast();
create trigger dashboard_view_shares_broadcast_update after update on public.dashboard_view_shares
  referencing old table as before new table as changed
  for each statement execute function private.tg_access_broadcast();
create trigger dashboard_view_shares_broadcast_delete after delete on public.dashboard_view_shares
  referencing old table as before
  for each statement execute function private.tg_access_broadcast();
create trigger resource_grants_broadcast_insert after insert on public.resource_grants
  referencing new table as changed
  for each statement execute function private.tg_access_broadcast();
create trigger resource_grants_broadcast_update after update on public.resource_grants
  referencing old table as before new table as changed
  for each statement execute function private.tg_access_broadcast();
create trigger resource_grants_broadcast_delete after delete on public.resource_grants
  referencing old table as before
  for each statement execute function private.tg_access_broadcast();
create trigger role_default_views_broadcast_insert after insert on public.role_default_views
  referencing new table as changed
  for each statement execute function private.tg_access_broadcast();
create trigger role_default_views_broadcast_update after update on public.role_default_views
  referencing old table as before new table as changed
  for each statement execute function private.tg_access_broadcast();
create trigger role_default_views_broadcast_delete after delete on public.role_default_views
  referencing old table as before
  for each statement execute function private.tg_access_broadcast();
