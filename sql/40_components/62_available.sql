-- Finding components: the built-in ones and a workspace's own in one form, for clients and for the checks of layouts.

create function private.component_version_of(
  p_workspace_id text,
  p_key text,
  p_version text,
  out is_built_in boolean,
  out version text,
  out config_schema jsonb,
  out default_config jsonb,
  out allowed_roles text[]
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_version is null then
    select true, b.config_schema, b.default_config, b.allowed_roles
    into is_built_in, config_schema, default_config, allowed_roles
    from public.built_in_components b
    where b.key = p_key;
    if found then
      return;
    end if;
  end if;

  if auth.uid() is not null and not exists (
    select from private.active_memberships a where a.workspace_id = p_workspace_id)
  then
    return;
  end if;
  select false, v.version, v.config_schema, v.default_config, latest.allowed_roles
  into is_built_in, version, config_schema, default_config, allowed_roles
  from (
    select l.version, l.allowed_roles
    from public.component_versions l
    where l.workspace_id = p_workspace_id and l.component_key = p_key
    order by private.version_order(l.version) desc
    limit 1
  ) as latest
  join public.component_versions v
    on v.workspace_id = p_workspace_id
    and v.component_key = p_key
    and v.version = coalesce(p_version, latest.version);
end;
$$;

comment on function private.component_version_of(text, text, text) is
  'What a configuration is checked against: a built-in component, which has no version, or a version of a workspace''s '
  'own, the latest where none is named; all null where there is no such thing, or the caller is not in the workspace. '
  'The allowed roles are those of the latest version. Definer: a layout may hold what its reader may not see.';

-- The validation trigger of widgets runs as whoever writes.
grant execute on function private.component_version_of(text, text, text) to authenticated, service_role;

create function private.component_document(
  p_component public.built_in_components, p_type public.component_types
) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_component.key,
    'type', p_component.type,
    'kind', 'built_in',
    'isManaged', false,
    'version', null,
    'titleKey', p_component.title_key,
    'descriptionKey', p_component.description_key,
    'title', null,
    'description', null,
    'icon', p_component.icon,
    'allowedRoles', p_component.allowed_roles,
    'sizeConfig', p_component.size_config,
    'defaultConfig', p_component.default_config,
    'configSchema', p_component.config_schema,
    'dataSchema', p_type.data_schema
  );
end;
$$;

comment on function private.component_document(public.built_in_components, public.component_types) is
  'A built-in component, with its type, as clients read it.';

grant execute on function private.component_document(public.built_in_components, public.component_types)
  to authenticated, service_role;

create function private.component_document(
  p_component public.components, p_version public.component_versions, p_type public.component_types
) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object(
    'id', p_version.component_key,
    'type', p_type.key,
    'kind', 'custom',
    'isManaged', p_component.is_managed,
    'version', p_version.version,
    'titleKey', p_version.title_key,
    'descriptionKey', p_version.description_key,
    'title', p_version.title,
    'description', p_version.description,
    'icon', p_version.icon,
    'allowedRoles', p_version.allowed_roles,
    'sizeConfig', p_version.size_config,
    'defaultConfig', p_version.default_config,
    'configSchema', p_version.config_schema,
    'dataSchema', coalesce(p_version.data_schema, p_type.data_schema)
  );
end;
$$;

comment on function private.component_document(
  public.components, public.component_versions, public.component_types
) is
  'A version of a workspace''s own component, with its type, as clients read it.';

grant execute on function private.component_document(
  public.components, public.component_versions, public.component_types
) to authenticated, service_role;

create function private.component_hint(p_workspace_id text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.hint_where_held(p_workspace_id, '{components.read}',
    'Choose one that available_components gives.',
    'Ask an administrator of the workspace for the permission components.read, without which no role uses any.');
end;
$$;

comment on function private.component_hint(text) is
  'What to do who named a component that is not there or not for their role.';

-- The validation trigger of widgets runs as whoever writes.
grant execute on function private.component_hint(text) to authenticated, service_role;

create function private.usable_component(p_workspace_id text, p_key text, p_version text) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sees_all constant boolean := 'components.write' = any (private.permissions_in(p_workspace_id));
  v_component jsonb;
begin
  if p_version is null then
    select private.component_document(b, t) into v_component
    from public.built_in_components b
    join public.component_types t on t.key = b.type
    where b.key = p_key and private.may_use_component(p_workspace_id, b.allowed_roles);
  end if;
  if v_component is null then
    select private.component_document(c, v, t) into v_component
    from public.component_versions v
    join public.components c on c.workspace_id = v.workspace_id and c.key = v.component_key
    join public.component_types t on t.key = c.type
    where v.workspace_id = p_workspace_id
      and v.component_key = p_key
      and v.version = coalesce(p_version, v.version)
      and (v_sees_all or private.may_use_component(p_workspace_id, c.allowed_roles))
    order by private.version_order(v.version) desc
    limit 1;
  end if;
  return v_component;
end;
$$;

comment on function private.usable_component(text, text, text) is
  'A component that the caller''s role may use, or with components.write see, as clients read it: the latest version '
  'where none is named; null where there is none, and for outsiders. Definer: the policies of components make sets of '
  'all workspaces of the caller, and this is about one.';

grant execute on function private.usable_component(text, text, text) to authenticated, service_role;

create function public.available_components(workspace_id text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_permission(workspace_id, 'components.read');
  return (
    select coalesce(
      jsonb_agg(l.document order by l.position, l.title collate "und-x-icu", l.document ->> 'id'), '[]')
    from (
      select private.component_document(b, t) as document, b.position, null::text as title
      from public.built_in_components b
      join public.component_types t on t.key = b.type
      where private.may_use_component(workspace_id, b.allowed_roles)
      union all
      select private.component_document(c, latest.version, t), null, (latest.version).title
      from public.components c
      join public.component_types t on t.key = c.type
      cross join lateral (
        select v as version
        from public.component_versions v
        where v.workspace_id = c.workspace_id and v.component_key = c.key
        order by private.version_order(v.version) desc
        limit 1
      ) as latest
      where c.workspace_id = available_components.workspace_id
        and private.may_use_component(c.workspace_id, (latest.version).allowed_roles)
    ) as l
  );
end;
$$;

comment on function public.available_components(text) is
  'The components that the caller''s role may use in a workspace: the built-in ones, then the latest versions of the '
  'workspace''s own by title. Each has id, type, kind (built_in, custom), version, title and description (null for a '
  'built-in one), titleKey and descriptionKey (null where a workspace''s own has none), icon, allowedRoles, '
  'sizeConfig, defaultConfig, configSchema and dataSchema. Takes components.read. Errors: not_found, '
  'permission_denied.';

grant execute on function public.available_components(text) to authenticated;
