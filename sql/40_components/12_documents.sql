-- COMPONENT DOCUMENTS

create function private.component_problem(p_document jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_roles constant jsonb := '{"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "string"}}';
  c_size constant jsonb := '{
    "type": "object",
    "properties": {
      "minWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "maxWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "defaultWidth": {"type": "integer", "minimum": 1, "maximum": 4},
      "minHeight": {"type": "integer", "minimum": 1, "maximum": 2000}
    },
    "required": ["minWidth", "maxWidth", "defaultWidth", "minHeight"],
    "additionalProperties": false
  }';
  v_roles constant jsonb := p_document -> 'allowedRoles';
  v_size constant jsonb := p_document -> 'sizeConfig';
begin
  return coalesce(
    private.keys_problem('', p_document,
      '{id,type,version,title,description,icon,allowedRoles,sizeConfig,defaultConfig,configSchema}', '{dataSchema}'),
    private.text_problem('id', p_document -> 'id', '^[a-z0-9-]{1,50}$',
      'Give at most 50 small letters, digits and "-".'),
    case when not exists (
        select from public.component_types t where to_jsonb(t.key) = p_document -> 'type')
    then
      private.document_problem('type', 'There is no such type of components.', 'Give one of component_types.')
    end,
    private.text_problem('version', p_document -> 'version',
      '^(?:0|[1-9][0-9]{0,8})(?:[.](?:0|[1-9][0-9]{0,8})){2}$', 'Give three numbers such as 1.0.0.'),
    private.single_line_problem('title', p_document -> 'title', 1, 100),
    private.single_line_problem('description', p_document -> 'description', 0, 200),
    private.text_problem('icon', p_document -> 'icon', '^[A-Za-z][A-Za-z0-9-]{0,49}$',
      'Give the name of an icon such as LineChart.'),
    private.value_problem('allowedRoles', v_roles, c_roles),
    (
      select private.document_problem('allowedRoles.' || (r.n - 1),
        'This is not the key of a role, or is named twice.', 'Give keys of roles such as "member", each once.')
      from jsonb_array_elements_text(v_roles) with ordinality as r (key, n)
      where r.key !~ '^[a-z][a-z0-9_-]{0,49}$'
        or (v_roles - (r.n - 1)::integer) ? r.key
      order by r.n
      limit 1
    ),
    private.value_problem('sizeConfig', v_size, c_size),
    case when (v_size -> 'defaultWidth')::numeric
        not between (v_size -> 'minWidth')::numeric and (v_size -> 'maxWidth')::numeric
    then
      private.document_problem('sizeConfig.defaultWidth',
        'The usual width must lie between the least and the largest.', 'Give minWidth <= defaultWidth <= maxWidth.')
    end,
    private.schema_problem('configSchema', p_document -> 'configSchema'),
    private.config_problem('defaultConfig', p_document -> 'defaultConfig', p_document -> 'configSchema'),
    case when p_document ? 'dataSchema' then private.schema_problem('dataSchema', p_document -> 'dataSchema') end
  );
end;
$$;

comment on function private.component_problem(jsonb) is
  'What is wrong with a component that somebody would publish, as {path, message, hint}, the first thing found; null '
  'for a valid one.';

create function private.config_problem(p_path text, p_config jsonb, p_schema jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  if jsonb_typeof(p_config) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.', 'Give {} for the usual configuration.');
  end if;
  if octet_length(p_config::text) > 16384 then
    return private.document_problem(p_path, 'This must not be larger than 16 KiB.', 'Keep large things elsewhere.');
  end if;
  if jsonb_path_exists(p_config, '$.**{16}') then
    return private.document_problem(p_path, 'This is nested too deeply.', 'Nest at most 15 levels.');
  end if;
  -- Where a schema leaves keys open, nothing below them is walked.
  v_problem := private.json_problem(p_path, p_config);
  if v_problem is not null then
    return v_problem;
  end if;
  return private.value_problem(p_path, p_config, p_schema);
end;
$$;

comment on function private.config_problem(text, jsonb, jsonb) is
  'What is wrong with the configuration of a component according to its schema, as {path, message, hint} with the path '
  'below the given one; null where nothing is. Any object of at most 16 KiB will do where there is no schema.';

-- Validation triggers run as whoever writes.
grant execute on function private.config_problem(text, jsonb, jsonb) to authenticated, service_role;

create function private.version_order(p_version text) returns bigint[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return string_to_array(p_version, '.')::bigint[];
end;
$$;

comment on function private.version_order(text) is
  'The numbers of a version x.y.z, to be compared: 1.10.0 follows 1.9.0.';

-- Policies run as the caller, and so do the functions that look for the latest version.
grant execute on function private.version_order(text) to authenticated;
