-- Inviting people: making an invitation, sending it again, taking it back.
--
-- Threats: a member inviting a friend, or themselves under another address, to a role above their own (an inviter holds
-- every permission of the role, when inviting and again when it is accepted); an inviter learning which addresses have
-- accounts (the answer is the same for all but members of the workspace); strangers flooded with invitations
-- (44_pace.sql), or a database with their rows (one pending for an address in a workspace, and 100 in one whose plan
-- limits its members).
--
-- Nobody is invited for whom there would be no seat: members and open invitations together keep to the plan, which is
-- asked before a token is made. Two who fill the last seat are counted where they join (10_workspaces/43_seats.sql).

create function private.invitation_with_token(p_invitation public.workspace_invitations, p_token text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_invitation.id,
    'email', p_invitation.email,
    'role', p_invitation.role_key,
    'token', p_token,
    'expiresAt', private.timestamp_text(p_invitation.expires_at)
  );
end;
$$;

comment on function private.invitation_with_token(public.workspace_invitations, text) is
  'What an inviter is told, once: {id, email, role, token, expiresAt}.';

create function private.address_of(p_email text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Composing would make a plain letter of some that only look like it, and another mailbox of the address.
  v_email constant text := case when octet_length(p_email) <= private.largest_line() and p_email is nfc normalized then
    lower(private.clean_text(p_email) collate "C") end;
begin
  if private.is_email(v_email) is not true then
    perform private.raise_invalid_input('email',
      'This is not an e-mail address.', 'Give an address such as ada@example.com, without a name around it.');
  end if;
  return v_email;
end;
$$;

comment on function private.address_of(text) is
  'An address as it is kept and compared. Error: invalid_input (email).';

create function private.require_role_to_give(p_workspace_id text, p_role text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_held_roles(p_workspace_id, array[p_role]);
  perform private.require_role_of_plan(p_workspace_id, p_role);
end;
$$;

comment on function private.require_role_to_give(text, text) is
  'Refuses a role of the workspace that holds a permission that the caller lacks, and a custom one on the free plan. '
  'Errors: permission_denied, payment_required.';

create function private.require_seat_to_offer(p_workspace_id text, p_invitation_id uuid default null) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_most constant bigint := private.limit_of(p_workspace_id, 'members');
begin
  if v_most is null then
    return;
  end if;
  perform private.require_within_limit(p_workspace_id, 'members', 1 + (
    select s.taken from private.seats s where s.workspace_id = p_workspace_id
  ) + (
    select count(*)
    from public.workspace_invitations i
    where i.workspace_id = p_workspace_id
      and i.accepted_at is null
      and i.revoked_at is null
      and i.expires_at > now()
      and i.id is distinct from p_invitation_id));
end;
$$;

comment on function private.require_seat_to_offer(text, uuid) is
  'Refuses an invitation, another one or one that is sent again, for which there would be no seat beside the members '
  'and the other open ones. Error: payment_required. For definer functions, which hold the workspace.';

create function private.lock_pending_invitation(p_workspace_id text, p_id uuid)
returns public.workspace_invitations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation public.workspace_invitations;
begin
  select i.* into v_invitation
  from public.workspace_invitations i
  where i.workspace_id = p_workspace_id and i.id = p_id
  for update;

  if not found then
    perform private.raise_error('not_found',
      'There is no such invitation in this workspace.', 'id', 'Check the id of the invitation.');
  end if;
  if v_invitation.accepted_at is not null then
    perform private.raise_error('conflict',
      'This invitation has already been accepted.', 'id', 'There is nothing left to send or to take back.');
  elsif v_invitation.revoked_at is not null then
    perform private.raise_error('conflict',
      'This invitation has already been revoked.', 'id', 'Invite the person again, to a role that you may give.');
  end if;
  return v_invitation;
end;
$$;

comment on function private.lock_pending_invitation(text, uuid) is
  'An invitation that is to be changed, locked against being accepted meanwhile. Errors: not_found, conflict.';

create function public.create_invitation(workspace_id text, email text, role text) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.create_invitation(workspace_id, email, role);
end;
$$;

comment on function public.create_invitation(text, text, text) is
  'Invites an address to a role and returns {id, email, role, token, expiresAt}. The token is shown this once: put it '
  'into the link that is sent to that address. Takes members.invite and every permission of the role, for a custom '
  'role the premium plan, and a seat that neither a member nor an open invitation has. '
  'Errors: not_found, permission_denied, invalid_input (email, role), payment_required, '
  'conflict (invited already, in the workspace already, suspended when they left where the caller lacks '
  'members.update, or 100 pending on the free plan), rate_limited (person: 500 a '
  'day; address: 5 a day to this one).';

grant execute on function public.create_invitation(text, text, text) to authenticated;

create function private.let_leaver_back(p_workspace_id text, p_email text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_people constant uuid[] := array(
    select s.user_id
    from private.suspended_leavers s
    join public.profiles p on p.id = s.user_id
    where s.workspace_id = p_workspace_id and lower(p.email collate "C") = p_email);
begin
  if v_people <> '{}' and not 'members.update' = any (private.permissions_in(p_workspace_id)) then
    perform private.raise_error('conflict',
      'The person with this address was suspended when they left the workspace.', 'email',
      'Ask somebody who may change members to invite them.');
  end if;
  delete from private.suspended_leavers s where s.workspace_id = p_workspace_id and s.user_id = any (v_people);
end;
$$;

comment on function private.let_leaver_back(text, text) is
  'Lifts the suspension of somebody with this address who has left meanwhile, which takes members.update. Error: '
  'conflict (email). For definer functions.';

create function private.create_invitation(p_workspace_id text, p_email text, p_role text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_pending_where_limited constant integer := 100;
  v_email text;
  v_invitation public.workspace_invitations;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  v_email := private.address_of(p_email);
  perform private.hold_membership(p_workspace_id);
  perform private.hold_role(p_workspace_id, p_role, 'role');
  perform private.require_role_to_give(p_workspace_id, p_role);

  -- The address first, which few have, and not the members, of whom there may be thousands.
  if exists (
    select from public.workspace_members m
    where m.workspace_id = p_workspace_id
      and m.user_id = any (array(select p.id from public.profiles p where lower(p.email collate "C") = v_email))
  ) then
    perform private.raise_error('conflict',
      'The person with this address is already in the workspace.', 'email',
      private.hint_where_held(p_workspace_id, '{members.update}',
        'Change the role of the member instead, or let a suspended one back in.',
        'Ask somebody who may change members, for another role or to let a suspended one back in.'));
  end if;

  -- Held until the end, so that parallel invitations are counted one after the other.
  perform private.lock_workspace(p_workspace_id);
  perform private.let_leaver_back(p_workspace_id, v_email);
  if private.limit_of(p_workspace_id, 'members') is not null and c_pending_where_limited <= (
    select count(*)
    from public.workspace_invitations i
    where i.workspace_id = p_workspace_id and i.accepted_at is null and i.revoked_at is null
  ) then
    perform private.raise_error('conflict',
      'A workspace on the free plan has at most 100 pending invitations.', 'workspace_id',
      'Revoke some that are no longer needed.');
  end if;
  perform private.require_seat_to_offer(p_workspace_id);
  perform private.require_pace_of_invitations(v_email);

  insert into public.workspace_invitations (workspace_id, email, role_key, invited_by, expires_at)
  values (p_workspace_id, v_email, p_role, auth.uid(), now() + interval '7 days')
  on conflict (workspace_id, email) where accepted_at is null and revoked_at is null do nothing
  returning * into v_invitation;

  if not found then
    perform private.raise_error('conflict',
      'This address has already been invited.', 'email',
      'Revoke that invitation first, or resend it where you may give its role.');
  end if;
  return private.invitation_with_token(
    v_invitation, private.renew_invitation_token(v_invitation.workspace_id, v_invitation.id));
end;
$$;

comment on function private.create_invitation(text, text, text) is
  'See public.create_invitation. Definer: clients may not write invitations, nor read every membership.';

grant execute on function private.create_invitation(text, text, text) to authenticated;

create function public.resend_invitation(workspace_id text, id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.resend_invitation(workspace_id, id);
end;
$$;

comment on function public.resend_invitation(text, uuid) is
  'Gives a pending invitation, expired or not, another token and seven more days, with the caller as its inviter; the '
  'old token is dead. Returns what create_invitation does, and takes the same: members.invite and every permission of '
  'the role. Errors: not_found, permission_denied, payment_required, conflict (accepted or revoked; email for somebody '
  'who was suspended when they left, without members.update), rate_limited (person, address).';

grant execute on function public.resend_invitation(text, uuid) to authenticated;

create function private.resend_invitation(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation public.workspace_invitations;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  perform private.lock_workspace(p_workspace_id);
  v_invitation := private.lock_pending_invitation(p_workspace_id, p_id);
  perform private.let_leaver_back(p_workspace_id, v_invitation.email);
  perform private.require_role_to_give(p_workspace_id, v_invitation.role_key);
  perform private.require_seat_to_offer(p_workspace_id, p_id);
  perform private.require_pace_of_invitations(v_invitation.email);

  update public.workspace_invitations i
  set invited_by = auth.uid(), expires_at = now() + interval '7 days'
  where i.workspace_id = p_workspace_id and i.id = p_id
  returning i.* into v_invitation;

  return private.invitation_with_token(
    v_invitation, private.renew_invitation_token(v_invitation.workspace_id, v_invitation.id));
end;
$$;

comment on function private.resend_invitation(text, uuid) is
  'See public.resend_invitation. Definer: clients may not write invitations.';

grant execute on function private.resend_invitation(text, uuid) to authenticated;

create function public.revoke_invitation(workspace_id text, id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.revoke_invitation(workspace_id, id);
end;
$$;

comment on function public.revoke_invitation(text, uuid) is
  'Takes a pending invitation back. Takes members.invite and nothing of its role: a mistake is to be mended by whoever '
  'sees it. Errors: not_found, permission_denied, conflict (accepted or revoked).';

grant execute on function public.revoke_invitation(text, uuid) to authenticated;

create function private.revoke_invitation(p_workspace_id text, p_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  perform private.lock_pending_invitation(p_workspace_id, p_id);

  update public.workspace_invitations i
  set revoked_at = now()
  where i.workspace_id = p_workspace_id and i.id = p_id;
end;
$$;

comment on function private.revoke_invitation(text, uuid) is
  'See public.revoke_invitation. Definer: clients may not write invitations.';

grant execute on function private.revoke_invitation(text, uuid) to authenticated;
