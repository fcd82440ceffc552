-- Why somebody can do with a view or a widget what they can: every reason that counts, or would count but for another,
-- weighed by the decision of 20_access.sql itself.
--
-- Threats: learning from an explanation what one may not see (one's own access may be asked about by whoever has some,
-- somebody else's by who may administer the thing; to others it is not there).

create function public.explain_access(resource_type text, resource_id uuid, user_id uuid default auth.uid())
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.explain_access(resource_type, resource_id, user_id);
end;
$$;

comment on function public.explain_access(text, uuid, uuid) is
  'What a person, or the caller, can do with a dashboard or widget, and why (accessExplanationSchema of '
  'types/access.ts): {resourceType, resourceId, workspaceId, userId, status, access, reasons}. A reason has a kind '
  '(role, ownership, visibility, share, grant, view, component), what it `gives` by itself, and `counts`, false where '
  'something overrules it or gives as much without it; `because` says what does, or what lessens it. About others it '
  'takes the access manage, or grants.write and the access view. Errors: not_found (resource_id, user_id), '
  'permission_denied (manage), invalid_input (resource_type).';

grant execute on function public.explain_access(text, uuid, uuid) to authenticated;

create function private.explain_access(p_resource_type text, p_resource_id uuid, p_user_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id text;
  v_view_id uuid;
  v_view public.dashboard_views;
  v_role public.workspace_roles;
  v_base jsonb;
  v_components jsonb;
  v_grants jsonb;
  v_reasons jsonb;
  v_status text;
begin
  if p_resource_type is null or p_resource_type not in ('dashboard', 'widget') then
    perform private.raise_invalid_input('resource_type',
      'There is no access to this kind of thing.', 'Give "dashboard" or "widget".');
  end if;
  if p_resource_type = 'dashboard' then
    v_view_id := p_resource_id;
  else
    -- By their keys: widgets have no index of ids alone.
    select w.view_id into v_view_id
    from private.active_memberships a
    join public.widgets w on w.workspace_id = a.workspace_id
    where w.id = p_resource_id;
  end if;
  select v.* into v_view
  from public.dashboard_views v
  where v.id = v_view_id
    and v.deleted_at is null
    and exists (select from private.active_memberships a where a.workspace_id = v.workspace_id);
  v_workspace_id := v_view.workspace_id;
  perform private.require_may_explain(v_workspace_id, p_resource_type, p_resource_id, p_user_id);

  v_status := private.find_member(v_workspace_id, p_user_id) ->> 'status';
  select r.* into v_role
  from public.workspace_members m
  join public.workspace_roles r on r.workspace_id = m.workspace_id and r.key = m.role_key
  where m.workspace_id = v_workspace_id and m.user_id = p_user_id;

  if p_resource_type = 'dashboard' then
    -- Grants are read by the role, the view by what there is a seat for.
    v_base := private.view_access_reasons(v_view, p_user_id, v_role,
      coalesce(private.read_only_permissions(v_workspace_id, p_user_id), v_role.permissions));
    v_components := '[]';
  else
    v_base := jsonb_build_array(jsonb_build_object(
      'kind', 'view',
      'viewId', v_view.id,
      'gives', private.access_to(v_workspace_id, 'dashboard', v_view.id, p_user_id),
      'counts', true));
    v_components := private.component_reasons(v_workspace_id, p_resource_id, v_role.key);
    if v_components <> '[]' then
      v_base := private.overruled_reasons(v_base, 'component');
    end if;
  end if;
  v_grants := private.grant_reasons(v_view, p_resource_type, p_resource_id, p_user_id, v_role, v_base);
  if jsonb_path_exists(v_grants, '$[*] ? (@.counts == true && @.gives == "none")') then
    v_base := private.overruled_reasons(v_base, 'grant');
  elsif jsonb_path_exists(v_grants, '$[*] ? (@.counts == true)') then
    v_components := private.overruled_reasons(v_components, 'grant');
  end if;
  v_reasons := v_base || v_components || v_grants;

  return jsonb_build_object(
    'resourceType', p_resource_type,
    'resourceId', p_resource_id,
    'workspaceId', v_workspace_id,
    'userId', p_user_id,
    'status', v_status,
    'access', private.access_to(v_workspace_id, p_resource_type, p_resource_id, p_user_id),
    'reasons', case v_status when 'active' then v_reasons else private.overruled_reasons(v_reasons, 'suspended') end
  );
end;
$$;

comment on function private.explain_access(text, uuid, uuid) is
  'See public.explain_access. Definer: the caller cannot read grants, nor everybody''s shares.';

grant execute on function private.explain_access(text, uuid, uuid) to authenticated;

create function private.require_may_explain(
  p_workspace_id text, p_resource_type text, p_resource_id uuid, p_user_id uuid
) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_access constant private.access_level := private.access_to(p_workspace_id, p_resource_type, p_resource_id);
begin
  if v_access = 'none' then
    perform private.raise_error('not_found',
      'There is no such dashboard or widget, or it is not for you.', 'resource_id', 'Check the id.');
  end if;
  if p_user_id is distinct from auth.uid()
    and v_access <> 'manage'
    and not 'grants.write' = any (private.permissions_in(p_workspace_id))
  then
    perform private.raise_error('permission_denied',
      'Only who administers this can see what others may do with it.', 'manage',
      'Ask about yourself, or ask its owner or an administrator.');
  end if;
end;
$$;

comment on function private.require_may_explain(text, text, uuid, uuid) is
  'Refuses who may not know what a person can do with a dashboard or widget. Errors: not_found (resource_id), '
  'permission_denied (manage). For definer functions.';

create function private.overruled_reasons(p_reasons jsonb, p_because text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(
      case when (r.value -> 'counts')::boolean
        then r.value || jsonb_build_object('counts', false, 'because', p_because)
        else r.value
      end
      order by r.ordinality), '[]')
    from jsonb_array_elements(p_reasons) with ordinality as r
  );
end;
$$;

comment on function private.overruled_reasons(jsonb, text) is
  'Reasons of an explanation of which none counts; those that did say what overrules them. For definer functions.';

create function private.view_access_reasons(
  p_view public.dashboard_views, p_user_id uuid, p_role public.workspace_roles, p_permissions text[]
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_owner constant boolean := coalesce(p_view.owner_id = p_user_id, false);
  -- What each gives by itself: the decision, told of nothing else.
  v_by_role constant private.access_level :=
    private.decided_view_access(p_permissions, false, p_view.visibility, null, null);
  v_by_ownership constant private.access_level :=
    private.decided_view_access(p_permissions, true, p_view.visibility, null, null);
  c_lessened constant jsonb := '{"because": "plan"}';
begin
  return jsonb_build_array(jsonb_build_object(
      'kind', 'role',
      'role', p_role.key,
      'permissions', to_jsonb(array(
        select u.key from unnest(p_permissions) as u (key) where u.key ~ '^(dashboards|grants)[.]')),
      'gives', v_by_role,
      'counts', true)
      || case when v_by_role < private.decided_view_access(p_role.permissions, false, p_view.visibility, null, null)
        then c_lessened else '{}' end)
    || case when v_is_owner then jsonb_build_array(jsonb_build_object(
      'kind', 'ownership',
      'gives', v_by_ownership,
      'counts', true)
      || case when v_by_ownership < private.decided_view_access(p_role.permissions, true, p_view.visibility, null, null)
        then c_lessened else '{}' end) else '[]' end
    || jsonb_build_array(jsonb_build_object('kind', 'visibility', 'visibility', p_view.visibility, 'counts', true))
    || (
      select coalesce(jsonb_agg(jsonb_build_object(
          'kind', 'share',
          'to', case when s.user_id is null then 'role' else 'person' end,
          'access', s.access,
          'gives', private.decided_view_access(p_permissions, false, 'personal', s.access::private.access_level, null),
          'counts', p_view.visibility = 'personal' and not v_is_owner)
          || case
            when v_is_owner then '{"because": "ownership"}'::jsonb
            when p_view.visibility <> 'personal' then '{"because": "visibility"}'
            when s.access = 'edit' and not 'dashboards.write' = any (p_role.permissions)
              then '{"because": "dashboards.write"}'
            when s.access = 'edit' and not 'dashboards.write' = any (p_permissions) then c_lessened
            else '{}'
          end
        order by s.user_id is null), '[]')
      from public.dashboard_view_shares s
      where s.workspace_id = p_view.workspace_id
        and s.view_id = p_view.id
        and (s.user_id = p_user_id or s.role_key = p_role.key)
    );
end;
$$;

comment on function private.view_access_reasons(
  public.dashboard_views, uuid, public.workspace_roles, text[]
) is
  'Role, ownership, visibility and shares as reasons of an explanation, given what the plan leaves of the permissions '
  'of the role. For definer functions.';

create function private.component_reasons(p_workspace_id text, p_widget_id uuid, p_role_key text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'kind', 'component', 'widgetId', w.component_key, 'gives', 'none', 'counts', true)), '[]')
    from public.widgets w
    where w.workspace_id = p_workspace_id
      and w.id = p_widget_id
      and w.component_key = any (private.components_hidden_from(p_workspace_id, p_role_key))
  );
end;
$$;

comment on function private.component_reasons(text, uuid, text) is
  'That the component of a widget is not for a role, as a reason of an explanation; none where it is. For definer '
  'functions.';

create function private.grant_reasons(
  p_view public.dashboard_views,
  p_resource_type text,
  p_resource_id uuid,
  p_user_id uuid,
  p_role public.workspace_roles,
  p_base jsonb
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has_grants constant boolean := private.has_feature(p_view.workspace_id, 'resource_grants');
  v_without constant private.access_level := (
    select coalesce(max((b.value ->> 'gives')::private.access_level), 'none')
    from jsonb_array_elements(p_base) as b
    where (b.value -> 'counts')::boolean);
begin
  return (
    select coalesce(jsonb_agg(
      jsonb_build_object(
        'kind', 'grant',
        'to', case when g.user_id is null then 'role' else 'person' end,
        'access', g.access,
        'gives', g.access,
        'counts', g.because is null)
        || case when g.because is null then '{}' else jsonb_build_object('because', g.because) end
      order by g.user_id is null), '[]')
    from (
      select x.user_id, x.access,
        case
          when not private.counted_grant(x.access, p_role.permissions, v_has_grants)
            then case x.access when 'none' then 'grants.write' else 'plan' end
          when x.access = 'none' and p_view.owner_id = p_user_id then 'ownership'
          when x.user_id is null and exists (
            select from public.resource_grants personal
            where personal.workspace_id = x.workspace_id
              and personal.user_id = p_user_id
              and personal.resource_type = x.resource_type
              and personal.resource_id = x.resource_id
              and private.counted_grant(personal.access, p_role.permissions, v_has_grants))
            then 'personal_grant'
          -- A personal grant that adds nothing may still stand before one of the role.
          when x.access <> 'none'
            and x.access::private.access_level <= v_without
            and (x.user_id is null or not exists (
              select from public.resource_grants by_role
              where by_role.workspace_id = x.workspace_id
                and by_role.role_key = p_role.key
                and by_role.resource_type = x.resource_type
                and by_role.resource_id = x.resource_id
                and private.counted_grant(by_role.access, p_role.permissions, v_has_grants)
                and (by_role.access = 'none' or by_role.access::private.access_level > v_without)))
            then (
              select b.value ->> 'kind'
              from jsonb_array_elements(p_base) with ordinality as b
              where (b.value -> 'counts')::boolean
                and (b.value ->> 'gives')::private.access_level >= x.access::private.access_level
              order by b.ordinality
              limit 1)
        end as because
      from public.resource_grants x
      where x.workspace_id = p_view.workspace_id
        and x.resource_type = p_resource_type
        and x.resource_id = p_resource_id
        and (x.user_id = p_user_id or x.role_key = p_role.key)
    ) as g
  );
end;
$$;

comment on function private.grant_reasons(
  public.dashboard_views, text, uuid, uuid, public.workspace_roles, jsonb
) is
  'The grants on a view or a widget as reasons of an explanation beside p_base, what gives access without them. For '
  'definer functions.';
