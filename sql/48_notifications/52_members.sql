-- What people hear of memberships: that somebody whom they invited joined or declined, that their role is another one,
-- that they were removed, that a workspace was handed to them.
--
-- Threat: a workspace of thousands that is deleted, in which each member would be told of their removal (a workspace
-- that is gone tells nobody, and asks once for the statement).

create function private.tg_invitations_notify() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member text;
  v_workspace text;
  v_role text;
begin
  select p.name, w.name, r.name
  into v_member, v_workspace, v_role
  from public.profiles p, public.workspaces w
  join public.workspace_roles r on r.workspace_id = w.id and r.key = new.role_key
  where p.id = new.accepted_by and w.id = new.workspace_id;

  perform private.notify(
    array[new.invited_by],
    new.workspace_id,
    'member_joined',
    format('%s joined %s', v_member, v_workspace),
    p_link => format('/workspaces/%s/members', new.workspace_id),
    p_payload => jsonb_build_object('role', jsonb_build_object('key', new.role_key, 'name', v_role)),
    p_join_key => 'members',
    p_about => new.accepted_by::text);
  return null;
end;
$$;

comment on function private.tg_invitations_notify() is
  'After an invitation is accepted: tells who sent it. Definer: no role writes notifications.';

create trigger workspace_invitations_notify after update of accepted_at on public.workspace_invitations
  for each row when (old.accepted_at is null and new.accepted_at is not null and new.invited_by is not null)
  execute function private.tg_invitations_notify();

create function private.tg_invitations_notify_declined() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Who takes an invitation back from somebody else has no need to be told.
  if private.confirmed_email(auth.uid()) is not distinct from new.email then
    perform private.notify(
      array[new.invited_by],
      new.workspace_id,
      'invitation_declined',
      format('%s declined your invitation to %s', new.email, w.name),
      p_link => format('/workspaces/%s/members', new.workspace_id),
      p_payload => jsonb_build_object('email', new.email),
      p_join_key => 'invitations',
      p_about => new.id::text,
      -- Who is no member is known here by the address that was invited, and by nothing else.
      p_actor_id => null)
    from public.workspaces w
    where w.id = new.workspace_id;
  end if;
  return null;
end;
$$;

comment on function private.tg_invitations_notify_declined() is
  'After an invitation is revoked by whom it was for: tells who sent it. Definer: no role writes notifications.';

create trigger workspace_invitations_notify_declined after update of revoked_at on public.workspace_invitations
  for each row when (old.revoked_at is null and new.revoked_at is not null and new.invited_by is not null)
  execute function private.tg_invitations_notify_declined();

create function private.tg_workspace_members_notify_role() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller constant uuid := auth.uid();
  v_workspace constant text := (select w.name from public.workspaces w where w.id = new.workspace_id);
  v_role constant text := (
    select r.name from public.workspace_roles r where r.workspace_id = new.workspace_id and r.key = new.role_key);
  v_heir uuid;
begin
  if new.user_id is distinct from v_caller then
    perform private.notify(
      array[new.user_id],
      new.workspace_id,
      'role_changed',
      format('Your role in %s is %s now', v_workspace, v_role),
      p_link => format('/workspaces/%s', new.workspace_id),
      p_payload => jsonb_build_object('role', jsonb_build_object('key', new.role_key, 'name', v_role)),
      p_join_key => 'role');
    return null;
  end if;

  -- Who makes somebody an admin and stops being one in the same transaction hands the workspace over, which says more
  -- than that the other's role changed.
  if old.role_key <> 'admin' or new.role_key = 'admin' then
    return null;
  end if;
  delete from public.notifications n
  using public.workspace_members m
  where m.workspace_id = new.workspace_id
    and m.role_key = 'admin'
    and m.updated_at = now()
    and n.user_id = m.user_id
    and n.updated_at >= now()
    and n.workspace_id = m.workspace_id
    and n.kind = 'role_changed'
    and n.actor_id = v_caller;
  for v_heir in
    select m.user_id
    from public.workspace_members m
    where m.workspace_id = new.workspace_id
      and m.role_key = 'admin'
      and m.updated_at = now()
      and m.user_id <> v_caller
  loop
    perform private.notify(
      array[v_heir],
      new.workspace_id,
      'ownership_transferred',
      format('%s handed %s over to you', (select p.name from public.profiles p where p.id = v_caller), v_workspace),
      p_link => format('/workspaces/%s', new.workspace_id),
      p_join_key => 'ownership');
  end loop;
  return null;
end;
$$;

comment on function private.tg_workspace_members_notify_role() is
  'After the role of a member changed: tells them, or the new admin that a workspace was handed over. Definer: no role '
  'writes notifications.';

-- After the others, by name: what it locks nobody waits for who still has to come to something else.
create trigger workspace_members_notify_role after update of role_key on public.workspace_members
  for each row when (old.role_key is distinct from new.role_key)
  execute function private.tg_workspace_members_notify_role();

create function private.tg_workspace_members_notify_removed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed record;
begin
  for v_removed in
    select w.id, w.name, array_agg(d.user_id) as people
    from deleted d
    -- "offset 0": by index, whatever the number of rows was when the plan was made.
    cross join lateral (select x.id, x.name from public.workspaces x where x.id = d.workspace_id offset 0) as w
    group by w.id, w.name
    order by w.id
  loop
    perform private.notify(
      v_removed.people, v_removed.id, 'member_removed', format('You were removed from %s', v_removed.name));
  end loop;
  return null;
end;
$$;

comment on function private.tg_workspace_members_notify_removed() is
  'After members, the transition table `deleted`, were removed: tells them. Who left by themselves, or whose account '
  'is gone, hears nothing, and neither do the members of a workspace that goes. Definer: no role writes notifications.';

create trigger workspace_members_notify_removed after delete on public.workspace_members
  referencing old table as deleted
  for each statement execute function private.tg_workspace_members_notify_removed();
