-- Invitations: an address and a role, for whoever proves to own the address.
--
-- Threats: a token read from the database, a backup or a log (32_tokens.sql); an invitation in the wrong hands (it
-- counts for a confirmed account of its address alone, 60_acceptance.sql); one above the inviter (61_sending.sql).
--
-- A pending invitation is one neither accepted nor revoked; it is open until it expires. There is one pending
-- invitation for an address in a workspace: an expired one is sent again rather than doubled.

create table public.workspace_invitations (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  email text not null
    constraint workspace_invitations_email_format check (private.is_email(email)),
  role_key text not null,
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

create unique index workspace_invitations_pending_idx on public.workspace_invitations (workspace_id, email)
  where accepted_at is null and revoked_at is null;
-- What is there for one address, wherever it is; and what of it may still be accepted.
create index workspace_invitations_email_idx on public.workspace_invitations (email, created_at, id);
create index workspace_invitations_pending_email_idx on public.workspace_invitations (email, expires_at)
  where accepted_at is null and revoked_at is null;
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

-- Writing is left to the functions.
grant select on public.workspace_invitations to authenticated, service_role;

comment on table public.workspace_invitations is
  'Who was asked to join, as what. An invitation goes with its role, and an accepted one with the account that '
  'accepted it.';
comment on column public.workspace_invitations.invited_by is
  'Who vouches for it: whoever sent it last. Without this person, or without their right to give the role, it is '
  'not valid.';
comment on column public.workspace_invitations.expires_at is 'Seven days after it was last sent.';

-- Without the address, which is the invited person's. Not on every update: when the account in invited_by goes, which
-- may have sent ten thousand, nothing else about them changes.
create trigger workspace_invitations_audit
  after insert or update of role_key, expires_at, accepted_at, revoked_at on public.workspace_invitations
  for each row execute function private.tg_audit('id', 'email');
create trigger workspace_invitations_audit_delete after delete on public.workspace_invitations
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id', 'email');

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
