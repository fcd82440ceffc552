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

create function private.workspaces_ending_without(p_user_id uuid) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    with ending as (
      select m.workspace_id
      from public.workspace_members m
      where m.user_id = p_user_id
        -- Of two who leave at one moment each is the last for the other. Larger ones have others for what is offered.
        and (
          select count(*)
          from (select from public.workspace_members o where o.workspace_id = m.workspace_id limit 3) as o) < 3
    )
    select e.workspace_id from ending e
    union
    select c.workspace_id
    from ending e
    cross join lateral private.workspaces_by_copies(e.workspace_id) as c (workspace_id);
end;
$$;

comment on function private.workspaces_ending_without(uuid) is
  'The workspaces of a person that may end once they leave, having two members at most, and those to which that comes: '
  'for which who leaves takes turns. For definer functions, which tell nobody.';
