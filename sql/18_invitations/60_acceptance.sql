-- What somebody who is invited may do: look, and join, with the token of the invitation or as the one it is for.
--
-- Threats: trying tokens out (256 random bits, and every token that does not count gets the same answer, whatever is
-- wrong with it); trying ids out (an id finds invitations for one's own address alone); spending one twice, also at the
-- same moment (the row is locked, then read); signing up with the invited address without owning it (the account's
-- address must be confirmed); an invitation that lets a suspended member back in, also one who has left meanwhile
-- (10_workspaces/48_suspended_leavers.sql).
--
-- The token is an argument of two functions and goes nowhere else: into no column, no error and no log. Callers
-- should use POST, as supabase-js does, so that it stays out of addresses.

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
  'The one answer for every invitation that does not count. Error: invitation_not_valid.';

create function private.preview_invitation(p_token text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_preview jsonb;
begin
  select jsonb_build_object(
    'workspaceName', o.workspace_name,
    'inviterName', p.name,
    'expiresAt', private.timestamp_text(o.expires_at)
  )
  into v_preview
  from private.invitation_tokens t
  join private.open_invitations o on o.workspace_id = t.workspace_id and o.id = t.invitation_id
  join public.profiles p on p.id = o.invited_by
  where t.token_hash = private.invitation_token_hash(p_token);

  if v_preview is null then
    perform private.raise_invitation_not_valid();
  end if;
  return v_preview;
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

create function private.lock_invitation(p_workspace_id text, p_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The locks come in the order in which the deletion of an account or of a workspace takes them: account, workspace,
  -- invitation.
  perform from public.profiles where id = auth.uid() for key share;
  if not found then
    perform private.account_not_found();
  end if;
  perform private.lock_workspace(p_workspace_id);
  perform from public.workspace_invitations i where i.workspace_id = p_workspace_id and i.id = p_id for update;
end;
$$;

comment on function private.lock_invitation(text, uuid) is
  'Keeps the caller''s account, a workspace and an invitation, whichever of them are there, until it is accepted: what '
  'is read after this holds, and whoever comes second reads that it has been accepted. Error: not_signed_in.';

create function private.lock_my_invitation(p_id uuid) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_email constant text := private.confirmed_email(auth.uid());
  v_workspace_id constant text := (
    select i.workspace_id
    from public.workspace_invitations i
    where i.email = v_email and i.id = p_id);
begin
  perform private.lock_invitation(v_workspace_id, p_id);
  return v_workspace_id;
end;
$$;

comment on function private.lock_my_invitation(uuid) is
  'Keeps an invitation for the caller''s confirmed address as lock_invitation does, and returns its workspace; null '
  'where there is none. Error: not_signed_in. For definer functions.';

create function private.join_by_invitation(p_workspace_id text, p_id uuid) returns public.workspace_members
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_role_key text;
  v_member public.workspace_members;
begin
  select o.role_key into v_role_key
  from private.open_invitations o
  where o.workspace_id = p_workspace_id and o.id = p_id and o.email = private.confirmed_email(v_user_id);
  if v_role_key is null then
    perform private.raise_invitation_not_valid();
  end if;

  if exists (
    select from private.suspended_leavers s where s.workspace_id = p_workspace_id and s.user_id = v_user_id
  ) then
    perform private.raise_error('conflict',
      'You were suspended in this workspace when you left it.', null,
      'Ask somebody who may change its members for another invitation.');
  end if;
  insert into public.workspace_members (workspace_id, user_id, role_key)
  values (p_workspace_id, v_user_id, v_role_key)
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
  where i.workspace_id = p_workspace_id and i.id = p_id;
  return v_member;
end;
$$;

comment on function private.join_by_invitation(text, uuid) is
  'Makes the caller a member by an invitation that lock_invitation holds, where it is open and for their confirmed '
  'address. Errors: invitation_not_valid, conflict. For definer functions.';

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
  'must be the invited one. Errors: not_signed_in, invitation_not_valid, payment_required (no seat is free), conflict '
  '(a member already, suspended or not, or suspended when they left).';

grant execute on function public.accept_invitation(text) to authenticated;

create function private.accept_invitation(p_token text) returns public.workspace_members
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token_hash constant bytea := private.invitation_token_hash(p_token);
  v_found private.invitation_tokens;
begin
  select * into v_found from private.invitation_tokens t where t.token_hash = v_token_hash;
  perform private.lock_invitation(v_found.workspace_id, v_found.invitation_id);
  -- Again: sent anew meanwhile, the invitation has another token.
  select * into v_found from private.invitation_tokens t where t.token_hash = v_token_hash;
  return private.join_by_invitation(v_found.workspace_id, v_found.invitation_id);
end;
$$;

comment on function private.accept_invitation(text) is
  'See public.accept_invitation. Definer: clients write neither memberships nor invitations, and accounts are Auth''s.';

grant execute on function private.accept_invitation(text) to authenticated;

create function public.accept_my_invitation(id uuid) returns public.workspace_members
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.accept_my_invitation(id);
end;
$$;

comment on function public.accept_my_invitation(uuid) is
  'Accepts one of my_invitations as accept_invitation does, without its token: the confirmed address is the proof. '
  'Errors: not_signed_in, invitation_not_valid, payment_required (no seat is free), conflict (a member already, '
  'suspended or not, or suspended when they left).';

grant execute on function public.accept_my_invitation(uuid) to authenticated;

create function private.accept_my_invitation(p_id uuid) returns public.workspace_members
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.join_by_invitation(private.lock_my_invitation(p_id), p_id);
end;
$$;

comment on function private.accept_my_invitation(uuid) is
  'See public.accept_my_invitation. Definer: clients write neither memberships nor invitations, and accounts are '
  'Auth''s.';

grant execute on function private.accept_my_invitation(uuid) to authenticated;
