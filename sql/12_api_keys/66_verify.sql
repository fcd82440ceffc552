-- Telling whether a key is good, for the function `api-token`, which exchanges one for a token.
--
-- Threats: learning which keys there are, or were (one answer to a key that is unknown, mistyped, revoked, expired, or
-- whose maker is not active); a write for every call (the last use is noted at most once a minute).

create function public.verify_api_key(key_id uuid, key_hash text) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.verify_api_key(key_id, key_hash);
end;
$$;

comment on function public.verify_api_key(uuid, text) is
  'For servers: the API key with an id and the SHA-256 of the whole key in hexadecimal digits, if it is valid: '
  '{keyId, workspaceId, expiresAt, tokensPerMinute}, the last of which the plan of the workspace says, for all of its '
  'keys together. Notes that it is used. Error: api_key_not_valid.';

grant execute on function public.verify_api_key(uuid, text) to service_role;

create function private.verify_api_key(p_key_id uuid, p_key_hash text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What nobody can give: it stands where there is no hash, so that as much is compared.
  v_nothing constant bytea := extensions.gen_random_bytes(32);
  v_given constant bytea := case when octet_length(p_key_hash) = 64 and p_key_hash ~ '^[0-9a-f]{64}$'
    then decode(p_key_hash, 'hex') end;
  v_key private.api_keys;
begin
  select k.* into v_key
  from private.api_keys k
  join public.workspace_members m on m.workspace_id = k.workspace_id and m.user_id = k.created_by
  where k.id = p_key_id
    and k.revoked_at is null
    and (k.expires_at > now()) is not false
    and m.status = 'active';
  if not (
    private.is_same_hash(coalesce(v_key.secret_hash, v_nothing), v_given)
      or private.is_same_hash(
        case when v_key.previous_expires_at > now() then v_key.previous_hash else v_nothing end, v_given))
    or v_key.id is null
  then
    perform private.raise_error('api_key_not_valid',
      'This API key is not valid.', null,
      'Check the key: it may have been revoked, have expired, or its maker may have left the workspace.');
  end if;

  update private.api_keys k
  set last_used_at = now()
  where k.workspace_id = v_key.workspace_id
    and k.id = v_key.id
    and (k.last_used_at < now() - interval '1 minute') is not false;
  return jsonb_build_object(
    'keyId', v_key.id,
    'workspaceId', v_key.workspace_id,
    'expiresAt', private.timestamp_text(v_key.expires_at),
    'tokensPerMinute', private.limit_of(v_key.workspace_id, 'api_tokens_per_minute'));
end;
$$;

comment on function private.verify_api_key(uuid, text) is 'See public.verify_api_key. Definer: no role reads keys.';

grant execute on function private.verify_api_key(uuid, text) to service_role;
