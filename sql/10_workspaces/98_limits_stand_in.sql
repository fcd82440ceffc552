-- Stands in for the gate of limits until the plans are data: it lets everything through.

create function private.require_within_limit(p_workspace_id text, p_limit text, p_use_after bigint) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return;
end;
$$;

comment on function private.require_within_limit(text, text, bigint) is
  'Refuses what would be over a limit of the plan. A stand-in, which refuses nothing.';
