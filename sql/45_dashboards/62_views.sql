-- What a front end does with views beyond reading and renaming rows. Each has a definer part that asks for the access
-- itself and then acts past the policies, and says why where a policy would find no row.

create function private.remove_deleted_views() returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids constant uuid[] := array(
    select v.id from public.dashboard_views v where v.deleted_at < now() - interval '30 days');
  v_removed bigint;
begin
  -- They go with their history and their grants.
  perform private.take_turns(array(select v.workspace_id from public.dashboard_views v where v.id = any (v_ids)));
  perform private.lock_widgets(v_ids);
  -- While this waited, some may have come back.
  delete from public.dashboard_views v where v.id = any (v_ids) and v.deleted_at < now() - interval '30 days';
  get diagnostics v_removed = row_count;
  return v_removed;
end;
$$;

comment on function private.remove_deleted_views() is
  'Removes for good the views that were deleted more than 30 days ago, and says how many. For the scheduler.';

create function private.permission_to_make(p_visibility text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_visibility when 'personal' then 'dashboards.arrange' else 'dashboards.write' end;
end;
$$;

comment on function private.permission_to_make(text) is
  'What one must hold to make a view: what nobody else sees takes less than what is shared.';

create function private.name_of_copy(p_name text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 50;
  c_suffix constant text := ' \(copy(?: ([1-9][0-9]{0,3}))?\)$';
  v_name constant text := regexp_replace(p_name, c_suffix, '');
  v_number constant text := (regexp_match(p_name, c_suffix))[1];
  v_suffix constant text := case
    when v_name = p_name then ' (copy)'
    else format(' (copy %s)', coalesce(v_number::integer, 1) + 1)
  end;
begin
  return rtrim(private.cut_text(v_name, c_longest - char_length(v_suffix))) || v_suffix;
end;
$$;

comment on function private.name_of_copy(text) is
  'What the copy of a view is called: "Sales (copy)", of a copy "Sales (copy 2)", cut to 50 characters in front.';

create function private.require_to_make_view(p_workspace_id text, p_visibility text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_visibility = 'personal' and private.is_api_key() then
    perform private.raise_error('permission_denied',
      'An API key is no person, and has no personal views.', 'person', 'Give the visibility "workspace".');
  end if;
  perform private.require_permission(p_workspace_id, private.permission_to_make(p_visibility));
end;
$$;

comment on function private.require_to_make_view(text, text) is
  'Refuses who may not make a view of a visibility. Errors: not_found, permission_denied (a permission, or person).';

create function public.create_view(
  workspace_id text,
  name text,
  description text default '',
  layout jsonb default null,
  visibility text default 'personal'
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.create_view(workspace_id, name, description, layout, visibility);
end;
$$;

comment on function public.create_view(text, text, text, jsonb, text) is
  'Makes a view with a layout, or empty, and returns it as get_view does. Takes dashboards.read, and '
  'dashboards.arrange for a personal one, dashboards.write for others. '
  'Errors: not_found, permission_denied, payment_required (views), conflict (workspace_id), invalid_input (name, '
  'description, visibility, or the path inside the layout).';

grant execute on function public.create_view(text, text, text, jsonb, text) to authenticated, service_role;

create function private.create_view(
  p_workspace_id text, p_name text, p_description text, p_layout jsonb, p_visibility text
) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
begin
  perform private.require_permission(p_workspace_id, 'dashboards.read');
  perform private.require_to_make_view(p_workspace_id, p_visibility);
  insert into public.dashboard_views (workspace_id, name, description, visibility)
  values (p_workspace_id, p_name, coalesce(p_description, ''), p_visibility)
  returning * into v_view;
  if p_layout is not null then
    perform private.apply_layout(v_view.id, p_layout, v_view.version, null, p_path => 'layout');
  end if;
  return private.stored_view(v_view.id);
end;
$$;

comment on function private.create_view(text, text, text, jsonb, text) is
  'See public.create_view. Definer: a whole layout is written past the policies of single widgets.';

grant execute on function private.create_view(text, text, text, jsonb, text) to authenticated, service_role;

create function public.get_view(view_id uuid, workspace_id text default null) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.get_view(view_id, workspace_id);
end;
$$;

comment on function public.get_view(uuid, text) is
  'A view with its layout (storedViewSchema of types/view.ts); with a workspace_id one of that workspace alone. '
  'Errors: not_found (view_id).';

grant execute on function public.get_view(uuid, text) to authenticated;

create function private.get_view(p_view_id uuid, p_workspace_id text default null) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views;
  v_access private.access_level := 'none';
begin
  if p_workspace_id is not null then
    perform private.require_membership(p_workspace_id);
  end if;
  select * into v_view
  from public.dashboard_views v
  where v.id = p_view_id and v.deleted_at is null and v.workspace_id = coalesce(p_workspace_id, v.workspace_id);
  if found then
    v_access := private.access_to(v_view.workspace_id, 'dashboard', v_view.id);
  end if;
  if v_access = 'none' then
    perform private.view_not_found();
  end if;
  return private.view_document(v_view, v_access);
end;
$$;

comment on function private.get_view(uuid, text) is
  'See public.get_view; p_workspace_id is where the view has to be, null for anywhere. Definer: one check stands for '
  'those of every row.';

grant execute on function private.get_view(uuid, text) to authenticated;

create function public.duplicate_view(view_id uuid, name text default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.duplicate_view(view_id, name);
end;
$$;

comment on function public.duplicate_view(uuid, text) is
  'Makes a personal copy of a view that the caller may see, without its history and its shares, and returns it as '
  'get_view does, with skipped: the widgets that they see and whose component is gone or not for their role, each with '
  'path, instanceId, code and message. Takes dashboards.arrange. '
  'Errors: not_found (view_id), permission_denied, payment_required (views), conflict (workspace_id), '
  'invalid_input (name).';

grant execute on function public.duplicate_view(uuid, text) to authenticated;

create function private.duplicate_view(p_view_id uuid, p_name text) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'view');
  v_shown constant jsonb := private.without_withheld(private.view_layout(v_view), v_view) -> 'widgets';
  v_copy public.dashboard_views;
  v_skipped jsonb;
begin
  perform private.require_person();
  perform private.require_permission(v_view.workspace_id, private.permission_to_make('personal'));
  insert into public.dashboard_views (workspace_id, name, description, row_height, gap, visibility)
  values (v_view.workspace_id, coalesce(p_name, private.name_of_copy(v_view.name)), v_view.description,
    v_view.row_height, v_view.gap, 'personal')
  returning * into v_copy;
  select coalesce(jsonb_agg(jsonb_build_object(
    'path', 'widgets.' || w.ordinality - 1,
    'instanceId', w.value -> 'instanceId') || r.refusal order by w.ordinality), '[]')
  into v_skipped
  from jsonb_array_elements(v_shown) with ordinality as w
  cross join lateral private.component_version_of(
    v_view.workspace_id, w.value ->> 'widgetId', w.value ->> 'componentVersion') as c
  cross join lateral (
    select case
      when c.is_built_in is null then
        '{"code": "not_found", "message": "The component no longer exists."}'::jsonb
      when not private.may_use_component(v_view.workspace_id, c.allowed_roles) then
        '{"code": "permission_denied", "message": "This component is not for your role."}'
    end
  ) as r (refusal)
  where r.refusal is not null;
  insert into public.widgets (
    workspace_id, view_id, instance_id, component_key, component_version, x, y, width, height, visible, config,
    updated_at
  )
  select w.workspace_id, v_copy.id, w.instance_id, w.component_key, w.component_version,
    w.x, w.y, w.width, w.height, w.visible, w.config, w.updated_at
  from public.widgets w
  where w.workspace_id = v_view.workspace_id
    and w.view_id = v_view.id
    and w.instance_id in (
      select (s.value ->> 'instanceId')::uuid from jsonb_array_elements(v_shown) as s
      except
      select (g.value ->> 'instanceId')::uuid from jsonb_array_elements(v_skipped) as g);
  return private.stored_view(v_copy.id) || jsonb_build_object('skipped', v_skipped);
end;
$$;

comment on function private.duplicate_view(uuid, text) is
  'See public.duplicate_view. Definer: a whole layout is written past the policies of single widgets.';

grant execute on function private.duplicate_view(uuid, text) to authenticated;

create function public.delete_view(view_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.delete_view(view_id);
end;
$$;

comment on function public.delete_view(uuid) is
  'Deletes a view; restore_view has it back for 30 days. Takes the access manage. '
  'Errors: not_found (view_id), permission_denied (manage).';

grant execute on function public.delete_view(uuid) to authenticated, service_role;

create function private.delete_view(p_view_id uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view public.dashboard_views := private.require_view(p_view_id, 'manage');
begin
  -- Its widgets first, which say whom it is open to.
  perform private.lock_view(p_view_id);
  -- Asked again: whoever waited may have lost the access meanwhile.
  v_view := private.require_view(p_view_id, 'manage');
  update public.dashboard_views
  set deleted_at = now()
  where workspace_id = v_view.workspace_id and id = v_view.id and deleted_at is null;
end;
$$;

comment on function private.delete_view(uuid) is 'See public.delete_view. Definer: no role may write deleted_at.';

grant execute on function private.delete_view(uuid) to authenticated, service_role;

create function public.restore_view(view_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.restore_view(view_id);
end;
$$;

comment on function public.restore_view(uuid) is
  'Has a deleted view back, as it was, and returns it as get_view does. Takes the access manage. '
  'Errors: not_found (view_id), permission_denied (manage), payment_required (views), conflict (workspace_id, or '
  'view_id for one that is not deleted, or whose widgets others are changing).';

grant execute on function public.restore_view(uuid) to authenticated;

create function private.require_deleted_view(p_view_id uuid) returns public.dashboard_views
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_deleted constant boolean := (
    select v.deleted_at is not null from public.dashboard_views v where v.id = p_view_id);
  v_view constant public.dashboard_views := private.require_view(p_view_id, 'manage', coalesce(v_is_deleted, true));
begin
  if not v_is_deleted then
    perform private.raise_error('conflict',
      'This view is not deleted.', 'view_id', 'There is nothing to have back: read it with get_view.');
  end if;
  return v_view;
end;
$$;

comment on function private.require_deleted_view(uuid) is
  'A deleted view, for who may have it back. Errors: not_found (view_id), permission_denied (manage), conflict '
  '(view_id) for one that is not deleted. For definer functions.';

create function private.restore_view(p_view_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view constant public.dashboard_views := private.require_deleted_view(p_view_id);
begin
  perform private.hold_membership(v_view.workspace_id);
  -- Whose views are counted, before the view: who leaves comes from the membership to the views.
  perform from public.workspace_members m
  where m.workspace_id = v_view.workspace_id and m.user_id = v_view.owner_id
  for no key update;
  -- Its widgets before it, which say whom it is open to.
  perform private.lock_widgets_within(v_view.workspace_id, v_view.id, 14);
  perform from public.dashboard_views v where v.workspace_id = v_view.workspace_id and v.id = v_view.id for update;
  -- Asked again: meanwhile somebody else may have had it back, or the caller lost the access.
  perform private.require_deleted_view(p_view_id);
  update public.dashboard_views
  set deleted_at = null
  where workspace_id = v_view.workspace_id and id = v_view.id;
  return private.stored_view(v_view.id);
end;
$$;

comment on function private.restore_view(uuid) is 'See public.restore_view. Definer: no role may write deleted_at.';

grant execute on function private.restore_view(uuid) to authenticated;
