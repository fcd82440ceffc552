-- What functions for clients check before they act, in one wording each.
--
-- Policies answer with no rows; functions answer with an error, and the error must not tell an outsider more than
-- the policy would: a workspace one is not in, or is suspended in, is "not found", whether it exists or not.

create function private.permissions_in(p_workspace_id text) returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_permissions text[];
begin
  if private.is_service_role() then
    return array(
      select p.key
      from public.permissions p
      where exists (select from public.workspaces w where w.id = p_workspace_id));
  end if;
  if private.is_api_key() then
    return coalesce(
      (select k.permissions from private.key_of_caller() k where k.workspace_id = p_workspace_id), '{}');
  end if;
  select r.permissions into v_permissions
  from private.active_members a
  join public.workspace_roles r on r.workspace_id = a.workspace_id and r.key = a.role_key
  where a.workspace_id = p_workspace_id and a.member_id = (select auth.uid());
  if not found then
    v_permissions := private.read_only_permissions(p_workspace_id, auth.uid());
  end if;
  return coalesce(v_permissions, '{}');
end;
$$;

comment on function private.permissions_in(text) is
  'The permissions that the caller, a person or an API key, holds in a workspace; empty for outsiders and suspended '
  'members, all of them for the service role. '
  'Definer: it reads memberships, whose own policies would have to be passed first.';

-- Triggers on tables that clients write run as the client.
grant execute on function private.permissions_in(text) to authenticated, service_role;

create function private.require_workspace_id(p_workspace_id text) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if (p_workspace_id ~ private.workspace_id_pattern()) is not true then
    perform private.raise_invalid_input('workspace_id',
      'This is not the id of a workspace.', 'Give "WK-" and nine digits or capital letters, such as "WK-7Q2M9XKT4".');
  end if;
end;
$$;

comment on function private.require_workspace_id(text) is
  'Refuses what cannot be the id of a workspace. Error: invalid_input (workspace_id).';

grant execute on function private.require_workspace_id(text) to authenticated, service_role;

create function private.workspace_not_found() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.raise_error('not_found',
    'There is no such workspace, or you are not in it.', 'workspace_id', 'Check the id of the workspace.');
end;
$$;

comment on function private.workspace_not_found() is
  'The one answer for a workspace that is not there or not theirs: not_found.';

grant execute on function private.workspace_not_found() to authenticated, service_role;

create function private.require_permission(p_workspace_id text, p_permission text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_held constant text[] := private.permissions_in(p_workspace_id);
begin
  if p_permission = any (v_held) then
    return;
  end if;
  perform private.require_workspace_id(p_workspace_id);
  if v_held = '{}' then
    perform private.workspace_not_found();
  end if;
  if private.is_api_key() then
    perform private.raise_error('permission_denied',
      'This API key does not allow this.', p_permission, 'Use a key with this scope.');
  end if;
  perform private.raise_error('permission_denied',
    'Your role in this workspace does not allow this.', p_permission,
    'Ask an administrator of the workspace for this permission.');
end;
$$;

comment on function private.require_permission(text, text) is
  'Refuses a caller who lacks a permission in a workspace. Errors: not_found for who is not in it, permission_denied '
  'with the permission in `details` for who is, invalid_input (workspace_id) for what cannot be an id.';

grant execute on function private.require_permission(text, text) to authenticated, service_role;

create function private.hint_where_held(
  p_workspace_id text,
  p_permissions text[],
  p_hint text,
  p_otherwise text default 'Ask an administrator of the workspace.'
) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without an account it is an administrator of the database.
  if auth.uid() is null then
    return p_hint;
  end if;
  return case when p_permissions <@ private.permissions_in(p_workspace_id) then p_hint else p_otherwise end;
end;
$$;

comment on function private.hint_where_held(text, text[], text, text) is
  'A hint that proposes what takes permissions, to callers who hold them; to others what they can do. Nobody is sent '
  'from one refusal to the next.';

-- Triggers on tables that clients write run as the client.
grant execute on function private.hint_where_held(text, text[], text, text) to authenticated, service_role;

create function private.require_membership(p_workspace_id text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from public.workspace_members
    where workspace_id = p_workspace_id and user_id = (select auth.uid()) and status = 'active')
    or exists (select from private.key_of_caller() k where k.workspace_id = p_workspace_id)
  then
    return;
  end if;
  perform private.require_workspace_id(p_workspace_id);
  perform private.workspace_not_found();
end;
$$;

comment on function private.require_membership(text) is
  'Refuses who is neither an active member, whatever their role permits, nor an API key of the workspace. Errors: '
  'not_found, invalid_input (workspace_id) for what cannot be an id. Definer: it reads memberships, whose own policies '
  'would have to be passed first.';

grant execute on function private.require_membership(text) to authenticated;

create function private.require_held(p_workspace_id text, p_permissions text[]) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing constant text[] := array(
    select unnest(p_permissions) except select unnest(private.permissions_in(p_workspace_id)) order by 1);
begin
  if v_missing <> '{}' then
    perform private.raise_error('permission_denied',
      'You cannot give or take away a permission that you do not have.', array_to_string(v_missing, ', '),
      'Choose a role with no more permissions than you have.');
  end if;
end;
$$;

comment on function private.require_held(text, text[]) is
  'Refuses a caller who lacks one of the permissions that a role, an invitation or a grant would give. '
  'Error: permission_denied with the missing ones in `details`.';

grant execute on function private.require_held(text, text[]) to authenticated, service_role;
