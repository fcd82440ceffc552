-- Who reads and writes workspaces and their roles. What these policies compare with are memberships, which refer to
-- both tables and so come after them.

create policy workspaces_select on public.workspaces
  for select to authenticated
  using (
    id = any (array(select a.workspace_id from private.active_memberships a))
    and id not in (select unnest(private.workspaces_without('workspace.read')))
  );

create policy workspaces_update on public.workspaces
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = workspaces.id)
    and id not in (select unnest(private.workspaces_without('workspace.update')))
  )
  with check (exists (select from private.active_memberships a where a.workspace_id = workspaces.id));

create policy workspace_roles_select on public.workspace_roles
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('workspace.read')))
  );

create policy workspace_roles_insert on public.workspace_roles
  for insert to authenticated
  with check (
    exists (select from private.active_memberships a where a.workspace_id = workspace_roles.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('roles.write')))
  );

create policy workspace_roles_update on public.workspace_roles
  for update to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = workspace_roles.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('roles.write')))
  )
  with check (exists (select from private.active_memberships a where a.workspace_id = workspace_roles.workspace_id));

create policy workspace_roles_delete on public.workspace_roles
  for delete to authenticated
  using (
    exists (select from private.active_memberships a where a.workspace_id = workspace_roles.workspace_id)
    and workspace_id not in (select unnest(private.workspaces_without('roles.write')))
  );
