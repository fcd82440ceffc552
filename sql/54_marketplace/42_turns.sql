-- For which workspaces one takes turns where a whole workspace, or an account, ends: it comes to the copies of others.

create function private.workspaces_by_copies(p_workspace_id text) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select i.workspace_id
    from private.marketplace_publishers p
    join public.marketplace_installs i on i.listing_id = p.listing_id
    where p.workspace_id = p_workspace_id
    union
    select r.workspace_id
    from private.marketplace_publishers p
    join private.marketplace_ratings r on r.listing_id = p.listing_id
    where p.workspace_id = p_workspace_id
    union
    select p.workspace_id
    from public.marketplace_installs i
    join private.marketplace_publishers p on p.listing_id = i.listing_id
    where i.workspace_id = p_workspace_id;
end;
$$;

comment on function private.workspaces_by_copies(text) is
  'The workspaces that have installed or rated what a workspace offers, to which its end comes, and those behind its '
  'own copies, which come to these when a listing changes. For definer functions, which tell nobody.';
