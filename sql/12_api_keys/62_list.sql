-- The keys of a workspace, for who manages them.
--
-- Threat: learning a secret, or what would help to guess it (documents hold no hash).

create function public.list_api_keys(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_api_keys(workspace_id);
end;
$$;

comment on function public.list_api_keys(text) is
  'The API keys of a workspace, latest first: [{id, workspaceId, name, scopes, status, createdBy, createdAt, '
  'rotatedAt, previousExpiresAt, expiresAt, revokedAt, lastUsedAt}]. The status is active, expired, revoked, or '
  'suspended with its maker. Takes api_keys.manage. Errors: not_found, permission_denied.';

grant execute on function public.list_api_keys(text) to authenticated;

create function private.list_api_keys(p_workspace_id text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(p_workspace_id, 'api_keys.manage');
  return (
    select coalesce(jsonb_agg(private.api_key_document(k) order by k.created_at desc, k.id), '[]')
    from private.api_keys k
    where k.workspace_id = p_workspace_id
  );
end;
$$;

comment on function private.list_api_keys(text) is 'See public.list_api_keys. Definer: no role reads keys.';

grant execute on function private.list_api_keys(text) to authenticated;
