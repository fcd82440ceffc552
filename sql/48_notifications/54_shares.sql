-- What people hear of views that are shared with them, or with their role.
--
-- Threats: the name of a view told to somebody from whom it is withheld (who cannot open it hears nothing); a member
-- who shares and unshares in a loop, or shares a hundred views one by one (both are joined, see 50_notify.sql); a role
-- of thousands, for whom whoever shares would wait (a job tells them).

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

create function private.tell_of_share(p_view public.dashboard_views, p_people uuid[], p_actor_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor constant text := (select p.name from public.profiles p where p.id = p_actor_id);
begin
  perform private.notify(
    p_people,
    p_view.workspace_id,
    'view_shared',
    case when v_actor is null then format('%s was shared with you', p_view.name)
      else format('%s shared %s with you', v_actor, p_view.name) end,
    p_link => format('/workspaces/%s/views/%s', p_view.workspace_id, p_view.id),
    p_payload => jsonb_build_object('view', jsonb_build_object('id', p_view.id, 'name', p_view.name)),
    p_join_key => concat('shares by ', p_actor_id),
    p_about => p_view.id::text,
    p_actor_id => p_actor_id);
end;
$$;

comment on function private.tell_of_share(public.dashboard_views, uuid[], uuid) is
  'Tells people that a view was shared with them, and by whom. For definer functions.';

create function private.is_told_later(p_share public.dashboard_view_shares) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_at_once constant integer := 100;
begin
  return exists (
    select
    from public.workspace_members m
    where m.workspace_id = p_share.workspace_id and m.role_key = p_share.role_key and m.status = 'active'
    offset c_most_at_once);
end;
$$;

comment on function private.is_told_later(public.dashboard_view_shares) is
  'Whether a share is with more people than whoever shares it waits for.';

create function private.tg_dashboard_view_shares_notify() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor_id constant uuid := private.person_id();
  v_later constant uuid[] := array(select s.id from made s where private.is_told_later(s));
  v_told record;
begin
  insert into private.shares_to_tell (workspace_id, share_id, actor_id)
  select s.workspace_id, s.id, v_actor_id
  from made s
  where s.id = any (v_later);

  for v_told in
    select v, array_agg(p.user_id) as people
    from made s
    join public.dashboard_views v on v.workspace_id = s.workspace_id and v.id = s.view_id and v.deleted_at is null
    cross join lateral private.people_of_share(s) as p (user_id)
    where s.id <> all (v_later)
    group by v.workspace_id, v.id
    order by v.workspace_id, v.id
  loop
    perform private.tell_of_share(v_told.v, v_told.people, v_actor_id);
  end loop;
  return null;
end;
$$;

comment on function private.tg_dashboard_view_shares_notify() is
  'After shares, the transition table `made`, are made: tells those for whom they are, or has the many of a role told '
  'by a job. Definer: no role writes notifications, and grants decide who hears of it.';

create trigger dashboard_view_shares_notify after insert on public.dashboard_view_shares
  referencing new table as made
  for each statement execute function private.tg_dashboard_view_shares_notify();

create function private.tell_of_shares(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task private.shares_to_tell;
  v_share public.dashboard_view_shares;
  v_view public.dashboard_views;
  v_people uuid[] := '{}';
begin
  -- With its workspace, in which people are told: one that is going is passed over.
  select t.* into v_task
  from private.shares_to_tell t
  join public.workspaces w on w.id = t.workspace_id
  order by t.created_at
  limit 1
  for update of t skip locked
  for key share of w skip locked;
  if not found then
    return 0;
  end if;
  select * into v_share
  from public.dashboard_view_shares s
  where s.workspace_id = v_task.workspace_id and s.id = v_task.share_id;
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = v_share.workspace_id and v.id = v_share.view_id and v.deleted_at is null;
  if found then
    v_people := array(
      select p.user_id
      from private.people_of_share(v_share) as p (user_id)
      where v_task.told_up_to is null or p.user_id > v_task.told_up_to
      order by p.user_id
      limit p_batch);
  end if;

  if cardinality(v_people) < p_batch then
    delete from private.shares_to_tell t where t.workspace_id = v_task.workspace_id and t.share_id = v_task.share_id;
  else
    update private.shares_to_tell t
    set told_up_to = v_people[p_batch]
    where t.workspace_id = v_task.workspace_id and t.share_id = v_task.share_id;
  end if;
  perform private.tell_of_share(v_view, v_people, (select p.id from public.profiles p where p.id = v_task.actor_id));
  return 1;
end;
$$;

comment on function private.tell_of_shares(integer) is
  'Tells the next so many people of the share that waits longest, and returns 1, or 0 where none waits. Run by cron '
  'until none is left, with a commit after each batch.';
