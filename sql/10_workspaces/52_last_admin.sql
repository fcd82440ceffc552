-- A workspace with people in it has an active admin among them.
--
-- Without one nobody could ever again give a role, pay, or delete it. The rule holds on every path that ends an
-- admin's place: leaving, demotion, suspension, removal and the deletion of the account, for the service role too.
-- It is checked after the whole statement, so that one statement may hand the role over, and under the lock of the
-- workspace, so that of two admins who leave at the same moment the second one is refused. The lock orders
-- transactions in read committed, which is what the Data API and Auth use.
--
-- When the last person goes the workspace goes with them: nobody could reach it afterwards.

create function private.first_admin(p_workspace_id text) returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select m.user_id
    from public.workspace_members m
    where m.workspace_id = p_workspace_id and m.role_key = 'admin' and m.status = 'active'
    order by m.created_at, m.user_id
    limit 1
  );
end;
$$;

comment on function private.first_admin(text) is
  'Who has been in a workspace for longest of its active admins. For definer functions, which tell nobody.';

create function private.is_last_admin(p_workspace_id text, p_user_id uuid) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return
    exists (
      select from public.workspace_members
      where workspace_id = p_workspace_id and user_id = p_user_id and role_key = 'admin' and status = 'active')
    and not exists (
      select from public.workspace_members
      where workspace_id = p_workspace_id and user_id <> p_user_id and role_key = 'admin' and status = 'active')
    and exists (
      select from public.workspace_members
      where workspace_id = p_workspace_id and user_id <> p_user_id);
end;
$$;

comment on function private.is_last_admin(text, uuid) is
  'Whether the person is the only active admin of a workspace with other people in it, suspended ones included. A '
  'preview: what decides is the trigger. Definer: it reads memberships beyond the caller''s policies.';

create function private.tg_keep_an_admin() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Gone with its workspace.
  if not private.lock_workspace(old.workspace_id) then
    return null;
  end if;

  if not exists (select from public.workspace_members where workspace_id = old.workspace_id) then
    delete from public.workspaces where id = old.workspace_id;
    return null;
  end if;

  if old.role_key = 'admin' and old.status = 'active'
    and not exists (
      select from public.workspace_members
      where workspace_id = old.workspace_id and role_key = 'admin' and status = 'active')
  then
    perform private.raise_error('last_admin',
      'This would leave the workspace without an active admin.', old.workspace_id,
      'Make another member an admin first.');
  end if;

  return null;
end;
$$;

comment on function private.tg_keep_an_admin() is
  'After update or delete: refuses the end of the last active admin, and deletes a workspace without people. '
  'Error: last_admin with the id of the workspace in `details`. '
  'Definer: it locks, counts and deletes beyond the caller''s policies.';

create trigger workspace_members_keep_an_admin after update or delete on public.workspace_members
  for each row execute function private.tg_keep_an_admin();
