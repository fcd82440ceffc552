-- Who may do what with a view of the dashboard, decided in one place.
--
-- Four levels: none, view, edit (change the layout and the name), manage (share, delete, give back to oneself). The
-- owner manages; a view shared with the workspace is seen with dashboards.read, edited with dashboards.write, managed
-- with grants.write; a share adds view or edit for one person or one role, and never more than the role permits; a
-- grant (42_resource_grants.sql) adds more, or takes everything away from everybody but the owner.
--
-- views_with answers for all views at once, as policies ask, by way of the indexes that lead to what the caller may
-- see, so that the views of everybody else cost nothing. access_to_view (96_access_to_one.sql) answers for one, as
-- functions ask. Both leave the verdict to decided_view_access.
--
-- Threats: an administrator reading what a colleague keeps for themselves (a personal view is its owner's, whatever
-- role others have); a share that makes a viewer an editor; a view of another workspace, or a deleted one (neither is
-- a candidate).

create function private.decided_view_access(
  p_permissions text[], p_is_owner boolean, p_visibility text, p_share text, p_grant text
) returns text
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
  v_reads constant boolean := 'dashboards.read' = any (p_permissions);
  v_writes constant boolean := v_reads and 'dashboards.write' = any (p_permissions);
  v_shared constant boolean := p_visibility = 'workspace';
  v_by_role constant integer := case
    when v_writes and (p_is_owner or v_shared and 'grants.write' = any (p_permissions)) then 4
    when v_writes and (v_shared or p_share = 'edit') then 3
    when v_reads and (p_is_owner or v_shared or p_share is not null) then 2
    else 1
  end;
begin
  return case
    when p_grant = 'none' and not (p_is_owner and v_reads) then 'none'
    when p_grant = 'none' then c_levels[v_by_role]
    else c_levels[greatest(v_by_role, array_position(c_levels, p_grant))]
  end;
end;
$$;

comment on function private.decided_view_access(text[], boolean, text, text, text) is
  'The access to a view (none, view, edit, manage) of somebody with these permissions, who owns it or not, given its '
  'visibility, the better of the shares that concern them and the grant that counts for them, both null for none.';

create function private.views_of_caller(p_workspace_id text default null, p_is_deleted boolean default false)
returns table (workspace_id text, id uuid, access text)
language plpgsql stable
set search_path = ''
as $$
declare
  v_user_id constant uuid := (select auth.uid());
begin
  return query
    with caller as (
      select m.workspace_id, m.role_key, r.permissions
      from public.workspace_members m
      join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
      where m.user_id = v_user_id
        and m.status = 'active'
        and (p_workspace_id is null or m.workspace_id = p_workspace_id)
    ),
    granted as materialized (
      select g.workspace_id, g.resource_id, g.access from private.grants_of_caller('dashboard') g
    ),
    shared as materialized (
      select s.workspace_id, s.view_id, min(s.access) as access
      from caller c
      join public.dashboard_view_shares s
        on s.workspace_id = c.workspace_id and (s.user_id = v_user_id or s.role_key = c.role_key)
      group by s.workspace_id, s.view_id
    ),
    candidates as (
      select v.workspace_id, v.id
      from caller c join public.dashboard_views v on v.workspace_id = c.workspace_id and v.owner_id = v_user_id
      union
      select v.workspace_id, v.id
      from caller c join public.dashboard_views v on v.workspace_id = c.workspace_id and v.visibility = 'workspace'
      union
      select s.workspace_id, s.view_id from shared s
      union
      select g.workspace_id, g.resource_id from granted g
    )
    select v.workspace_id, v.id,
      private.decided_view_access(
        c.permissions, v.owner_id is not distinct from v_user_id, v.visibility, s.access, g.access)
    from candidates x
    join caller c on c.workspace_id = x.workspace_id
    join public.dashboard_views v on v.workspace_id = x.workspace_id and v.id = x.id
    left join shared s on s.workspace_id = x.workspace_id and s.view_id = x.id
    left join granted g on g.workspace_id = x.workspace_id and g.resource_id = x.id
    where (v.deleted_at is not null) = p_is_deleted;
end;
$$;

comment on function private.views_of_caller(text, boolean) is
  'Every view of one workspace or of all, deleted or not, that a role, a share or a grant could open to the caller, '
  'with the access that comes of it, which may be none. For definer functions.';

create function private.views_with(p_access text) returns table (workspace_id text, id uuid)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  c_levels constant text[] := '{none,view,edit,manage}';
begin
  return query
    select v.workspace_id, v.id
    from private.views_of_caller() v
    where array_position(c_levels, v.access) >= array_position(c_levels, p_access);
end;
$$;

comment on function private.views_with(text) is
  'The views to which the caller has at least an access: view, edit or manage. '
  'Definer: it reads memberships, shares and grants, and the views whose policies call it.';

-- Policies run as the caller.
grant execute on function private.views_with(text) to authenticated;
