-- The view that people see first, as long as they have chosen none and made none: that of their role, else the one of
-- the workspace for all roles without their own.
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

create table public.default_views (
  workspace_id text primary key references public.workspaces (id) on delete cascade,
  view_id uuid not null,
  updated_at timestamptz not null default now(),
  constraint default_views_view_fkey foreign key (workspace_id, view_id)
    references public.dashboard_views (workspace_id, id) on delete cascade
);

create index default_views_view_idx on public.default_views (workspace_id, view_id);

alter table public.default_views enable row level security;

create policy default_views_select on public.default_views
  for select to authenticated
  using (
    workspace_id = any (array(select a.workspace_id from private.active_memberships a))
    and workspace_id not in (select unnest(private.workspaces_without('dashboards.read')))
  );

-- Written by set_role_default_view alone.
grant select on public.default_views to authenticated, service_role;

comment on table public.default_views is
  'What people see first in each workspace that says so, where their role has no default of its own. See '
  'set_role_default_view.';
comment on column public.default_views.view_id is 'A view of the workspace that is shared with it.';

create trigger default_views_set_updated_at before update on public.default_views
  for each row execute function private.tg_set_updated_at();
create trigger default_views_audit after insert or update on public.default_views
  for each row execute function private.tg_audit('workspace_id');
create trigger default_views_audit_delete after delete on public.default_views
  referencing old table as deleted
  for each statement execute function private.tg_audit_deleted('workspace_id');

create view private.views_seen_first as
  select d.workspace_id, d.view_id, d.role_key from public.role_default_views d
  union all
  select d.workspace_id, d.view_id, null from public.default_views d;

comment on view private.views_seen_first is
  'The defaults of roles, and those of workspaces without a role. For definer functions.';

create function public.set_role_default_view(
  workspace_id text, role_key text default null, view_id uuid default null
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.set_role_default_view(workspace_id, role_key, view_id);
end;
$$;

comment on function public.set_role_default_view(text, text, uuid) is
  'Sets what people of a role see who have chosen nothing: a view that is shared with the workspace, or none. Without '
  'a role, what everybody sees whose role has no default. Returns what the role can do with it and which of its '
  'widgets stay hidden ({role, access, hidden}), without a role of every role as view_audience says it, and null for '
  'no view. Takes workspace.update. '
  'Errors: not_found (workspace_id, view_id), permission_denied, invalid_input (role_key, view_id).';

grant execute on function public.set_role_default_view(text, text, uuid) to authenticated, service_role;

create function private.set_role_default_view(p_workspace_id text, p_role_key text, p_view_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
begin
  perform private.require_permission(p_workspace_id, 'workspace.update');
  if p_role_key is not null then
    perform private.require_role(p_workspace_id, p_role_key, 'role_key');
  end if;
  if p_view_id is null and p_role_key is null then
    delete from public.default_views where workspace_id = p_workspace_id;
    return null;
  elsif p_view_id is null then
    delete from public.role_default_views where workspace_id = p_workspace_id and role_key = p_role_key;
    return null;
  end if;

  perform private.hold_membership(p_workspace_id);
  if p_role_key is not null then
    perform private.hold_role(p_workspace_id, p_role_key, 'role_key');
  end if;
  -- Not only held: whoever makes the view personal meanwhile is waited for.
  perform from public.dashboard_views v where v.workspace_id = p_workspace_id and v.id = p_view_id for share;
  v_view := private.require_view(p_view_id, 'view');
  if v_view.workspace_id <> p_workspace_id or v_view.visibility <> 'workspace' then
    perform private.raise_invalid_input('view_id',
      'Only a view that is shared with the workspace can be what people see first.',
      case
        when v_view.workspace_id = p_workspace_id
          and private.access_to(p_workspace_id, 'dashboard', v_view.id) = 'manage'
        then private.hint_where_held(p_workspace_id, '{dashboards.write}', 'Share the view with the workspace first.')
        else 'Give the id of a view that is shared with the workspace.'
      end);
  end if;

  if p_role_key is null then
    insert into public.default_views (workspace_id, view_id)
    values (p_workspace_id, p_view_id)
    on conflict (workspace_id) do update set view_id = excluded.view_id;
    return private.audience_of(v_view);
  end if;
  insert into public.role_default_views (workspace_id, role_key, view_id)
  values (p_workspace_id, p_role_key, p_view_id)
  on conflict (workspace_id, role_key) do update set view_id = excluded.view_id;
  return private.role_audience(v_view, p_role_key);
end;
$$;

comment on function private.set_role_default_view(text, text, uuid) is
  'See public.set_role_default_view. Definer: no role writes the tables, which hold only what is checked here.';

grant execute on function private.set_role_default_view(text, text, uuid) to authenticated, service_role;
