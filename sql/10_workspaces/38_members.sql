-- Who belongs to which workspace, with which role.
--
-- This table decides every permission, so clients write two of its columns at most, and 50_member_changes.sql says
-- what they may put there; 52_last_admin.sql keeps an admin in every workspace. Rows come from create_workspace and
-- from accepted invitations alone. The composite reference to the roles keeps a member from having a role of another
-- workspace, whatever the code does.

create table public.workspace_members (
  workspace_id text not null references public.workspaces (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role_key text not null,
  status text not null default 'active'
    constraint workspace_members_status_known check (status in ('active', 'suspended')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, user_id),
  constraint workspace_members_role_fkey foreign key (role_key, workspace_id)
    references public.workspace_roles (key, workspace_id)
);

-- Where one person is, without touching the table.
create index workspace_members_user_idx on public.workspace_members (user_id, role_key)
  include (workspace_id, status);
-- Not by workspace first: the planner would read all of a workspace by it where a page by the key is asked for.
create index workspace_members_role_idx on public.workspace_members (role_key, workspace_id);

alter table private.api_keys
  add constraint api_keys_created_by_fkey foreign key (created_by, workspace_id)
    references public.workspace_members (user_id, workspace_id) on delete cascade;

alter table public.workspace_members enable row level security;

-- A person sees and ends their own membership whatever their role, or a role without members.read could not be left.
create policy workspace_members_select on public.workspace_members
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and (
      user_id = (select auth.uid())
      or workspace_id not in (select unnest(private.workspaces_without('members.read')))
    )
  );

create policy workspace_members_update on public.workspace_members
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = workspace_members.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('members.update')))
  )
  with check (exists (select from private.active_memberships a where a.workspace_id = workspace_members.workspace_id));

create policy workspace_members_delete on public.workspace_members
  for delete to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = workspace_members.workspace_id)
    and (
      user_id = (select auth.uid())
      or workspace_id not in (select unnest(private.workspaces_without('members.remove')))
    )
  );

-- No insert: nobody joins without an invitation.
grant select, delete on public.workspace_members to authenticated, service_role;
grant update (role_key, status) on public.workspace_members to authenticated, service_role;

comment on table public.workspace_members is
  'The people of a workspace, each with one role. A workspace with members has an active admin among them; it goes '
  'when the last person leaves it.';
comment on column public.workspace_members.role_key is
  'The member''s role: a key of workspace_roles in the same workspace.';
comment on column public.workspace_members.status is
  'active or suspended. A suspended member keeps the place and the role, and has no permissions.';
comment on column public.workspace_members.created_at is 'When the person joined.';

create trigger workspace_members_keep_active_members
  after insert or delete or update of role_key, status on public.workspace_members
  for each row execute function private.tg_keep_active_members();
create trigger workspace_members_set_updated_at before update on public.workspace_members
  for each row execute function private.tg_set_updated_at();

create function private.export_memberships(p_user_id uuid, p_after text) returns refcursor
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_after constant text[] := private.place_after(p_after, 'text');
  v_rows refcursor;
begin
  open v_rows for
    select jsonb_build_array(m.workspace_id), jsonb_build_object(
      'workspaceId', m.workspace_id,
      'workspaceName', w.name,
      'role', m.role_key,
      'status', m.status,
      'joinedAt', m.created_at,
      'updatedAt', m.updated_at
    )
    from public.workspace_members m
    join public.workspaces w on w.id = m.workspace_id
    where m.user_id = p_user_id and m.workspace_id > v_after[1]
    order by m.workspace_id;
  return v_rows;
end;
$$;

comment on function private.export_memberships(uuid, text) is
  'The workspaces the person is in, and as what.';
