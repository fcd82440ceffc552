-- Counting what machines call: by the tokens that they get for API keys.
--
-- A call of the Data API that reads runs in a transaction that may not write, so the calls themselves leave no count. A
-- token lasts ten minutes, and within them rate limits hold whoever has it.

create function public.spend_api_token(workspace_id text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.spend_api_token(workspace_id);
end;
$$;

comment on function public.spend_api_token(text) is
  'For servers: counts a token that a machine gets for an API key of a workspace, where the plan has room for it. '
  'Errors: not_found, invalid_input (workspace_id), payment_required, or conflict where no plan has more.';

grant execute on function public.spend_api_token(text) to service_role;

create function private.spend_api_token(p_workspace_id text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_workspace_id(p_workspace_id);
  -- Held until it is counted.
  if not private.hold_workspace(p_workspace_id) then
    perform private.workspace_not_found();
  end if;
  if not private.spend_usage(p_workspace_id, 'api_tokens', 1) then
    perform private.require_within_limit(
      p_workspace_id, 'api_tokens', private.usage_of(p_workspace_id, 'api_tokens') + 1);
  end if;
end;
$$;

comment on function private.spend_api_token(text) is 'See public.spend_api_token. Definer: no role writes the ledger.';

grant execute on function private.spend_api_token(text) to service_role;
