-- What the plan of a workspace permits, refused where it is asked for.

create function private.is_premium(p_workspace_id text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (select from public.workspaces w where w.id = p_workspace_id and w.plan_type = 'premium');
end;
$$;

comment on function private.is_premium(text) is 'Whether a workspace is on the premium plan. For definer functions.';

create function private.require_premium(p_workspace_id text, p_feature text) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A stranger is told of no plan.
  if auth.uid() is not null then
    perform private.require_membership(p_workspace_id);
  end if;
  if not private.is_premium(p_workspace_id) then
    perform private.raise_error('payment_required',
      'This feature is part of the premium plan.', p_feature, 'Ask who runs the workspace to upgrade it.');
  end if;
end;
$$;

comment on function private.require_premium(text, text) is
  'Refuses a workspace on the free plan. Errors: payment_required with the feature in `details`; not_found for who is '
  'not in the workspace. Definer: triggers call it for roles that may not read.';

grant execute on function private.require_premium(text, text) to authenticated;

create function private.require_role_of_plan(p_workspace_id text, p_role_key text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_role_key not in ('admin', 'member', 'viewer') then
    perform private.require_premium(p_workspace_id, 'custom_roles');
  end if;
end;
$$;

comment on function private.require_role_of_plan(text, text) is
  'Refuses to give a custom role on the free plan. Error: payment_required.';
