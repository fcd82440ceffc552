-- What is told of workspaces and their people.
--
-- workspace:updated {workspaceId, updatedAt}: name, settings or plan; `isDeleted` where it is gone.
-- member:changed {workspaceId, members: [{userId, change}]}: who came, left, or is something else there.
-- session:changed {workspaceId}, to a person: their rights changed, the session is to be read again; {workspaceId,
-- roleKey}, to the workspace: so it is for everybody in this role.

create function private.tg_workspaces_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.workspace_channel(n.id), 'workspace:updated', jsonb_build_object(
    'workspaceId', n.id, 'updatedAt', private.timestamp_text(n.updated_at)))
  from changed n
  join before o on o.id = n.id
  where (o.name, o.settings, o.plan_type) is distinct from (n.name, n.settings, n.plan_type);
  return null;
end;
$$;

comment on function private.tg_workspaces_broadcast() is
  'After workspaces are updated: tells their members. Definer: nobody sends messages.';

create trigger workspaces_broadcast after update on public.workspaces
  referencing old table as before new table as changed
  for each statement execute function private.tg_workspaces_broadcast();

create function private.tg_workspaces_broadcast_deleted() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.workspace_channel(b.id), 'workspace:updated', jsonb_build_object(
    'workspaceId', b.id, 'isDeleted', true))
  from before b;
  return null;
end;
$$;

comment on function private.tg_workspaces_broadcast_deleted() is
  'After workspaces are deleted: tells who was in them, by one message each. Definer: nobody sends messages.';

create trigger workspaces_broadcast_deleted after delete on public.workspaces
  referencing old table as before
  for each statement execute function private.tg_workspaces_broadcast_deleted();

create function private.tg_workspace_roles_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.workspace_channel(n.workspace_id), 'session:changed', jsonb_build_object(
    'workspaceId', n.workspace_id, 'roleKey', n.key))
  from changed n
  join before o on o.workspace_id = n.workspace_id and o.key = n.key
  where (o.name, o.permissions) is distinct from (n.name, n.permissions);
  return null;
end;
$$;

comment on function private.tg_workspace_roles_broadcast() is
  'After roles are updated: tells their workspace, by one message however many have the role. Definer: nobody sends '
  'messages.';

create trigger workspace_roles_broadcast after update on public.workspace_roles
  referencing old table as before new table as changed
  for each statement execute function private.tg_workspace_roles_broadcast();

create function private.broadcast_members(p_changes jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.workspace_channel(m.workspace_id), 'member:changed', jsonb_build_object(
    'workspaceId', m.workspace_id, 'members', m.named))
  from (
    select c.workspace_id,
      case when count(*) <= private.most_named() then jsonb_agg(
        jsonb_build_object('userId', c.user_id, 'change', c.change) order by c.user_id) end as named
    from jsonb_to_recordset(p_changes) as c (workspace_id text, user_id uuid, change text)
    -- Those of a deleted workspace have heard of that.
    where exists (select from public.workspaces w where w.id = c.workspace_id)
    group by c.workspace_id
  ) as m;
end;
$$;

comment on function private.broadcast_members(jsonb) is
  'Sends member:changed to each workspace of a list of {workspace_id, user_id, change}. For definer functions.';

create function private.tg_workspace_members_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes jsonb;
begin
  -- Each names the transition tables that there are for its operation.
  case tg_op
    when 'INSERT' then
      v_changes := (
        select jsonb_agg(jsonb_build_object('workspace_id', n.workspace_id, 'user_id', n.user_id, 'change', 'added'))
        from changed n);
    when 'DELETE' then
      v_changes := (
        select jsonb_agg(jsonb_build_object('workspace_id', o.workspace_id, 'user_id', o.user_id, 'change', 'removed'))
        from before o
        where exists (select from public.workspaces w where w.id = o.workspace_id));
    else
      v_changes := (
        select jsonb_agg(jsonb_build_object('workspace_id', n.workspace_id, 'user_id', n.user_id, 'change', 'changed'))
        from changed n
        join before o on o.workspace_id = n.workspace_id and o.user_id = n.user_id
        where (o.role_key, o.status) is distinct from (n.role_key, n.status));
  end case;
  if v_changes is not null then
    perform private.broadcast_members(v_changes);
    perform private.send_message(private.user_channel(c.user_id), 'session:changed', jsonb_build_object(
      'workspaceId', c.workspace_id))
    from jsonb_to_recordset(v_changes) as c (workspace_id text, user_id uuid);
  end if;
  return null;
end;
$$;

comment on function private.tg_workspace_members_broadcast() is
  'After members come, go or change: tells the workspace, and each of them that their rights changed. Definer: nobody '
  'sends messages.';

create trigger workspace_members_broadcast_insert after insert on public.workspace_members
  referencing new table as changed
  for each statement execute function private.tg_workspace_members_broadcast();
create trigger workspace_members_broadcast_update after update on public.workspace_members
  referencing old table as before new table as changed
  for each statement execute function private.tg_workspace_members_broadcast();
create trigger workspace_members_broadcast_delete after delete on public.workspace_members
  referencing old table as before
  for each statement execute function private.tg_workspace_members_broadcast();

create function private.tg_active_members_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Where many lose or get back their seats the plan has changed, of which the workspace has heard.
  perform private.send_message(private.user_channel(n.member_id), 'session:changed', jsonb_build_object(
    'workspaceId', n.workspace_id))
  from changed n
  where (select count(*) from changed) <= private.most_named();
  return null;
end;
$$;

comment on function private.tg_active_members_broadcast() is
  'After members become read-only for lack of a seat, or get one back: tells each of them that their rights changed. '
  'Definer: nobody sends messages.';

-- Members who join, leave or change are written anew, and not updated.
create trigger active_members_broadcast after update on private.active_members
  referencing new table as changed
  for each statement execute function private.tg_active_members_broadcast();

create function private.require_pace_of_profiles(p_workspaces integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Ten changes of somebody who is in a hundred workspaces, and of most people as many as they like.
  c_most_an_hour constant integer := 1000;
begin
  if private.person_id() is not null and not (private.charge_bucket(
    format('profile/person/%s', private.person_id()), c_most_an_hour, interval '1 hour',
    least(p_workspaces, c_most_an_hour))).allowed
  then
    perform private.raise_error('rate_limited',
      'This account changed its name or picture too often.', 'person', 'Wait some minutes.');
  end if;
end;
$$;

comment on function private.require_pace_of_profiles(integer) is
  'Refuses who would tell more than 1,000 workspaces an hour of their name or picture: a message each, which a project '
  'has in common. Error: rate_limited (person). For definer functions.';

create function private.tg_profiles_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes constant jsonb := (
    select jsonb_agg(jsonb_build_object('workspace_id', m.workspace_id, 'user_id', n.id, 'change', 'changed'))
    from changed n
    join before o on o.id = n.id
    join public.workspace_members m on m.user_id = n.id
    where (o.name, o.avatar_path) is distinct from (n.name, n.avatar_path));
begin
  if v_changes is not null then
    perform private.require_pace_of_profiles(jsonb_array_length(v_changes));
    perform private.broadcast_members(v_changes);
  end if;
  return null;
end;
$$;

comment on function private.tg_profiles_broadcast() is
  'After people change their name or picture: tells the workspaces they are in. Error: rate_limited (person). Definer: '
  'nobody sends messages.';

create trigger profiles_broadcast after update on public.profiles
  referencing old table as before new table as changed
  for each statement execute function private.tg_profiles_broadcast();
