-- What the holder of an invitation's token may do with it: look, and join.
--
-- Threats: trying tokens out (256 random bits, and every token that does not count gets the same answer, whatever is
-- wrong with it); spending one twice, also at the same moment (the row is locked, then read); signing up with
-- the invited address without owning it (the account's address must be confirmed); an invitation that outlives the
-- inviter's right to give its role, or lets a suspended member back in.
--
-- The token is an argument of two functions and goes nowhere else: into no column, no error and no log. Callers
-- should use POST, as supabase-js does, so that it stays out of addresses.

create function private.open_invitation(p_token text) returns public.workspace_invitations
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation public.workspace_invitations;
begin
  select i.* into v_invitation
  from public.workspace_invitations i
  join public.workspaces w on w.id = i.workspace_id
  join public.workspace_roles given on given.workspace_id = i.workspace_id and given.key = i.role_key
  join public.workspace_members inviter on inviter.workspace_id = i.workspace_id and inviter.user_id = i.invited_by
  join public.workspace_roles held on held.workspace_id = i.workspace_id and held.key = inviter.role_key
  where i.token_hash = private.invitation_token_hash(p_token)
    and i.accepted_at is null
    and i.revoked_at is null
    and i.expires_at > now()
    and inviter.status = 'active'
    and 'members.invite' = any (held.permissions)
    and given.permissions <@ held.permissions
    and (given.is_built_in or w.plan_type = 'premium');
  return v_invitation;
end;
$$;

comment on function private.open_invitation(text) is
  'The invitation that a token opens, or a row of nulls: pending, not expired, from an active member who may invite '
  'and holds every permission of the role, and to a role of the plan.';

create function private.raise_invitation_not_valid() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('invitation_not_valid',
    'This invitation is not valid for you.', null,
    'Sign in with the confirmed address that was invited, or ask for another invitation.');
end;
$$;

comment on function private.raise_invitation_not_valid() is
  'The one answer for every token that does not count. Error: invitation_not_valid.';

create function private.confirmed_email(p_user_id uuid) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select lower(u.email collate "C")
    from auth.users u
    where u.id = p_user_id and u.email_confirmed_at is not null
  );
end;
$$;

comment on function private.confirmed_email(uuid) is
  'The address that an account has proved to own, in lower case (of ASCII alone: other letters stay what they are), '
  'or null.';

create function private.preview_invitation(p_token text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation constant public.workspace_invitations := private.open_invitation(p_token);
begin
  if v_invitation.id is null then
    perform private.raise_invitation_not_valid();
  end if;
  return (
    select jsonb_build_object(
      'workspaceName', w.name,
      'inviterName', p.name,
      'expiresAt', private.timestamp_text(v_invitation.expires_at)
    )
    from public.workspaces w, public.profiles p
    where w.id = v_invitation.workspace_id and p.id = v_invitation.invited_by
  );
end;
$$;

comment on function private.preview_invitation(text) is
  'See public.preview_invitation. Definer: who is invited can read nothing of the workspace yet.';

grant execute on function private.preview_invitation(text) to anon, authenticated;

-- A parsed body, because anonymous callers may call this one function and must stay unable to enter the schema
-- private: its names are resolved when it is made, not when it is called.
create function public.preview_invitation(token text) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
return private.preview_invitation(token);

comment on function public.preview_invitation(text) is
  'What an open invitation is about, for whoever holds its token, signed in or not: {workspaceName, inviterName, '
  'expiresAt}. Error: invitation_not_valid.';

grant execute on function public.preview_invitation(text) to anon, authenticated;

create function public.accept_invitation(token text) returns public.workspace_members
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.accept_invitation(token);
end;
$$;

comment on function public.accept_invitation(text) is
  'Makes the caller a member with the invited role and returns the membership. The confirmed address of the account '
  'must be the invited one. Errors: not_signed_in, invitation_not_valid, conflict (a member already, suspended or '
  'not).';

grant execute on function public.accept_invitation(text) to authenticated;

create function private.accept_invitation(p_token text) returns public.workspace_members
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_token_hash constant bytea := private.invitation_token_hash(p_token);
  v_invitation public.workspace_invitations;
  v_member public.workspace_members;
begin
  -- The locks come in the order in which the deletion of an account or of a workspace takes them: account, workspace,
  -- invitation.
  perform from public.profiles where id = v_user_id for key share;
  if not found then
    perform private.account_not_found();
  end if;
  perform private.lock_workspace(
    (select i.workspace_id from public.workspace_invitations i where i.token_hash = v_token_hash));

  -- First locked, then read: whoever comes second waits here, and reads that it has been accepted.
  perform from public.workspace_invitations i where i.token_hash = v_token_hash for update;
  v_invitation := private.open_invitation(p_token);
  if v_invitation.id is null or v_invitation.email is distinct from private.confirmed_email(v_user_id) then
    perform private.raise_invitation_not_valid();
  end if;

  insert into public.workspace_members (workspace_id, user_id, role_key)
  values (v_invitation.workspace_id, v_user_id, v_invitation.role_key)
  on conflict (workspace_id, user_id) do nothing
  returning * into v_member;
  -- An invitation makes members; it neither promotes one nor lifts a suspension.
  if not found then
    perform private.raise_error('conflict',
      'You are already a member of this workspace.', null,
      'Ask an administrator of the workspace to change your role or your status.');
  end if;

  update public.workspace_invitations i
  set accepted_at = now(), accepted_by = v_user_id
  where i.workspace_id = v_invitation.workspace_id and i.id = v_invitation.id;
  return v_member;
end;
$$;

comment on function private.accept_invitation(text) is
  'See public.accept_invitation. Definer: clients write neither memberships nor invitations, and accounts are Auth''s.';

grant execute on function private.accept_invitation(text) to authenticated;
