-- Who may see, edit and manage a view or a widget: the one place where that is decided.
--
-- Four levels: none, view, edit (change the layout and the name), manage (share, delete, give back to oneself). The
-- owner manages, a personal view with dashboards.arrange alone, where what was shared while dashboards.write was theirs
-- stays shared; a view shared with the workspace is seen with dashboards.read, edited with dashboards.write, managed
-- with grants.write; a share adds view or edit for one person or one role, and never more than the role permits; a
-- grant adds more, or with none takes everything away from everybody but the owner. A grant on a widget adds to the
-- access to its view, or withholds the widget from everybody but the owner of the view.
--
-- Policies ask about rows. What decides for most of them stands on the row: `open_to` of a view, which its widgets
-- carry too, says whom a role alone lets in (everybody in the workspace, one person, or nobody), and is compared with
-- the caller's workspaces, which are few. A statement that touches one row costs the same whatever its reader may reach
-- besides. What is exceptional is a set of its own, made when the first row needs it: views that a share or a grant
-- opens, or that a grant closes to somebody (`is_restricted`), and widgets likewise.
--
-- The policies of select compare workspaces by index (`= any`). Those of update and delete, which are asked together
-- with them, look the workspace up (`exists`).
--
-- Functions ask about one thing (access_to) and get the verdict of the same decided_view_access;
-- a test holds both to the same answers in random worlds.
--
-- Threats: an administrator reading what a colleague keeps for themselves (a personal view is its owner's, whatever
-- role others have); a share that makes a viewer an editor; a view of another workspace, or a deleted one (open to
-- nobody); a grant in a workspace that an attacker owns, on the uuid of something elsewhere (a grant counts for the
-- pair of workspace and id); a colleague slowed down by a thousand grants (pairs are looked up in a hash table, where
-- arrays would be compared entry by entry).

create function private.decided_view_access(
  p_permissions text[],
  p_is_owner boolean,
  p_visibility text,
  p_share private.access_level,
  p_grant private.access_level
) returns private.access_level
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reads constant boolean := 'dashboards.read' = any (p_permissions);
  v_writes constant boolean := v_reads and 'dashboards.write' = any (p_permissions);
  v_arranges constant boolean := v_reads and 'dashboards.arrange' = any (p_permissions);
  v_shared constant boolean := p_visibility = 'workspace';
  v_by_role constant private.access_level := case
    when v_writes and (p_is_owner or (v_shared and 'grants.write' = any (p_permissions))) then 'manage'
    when v_arranges and p_is_owner and not v_shared then 'manage'
    when v_writes and (v_shared or p_share = 'edit') then 'edit'
    when v_reads and (p_is_owner or v_shared or p_share is not null) then 'view'
    else 'none'
  end;
begin
  return case
    when p_grant = 'none' and not (p_is_owner and v_reads) then 'none'
    else greatest(v_by_role, p_grant)
  end;
end;
$$;

comment on function private.decided_view_access(
  text[], boolean, text, private.access_level, private.access_level
) is
  'The access to a view of somebody with these permissions, who owns it or not, given its visibility, the better of '
  'the shares that concern them and the grant that counts for them, both null for none.';

create function private.views_of_caller(p_workspace_id text default null, p_is_deleted boolean default false)
returns table (workspace_id text, id uuid, access private.access_level)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  return query
    with caller as materialized (
      select * from private.memberships_of_caller(p_workspace_id)
    ),
    granted as materialized (
      select g.workspace_id, g.resource_id, g.access from private.grants_of_caller('dashboard', p_workspace_id) g
    ),
    shared as materialized (
      select s.workspace_id, s.view_id, max(s.access) as access
      from private.shares_of_caller(p_workspace_id) s
      group by s.workspace_id, s.view_id
    ),
    candidates as (
      select c.workspace_id, v.id
      from caller c
      cross join lateral (
        select x.id
        from public.dashboard_views x
        where x.workspace_id = c.workspace_id and (x.owner_id = v_user_id or x.visibility = 'workspace')
        offset 0
      ) as v
      where not p_is_deleted
      union
      select c.workspace_id, v.id
      from caller c
      cross join lateral (
        select x.id
        from public.dashboard_views x
        where x.workspace_id = c.workspace_id and x.deleted_at is not null
        offset 0
      ) as v
      where p_is_deleted
      union
      select s.workspace_id, s.view_id from shared s where not p_is_deleted
      union
      select g.workspace_id, g.resource_id from granted g where not p_is_deleted
    )
    select x.workspace_id, x.id,
      private.decided_view_access(
        c.permissions, v.owner_id is not distinct from v_user_id, v.visibility, s.access, g.access)
    from candidates x
    join caller c on c.workspace_id = x.workspace_id
    cross join lateral (
      select y.owner_id, y.visibility, y.deleted_at
      from public.dashboard_views y
      where y.workspace_id = x.workspace_id and y.id = x.id
      offset 0
    ) as v
    left join shared s on s.workspace_id = x.workspace_id and s.view_id = x.id
    left join granted g on g.workspace_id = x.workspace_id and g.resource_id = x.id
    where (v.deleted_at is not null) = p_is_deleted;
end;
$$;

comment on function private.views_of_caller(text, boolean) is
  'The views of one workspace or of all, deleted or not, that a role, a share or a grant could open to the caller, '
  'with the access that comes of it, which may be none. For definer functions.';

create function private.views_by_exception(p_access private.access_level, p_workspace_id text default null)
returns table (workspace_id text, id uuid)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
  -- What lets a share count: never more than the role permits.
  v_active constant text[] := array(
    select a.workspace_id
    from private.active_memberships a
    where p_workspace_id is null or a.workspace_id = p_workspace_id);
  v_lacking constant text[] := case p_access
    when 'edit' then private.workspaces_without('dashboards.read', 'dashboards.write')
    else private.workspaces_without('dashboards.read')
  end;
begin
  return query
    with granted as materialized (
      select g.workspace_id, g.resource_id, g.access from private.grants_of_caller('dashboard', p_workspace_id) g
    ),
    shared as materialized (
      select s.workspace_id, s.view_id, s.access
      from private.shares_of_caller(p_workspace_id) s
      where s.workspace_id in (select unnest(v_active))
    ),
    restricted as materialized (
      select v.workspace_id, v.id, v.owner_id, v.visibility
      from unnest(v_active) as a (workspace_id)
      cross join lateral (
        select x.workspace_id, x.id, x.owner_id, x.visibility
        from public.dashboard_views x
        where x.workspace_id = a.workspace_id and x.is_restricted and x.deleted_at is null
        offset 0
      ) as v
    )
    select r.workspace_id, r.id
    from restricted r
    left join granted g on g.workspace_id = r.workspace_id and g.resource_id = r.id
    where private.decided_view_access(
      private.permissions_in(r.workspace_id),
      r.owner_id is not distinct from v_user_id,
      r.visibility,
      (select max(s.access) from shared s where s.workspace_id = r.workspace_id and s.view_id = r.id),
      g.access) >= p_access
    union all
    select g.workspace_id, g.resource_id from granted g where g.access >= p_access
    union all
    select s.workspace_id, s.view_id
    from shared s
    where s.access >= p_access
      and s.workspace_id not in (select unnest(v_lacking))
      and not exists (select from restricted r where r.workspace_id = s.workspace_id and r.id = s.view_id);
end;
$$;

comment on function private.views_by_exception(private.access_level, text) is
  'In one workspace or in all, the views to which a share or a grant gives the caller at least an access (view, edit '
  'or manage), and of the restricted ones, about which `open_to` does not say enough, those to which they have it by '
  'whatever it is. Deleted views may be among them. Definer: it reads memberships, shares and grants, and the views '
  'whose policies call it.';

-- Policies run as the caller.
grant execute on function private.views_by_exception(private.access_level, text) to authenticated;

create function private.widgets_granted(p_access private.access_level) returns table (workspace_id text, id uuid)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select g.workspace_id, g.resource_id from private.grants_of_caller('widget') g where g.access >= p_access;
end;
$$;

comment on function private.widgets_granted(private.access_level) is
  'The widgets to which grants give the caller at least an access: view, edit or manage. Those of deleted views may be '
  'among them. Definer: the caller cannot read grants.';

grant execute on function private.widgets_granted(private.access_level) to authenticated;

create function private.widgets_withheld(p_workspace_id text default null) returns table (workspace_id text, id uuid)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select g.workspace_id, g.resource_id
    from private.grants_of_caller('widget', p_workspace_id) g
    where g.access = 'none'
      and not exists (
        select from public.widgets w
        join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
        where w.workspace_id = g.workspace_id and w.id = g.resource_id and v.owner_id = auth.uid()
        offset 0
      );
end;
$$;

comment on function private.widgets_withheld(text) is
  'The widgets that a grant takes from the caller in one workspace or in all. Not those of a view of their own; but '
  'those that their view has no more, which its history still shows. Definer: the caller cannot read grants.';

grant execute on function private.widgets_withheld(text) to authenticated;

create function private.access_under(
  p_workspace_id text,
  p_resource_type text,
  p_resource_id uuid,
  p_user_id uuid,
  p_role_key text,
  p_grant private.access_level
) returns private.access_level
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view_id uuid;
  v_is_owner boolean;
  v_is_hidden boolean;
begin
  if p_resource_type = 'widget' then
    select v.id, coalesce(v.owner_id = p_user_id, false),
      w.component_key = any (private.components_hidden_from(p_workspace_id, p_role_key))
    into v_view_id, v_is_owner, v_is_hidden
    from public.widgets w
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where w.workspace_id = p_workspace_id and w.id = p_resource_id and v.deleted_at is null;
    return case
      when not found then 'none'
      when p_grant = 'none' and not v_is_owner then 'none'
      when v_is_hidden then coalesce(nullif(p_grant, 'none'), 'none')
      else greatest(p_grant, private.access_under(p_workspace_id, 'dashboard', v_view_id, p_user_id, p_role_key,
        private.grant_to(p_workspace_id, 'dashboard', v_view_id, p_user_id, p_role_key)))
    end;
  end if;

  return coalesce(
    (
      select private.decided_view_access(
        coalesce(private.read_only_permissions(p_workspace_id, p_user_id), r.permissions),
        coalesce(v.owner_id = p_user_id, false),
        v.visibility,
        -- A share adds nothing to what everyone has.
        case when v.visibility = 'personal' then (
          select max(s.access::private.access_level)
          from public.dashboard_view_shares s
          where s.workspace_id = v.workspace_id
            and s.view_id = v.id
            and (s.user_id = p_user_id or s.role_key = p_role_key)
        ) end,
        p_grant)
      from public.dashboard_views v
      join public.workspace_roles r on r.workspace_id = v.workspace_id and r.key = p_role_key
      where v.workspace_id = p_workspace_id and v.id = p_resource_id
    ),
    'none');
end;
$$;

comment on function private.access_under(text, text, uuid, uuid, text, private.access_level) is
  'The access to one dashboard or widget of a person in a role, or without a person of the role by itself, given the '
  'grant on it that counts for them, null for none. A view may be deleted; a thing that is not there gives none. For '
  'definer functions.';

create function private.key_access_to(p_workspace_id text, p_resource_type text, p_resource_id uuid)
returns private.access_level
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role_key text;
  v_permissions text[];
  v_view_id uuid := p_resource_id;
begin
  select k.role_key, k.permissions into v_role_key, v_permissions
  from private.key_of_caller() k
  where k.workspace_id = p_workspace_id;
  if not found
    or exists (select from private.key_grants_on(p_workspace_id, p_resource_type, array[p_resource_id]))
  then
    return 'none';
  end if;
  if p_resource_type = 'widget' then
    select w.view_id into v_view_id
    from public.widgets w
    join public.dashboard_views v on v.workspace_id = w.workspace_id and v.id = w.view_id
    where w.workspace_id = p_workspace_id
      and w.id = p_resource_id
      and v.deleted_at is null
      and w.component_key <> all (private.components_hidden_from(p_workspace_id, v_role_key))
      and not exists (select from private.key_grants_on(p_workspace_id, 'dashboard', array[w.view_id]));
  end if;
  return coalesce(
    (
      select private.decided_view_access(v_permissions, false, v.visibility, null, null)
      from public.dashboard_views v
      where v.workspace_id = p_workspace_id and v.id = v_view_id
    ),
    'none');
end;
$$;

comment on function private.key_access_to(text, text, uuid) is
  'The access of the API key that acts to one dashboard, deleted or not, or widget: by its permissions and visibility '
  'alone, without what a grant takes from its maker. For definer functions.';

create function private.is_there(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_resource_type
    when 'dashboard' then exists (
      select from public.dashboard_views v where v.workspace_id = p_workspace_id and v.id = p_resource_id)
    else exists (
      select from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id)
  end;
end;
$$;

comment on function private.is_there(text, text, uuid) is
  'Whether there is such a dashboard, deleted or not, or widget, whoever asks. For definer functions.';

create function private.access_to(
  p_workspace_id text, p_resource_type text, p_resource_id uuid, p_user_id uuid default auth.uid()
) returns private.access_level
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role_key constant text := (
    select m.role_key
    from public.workspace_members m
    where m.workspace_id = p_workspace_id and m.user_id = p_user_id and m.status = 'active');
begin
  if p_user_id is null and private.is_service_role() then
    return case
      when private.is_there(p_workspace_id, p_resource_type, p_resource_id) then 'manage' else 'none'
    end;
  end if;
  if v_role_key is null then
    return case
      when p_user_id = auth.uid() and private.is_api_key()
        then private.key_access_to(p_workspace_id, p_resource_type, p_resource_id)
      else 'none'
    end;
  end if;
  return private.access_under(p_workspace_id, p_resource_type, p_resource_id, p_user_id, v_role_key,
    private.grant_to(p_workspace_id, p_resource_type, p_resource_id, p_user_id, v_role_key));
end;
$$;

comment on function private.access_to(text, text, uuid, uuid) is
  'The access of a person to one dashboard, deleted or not, or widget; none for one that is not there. The service '
  'role manages all. For definer functions.';
