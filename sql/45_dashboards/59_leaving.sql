-- What goes with views and with whoever leaves: the grants of a view, and the views of a member.
--
-- Threats: a view that is shared while its owner leaves, without what is withheld from somebody there (the views that
-- are to go are held before their grants are deleted).

create function private.drop_grants_of_views(p_workspace_id text, p_view_ids uuid[], p_takes_all boolean) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- "offset 0": by index, thing by thing. A view has few, and a workspace can have very many grants.
  delete from public.resource_grants g
  where g.workspace_id = p_workspace_id
    and g.id = any (array(
      select x.id
      from (
        select 'dashboard' as type, v.id
        from unnest(p_view_ids) as v (id)
        union all
        select 'widget', w.id
        from unnest(p_view_ids) as v (id)
        cross join lateral (
          select y.id from public.widgets y where y.workspace_id = p_workspace_id and y.view_id = v.id offset 0
        ) as w
        union
        select 'widget', h.widget_id
        from unnest(p_view_ids) as v (id)
        cross join lateral (
          select y.widget_id
          from private.widget_versions y
          where y.workspace_id = p_workspace_id and y.view_id = v.id
          offset 0
        ) as h
      ) as t
      cross join lateral (
        select y.id, y.access
        from public.resource_grants y
        where y.workspace_id = p_workspace_id and y.resource_type = t.type and y.resource_id = t.id
        offset 0
      ) as x
      where p_takes_all or x.access <> 'none'
    ));
end;
$$;

comment on function private.drop_grants_of_views(text, uuid[], boolean) is
  'Deletes the grants of views, and of all widgets that they have or had; those that withhold something only where all '
  'are to go. In one statement, after which the trigger of each view finds none. For definer functions.';

create function private.tg_dashboard_views_drop_grants() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A workspace that is being deleted takes all of its grants along, without a look into the history of each view.
  if exists (select from public.workspaces w where w.id = old.workspace_id) then
    perform private.drop_grants_of_views(old.workspace_id, array[old.id], tg_op = 'DELETE');
  end if;
  return old;
end;
$$;

comment on function private.tg_dashboard_views_drop_grants() is
  'Before a view is removed for good its grants go, and those of all widgets that it has or had; when its owner makes '
  'it personal, those go that open it, which the owner could not see. Definer: whose view it is need not hold '
  'grants.write.';

create trigger dashboard_views_drop_grants before delete on public.dashboard_views
  for each row execute function private.tg_dashboard_views_drop_grants();
create trigger dashboard_views_drop_grants_personal after update of visibility on public.dashboard_views
  for each row when (new.visibility = 'personal' and old.visibility = 'workspace')
  execute function private.tg_dashboard_views_drop_grants();

create function private.tg_leave_views() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_heir uuid;
  v_view_id uuid;
  v_gone uuid[];
begin
  -- A workspace that is being deleted takes all of its views along.
  if not exists (select from public.workspaces w where w.id = old.workspace_id) then
    return null;
  end if;
  perform private.lock_widgets_within(v.workspace_id, v.id, 14)
  from public.dashboard_views v
  where v.workspace_id = old.workspace_id and v.owner_id = old.user_id
  order by v.id;
  -- Nobody ends another membership meanwhile: whoever does holds the lock of the workspace. None is left where it goes.
  v_heir := private.first_admin(old.workspace_id);
  if v_heir is not null then
    for v_view_id in
      update public.dashboard_views v
      set owner_id = v_heir
      where v.workspace_id = old.workspace_id
        and v.owner_id = old.user_id
        and v.visibility = 'personal'
        and v.deleted_at is null
        and exists (
          select from public.dashboard_view_shares s where s.workspace_id = v.workspace_id and s.view_id = v.id)
      returning v.id
    loop
      perform private.audit_update(old.workspace_id, 'dashboard_views', v_view_id::text,
        jsonb_build_object('owner_id', jsonb_build_object('old', old.user_id, 'new', v_heir)));
    end loop;
  end if;
  -- Held first: one that is being shared stays, and so does what is withheld from somebody there.
  v_gone := array(
    select v.id
    from public.dashboard_views v
    where v.workspace_id = old.workspace_id and v.owner_id = old.user_id and v.visibility = 'personal'
    order by v.id
    for update);
  perform private.drop_grants_of_views(old.workspace_id, v_gone, true);
  delete from public.dashboard_views where workspace_id = old.workspace_id and id = any (v_gone);
  update public.dashboard_views
  set owner_id = null
  where workspace_id = old.workspace_id and owner_id = old.user_id;
  return null;
end;
$$;

comment on function private.tg_leave_views() is
  'After a membership ends: personal views that are shared go to the admin who has been there longest, the other '
  'personal ones are deleted, and those of the workspace are nobody''s. Definer: nobody else may.';

create trigger workspace_members_leave_views after delete on public.workspace_members
  for each row execute function private.tg_leave_views();
