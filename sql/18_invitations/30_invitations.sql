-- Invitations: an address, a role, and a token that opens the workspace to whoever proves both.
--
-- Threats: a token read from the database, a backup or a log (only its hash is stored, and no API role may read
-- even that); a token sent to the wrong person (it counts for a confirmed account of its address alone, see
-- 60_acceptance.sql); a member inviting a friend, or themselves under another address, to a role above
-- their own (an inviter holds every permission of the role, when inviting and again when it is accepted); an
-- inviter learning which addresses have accounts (the answer is the same for all but members of the workspace).
--
-- A pending invitation is one neither accepted nor revoked; it is open until it expires. There is one pending
-- invitation for an address in a workspace: an expired one is sent again rather than doubled.

create table public.workspace_invitations (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  email text not null
    constraint workspace_invitations_email_format check (private.is_email(email)),
  role_key text not null,
  token_hash bytea not null
    constraint workspace_invitations_token_hash_length check (octet_length(token_hash) = 32),
  invited_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references public.profiles (id) on delete cascade,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  constraint workspace_invitations_role_fkey foreign key (role_key, workspace_id)
    references public.workspace_roles (key, workspace_id) on delete cascade,
  constraint workspace_invitations_one_end check (accepted_at is null or revoked_at is null)
);

create unique index workspace_invitations_token_hash_idx on public.workspace_invitations (token_hash);
create unique index workspace_invitations_pending_idx on public.workspace_invitations (workspace_id, email)
  where accepted_at is null and revoked_at is null;
-- What is there for one address, wherever it is.
create index workspace_invitations_email_idx on public.workspace_invitations (email, created_at, id);
-- As of members (workspace_members_role_idx), not by workspace first.
create index workspace_invitations_role_idx on public.workspace_invitations (role_key, workspace_id);
create index workspace_invitations_invited_by_idx on public.workspace_invitations (invited_by, created_at, id);
create index workspace_invitations_accepted_by_idx on public.workspace_invitations (accepted_by, created_at, id);

alter table public.workspace_invitations enable row level security;

create policy workspace_invitations_select on public.workspace_invitations
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('members.invite')))
  );

-- Every column but the token's hash, for the service role too. Writing is left to the functions.
grant select (
  workspace_id, id, email, role_key, invited_by, created_at, expires_at, accepted_at, accepted_by, revoked_at
) on public.workspace_invitations to authenticated, service_role;

comment on table public.workspace_invitations is
  'Who was asked to join, as what. Name the columns when reading: token_hash is for nobody, so * is denied. '
  'An invitation goes with its role, and an accepted one with the account that accepted it.';
comment on column public.workspace_invitations.token_hash is 'SHA-256 of the token, which is shown once and not kept.';
comment on column public.workspace_invitations.invited_by is
  'Who vouches for it: whoever sent it last. Without this person, or without their right to give the role, it is '
  'not valid.';
comment on column public.workspace_invitations.expires_at is 'Seven days after it was last sent.';

-- Without the token, and without the address, which is the invited person's. Not on every update: when the account in
-- invited_by goes, which may have sent ten thousand, nothing else about them changes.
create trigger workspace_invitations_audit
  after insert or update of role_key, token_hash, expires_at, accepted_at, revoked_at on public.workspace_invitations
  for each row execute function private.tg_audit('id', 'token_hash,email');
create trigger workspace_invitations_audit_delete after delete on public.workspace_invitations
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'token_hash,email');

create function private.new_invitation_token() returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return rtrim(translate(encode(extensions.gen_random_bytes(32), 'base64'), '+/', '-_'), '=');
end;
$$;

comment on function private.new_invitation_token() is '32 random bytes as base64url: 43 characters that fit a link.';

create function private.invitation_token_hash(p_token text) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when octet_length(p_token) <= 100 then sha256(convert_to(p_token, 'UTF8')) end;
end;
$$;

comment on function private.invitation_token_hash(text) is
  'What is kept of a token; null for what is too long to be one. A plain hash is enough for 256 random bits, which '
  'nobody can try out.';

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

create function private.require_role_to_give(p_workspace_id text, p_role text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_role(p_workspace_id, p_role, 'role');
  perform private.require_held_roles(p_workspace_id, array[p_role]);
  perform private.require_role_of_plan(p_workspace_id, p_role);
end;
$$;

comment on function private.require_role_to_give(text, text) is
  'Refuses a role that the workspace lacks, one that holds a permission that the caller lacks, and a custom one on the '
  'free plan. Errors: invalid_input (role), permission_denied, payment_required.';

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
  if v_invitation.accepted_at is not null or v_invitation.revoked_at is not null then
    perform private.raise_error('conflict',
      'This invitation has already been accepted or revoked.', 'id', 'Invite the person again.');
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
  'into the link that is sent to that address. Takes members.invite and every permission of the role, and for a custom '
  'role the premium plan. Errors: not_found, permission_denied, invalid_input (email, role), payment_required, '
  'conflict (invited already, in the workspace already, or 100 pending on the free plan).';

grant execute on function public.create_invitation(text, text, text) to authenticated;

create function private.create_invitation(p_workspace_id text, p_email text, p_role text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_pending_on_free constant integer := 100;
  -- Composing would make a plain letter of some that only look like it, and another mailbox of the address.
  v_email constant text := case when octet_length(p_email) <= private.largest_line() and p_email is nfc normalized then
    lower(private.clean_text(p_email) collate "C") end;
  v_token constant text := private.new_invitation_token();
  v_plan text;
  v_invitation public.workspace_invitations;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  if private.is_email(v_email) is not true then
    perform private.raise_invalid_input('email',
      'This is not an e-mail address.', 'Give an address such as ada@example.com, without a name around it.');
  end if;
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
      'Change the role of the member instead, or let a suspended one back in.');
  end if;

  -- Held until the end, so that parallel invitations are counted one after the other.
  select w.plan_type into v_plan from public.workspaces w where w.id = p_workspace_id for no key update;
  if v_plan = 'free' and c_pending_on_free <= (
    select count(*)
    from public.workspace_invitations i
    where i.workspace_id = p_workspace_id and i.accepted_at is null and i.revoked_at is null
  ) then
    perform private.raise_error('conflict',
      'A workspace on the free plan has at most 100 pending invitations.', 'workspace_id',
      'Revoke some that are no longer needed, or upgrade the workspace.');
  end if;

  insert into public.workspace_invitations (workspace_id, email, role_key, token_hash, invited_by, expires_at)
  values (
    p_workspace_id, v_email, p_role, private.invitation_token_hash(v_token), auth.uid(), now() + interval '7 days')
  on conflict (workspace_id, email) where accepted_at is null and revoked_at is null do nothing
  returning * into v_invitation;

  if not found then
    perform private.raise_error('conflict',
      'This address has already been invited.', 'email', 'Resend that invitation, or revoke it first.');
  end if;
  return private.invitation_with_token(v_invitation, v_token);
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
  'old token is dead. Returns what create_invitation does, and takes the same permissions. '
  'Errors: not_found, permission_denied, payment_required, conflict (accepted or revoked).';

grant execute on function public.resend_invitation(text, uuid) to authenticated;

create function private.resend_invitation(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token constant text := private.new_invitation_token();
  v_invitation public.workspace_invitations;
begin
  perform private.require_permission(p_workspace_id, 'members.invite');
  v_invitation := private.lock_pending_invitation(p_workspace_id, p_id);
  perform private.require_role_to_give(p_workspace_id, v_invitation.role_key);

  update public.workspace_invitations i
  set token_hash = private.invitation_token_hash(v_token),
    invited_by = auth.uid(),
    expires_at = now() + interval '7 days'
  where i.workspace_id = p_workspace_id and i.id = p_id
  returning i.* into v_invitation;

  return private.invitation_with_token(v_invitation, v_token);
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

create function private.exported_invitation(p_invitation public.workspace_invitations) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'workspaceId', p_invitation.workspace_id,
    'role', p_invitation.role_key,
    'createdAt', p_invitation.created_at,
    'expiresAt', p_invitation.expires_at,
    'acceptedAt', p_invitation.accepted_at,
    'revokedAt', p_invitation.revoked_at
  );
end;
$$;

comment on function private.exported_invitation(public.workspace_invitations) is
  'An invitation as it stands in a person''s data: without the other person.';

create function private.export_invitations_sent(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(w.created_at, w.id), private.exported_invitation(w)
    from public.workspace_invitations w
    where w.invited_by = p_user_id and (w.created_at, w.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by w.created_at, w.id;
  return v_rows;
end;
$$;

comment on function private.export_invitations_sent(uuid, text) is
  'The invitations that the person sent.';

create function private.export_invitations_received(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'timestamptz', 'uuid');
  -- An address that was never confirmed may be anybody's.
  v_email constant text := (
    select lower(u.email) from auth.users u where u.id = p_user_id and u.email_confirmed_at is not null);
  v_rows refcursor;
begin
  -- One index each, where `or` would have the planner gather and sort all of them.
  open v_rows for
    select jsonb_build_array(i.created_at, i.id), private.exported_invitation(i.invitation)
    from (
      select w.created_at, w.id, w as invitation
      from public.workspace_invitations w
      where w.accepted_by = p_user_id
      union all
      select w.created_at, w.id, w as invitation
      from public.workspace_invitations w
      where w.email = v_email and w.accepted_by is distinct from p_user_id
    ) as i
    where (i.created_at, i.id) > (v_after[1]::timestamptz, v_after[2]::uuid)
    order by i.created_at, i.id;
  return v_rows;
end;
$$;

comment on function private.export_invitations_received(uuid, text) is
  'The invitations that the person accepted, and those for their confirmed address.';
