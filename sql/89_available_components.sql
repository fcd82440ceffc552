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
set search_path = ''
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

  select false, v.version, v.config_schema, v.default_config, latest.allowed_roles
  into is_built_in, version, config_schema, default_config, allowed_roles
  from (
    select l.version, l.allowed_roles
    from public.component_versions l
    where l.workspace_id = p_workspace_id and l.component_key = p_key
    order by l.version_order desc
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
  'own, the latest where none is named; all null where there is no such thing. The allowed roles are those of the '
  'latest version. Definer: a layout may hold what its reader may not see.';

-- The validation trigger of widgets runs as whoever writes.
grant execute on function private.component_version_of(text, text, text) to authenticated, service_role;
