-- The view that people of a role see first, as long as they have chosen none and made none: one row for a role, or none
-- for the initial view of the product.
--
-- Only a view that is shared with the workspace can be one: it is shown to people whom nobody has chosen one by one.
-- A default that is deleted counts as none, and is one again when the view is had back.

create table public.role_default_views (
  workspace_id text not null,
  role_key text not null,
  view_id uuid not null,
  updated_at timestamptz not null default now(),
  primary key (workspace_id, role_key),
  constraint role_default_views_role_fkey foreign key (workspace_id, role_key)
    references public.workspace_roles (workspace_id, key) on delete cascade,
  constraint role_default_views_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade
);

create index role_default_views_view_idx on public.role_default_views (workspace_id, view_id);

alter table public.role_default_views enable row level security;

create policy role_default_views_select on public.role_default_views
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
  );

-- Written by set_role_default_view alone.
grant select on public.role_default_views to authenticated, service_role;

comment on table public.role_default_views is 'What people of each role see first. See set_role_default_view.';
comment on column public.role_default_views.view_id is 'A view of the workspace that is shared with it.';

create trigger role_default_views_set_updated_at before update on public.role_default_views
  for each row execute function private.tg_set_updated_at();
create trigger role_default_views_audit after insert or update on public.role_default_views
  for each row execute function private.tg_audit('role_key');
create trigger role_default_views_audit_delete after delete on public.role_default_views
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('role_key');

create function public.set_role_default_view(workspace_id text, role_key text, view_id uuid default null)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.set_role_default_view(workspace_id, role_key, view_id);
end;
$$;

comment on function public.set_role_default_view(text, text, uuid) is
  'Sets what people of a role see who have chosen nothing: a view that is shared with the workspace, or none for the '
  'product''s initial view. Returns what the role can do with it and which of its widgets stay hidden ({role, access, '
  'hidden}, as view_audience says it), null for none. Takes workspace.update. '
  'Errors: not_found (workspace_id, view_id), permission_denied, invalid_input (role_key, view_id).';

grant execute on function public.set_role_default_view(text, text, uuid) to authenticated;

create function private.set_role_default_view(p_workspace_id text, p_role_key text, p_view_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
begin
  perform private.require_permission(p_workspace_id, 'workspace.update');
  perform private.require_role(p_workspace_id, p_role_key, 'role_key');
  if p_view_id is null then
    delete from public.role_default_views where workspace_id = p_workspace_id and role_key = p_role_key;
    return null;
  end if;

  perform private.hold_membership(p_workspace_id);
  perform private.hold_role(p_workspace_id, p_role_key, 'role_key');
  -- Not only held: whoever makes the view personal meanwhile is waited for.
  perform from public.dashboard_views v where v.workspace_id = p_workspace_id and v.id = p_view_id for share;
  v_view := private.require_view(p_view_id, 'view');
  if v_view.workspace_id <> p_workspace_id or v_view.visibility <> 'workspace' then
    perform private.raise_invalid_input('view_id',
      'Only a view that is shared with the workspace can be the default of a role.',
      'Share the view with the workspace first.');
  end if;
  insert into public.role_default_views (workspace_id, role_key, view_id)
  values (p_workspace_id, p_role_key, p_view_id)
  on conflict (workspace_id, role_key) do update set view_id = excluded.view_id;
  return private.role_audience(v_view, p_role_key);
end;
$$;

comment on function private.set_role_default_view(text, text, uuid) is
  'See public.set_role_default_view. Definer: no role writes the table, which holds only what is checked here.';

grant execute on function private.set_role_default_view(text, text, uuid) to authenticated;
