-- Views shared with chosen people and roles. Sharing with the whole workspace is the view's own `visibility`.
--
-- A share adds `view` or `edit` and never more than the role of whoever it is for permits. It belongs to no plan: it is
-- how people work together; grants (38_grants.sql) are how administrators give beyond roles and take away.
--
-- Threats: sharing what one may only look at (each policy takes manage); learning from a share who manages what (a
-- person sees the shares of the views they manage, and those given to themselves).

create table public.dashboard_view_shares (
  workspace_id text not null,
  id uuid not null default gen_random_uuid(),
  view_id uuid not null,
  user_id uuid,
  role_key text,
  access text not null default 'view'
    constraint dashboard_view_shares_access_known check (access in ('view', 'edit')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  constraint dashboard_view_shares_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade,
  constraint dashboard_view_shares_user_fkey foreign key (workspace_id, user_id)
    references public.workspace_members (workspace_id, user_id) on delete cascade,
  constraint dashboard_view_shares_role_fkey foreign key (workspace_id, role_key)
    references public.workspace_roles (workspace_id, key) on delete cascade,
  constraint dashboard_view_shares_one_grantee check (num_nonnulls(user_id, role_key) = 1),
  constraint dashboard_view_shares_user_unique unique (workspace_id, user_id, view_id),
  constraint dashboard_view_shares_role_unique unique (workspace_id, role_key, view_id)
);
-- What is shared with one person, wherever it is.
create index dashboard_view_shares_person_idx on public.dashboard_view_shares (user_id, workspace_id, view_id)
  include (access);
-- Whom a view is shared with, without the table: else the index of the people of a workspace looks cheaper, and is not.
create index dashboard_view_shares_view_idx on public.dashboard_view_shares (workspace_id, view_id) include (user_id);

alter table public.dashboard_view_shares enable row level security;

-- To see and end the shares of one's own view takes no right to share.

create policy dashboard_view_shares_select on public.dashboard_view_shares
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and (
      (
        user_id = (select auth.uid())
        and workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
      )
      or exists (
        select from public.dashboard_views v
        where v.workspace_id = dashboard_view_shares.workspace_id
          and v.id = dashboard_view_shares.view_id
          and (
            (
              v.owner_id = (select auth.uid())
              and v.workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
            )
            or (
              v.open_to = 'workspace'
              and v.workspace_id not in (
                select unnest(private.workspaces_without('dashboards.read', 'dashboards.write', 'grants.write')))
            )
            or (v.workspace_id, v.id) in (select m.workspace_id, m.id from private.views_by_exception('manage') m)
          )
      )
    )
  );

create policy dashboard_view_shares_insert on public.dashboard_view_shares
  for insert to authenticated
  with check (
    exists (select from private.active_memberships a where a.workspace_id = dashboard_view_shares.workspace_id)
    and exists (
      select from public.dashboard_views v
      where v.workspace_id = dashboard_view_shares.workspace_id
        and v.id = dashboard_view_shares.view_id
        and (
          (
            v.owner_id = (select auth.uid())
            and v.workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
          )
          or (
            v.open_to = 'workspace'
            and v.workspace_id not in (
              select unnest(private.workspaces_without('dashboards.read', 'dashboards.write', 'grants.write')))
          )
          or (v.workspace_id, v.id) in (select m.workspace_id, m.id from private.views_by_exception('manage') m)
        )
    )
  );

create policy dashboard_view_shares_update on public.dashboard_view_shares
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = dashboard_view_shares.workspace_id)
    and exists (
      select from public.dashboard_views v
      where v.workspace_id = dashboard_view_shares.workspace_id
        and v.id = dashboard_view_shares.view_id
        and (
          (
            v.owner_id = (select auth.uid())
            and v.workspace_id not in (select unnest(private.workspaces_without('dashboards.read', 'dashboards.write')))
          )
          or (
            v.open_to = 'workspace'
            and v.workspace_id not in (
              select unnest(private.workspaces_without('dashboards.read', 'dashboards.write', 'grants.write')))
          )
          or (v.workspace_id, v.id) in (select m.workspace_id, m.id from private.views_by_exception('manage') m)
        )
    )
  )
  -- Neither the view nor whom it is shared with can be written.
  with check (
    exists (select from private.active_memberships a where a.workspace_id = dashboard_view_shares.workspace_id)
  );

create policy dashboard_view_shares_delete on public.dashboard_view_shares
  for delete to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = dashboard_view_shares.workspace_id)
    and exists (
      select from public.dashboard_views v
      where v.workspace_id = dashboard_view_shares.workspace_id
        and v.id = dashboard_view_shares.view_id
        and (
          (
            v.owner_id = (select auth.uid())
            and v.workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
          )
          or (
            v.open_to = 'workspace'
            and v.workspace_id not in (
              select unnest(private.workspaces_without('dashboards.read', 'dashboards.write', 'grants.write')))
          )
          or (v.workspace_id, v.id) in (select m.workspace_id, m.id from private.views_by_exception('manage') m)
        )
    )
  );

-- What is shared and with whom stays: another one is another share.
grant select, delete on public.dashboard_view_shares to authenticated, service_role;
grant insert (workspace_id, view_id, user_id, role_key, access)
  on public.dashboard_view_shares to authenticated, service_role;
grant update (access) on public.dashboard_view_shares to authenticated, service_role;

comment on table public.dashboard_view_shares is
  'Views that are shared with one person or one role. They go with the view, the member or the role.';
comment on column public.dashboard_view_shares.user_id is 'The member it is for; null where it is for a role.';
comment on column public.dashboard_view_shares.role_key is 'The role it is for; null where it is for a person.';
comment on column public.dashboard_view_shares.access is 'view, or edit, which counts for who holds dashboards.write.';

create function private.require_may_share(p_workspace_id text, p_view_id uuid) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from public.dashboard_views v
    where v.workspace_id = p_workspace_id and v.id = p_view_id and v.owner_id = auth.uid())
  then
    perform private.require_permission(p_workspace_id, 'dashboards.write');
  end if;
end;
$$;

comment on function private.require_may_share(text, uuid) is
  'Refuses the owner of a view who may arrange and not share. Error: permission_denied (dashboards.write). Definer: it '
  'reads the view before its policies are asked, and tells its owner alone.';

grant execute on function private.require_may_share(text, uuid) to authenticated;

create function private.tg_dashboard_view_shares_validate() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.access is null or new.access not in ('view', 'edit') then
    perform private.raise_invalid_input('access', 'This is not how a view is shared.', 'Give "view" or "edit".');
  end if;
  if num_nonnulls(new.user_id, new.role_key) <> 1 then
    perform private.raise_invalid_input('user_id',
      'A share is for one person or for one role.', 'Give either user_id or role_key.');
  end if;
  -- Who arranges views of their own manages them, and keeps them to themselves. Others the policy refuses.
  if current_user = 'authenticated' then
    perform private.require_may_share(new.workspace_id, new.view_id);
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_view_shares_validate() is
  'Before a share is made or changed: checks the values. Errors: invalid_input (access, user_id).';

create function private.tg_dashboard_view_shares_hold() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Whom the policy refuses learns nothing before that; what the server writes the references hold.
  if private.my_access(new.workspace_id, 'dashboard', new.view_id) <> 'manage' then
    return new;
  end if;
  perform private.hold_membership(new.workspace_id);
  if new.user_id is not null then
    perform private.hold_member(new.workspace_id, new.user_id);
  else
    perform private.hold_role(new.workspace_id, new.role_key, 'role_key');
  end if;
  perform from public.dashboard_views v
  where v.workspace_id = new.workspace_id and v.id = new.view_id
  for key share;
  if not found then
    perform private.view_not_found();
  end if;
  return new;
end;
$$;

comment on function private.tg_dashboard_view_shares_hold() is
  'Before a share is made: keeps the view, and whom it is for, until it is there. Errors: invalid_input (user_id, '
  'role_key), not_found. Definer: clients may not lock members and roles.';

create trigger dashboard_view_shares_validate before insert or update on public.dashboard_view_shares
  for each row execute function private.tg_dashboard_view_shares_validate();
-- After it is checked, by name.
create trigger dashboard_view_shares_validated_hold before insert on public.dashboard_view_shares
  for each row execute function private.tg_dashboard_view_shares_hold();
create trigger dashboard_view_shares_set_updated_at before update on public.dashboard_view_shares
  for each row execute function private.tg_set_updated_at();
create trigger dashboard_view_shares_audit after insert or update on public.dashboard_view_shares
  for each row execute function private.tg_audit('id');
create trigger dashboard_view_shares_audit_delete after delete on public.dashboard_view_shares
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('id');

create function private.export_shares(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text', 'uuid');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(s.workspace_id, s.view_id), jsonb_build_object(
      'workspaceId', s.workspace_id,
      'viewId', s.view_id,
      'access', s.access,
      'createdAt', s.created_at
    )
    from public.dashboard_view_shares s
    where s.user_id = p_user_id and (s.workspace_id, s.view_id) > (v_after[1], v_after[2]::uuid)
    order by s.workspace_id, s.view_id;
  return v_rows;
end;
$$;

comment on function private.export_shares(uuid, text) is
  'What was shared with the person, by id.';
