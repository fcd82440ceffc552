-- The API keys of workspaces: what a machine shows in place of a session. They are made and ended in 12_api_keys; what
-- they permit is asked in 26_callers.sql, which is why they stand here.
--
-- A key acts in one workspace. It goes with its maker's place there: a reference in 38_members.sql takes it along.
--
-- Threats: a stolen copy of the database (of a secret there is a SHA-256 hash alone; it has 256 random bits, so nothing
-- slower is needed); a key that gives rights to others, which would outlive it (no scope is about people, roles, grants
-- or keys: permissions.for_api_keys); a key nobody knows of any more (when it was last used stands beside it).

create table private.api_keys (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null
    constraint api_keys_id_version check (uuid_extract_version(id) = 8),
  name text not null
    constraint api_keys_name_length check (char_length(name) between 1 and 100),
  scopes text[] not null
    constraint api_keys_scopes_some check (cardinality(scopes) > 0),
  secret_hash bytea not null
    constraint api_keys_secret_hash_size check (octet_length(secret_hash) = 32),
  previous_hash bytea
    constraint api_keys_previous_hash_size check (octet_length(previous_hash) = 32),
  previous_expires_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  rotated_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (workspace_id, id),
  constraint api_keys_previous_whole check ((previous_hash is null) = (previous_expires_at is null))
);

-- The first finds a key that acts; the second the keys of who leaves.
create unique index api_keys_id_idx on private.api_keys (id);
create index api_keys_created_by_idx on private.api_keys (created_by, workspace_id);

alter table private.api_keys enable row level security;

create policy api_keys_select on private.api_keys
  for select to authenticated using (false);

comment on policy api_keys_select on private.api_keys is 'Nobody: clients use functions, which never show a hash.';

comment on table private.api_keys is
  'The API keys of workspaces, without their secrets. Revoked ones stay for a while, so that the audit log has a name '
  'for them.';
comment on column private.api_keys.id is
  'A UUID of version 8, and the `sub` of the tokens that the key is exchanged for. A part of the key, and no secret.';
comment on column private.api_keys.scopes is 'Keys of public.permissions: the most that it may do, sorted.';
comment on column private.api_keys.secret_hash is 'SHA-256 of the whole key.';
comment on column private.api_keys.previous_hash is
  'SHA-256 of the key as it was before it was rotated, which works until previous_expires_at.';
comment on column private.api_keys.created_by is
  'The member who made it and alone can rotate it: what they may not do any more, it may not either.';
comment on column private.api_keys.last_used_at is
  'When it was last exchanged for a token, to the minute. A token lasts up to ten minutes.';

create function private.export_api_keys(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(k.workspace_id, k.id), jsonb_build_object(
      'workspaceId', k.workspace_id,
      'name', k.name,
      'scopes', k.scopes,
      'createdAt', k.created_at,
      'expiresAt', k.expires_at,
      'revokedAt', k.revoked_at,
      'lastUsedAt', k.last_used_at
    )
    from private.api_keys k
    where k.created_by = p_user_id and (k.workspace_id, k.id) > (v_after[1], v_after[2]::uuid)
    order by k.workspace_id, k.id;
  return v_rows;
end;
$$;

comment on function private.export_api_keys(uuid, text) is 'The API keys that the person made.';
