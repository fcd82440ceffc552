-- One key as its administrators see it, and how it is found.

create function private.api_key_document(p_key private.api_keys) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_key.id,
    'workspaceId', p_key.workspace_id,
    'name', p_key.name,
    'scopes', p_key.scopes,
    'status', case
      when p_key.revoked_at is not null then 'revoked'
      when p_key.expires_at <= now() then 'expired'
      when not exists (
        select from public.workspace_members m
        where m.workspace_id = p_key.workspace_id and m.user_id = p_key.created_by and m.status = 'active')
        then 'suspended'
      else 'active'
    end,
    'createdBy', p_key.created_by,
    'createdAt', private.timestamp_text(p_key.created_at),
    'rotatedAt', private.timestamp_text(p_key.rotated_at),
    'previousExpiresAt', case
      when p_key.previous_expires_at > now() then private.timestamp_text(p_key.previous_expires_at)
    end,
    'expiresAt', private.timestamp_text(p_key.expires_at),
    'revokedAt', private.timestamp_text(p_key.revoked_at),
    'lastUsedAt', private.timestamp_text(p_key.last_used_at)
  );
end;
$$;

comment on function private.api_key_document(private.api_keys) is
  'A key without its secret (apiKeySchema of types/api-key.ts); suspended is one whose maker is. For definer '
  'functions.';

create function private.require_api_key(p_key_id uuid) returns private.api_keys
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key private.api_keys;
begin
  select * into v_key from private.api_keys k where k.id = p_key_id for no key update;
  if not found or private.permissions_in(v_key.workspace_id) = '{}' then
    perform private.raise_error('not_found',
      'There is no such API key, or you are not in its workspace.', 'key_id', 'Give an id that list_api_keys gives.');
  end if;
  perform private.require_permission(v_key.workspace_id, 'api_keys.manage');
  return v_key;
end;
$$;

comment on function private.require_api_key(uuid) is
  'The key with an id, locked, for who manages the keys of its workspace. Errors: not_found (key_id), '
  'permission_denied. For definer functions.';
