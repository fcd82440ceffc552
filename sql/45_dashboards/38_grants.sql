-- Grants: access to one dashboard or widget beyond a role, or taken away from it. A premium feature.
--
-- A grant goes to a person or to a role. Of the two that may concern a member, the personal one counts. `view`,
-- `edit` and `manage` add to what the role gives and never lower it; `none` takes it all away.
--
-- Threats: giving oneself or a friend what one lacks, or taking what one lacks, whichever way the row is written
-- (whoever writes or deletes a grant holds what it says, and what the people whom it concerns could do before and can
-- do after, by role and in person together: a personal `view` can lift a role's `none`); shutting out those who
-- administer access (`none` means nothing for a role with grants.write, which could lift it anyway, so it is refused);
-- a `none` of a role whose people move themselves to another one (refused where the role has members.update, which it
-- gets later only from somebody who could move them; what is taken from a person goes along from role to role, and
-- nobody gives themselves one with grants.write; who comes anew, or as somebody else, is up to who may invite); a grant
-- that names a resource of another workspace (it counts for the pair of workspace and id, see 20_access.sql, so it is
-- about nothing); grants without having paid.
--
-- Back on the free plan, what was given stops counting and what was taken away stays away: nobody sees more for
-- a payment that ended. A `none` can still be deleted there.
--
-- Members and roles take their grants along, and so does a view, for itself and for every widget that it ever had
-- (59_leaving.sql). A widget that is removed and restored has the grants that it had.

create table public.resource_grants (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  resource_type text not null
    constraint resource_grants_resource_type_known check (resource_type in ('dashboard', 'widget')),
  resource_id uuid not null,
  user_id uuid,
  role_key text,
  access text not null
    constraint resource_grants_access_known check (access in ('none', 'view', 'edit', 'manage')),
  granted_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint resource_grants_user_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade,
  constraint resource_grants_role_fkey foreign key (workspace_id, role_key)
    references public.workspace_roles (workspace_id, key) on delete cascade,
  constraint resource_grants_one_grantee check (num_nonnulls(user_id, role_key) = 1),
  constraint resource_grants_user_unique unique (workspace_id, user_id, resource_type, resource_id),
  constraint resource_grants_role_unique unique (workspace_id, role_key, resource_type, resource_id)
);
-- What is granted to one person, wherever it is.
create index resource_grants_person_idx on public.resource_grants (user_id, resource_type)
  include (workspace_id, resource_id, access);
-- What is taken from somebody: mostly nothing.
create index resource_grants_none_idx on public.resource_grants (workspace_id, resource_type, resource_id)
  where access = 'none';
-- Who has a grant on a thing, without the table: see dashboard_view_shares_view_idx.
create index resource_grants_resource_idx on public.resource_grants (workspace_id, resource_type, resource_id)
  include (user_id);
create index resource_grants_granted_by_idx on public.resource_grants (granted_by);

alter table public.resource_grants enable row level security;

create policy resource_grants_select on public.resource_grants
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('grants.write')))
  );

create policy resource_grants_insert on public.resource_grants
  for insert to authenticated
  with check (
    exists (select from private.active_memberships a where a.workspace_id = resource_grants.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('grants.write')))
  );

create policy resource_grants_update on public.resource_grants
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = resource_grants.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('grants.write')))
  )
  with check (exists (select from private.active_memberships a where a.workspace_id = resource_grants.workspace_id));

create policy resource_grants_delete on public.resource_grants
  for delete to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = resource_grants.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('grants.write')))
  );

-- A grant's resource and grantee stay what they are: another one is another grant.
grant select, delete on public.resource_grants to authenticated;
grant insert (workspace_id, resource_type, resource_id, user_id, role_key, access)
  on public.resource_grants to authenticated;
grant update (access) on public.resource_grants to authenticated;
grant select on public.resource_grants to service_role;

comment on table public.resource_grants is
  'Access to one dashboard or widget, given to a person or a role beyond what they have, or with none taken away: no '
  'other grant narrows anything.';
comment on column public.resource_grants.resource_type is 'dashboard or widget.';
comment on column public.resource_grants.resource_id is 'The id of a resource of the same workspace.';
comment on column public.resource_grants.user_id is 'The member it is for; null where it is for a role.';
comment on column public.resource_grants.role_key is 'The role it is for; null where it is for a person.';
comment on column public.resource_grants.access is
  'view, edit or manage, which add to the role; or none, which takes away what the role gives.';
comment on column public.resource_grants.granted_by is 'Who set the access last; null once that account is deleted.';
comment on policy resource_grants_insert on public.resource_grants is
  'Members with grants.write; a trigger checks that they hold what they give.';
comment on policy resource_grants_update on public.resource_grants is
  'Members with grants.write; a trigger checks that they hold what they give and what they take.';

create function private.permissions_to_grant(p_access text) returns text[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_access is null then '{}'::text[]
    when p_access = 'view' then '{dashboards.read}'
    when p_access = 'edit' then '{dashboards.read,dashboards.write}'
    else '{dashboards.read,dashboards.write,grants.write}'
  end;
end;
$$;

comment on function private.permissions_to_grant(text) is
  'What one must hold to set an access: what it gives, or for none what it takes away.';

create function private.refuse_vain_none(p_workspace_id text, p_user_id uuid, p_role_key text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_permissions constant text[] := (
    select r.permissions from public.workspace_roles r
    where r.workspace_id = p_workspace_id
      and r.key = coalesce(p_role_key, (
        select m.role_key from public.workspace_members m
        where m.workspace_id = p_workspace_id and m.user_id = p_user_id)));
begin
  if 'grants.write' = any (v_permissions) then
    perform private.raise_error('conflict',
      'Access cannot be taken from those who hold grants.write, who could give it back to themselves.', 'access',
      'It counts for people whose role is without grants.write: who may change members or roles sees to that first.');
  end if;
  if p_role_key is not null and 'members.update' = any (v_permissions) then
    perform private.raise_error('conflict',
      'Access cannot be taken from a role with members.update, whose people could give themselves another role.',
      'access', 'Take it from each of these people instead: what a person is without stays so in any role.');
  end if;
end;
$$;

comment on function private.refuse_vain_none(text, uuid, text) is
  'Refuses to take access from a grantee, a member or a role, who could get it back alone. Error: conflict (access).';

create function private.require_grant_change(p_old public.resource_grants, p_new public.resource_grants) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grant constant public.resource_grants := case when p_new is null then p_old else p_new end;
  v_view_id constant uuid := private.view_of(
    v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id);
  v_levels private.access_level[];
begin
  -- The rows are arguments, which anybody could make up.
  perform private.require_permission(v_grant.workspace_id, 'grants.write');
  perform private.require_held(v_grant.workspace_id,
    private.permissions_to_grant(p_old.access) || private.permissions_to_grant(p_new.access));

  -- What the row says takes as much, and to take everything away is a manager's.
  v_levels := array(
    select case l.level when 'none' then 'manage' else l.level end::private.access_level
    from unnest(array[p_old.access, p_new.access]) as l (level)
    where l.level is not null
  ) || array(
    select greatest(e.before, e.after) from private.effects_of_grant(p_old, p_new) e where e.before <> e.after);
  -- A personal view is shown by whoever manages it: others who see it pass it on to nobody, nor keep it for the day
  -- when it is shown to them no more.
  if not p_new is null and exists (
    select from public.dashboard_views v
    where v.workspace_id = v_grant.workspace_id and v.id = v_view_id and v.visibility = 'personal')
  then
    v_levels := v_levels || 'manage'::private.access_level;
  end if;
  -- A widget that was removed can be restored, with its grants: until then they are about what its view gives.
  if v_grant.resource_type = 'widget' and not exists (
    select from public.widgets w where w.workspace_id = v_grant.workspace_id and w.id = v_grant.resource_id)
  then
    perform private.require_access(v_grant.workspace_id, 'dashboard', v_view_id,
      (select max(l.level) from unnest(v_levels) as l (level)));
  else
    perform private.require_access(v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id,
      (select max(l.level) from unnest(v_levels) as l (level)));
  end if;
end;
$$;

comment on function private.require_grant_change(public.resource_grants, public.resource_grants) is
  'Refuses a caller who lacks some of what a grant gives or takes, by their role or on the thing itself; the first is '
  'null for one that is made, the second for one that is deleted. Errors: not_found, permission_denied. Definer: who '
  'writes grants need not be able to read members and roles.';

grant execute on function private.require_grant_change(public.resource_grants, public.resource_grants) to authenticated;

create function private.view_of(p_workspace_id text, p_resource_type text, p_resource_id uuid) returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_resource_type
    when 'dashboard' then p_resource_id
    else coalesce(
      (select w.view_id from public.widgets w where w.workspace_id = p_workspace_id and w.id = p_resource_id),
      (
        select h.view_id
        from private.widget_versions h
        where h.workspace_id = p_workspace_id and h.widget_id = p_resource_id
        limit 1
      ))
  end;
end;
$$;

comment on function private.view_of(text, text, uuid) is
  'A dashboard itself; the view that has a widget, or had it and can restore it; null for neither. For definer '
  'functions.';

create function private.effects_of_grant(p_old public.resource_grants, p_new public.resource_grants)
returns table (user_id uuid, before private.access_level, after private.access_level)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grant constant public.resource_grants := case when p_new is null then p_old else p_new end;
  v_view_id constant uuid := private.view_of(
    v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id);
begin
  return query
    with concerned as (
      select m.user_id, m.role_key
      from public.workspace_members m
      where m.workspace_id = v_grant.workspace_id and m.user_id = v_grant.user_id
      union all
      -- The role by itself stands for all who have it but those whom ownership, a share or a grant sets apart.
      select null, v_grant.role_key where v_grant.role_key is not null
      union all
      select m.user_id, m.role_key
      from (
        select v.owner_id as id
        from public.dashboard_views v
        where v.workspace_id = v_grant.workspace_id and v.id = v_view_id
        union
        select s.user_id
        from public.dashboard_view_shares s
        where s.workspace_id = v_grant.workspace_id and s.view_id = v_view_id
        union
        select g.user_id
        from public.resource_grants g
        where g.workspace_id = v_grant.workspace_id and g.resource_id in (v_view_id, v_grant.resource_id)
      ) as apart
      join public.workspace_members m on m.workspace_id = v_grant.workspace_id and m.user_id = apart.id
      where m.role_key = v_grant.role_key
    ),
    grants as (
      select c.user_id, c.role_key,
        max(g.access) filter (where g.user_id = c.user_id) as personal,
        max(g.access) filter (where g.role_key = c.role_key) as by_role
      from concerned c
      left join public.resource_grants g
        on g.workspace_id = v_grant.workspace_id
        and g.resource_type = v_grant.resource_type
        and g.resource_id = v_grant.resource_id
        and g.id <> v_grant.id
        and (g.user_id = c.user_id or g.role_key = c.role_key)
      group by c.user_id, c.role_key
    )
    select x.user_id,
      private.access_under(v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id, x.user_id, x.role_key,
        private.grant_among(v_grant.workspace_id, x.role_key,
          case when v_grant.user_id is null then x.personal else p_old.access end,
          case when v_grant.user_id is null then p_old.access else x.by_role end)),
      private.access_under(v_grant.workspace_id, v_grant.resource_type, v_grant.resource_id, x.user_id, x.role_key,
        private.grant_among(v_grant.workspace_id, x.role_key,
          case when v_grant.user_id is null then x.personal else p_new.access end,
          case when v_grant.user_id is null then p_new.access else x.by_role end))
    from grants x;
end;
$$;

comment on function private.effects_of_grant(public.resource_grants, public.resource_grants) is
  'What the people whom a grant concerns could do with the thing before it is written or deleted, and can do after; '
  'without a user for all of a role who have nothing of their own there. For definer functions.';

create function private.tg_resource_grants_check_delete() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Members, roles and views that take their grants along are deleted by the owner of the schema, and need no leave.
  if current_user = 'authenticated' then
    perform private.require_grant_change(old, null);
  end if;
  return old;
end;
$$;

comment on function private.tg_resource_grants_check_delete() is
  'Before delete by a client: nobody takes away, or gives back, what they lack. Errors: permission_denied.';

create function private.tg_resource_grants_validate() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_caller constant uuid := auth.uid();
begin
  -- Before the values, and before the policy has its say, so that outsiders learn nothing from either.
  -- Without an account it is an administrator of the database.
  if v_caller is not null then
    perform private.require_permission(new.workspace_id, 'grants.write');
    perform private.hold_membership(new.workspace_id);
  end if;

  if new.resource_type is null or new.resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There are no grants on this kind of thing.', 'Give "dashboard" or "widget".');
  end if;
  if new.access is null or new.access not in ('none', 'view', 'edit', 'manage') then
    perform private.raise_invalid_input('access',
      'This is not a level of access.', 'Give "none", "view", "edit" or "manage".');
  end if;
  if tg_op = 'INSERT' and not private.sees_resource(new.workspace_id, new.resource_type, new.resource_id) then
    perform private.raise_invalid_input('resource_id',
      'There is no such dashboard or widget in the workspace, or it is not for you.',
      'Give the id of a view, or of the row of a widget.');
  end if;
  if num_nonnulls(new.user_id, new.role_key) <> 1 then
    perform private.raise_invalid_input('user_id',
      'A grant is for one person or for one role.', 'Give either user_id or role_key.');
  end if;
  if tg_op = 'INSERT' and new.user_id is not null then
    perform private.hold_member(new.workspace_id, new.user_id);
  elsif tg_op = 'INSERT' then
    perform private.hold_role(new.workspace_id, new.role_key, 'role_key');
  end if;

  perform private.require_feature(new.workspace_id, 'resource_grants');
  if v_caller is not null then
    perform private.require_grant_change(case when tg_op = 'UPDATE' then old end, new);
  end if;
  if new.access = 'none' then
    perform private.refuse_vain_none(new.workspace_id, new.user_id, new.role_key);
    perform private.lock_to_restrict(new.workspace_id, new.resource_type, new.resource_id);
  end if;

  new.granted_by := v_caller;
  return new;
end;
$$;

comment on function private.tg_resource_grants_validate() is
  'Before insert or update of access: who may, on which plan, and nobody gives or takes what they lack, by their role '
  'or in the thing itself: to whom a colleague shows what is theirs gets no further by a grant. Definer: who writes '
  'grants need not be able to read members and roles. Errors: not_found, permission_denied, invalid_input '
  '(resource_type, resource_id, access, user_id, role_key), payment_required, conflict.';

-- Not on every update: when the account in granted_by goes, that is no new grant.
create trigger resource_grants_validate before insert or update of access on public.resource_grants
  for each row execute function private.tg_resource_grants_validate();
create trigger resource_grants_check_delete before delete on public.resource_grants
  for each row execute function private.tg_resource_grants_check_delete();
create trigger resource_grants_set_updated_at before update on public.resource_grants
  for each row execute function private.tg_set_updated_at();
create trigger resource_grants_audit after insert or update of access on public.resource_grants
  for each row execute function private.tg_audit('id');
create trigger resource_grants_audit_delete after delete on public.resource_grants referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id');
