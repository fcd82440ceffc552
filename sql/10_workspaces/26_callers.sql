-- Who acts: a person, a server (22_service_role.sql), or a machine with an API key of one workspace (35_api_keys.sql).
--
-- The token of a machine is like a person's, role and all, but its `sub` is the id of its key. So every policy holds
-- for it unchanged, and the questions about permissions know it: a key is in one workspace, without being a member, and
-- may there what its scopes say, cut to what its maker may do at that moment. All of that is decided in key_of_caller.
--
-- Whether a key acts is told by the id alone: a key's is a UUID of version 8, which RFC 9562 leaves to whoever makes
-- it, an account's of version 4. So a person's statement looks into no other table. An account with such an id, which
-- a server alone can make, finds no key and may do nothing.
--
-- A key is nobody in person. It owns nothing and prefers nothing; shares and grants give it nothing, and a grant that
-- takes a thing from its maker, or from the maker's role, takes it from the key. Where a row names a person who made
-- it, a key leaves null; the audit log has the key. Components are for a key as they are for its maker's role.
--
-- Threats: a key that outlives a right of its maker (nothing is kept but the scopes); a role of a workspace's own that
-- is called like the role of keys (a key of a role has no space in it); a key that passes for the server, where rules
-- hold for people alone (the server has no `sub`).

create function private.is_api_key() returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(uuid_extract_version(auth.uid()) = 8, false);
end;
$$;

comment on function private.is_api_key() is
  'Whether it is a machine that acts, with an API key that may or may not be valid any more.';

grant execute on function private.is_api_key() to authenticated, service_role;

create function private.person_id() returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when uuid_extract_version(auth.uid()) = 8 then null else auth.uid() end;
end;
$$;

comment on function private.person_id() is
  'The account of the person who acts, for columns that name a person: null for an API key and for the server.';

grant execute on function private.person_id() to authenticated, service_role;

create function private.require_person() returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if private.is_api_key() then
    perform private.raise_error('permission_denied',
      'An API key is no person, and has nothing of its own.', 'person', 'Sign in as a person to do this.');
  end if;
end;
$$;

comment on function private.require_person() is
  'Refuses an API key what is for people: preferences, notifications, invitations, an account. '
  'Error: permission_denied (person).';

grant execute on function private.require_person() to authenticated, service_role;

create function private.key_of_caller()
returns table (workspace_id text, maker_id uuid, role_key text, role_permissions text[], permissions text[])
language plpgsql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := auth.uid();
begin
  if (uuid_extract_version(v_id) = 8) is not true then
    return;
  end if;
  return query
    select k.workspace_id, k.created_by, m.role_key, r.permissions, array(
      select p.key
      from public.permissions p
      where p.for_api_keys
        and p.key = any (k.scopes)
        and p.key = any (coalesce(private.read_only_permissions(k.workspace_id, k.created_by), r.permissions))
      order by p.key)
    from private.api_keys k
    join public.workspace_members m on m.workspace_id = k.workspace_id and m.user_id = k.created_by
    join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
    where k.id = v_id
      and k.revoked_at is null
      and (k.expires_at > now()) is not false
      and m.status = 'active';
end;
$$;

comment on function private.key_of_caller() is
  'The API key that acts, if it counts: its workspace, its maker with role and permissions, and what the key may do '
  'now. Nothing for people, for a key that is revoked or has expired, and where its maker is not active. Definer: it '
  'reads keys and memberships.';
