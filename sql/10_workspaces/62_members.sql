-- One member of a workspace, as its administrators see them.
--
-- Threat: reading the name and address of a person with whom one shares no workspace (members.read is asked for first,
-- and answers like a workspace that does not exist).

create function private.member_document(
  p_member public.workspace_members,
  p_profile public.profiles,
  p_email_verified_at timestamptz,
  p_api_url text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'userId', p_member.user_id,
    'name', p_profile.name,
    'email', p_profile.email,
    'emailVerifiedAt', private.timestamp_text(p_email_verified_at),
    'avatarPath', p_profile.avatar_path,
    'avatarUrl', private.avatar_url(p_profile.avatar_path, p_api_url),
    'role', p_member.role_key,
    'roleName', (
      select r.name from public.workspace_roles r
      where r.workspace_id = p_member.workspace_id and r.key = p_member.role_key
    ),
    'status', p_member.status,
    'joinedAt', private.timestamp_text(p_member.created_at),
    'createdAt', private.timestamp_text(p_profile.created_at),
    'updatedAt', private.timestamp_text(greatest(p_profile.updated_at, p_member.updated_at))
  );
end;
$$;

comment on function private.member_document(public.workspace_members, public.profiles, timestamptz, text) is
  'A member as lists show one. `createdAt` is the account''s, `updatedAt` the later of profile and membership.';

create function private.member_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such member in this workspace.', 'user_id', 'Check the id: the person may have left.');
end;
$$;

comment on function private.member_not_found() is 'The one answer for a person who is not in the workspace: not_found.';

create function private.find_member(p_workspace_id text, p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member jsonb;
begin
  select private.member_document(m, p, u.email_confirmed_at, private.api_url()) || jsonb_build_object('bio', p.bio)
  into v_member
  from public.workspace_members m
  join public.profiles p on p.id = m.user_id
  join auth.users u on u.id = m.user_id
  where m.workspace_id = p_workspace_id and m.user_id = p_user_id;

  if v_member is null then
    perform private.member_not_found();
  end if;
  return v_member;
end;
$$;

comment on function private.find_member(text, uuid) is
  'One member as clients read one; who calls it is a definer that has checked the permission. '
  'Error: not_found (user_id).';

create function public.get_member(workspace_id text, user_id uuid) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_member(workspace_id, user_id);
end;
$$;

comment on function public.get_member(text, uuid) is
  'One member of a workspace: {userId, name, email, emailVerifiedAt, avatarPath, avatarUrl, role, status, joinedAt, '
  'createdAt, updatedAt, bio}. Takes members.read. '
  'Errors: not_found (workspace_id, user_id), permission_denied.';

grant execute on function public.get_member(text, uuid) to authenticated;

create function private.get_member(p_workspace_id text, p_user_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'members.read');

  return private.find_member(p_workspace_id, p_user_id);
end;
$$;

comment on function private.get_member(text, uuid) is
  'One member of a workspace. Definer: it checks the permission once, in place of the policies of two '
  'tables, and reads accounts.';

grant execute on function private.get_member(text, uuid) to authenticated;
