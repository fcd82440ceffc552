-- The people of a workspace as a server sets them, by their addresses (`npm run provision`).
--
-- Who has proved the address is in the workspace at once, everybody else is invited. An invitation needs somebody who
-- vouches for it (60_acceptance.sql): the admin who has been there longest, while the audit log says who really acted.
--
-- Threats: an account that took an address without owning it (only a confirmed one counts); a workspace that goes
-- because the last person in it was removed (the only active admin stays, whoever else is there).

create function private.account_with_email(p_workspace_id text, p_email text) returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A member counts under the address that the list of members shows.
  return (
    select p.id
    from public.profiles p
    join auth.users u on u.id = p.id
    left join public.workspace_members m on m.workspace_id = p_workspace_id and m.user_id = p.id
    where lower(p.email collate "C") = p_email and (m.user_id is not null or u.email_confirmed_at is not null)
    order by m.user_id is null, u.created_at, p.id
    limit 1);
end;
$$;

comment on function private.account_with_email(text, text) is
  'The member with an address, or else the account that has proved it; null for neither. For definer functions.';

create function private.revoke_invitations_of(p_workspace_id text, p_email text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.workspace_invitations i
  set revoked_at = now()
  where i.workspace_id = p_workspace_id and i.email = p_email and i.accepted_at is null and i.revoked_at is null;
  return found;
end;
$$;

comment on function private.revoke_invitations_of(text, text) is
  'Takes the pending invitation of an address back; whether there was one. For definer functions.';

create function private.give_role(p_workspace_id text, p_user_id uuid, p_role text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member public.workspace_members;
begin
  select * into v_member
  from public.workspace_members m
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;
  if v_member.role_key = p_role then
    return v_member.status;
  end if;
  perform private.require_role_of_plan(p_workspace_id, p_role);
  if v_member.user_id is not null then
    update public.workspace_members m
    set role_key = p_role
    where m.workspace_id = p_workspace_id and m.user_id = p_user_id;
    return v_member.status;
  end if;

  -- In the order in which an invitation is accepted: account, workspace, role.
  perform from public.profiles p where p.id = p_user_id for key share;
  if not found then
    perform private.raise_error('conflict',
      'The account of this person has gone meanwhile.', 'email', 'Try again, which invites the person.');
  end if;
  if not private.lock_workspace(p_workspace_id) then
    perform private.workspace_not_found();
  end if;
  perform private.hold_role(p_workspace_id, p_role, 'role');
  insert into public.workspace_members (workspace_id, user_id, role_key)
  values (p_workspace_id, p_user_id, p_role)
  on conflict (workspace_id, user_id) do nothing;
  if not found then
    perform private.raise_error('conflict',
      'This person has joined the workspace meanwhile.', 'email', 'Try again.');
  end if;
  return 'active';
end;
$$;

comment on function private.give_role(text, uuid, text) is
  'Makes an account a member with a role, or gives a member another one; the status of the member then. Errors: '
  'payment_required, last_admin, conflict, not_found for a workspace that has gone meanwhile. For definer functions.';

create function public.admin_set_member(workspace_id text, email text, role text) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.admin_set_member(workspace_id, email, role);
end;
$$;

comment on function public.admin_set_member(text, text, text) is
  'For servers: gives the person with an address a role in a workspace, and returns {status, userId, invitation}. Who '
  'is there gets the role and keeps the status; an account that has confirmed the address becomes a member; anybody '
  'else is invited, unless they are already to the same role, in the name of the admin who has been there longest, and '
  'invitation is what create_invitation gives. Errors: not_found, invalid_input (email, role), payment_required, '
  'last_admin, conflict (nobody there can vouch for an invitation, 100 pending on the free plan, or somebody who has '
  'joined or gone at the same moment).';

grant execute on function public.admin_set_member(text, text, text) to service_role;

create function private.admin_set_member(p_workspace_id text, p_email text, p_role text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_email constant text := private.address_of(p_email);
  v_user_id uuid;
  v_status text;
  v_voucher uuid;
  v_invitation jsonb;
begin
  perform private.require_permission(p_workspace_id, 'members.update');
  perform private.require_role(p_workspace_id, p_role, 'role');

  v_user_id := private.account_with_email(p_workspace_id, v_email);
  if v_user_id is not null then
    v_status := private.give_role(p_workspace_id, v_user_id, p_role);
    perform private.revoke_invitations_of(p_workspace_id, v_email);
    return jsonb_build_object('status', v_status, 'userId', v_user_id, 'invitation', null);
  end if;

  if exists (
    select from private.open_invitations o
    where o.workspace_id = p_workspace_id and o.email = v_email and o.role_key = p_role)
  then
    return '{"status": "invited", "userId": null, "invitation": null}';
  end if;
  v_voucher := private.first_admin(p_workspace_id);
  if v_voucher is null then
    perform private.raise_error('conflict',
      'There is no admin in this workspace in whose name somebody could be invited.', 'email',
      'Begin with an admin whose account has confirmed its address.');
  end if;
  perform private.revoke_invitations_of(p_workspace_id, v_email);
  v_invitation := private.create_invitation(p_workspace_id, v_email, p_role);
  update public.workspace_invitations i
  set invited_by = v_voucher
  where i.workspace_id = p_workspace_id and i.id = (v_invitation ->> 'id')::uuid;
  return jsonb_build_object('status', 'invited', 'userId', null, 'invitation', v_invitation);
end;
$$;

comment on function private.admin_set_member(text, text, text) is
  'See public.admin_set_member. Definer: no role makes members or invitations.';

grant execute on function private.admin_set_member(text, text, text) to service_role;

create function public.admin_remove_member(workspace_id text, email text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.admin_remove_member(workspace_id, email);
end;
$$;

comment on function public.admin_remove_member(text, text) is
  'For servers: removes the person with an address from a workspace, or takes their invitation back. Nothing happens '
  'where there is neither. The only active admin is refused, also where nobody else is there. '
  'Errors: not_found, invalid_input (email), last_admin.';

grant execute on function public.admin_remove_member(text, text) to service_role;

create function private.admin_remove_member(p_workspace_id text, p_email text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_email constant text := private.address_of(p_email);
  v_member public.workspace_members;
begin
  perform private.require_permission(p_workspace_id, 'members.remove');

  delete from public.workspace_members m
  using public.profiles p
  where p.id = m.user_id
    and m.workspace_id = p_workspace_id
    and lower(p.email collate "C") = v_email
  returning m.* into v_member;
  -- Asked afterwards, when the deletion holds the workspace: of two admins the second to go is refused.
  if v_member.role_key = 'admin' and v_member.status = 'active' and not exists (
    select from public.workspace_members m
    where m.workspace_id = p_workspace_id and m.role_key = 'admin' and m.status = 'active')
  then
    perform private.raise_error('last_admin',
      'This would leave the workspace without an active admin.', p_workspace_id,
      'Make another member an admin first.');
  end if;
  perform private.revoke_invitations_of(p_workspace_id, v_email);
end;
$$;

comment on function private.admin_remove_member(text, text) is
  'See public.admin_remove_member. Definer: it reads addresses and writes invitations.';

grant execute on function private.admin_remove_member(text, text) to service_role;
