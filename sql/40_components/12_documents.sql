-- The component document: the rules of types/component.ts, held by the database, and those of types/component-config.ts
-- for the configuration of any component. A test demands the same verdict of both.
--
-- Threats: a schema that takes minutes to check (00_foundation/62_json_schema.sql says what schemas cannot say); a
-- configuration of megabytes or a thousand levels, or with a key that a front end would follow (they are looked for
-- before its schema is); a component whose own schema refuses its default configuration (they are checked together).

create function private.component_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z0-9-]{1,50}$';
end;
$$;

comment on function private.component_key_pattern() is 'The key of a component, which a layout names as widgetId.';

create function private.text_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[A-Za-z0-9_.-]{1,200}$';
end;
$$;

comment on function private.text_key_pattern() is 'The key under which a front end finds a text in each language.';

create function private.text_key_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_value is null then
    return null;
  end if;
  return private.text_problem(p_path, p_value, private.text_key_pattern(),
    'Give at most 200 letters, digits, ".", "_" and "-", such as widgets.gauge.title.');
end;
$$;

comment on function private.text_key_problem(text, jsonb) is
  'What is wrong with the key of a text, which may be left out; null where nothing is.';

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
      '{id,type,version,title,description,icon,allowedRoles,sizeConfig,defaultConfig,configSchema}',
      '{titleKey,descriptionKey,dataSchema}'),
    private.text_problem('id', p_document -> 'id', private.component_key_pattern(),
      'Give at most 50 small letters, digits and "-".'),
    case when not exists (
        select from public.component_types t where to_jsonb(t.key) = p_document -> 'type')
    then
      private.document_problem('type', 'There is no such type of component.',
        'Give a key of the table component_types.')
    end,
    private.version_problem('version', p_document -> 'version'),
    private.single_line_problem('title', p_document -> 'title', 1, 100),
    private.single_line_problem('description', p_document -> 'description', 0, 200),
    private.text_key_problem('titleKey', p_document -> 'titleKey'),
    private.text_key_problem('descriptionKey', p_document -> 'descriptionKey'),
    private.text_problem('icon', p_document -> 'icon', '^[A-Za-z][A-Za-z0-9-]{0,49}$',
      'Give the name of an icon such as LineChart.'),
    private.value_problem('allowedRoles', v_roles, c_roles),
    (
      select private.document_problem('allowedRoles.' || (r.n - 1),
        'This is not the key of a role, or is listed twice.', 'Give keys of roles such as "member", each once.')
      from jsonb_array_elements_text(v_roles) with ordinality as r (key, n)
      where r.key !~ private.role_key_pattern()
        or (v_roles - (r.n - 1)::integer) ? r.key
      order by r.n
      limit 1
    ),
    private.value_problem('sizeConfig', v_size, c_size),
    case when (v_size -> 'defaultWidth')::numeric
        not between (v_size -> 'minWidth')::numeric and (v_size -> 'maxWidth')::numeric
    then
      private.document_problem('sizeConfig.defaultWidth',
        'The default width must lie between the least and the greatest.', 'Give minWidth <= defaultWidth <= maxWidth.')
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

create function private.component_shape() returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{
    "id": true, "type": true, "version": true, "title": true, "description": true, "titleKey": true,
    "descriptionKey": true, "icon": true, "allowedRoles": true, "defaultConfig": true, "configSchema": true,
    "dataSchema": true,
    "sizeConfig": {"minWidth": true, "maxWidth": true, "defaultWidth": true, "minHeight": true}
  }'::jsonb;
end;
$$;

comment on function private.component_shape() is
  'The keys of a component, for an import. An unknown word in a schema changes what it means, and is refused.';

create function private.config_problem(p_path text, p_config jsonb, p_schema jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  if jsonb_typeof(p_config) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.', 'Give {} for the default configuration.');
  end if;
  v_problem := private.size_problem(p_path, p_config, 16384,
    private.document_problem(p_path, 'This must not be larger than 16 KiB.', 'Keep large things elsewhere.'));
  if v_problem is not null then
    -- As private.json_problem and zod tell it of what stands under any key.
    return v_problem || jsonb_build_object('path', p_path);
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
grant execute on function private.version_order(text) to authenticated, service_role;
