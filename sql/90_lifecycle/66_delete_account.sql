-- Leaving for good: the person's data goes, what they made for others stays and is nobody's.
--
-- Everything personal hangs on auth.users: deleting that row takes the profile, the memberships and the sessions
-- along, and every `created_by` or `invited_by` becomes null, which front ends show as "deleted user". A test holds
-- that no reference to an account could stand in the way. Auth's own log is the platform's, with its own retention.
--
-- Threats: a workspace left without an administrator (refused, under locks that make two admins who leave at the
-- same moment go one after the other); a workspace left without anybody (it goes too, by the trigger on members, or is
-- refused while it is paid for, whoever deletes the account);
-- somebody joining, or the person making another workspace, in between (both wait for the locks, and then find the
-- workspace or the account gone); an account of somebody else deleted (admin_delete_account is granted to the server).

create function private.workspaces_touched_by(p_user_id uuid) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select m.workspace_id from public.workspace_members m where m.user_id = p_user_id
    union select w.id from public.workspaces w where w.created_by = p_user_id
    union select a.workspace_id from public.audit_log a where a.actor_id = p_user_id
    union select i.workspace_id from public.workspace_invitations i
      where i.invited_by = p_user_id or i.accepted_by = p_user_id
    union select i.workspace_id from public.workspace_invitations i
      where i.email = (select lower(u.email) from auth.users u where u.id = p_user_id)
    union select t.workspace_id from public.themes t where t.created_by = p_user_id
    union select c.workspace_id from public.components c where c.created_by = p_user_id
    union select c.workspace_id from public.component_versions c where c.published_by = p_user_id
    union select v.workspace_id from public.dashboard_views v where v.created_by = p_user_id
    union select g.workspace_id from public.resource_grants g where g.granted_by = p_user_id
    union select h.workspace_id from private.view_versions h where h.saved_by = p_user_id
    union select n.workspace_id from public.notifications n
      where n.user_id = p_user_id or n.actor_id = p_user_id
    union select s.workspace_id from private.widget_snapshots s where s.kept_by = p_user_id
    union select m.workspace_id from private.mails m where m.user_id = p_user_id
    union select t.workspace_id from public.support_tickets t where t.opened_by = p_user_id
    union select m.workspace_id from public.support_messages m where m.author_id = p_user_id
    union select p.workspace_id from private.marketplace_publishers p where p.created_by = p_user_id
    union select s.workspace_id from private.marketplace_steps s where s.installed_by = p_user_id
    union select r.workspace_id from private.marketplace_ratings r where r.rated_by = p_user_id
    union select l.workspace_id from private.suspended_leavers l where l.user_id = p_user_id
    -- Where they are alone the workspace goes too.
    union select private.workspaces_ending_without(p_user_id);
end;
$$;

comment on function private.workspaces_touched_by(uuid) is
  'Every workspace in which something names the person: what the end of the account writes to. For definer functions.';

create function private.wait_for_account_deletions(p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.take_turns(array(select private.workspaces_touched_by(p_user_id)));
end;
$$;

comment on function private.wait_for_account_deletions(uuid) is
  'Lets accounts that left traces in one workspace be deleted one after the other. A deletion writes wherever the '
  'person left a trace, in no order: of two people in each other''s workspaces, each would wait for the other.';

create function private.lock_widgets_of(p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.lock_widgets(array(
    select v.id from public.dashboard_views v where v.created_by = p_user_id
    union
    select v.id
    from public.workspace_members m
    join public.dashboard_views v on v.workspace_id = m.workspace_id and v.owner_id = m.user_id
    where m.user_id = p_user_id));
end;
$$;

comment on function private.lock_widgets_of(uuid) is
  'Locks the widgets of the views that lose the person as maker or owner. For definer functions.';

create function private.tg_profiles_wait_to_delete() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.wait_for_account_deletions(old.id);
  perform private.lock_widgets_of(old.id);
  return old;
end;
$$;

comment on function private.tg_profiles_wait_to_delete() is
  'Before delete, which Auth and Studio cause too: one account of a workspace after the other, and none while its '
  'views are written.';

create trigger profiles_wait_to_delete before delete on public.profiles
  for each row execute function private.tg_profiles_wait_to_delete();

create function public.delete_my_account() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_my_account();
end;
$$;

comment on function public.delete_my_account() is
  'Deletes the caller''s account with the profile, the memberships, the files and the workspaces in which they are '
  'alone. What they made in other workspaces stays, by nobody. Access tokens that are still valid find nothing. '
  'Errors: not_signed_in, last_admin (`details` is a JSON list of {id, name} of the workspaces), conflict '
  '(subscription, checkout of a workspace that would go).';

grant execute on function public.delete_my_account() to authenticated;

create function private.delete_my_account() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_account(auth.uid());
end;
$$;

comment on function private.delete_my_account() is
  'Deletes the caller''s account and what is only theirs, or nothing. Definer: accounts are Auth''s.';

grant execute on function private.delete_my_account() to authenticated;

create function public.admin_delete_account(user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.admin_delete_account(user_id);
end;
$$;

comment on function public.admin_delete_account(uuid) is
  'Deletes somebody''s account as delete_my_account does, for the server with a secret key alone. '
  'Errors: not_found (user_id), last_admin (`details` is a JSON list of {id, name} of the workspaces), conflict '
  '(subscription, checkout of a workspace that would go).';

grant execute on function public.admin_delete_account(uuid) to service_role;

create function private.admin_delete_account(p_user_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from public.profiles where id = p_user_id) then
    perform private.raise_error('not_found',
      'There is no such account.', 'user_id', 'Read the id in the table of profiles.');
  end if;
  perform private.delete_account(p_user_id);
end;
$$;

comment on function private.admin_delete_account(uuid) is
  'See public.admin_delete_account. Definer: accounts are Auth''s.';

grant execute on function private.admin_delete_account(uuid) to service_role;

create function private.delete_account(p_user_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held jsonb;
begin
  -- Auth begins with this row, and would come to the profile before the turns.
  perform from auth.users where id = p_user_id for update;
  perform private.wait_for_account_deletions(p_user_id);

  -- First, since whoever saves a layout has its widgets when they come to the person who made the view.
  perform private.lock_widgets_of(p_user_id);

  -- Whoever writes a row that names the person holds a weaker lock on this one.
  perform from public.profiles where id = p_user_id for update;
  if not found then
    perform private.account_not_found();
  end if;

  -- First the memberships and then their workspaces, as every change of a member does; in the order of the ids, so
  -- that two who share several workspaces wait for each other and never in a circle.
  perform from public.workspace_members where user_id = p_user_id order by workspace_id for update;
  perform from public.workspaces
  where id in (select workspace_id from public.workspace_members where user_id = p_user_id)
  order by id
  for update;

  v_held := (
    select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name) order by w.name collate "und-x-icu", w.id)
    from public.workspace_members m
    join public.workspaces w on w.id = m.workspace_id
    where m.user_id = p_user_id and private.is_last_admin(m.workspace_id, p_user_id)
  );
  if v_held is not null then
    perform private.raise_error('last_admin',
      case
        when p_user_id = auth.uid() then 'You are the last admin of a workspace that has other people in it.'
        else 'This person is the last admin of a workspace that has other people in it.'
      end,
      v_held::text,
      'Make somebody else an admin of each of these workspaces, or delete them.');
  end if;

  -- An address that was never confirmed may be anybody's, and so may its invitations.
  delete from public.workspace_invitations i
  using auth.users u
  where u.id = p_user_id and u.email_confirmed_at is not null and i.email = lower(u.email);

  -- A sign-in with another provider that was never finished; nothing refers to the account there.
  delete from auth.flow_state where user_id = p_user_id;
  delete from auth.users where id = p_user_id;

  -- Last, since the deletion is audited too.
  perform private.scrub_audit_of(p_user_id);
end;
$$;

comment on function private.delete_account(uuid) is
  'Deletes an account and what is only that person''s, or nothing. Errors: not_signed_in where the account is gone, '
  'last_admin, conflict (subscription, checkout). For definer functions.';
