-- Giving a key a fresh secret, and ending it.
--
-- Threats: an administrator with few permissions who rotates a colleague's key and so acts with the colleague's (its
-- maker alone rotates it; anybody who manages keys can end it); a leaked secret that goes on working (the grace may be
-- none, and a second rotation ends what the first left working); a key that is ended and acts once more (a revocation
-- is a row that every statement of a key reads).

create function public.rotate_api_key(key_id uuid, grace_hours integer default 24) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.rotate_api_key(key_id, grace_hours);
end;
$$;

comment on function public.rotate_api_key(uuid, integer) is
  'Gives an API key a fresh secret and returns it as create_api_key does. The key as it was works for `grace_hours` '
  'more, 0 to 168, and no longer than until the next rotation; tokens that were given for it go on. For its maker, and '
  'takes api_keys.manage. Errors: not_found (key_id), permission_denied (api_keys.manage, created_by), invalid_input '
  '(grace_hours), conflict (revoked, expired).';

grant execute on function public.rotate_api_key(uuid, integer) to authenticated;

create function private.rotate_api_key(p_key_id uuid, p_grace_hours integer) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row private.api_keys;
  v_key text;
begin
  v_row := private.require_api_key(p_key_id);
  if (p_grace_hours between 0 and 168) is not true then
    perform private.raise_invalid_input('grace_hours',
      'Both keys work for at most a week.', 'Give a whole number of hours from 0 to 168.');
  end if;
  if v_row.created_by <> auth.uid() then
    perform private.raise_error('permission_denied',
      'Only its maker can rotate an API key, which acts with their rights.', 'created_by',
      'Make a key of your own, and revoke this one.');
  end if;
  if v_row.revoked_at is not null or v_row.expires_at <= now() then
    perform private.raise_error('conflict',
      'This API key has ended.', case when v_row.revoked_at is null then 'expired' else 'revoked' end,
      'Make another one.');
  end if;

  v_key := private.new_api_key(v_row.id);
  update private.api_keys k
  set secret_hash = private.api_key_hash(v_key),
    previous_hash = case when p_grace_hours > 0 then k.secret_hash end,
    previous_expires_at = case when p_grace_hours > 0 then now() + make_interval(hours => p_grace_hours) end,
    rotated_at = now()
  where k.workspace_id = v_row.workspace_id and k.id = v_row.id
  returning * into v_row;
  return private.api_key_document(v_row) || jsonb_build_object('key', v_key);
end;
$$;

comment on function private.rotate_api_key(uuid, integer) is 'See public.rotate_api_key. Definer: no role writes keys.';

grant execute on function private.rotate_api_key(uuid, integer) to authenticated;

create function public.revoke_api_key(key_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.revoke_api_key(key_id);
end;
$$;

comment on function public.revoke_api_key(uuid) is
  'Ends an API key, with all tokens that were given for it, and returns it as list_api_keys does. Takes '
  'api_keys.manage. Errors: not_found (key_id), permission_denied, conflict (revoked).';

grant execute on function public.revoke_api_key(uuid) to authenticated;

create function private.revoke_api_key(p_key_id uuid) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row private.api_keys;
begin
  v_row := private.require_api_key(p_key_id);
  if v_row.revoked_at is not null then
    perform private.raise_error('conflict',
      'This API key is revoked already.', 'revoked', 'Nothing is left to do.');
  end if;
  update private.api_keys k
  set revoked_at = now(), previous_hash = null, previous_expires_at = null
  where k.workspace_id = v_row.workspace_id and k.id = v_row.id
  returning * into v_row;
  return private.api_key_document(v_row);
end;
$$;

comment on function private.revoke_api_key(uuid) is 'See public.revoke_api_key. Definer: no role writes keys.';

grant execute on function private.revoke_api_key(uuid) to authenticated;
