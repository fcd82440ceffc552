-- What people hear of views that are shared with them, or with their role.
--
-- Threats: the name of a view told to somebody from whom it is withheld (who cannot open it hears nothing); a member
-- who shares and unshares in a loop, or shares a hundred views one by one (both are joined, see 50_notify.sql).

create function private.people_of_share(p_share public.dashboard_view_shares) returns setof uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_type constant text := 'dashboard';
  v_owner_id constant uuid := (
    select v.owner_id
    from public.dashboard_views v
    where v.workspace_id = p_share.workspace_id and v.id = p_share.view_id);
  v_role_sees boolean;
begin
  if p_share.user_id is not null then
    if p_share.user_id is distinct from v_owner_id
      and private.access_to(p_share.workspace_id, c_type, p_share.view_id, p_share.user_id) <> 'none'
    then
      return next p_share.user_id;
    end if;
    return;
  end if;

  -- Once for the role, and for those whom a grant names: a role may have thousands.
  v_role_sees := private.access_under(p_share.workspace_id, c_type, p_share.view_id, null, p_share.role_key,
    private.grant_to(p_share.workspace_id, c_type, p_share.view_id, null, p_share.role_key)) <> 'none';
  return query
    select m.user_id
    from public.workspace_members m
    left join public.resource_grants g on g.workspace_id = m.workspace_id
      and g.resource_type = c_type
      and g.resource_id = p_share.view_id
      and g.user_id = m.user_id
    where m.workspace_id = p_share.workspace_id
      and m.role_key = p_share.role_key
      and m.status = 'active'
      and m.user_id is distinct from v_owner_id
      and case
        when g.user_id is null then v_role_sees
        else private.access_to(m.workspace_id, c_type, p_share.view_id, m.user_id) <> 'none'
      end;
end;
$$;

comment on function private.people_of_share(public.dashboard_view_shares) is
  'Whom a share gives a view that they can open: the person, or the members of the role, but not the owner. For '
  'definer functions.';

create function private.tg_dashboard_view_shares_notify() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor constant text := (select p.name from public.profiles p where p.id = auth.uid());
  v_view record;
begin
  for v_view in
    select v.workspace_id, v.id, v.name, array_agg(p.user_id) as people
    from made s
    join public.dashboard_views v on v.workspace_id = s.workspace_id and v.id = s.view_id and v.deleted_at is null
    cross join lateral private.people_of_share(s) as p (user_id)
    group by v.workspace_id, v.id
    order by v.workspace_id, v.id
  loop
    perform private.notify(
      v_view.people,
      v_view.workspace_id,
      'view_shared',
      case when v_actor is null then format('%s was shared with you', v_view.name)
        else format('%s shared %s with you', v_actor, v_view.name) end,
      p_link => format('/workspaces/%s/views/%s', v_view.workspace_id, v_view.id),
      p_payload => jsonb_build_object('view', jsonb_build_object('id', v_view.id, 'name', v_view.name)),
      p_join_key => concat('shares by ', auth.uid()),
      p_about => v_view.id::text);
  end loop;
  return null;
end;
$$;

comment on function private.tg_dashboard_view_shares_notify() is
  'After shares, the transition table `made`, are made: tells those for whom they are. Definer: no role writes '
  'notifications, and grants decide who hears of it.';

create trigger dashboard_view_shares_notify after insert on public.dashboard_view_shares
  referencing new table as made
  for each statement execute function private.tg_dashboard_view_shares_notify();
