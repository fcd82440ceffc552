-- The language in which a component describes its configuration and its data: a small part of JSON Schema (draft 7),
-- what it means for a value, and the rules of types/json-schema.ts for schemas themselves. A test demands the same
-- verdict of both.
--
-- Threats: people write schemas. One with a pattern can take minutes to match, one with references can be endless, one
-- with combinations takes exponential time; so none of these words exist here, the nesting is bounded, and the time to
-- check a value grows with its size alone. A key such as __proto__, which a front end that merges objects would follow,
-- is refused in schemas and in values. A problem names the place, never what stands there.
--
-- The words are few enough to be walked in one function, which knows the path of what is wrong; the errors of a general
-- validator give the value in place of the path.

create function private.value_problem(p_path text, p_value jsonb, p_schema jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind constant text := jsonb_typeof(p_value);
  v_type constant jsonb := p_schema -> 'type';
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_length integer;
  v_key text;
  v_member jsonb;
  v_schema jsonb;
  v_problem jsonb;
begin
  if not (case
    when v_type is null or v_type ? v_kind then true
    when v_kind = 'number' and v_type ? 'integer' then p_value::numeric % 1 = 0
    else false
  end)
  then
    return private.document_problem(p_path, 'This has the wrong type.', 'Its schema says: ' || v_type::text || '.');
  end if;
  -- An enum holds no lists, of which any part would count as contained.
  if p_schema ? 'enum' and (v_kind in ('array', 'object') or not p_schema -> 'enum' @> p_value) then
    return private.document_problem(p_path, 'This is not one of the possible values.',
      'Give one of ' || left((p_schema -> 'enum')::text, 300) || '.');
  end if;
  if p_schema -> 'const' <> p_value then
    return private.document_problem(p_path, 'Only one value is possible here.',
      'Give ' || (p_schema -> 'const')::text || '.');
  end if;

  if v_kind = 'string' then
    v_length := char_length(p_value #>> '{}');
    if v_length < (p_schema -> 'minLength')::numeric or v_length > (p_schema -> 'maxLength')::numeric then
      return private.document_problem(p_path, 'This text is too short or too long.',
        format('Give %s to %s characters.',
          coalesce(p_schema ->> 'minLength', '0'), coalesce(p_schema ->> 'maxLength', 'any number of')));
    end if;

  elsif v_kind = 'number' then
    if not private.fits_javascript(p_value::numeric)
      or p_value::numeric < (p_schema -> 'minimum')::numeric or p_value::numeric > (p_schema -> 'maximum')::numeric
    then
      return private.document_problem(p_path, 'This number is too small or too large.',
        concat('Give a number', ' of at least ' || (p_schema ->> 'minimum'),
          case when p_schema ?& '{minimum,maximum}' then ' and' end, ' of at most ' || (p_schema ->> 'maximum'), '.'));
    end if;

  elsif v_kind = 'array' then
    v_length := jsonb_array_length(p_value);
    if v_length < (p_schema -> 'minItems')::numeric or v_length > (p_schema -> 'maxItems')::numeric then
      return private.document_problem(p_path, 'This list is too short or too long.',
        format('Give %s to %s entries.',
          coalesce(p_schema ->> 'minItems', '0'), coalesce(p_schema ->> 'maxItems', 'any number of')));
    end if;
    v_schema := p_schema -> 'items';
    if v_schema is not null then
      for v_length, v_member in
        select a.n - 1, a.value from jsonb_array_elements(p_value) with ordinality as a (value, n)
      loop
        v_problem := private.value_problem(v_prefix || v_length, v_member, v_schema);
        if v_problem is not null then
          return v_problem;
        end if;
      end loop;
    end if;

  elsif v_kind = 'object' then
    if p_schema ? 'required' then
      select r.key into v_key
      from jsonb_array_elements_text(p_schema -> 'required') as r (key)
      where not p_value ? r.key
      limit 1;
      if found then
        return private.document_problem(v_prefix || v_key, 'This is missing.', 'The schema requires it.');
      end if;
    end if;
    for v_key, v_member in select o.key, o.value from jsonb_each(p_value) as o loop
      v_schema := p_schema -> 'properties' -> v_key;
      if v_schema is not null then
        v_problem := private.value_problem(v_prefix || v_key, v_member, v_schema);
        if v_problem is not null then
          return v_problem;
        end if;
      elsif p_schema -> 'additionalProperties' = 'false' then
        return private.unknown_key_problem(p_path, v_key);
      end if;
    end loop;
  end if;
  return null;
end;
$$;

comment on function private.value_problem(text, jsonb, jsonb) is
  'What is wrong with a value according to a schema that private.schema_problem finds nothing wrong with, as {path, '
  'message, hint}, the first thing found; null where nothing is. Numbers that a front end could not hold are refused.';

grant execute on function private.value_problem(text, jsonb, jsonb) to authenticated, service_role;

create function private.scalar_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(p_value) in ('array', 'object') then
    return private.document_problem(p_path, 'This must be a text, a number, true, false or null.', 'Give one of them.');
  end if;
  return private.value_problem(p_path, p_value, '{"maxLength": 200}');
end;
$$;

comment on function private.scalar_problem(text, jsonb) is
  'What is wrong with a value that a schema names; null where nothing is.';

create function private.scalars_problem(p_path text, p_values jsonb, p_min integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  if jsonb_typeof(p_values) is distinct from 'array' or jsonb_array_length(p_values) not between p_min and 100 then
    return private.document_problem(p_path, format('This must be a list of %s to 100 values.', p_min),
      'Shorten the list, or add a value.');
  end if;
  select p.problem into v_problem
  from jsonb_array_elements(p_values) with ordinality as a (value, n)
  cross join lateral private.scalar_problem(p_path || '.' || (a.n - 1), a.value) as p (problem)
  where p.problem is not null
  order by a.n
  limit 1;
  if v_problem is null
    and jsonb_array_length(p_values) > (select count(distinct a.value) from jsonb_array_elements(p_values) as a)
  then
    v_problem := private.document_problem(p_path, 'The same value is listed twice.', 'Give each value once.');
  end if;
  return v_problem;
end;
$$;

comment on function private.scalars_problem(text, jsonb, integer) is
  'What is wrong with a list of values that a schema names, each once; null where nothing is.';

create function private.schema_words_problem(p_path text, p_schema jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_words constant jsonb := '{
    "type": "object",
    "properties": {
      "title": {"type": "string", "maxLength": 100},
      "description": {"type": "string", "maxLength": 500},
      "minimum": {"type": "number"},
      "maximum": {"type": "number"},
      "minLength": {"type": "integer", "minimum": 0, "maximum": 16384},
      "maxLength": {"type": "integer", "minimum": 0, "maximum": 16384},
      "minItems": {"type": "integer", "minimum": 0, "maximum": 16384},
      "maxItems": {"type": "integer", "minimum": 0, "maximum": 16384},
      "additionalProperties": {"type": "boolean"},
      "required": {"type": "array", "maxItems": 100, "items": {"type": "string"}},
      "properties": {"type": "object"},
      "items": {"type": "object"},
      "type": {}, "enum": {}, "const": {}, "default": {}
    },
    "additionalProperties": false
  }';
  c_types constant jsonb := '["string", "number", "integer", "boolean", "null", "array", "object"]';
  v_type constant jsonb := p_schema -> 'type';
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_required constant jsonb := p_schema -> 'required';
begin
  return coalesce(
    private.value_problem(p_path, p_schema, c_words),
    case when p_schema ? 'type' and not case jsonb_typeof(v_type)
        when 'string' then c_types @> v_type
        when 'array' then v_type <> '[]' and c_types @> v_type and jsonb_array_length(v_type)
          = (select count(distinct t.value) from jsonb_array_elements(v_type) as t)
        else false
      end
    then
      private.document_problem(v_prefix || 'type', 'This is not a type.',
        'Give one or more of ' || c_types::text || '.')
    end,
    case when p_schema ? 'enum' then private.scalars_problem(v_prefix || 'enum', p_schema -> 'enum', 1) end,
    case when p_schema ? 'const' then private.scalar_problem(v_prefix || 'const', p_schema -> 'const') end,
    case jsonb_typeof(p_schema -> 'default')
      when 'object' then
        private.document_problem(v_prefix || 'default', 'This must be a value or a list of values.', 'Leave it out.')
      when 'array' then private.scalars_problem(v_prefix || 'default', p_schema -> 'default', 0)
      else private.scalar_problem(v_prefix || 'default', p_schema -> 'default')
    end,
    case when v_required is not null and (
        not coalesce(p_schema -> 'properties', '{}') ?& array(select jsonb_array_elements_text(v_required))
        or jsonb_array_length(v_required) > (select count(distinct r.value) from jsonb_array_elements(v_required) as r)
      )
    then
      private.document_problem(v_prefix || 'required',
        'A required property is not described, or is named twice.', 'Describe it in properties, and name it once.')
    end
  );
end;
$$;

comment on function private.schema_words_problem(text, jsonb) is
  'What is wrong with the words of a schema, apart from the schemas inside of it; null where nothing is.';

create function private.schema_part_problem(p_path text, p_schema jsonb, p_depth integer) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- As in types/json-schema.ts: no name that every object of JavaScript has, such as __proto__.
  c_name constant text := '^(?!(?:constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|prototype|'
    'toLocaleString|toString|valueOf)$)[A-Za-z][A-Za-z0-9_-]{0,49}$';
  v_prefix constant text := case when p_path = '' then '' else p_path || '.' end;
  v_problem jsonb;
  v_key text;
  v_schema jsonb;
begin
  if p_depth > 8 then
    return private.document_problem(p_path, 'This schema is nested too deeply.', 'Nest at most 8 schemas.');
  end if;
  v_problem := private.schema_words_problem(p_path, p_schema);
  if v_problem is not null then
    return v_problem;
  end if;

  if p_schema ? 'properties' then
    if (select count(*) from jsonb_object_keys(p_schema -> 'properties')) > 100 then
      return private.document_problem(v_prefix || 'properties', 'There are too many properties.', 'Give at most 100.');
    end if;
    for v_key, v_schema in select o.key, o.value from jsonb_each(p_schema -> 'properties') as o loop
      if v_key !~ c_name then
        return private.document_problem(v_prefix || 'properties', 'This is not the name of a property.',
          'Begin with a letter, and give at most 50 letters, digits, "-" and "_".');
      end if;
      v_problem := private.schema_part_problem(v_prefix || 'properties.' || v_key, v_schema, p_depth + 1);
      if v_problem is not null then
        return v_problem;
      end if;
    end loop;
  end if;
  return case when p_schema ? 'items' then
    private.schema_part_problem(v_prefix || 'items', p_schema -> 'items', p_depth + 1)
  end;
end;
$$;

comment on function private.schema_part_problem(text, jsonb, integer) is
  'What is wrong with a schema at some depth of another; null where nothing is.';

create function private.schema_problem(p_path text, p_schema jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problem jsonb;
begin
  if jsonb_typeof(p_schema) is distinct from 'object' then
    return private.document_problem(p_path, 'This must be a JSON object.',
      'Give a JSON Schema such as {"type": "object"}.');
  end if;
  v_problem := private.size_problem(p_path, p_schema, 16384,
    private.document_problem(p_path, 'This must not be larger than 16 KiB.',
      'Describe less, or leave some keys open.'));
  if v_problem is not null then
    return v_problem;
  end if;
  if p_schema -> 'type' is distinct from '"object"' then
    return private.document_problem(case when p_path = '' then 'type' else p_path || '.type' end,
      'This schema must describe an object.', 'Give "type": "object".');
  end if;
  return private.schema_part_problem(p_path, p_schema, 1);
end;
$$;

comment on function private.schema_problem(text, jsonb) is
  'What is wrong with a schema that somebody wrote, as {path, message, hint}, the first thing found; null where '
  'nothing is.';
