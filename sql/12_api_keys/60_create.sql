-- Making a key. It is shown once, in the answer.
--
-- Threats: a key that may do more than its maker (nobody gives a scope that they lack; what they lose later is decided
-- where a key acts); a key that makes keys, or gives rights that outlive it (not every permission can be a scope, and
-- an API key has no api_keys.manage); a workspace filled with keys (50 that are not revoked, and 200 that are).

create function public.create_api_key(
  workspace_id text, name text, scopes text[], expires_at timestamptz default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.create_api_key(workspace_id, name, scopes, expires_at);
end;
$$;

comment on function public.create_api_key(text, text, text[], timestamptz) is
  'Makes an API key of a workspace and returns it as list_api_keys does, with the `key` itself, which is shown this '
  'once. The scopes are permissions that the caller holds and a key can have (permissions.for_api_keys); without '
  '`expires_at` it works until it is revoked. Takes api_keys.manage. Errors: not_found, permission_denied, '
  'invalid_input (name, scopes, expires_at), conflict (50 keys).';

grant execute on function public.create_api_key(text, text, text[], timestamptz) to authenticated;

create function private.create_api_key(
  p_workspace_id text, p_name text, p_scopes text[], p_expires_at timestamptz
) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id constant uuid := private.new_api_key_id();
  v_key constant text := private.new_api_key(v_id);
  v_scopes text[];
  v_row private.api_keys;
begin
  perform private.require_permission(p_workspace_id, 'api_keys.manage');
  perform private.require_person();
  perform private.refuse_problem(private.single_line_problem('name', to_jsonb(p_name), 1, 100));
  v_scopes := private.scopes_of(p_scopes);
  if (p_expires_at > now() and p_expires_at < 'infinity') is false then
    perform private.raise_invalid_input('expires_at',
      'A key ends in the future.', 'Give a later time, or none for a key that works until it is revoked.');
  end if;
  perform private.require_held(p_workspace_id, v_scopes);
  perform private.hold_membership(p_workspace_id);
  perform private.require_room_for_api_key(p_workspace_id);

  insert into private.api_keys (workspace_id, id, name, scopes, secret_hash, created_by, expires_at)
  values (
    p_workspace_id, v_id, private.clean_text(p_name), v_scopes, private.api_key_hash(v_key), auth.uid(), p_expires_at)
  returning * into v_row;
  return private.api_key_document(v_row) || jsonb_build_object('key', v_key);
end;
$$;

comment on function private.create_api_key(text, text, text[], timestamptz) is
  'See public.create_api_key. Definer: no role writes keys.';

grant execute on function private.create_api_key(text, text, text[], timestamptz) to authenticated;

create function private.scopes_of(p_scopes text[]) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_hint constant text := 'Give one or more keys of the permissions that have `for_api_keys`, such as '
    '"dashboards.read".';
  v_scopes text[];
begin
  if (cardinality(p_scopes) between 1 and 100) is not true or pg_column_size(p_scopes) > 8192 then
    perform private.raise_invalid_input('scopes', 'A key has one scope or more.', c_hint);
  end if;
  v_scopes := array(select distinct s.key from unnest(p_scopes) as s (key) order by s.key);
  if exists (
    select
    from unnest(v_scopes) as s (key)
    left join public.permissions p on p.key = s.key
    where p.for_api_keys is not true)
  then
    perform private.raise_invalid_input('scopes', 'One of these cannot be a scope of an API key.', c_hint);
  end if;
  return v_scopes;
end;
$$;

comment on function private.scopes_of(text[]) is
  'The scopes of a key as they are kept: sorted, each once. Error: invalid_input (scopes). For definer functions.';

create function private.require_room_for_api_key(p_workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Of two at the same moment, the second counts what the first made.
  perform private.lock_workspace(p_workspace_id);
  if (select count(*) from private.api_keys k where k.workspace_id = p_workspace_id and k.revoked_at is null) >= 50 then
    perform private.raise_error('conflict',
      'A workspace has no more than 50 API keys.', 'workspace_id', 'Revoke one that is not needed.');
  end if;
  delete from private.api_keys d
  where d.workspace_id = p_workspace_id
    and d.id in (
      select k.id
      from private.api_keys k
      where k.workspace_id = p_workspace_id and k.revoked_at is not null
      order by k.revoked_at desc, k.id
      offset 200);
end;
$$;

comment on function private.require_room_for_api_key(text) is
  'Refuses a workspace its 51st key, and forgets what was revoked 200 keys ago. Error: conflict. For definer '
  'functions.';
