-- Is a schema itself sound? And the four functions for callers.

\echo Use "create extension pg_jsonschema" to load this file. \quit

-- What the value of each keyword must be; keywords that are not listed may be anything.
create function @extschema@._jsonschema_shape(keyword text) returns text
language sql immutable strict parallel safe
as $$
  select '{
    "not": "schema", "if": "schema", "then": "schema", "else": "schema", "contains": "schema",
    "propertyNames": "schema", "additionalProperties": "schema", "additionalItems": "schema", "contentSchema": "schema",
    "unevaluatedProperties": "schema", "unevaluatedItems": "schema", "items": "schema or list",
    "allOf": "list", "anyOf": "list", "oneOf": "list", "prefixItems": "list",
    "properties": "map", "patternProperties": "map", "$defs": "map", "definitions": "map", "dependentSchemas": "map",
    "dependencies": "dependencies", "dependentRequired": "names by name",
    "minLength": "count", "maxLength": "count", "minItems": "count", "maxItems": "count", "minContains": "count",
    "maxContains": "count", "minProperties": "count", "maxProperties": "count",
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "multipleOf": "positive", "uniqueItems": "boolean", "readOnly": "boolean", "writeOnly": "boolean",
    "deprecated": "boolean", "type": "types", "required": "names", "enum": "array", "examples": "array",
    "pattern": "regex", "format": "string", "$ref": "reference", "$dynamicRef": "reference", "$id": "string",
    "$schema": "string", "$anchor": "string", "$dynamicAnchor": "string", "$comment": "string", "title": "string",
    "description": "string", "contentEncoding": "string", "contentMediaType": "string"
  }'::jsonb ->> keyword
$$;

-- What is wrong with the value of a keyword, in the words of the meta-schema's error; null if nothing is. Patterns and
-- references are looked at by `schema_fault`.
create function @extschema@._jsonschema_fault(shape text, value jsonb) returns text
language plpgsql immutable strict parallel safe
as $$
declare
  kind constant text := jsonb_typeof(value);
  wanted constant jsonb := '{
    "schema": ["boolean", "object"], "schema or list": ["array", "boolean", "object"], "list": "array",
    "map": "object", "dependencies": "object", "names by name": "object",
    "names": "array", "types": ["array", "string"], "array": "array",
    "string": "string", "regex": "string", "reference": "string", "boolean": "boolean", "number": "number",
    "positive": "number", "count": ["integer", "number"]
  }'::jsonb -> shape;
  member jsonb;
begin
  if not wanted ? kind then
    return @extschema@._jsonschema_message('type', case shape when 'count' then '"integer"' else wanted end, value);
  elsif shape = 'positive' and value::numeric <= 0 then
    return @extschema@._jsonschema_message('exclusiveMinimum', '0', value);
  elsif shape = 'count' and value::numeric % 1 <> 0 then
    return @extschema@._jsonschema_message('type', '"integer"', value);
  elsif shape = 'count' and value::numeric < 0 then
    return @extschema@._jsonschema_message('minimum', '0', value);
  elsif shape in ('list', 'schema or list', 'types') and value = '[]' then
    return @extschema@._jsonschema_message('minItems', '1', value);
  elsif shape = 'types' and not '["string","number","integer","boolean","null","array","object"]' @> value then
    return @extschema@._jsonschema_message('anyOf', '[]', value);
  elsif kind not in ('array', 'object') or shape in ('schema', 'array')
    or shape = 'schema or list' and kind = 'object'
  then
    return null;
  end if;

  member := jsonb_path_query_first(value, case shape
    when 'names' then 'strict $[*] ? (@.type() != "string")'
    when 'types' then 'strict $[*] ? (@.type() != "string")'
    when 'names by name' then 'strict $.* ? (@.type() != "array")'
    when 'dependencies' then 'strict $.* ? (@.type() != "array" && @.type() != "object" && @.type() != "boolean")'
    when 'map' then 'strict $.* ? (@.type() != "object" && @.type() != "boolean")'
    else 'strict $[*] ? (@.type() != "object" && @.type() != "boolean")'
  end::jsonpath);
  if member is not null then
    return @extschema@._jsonschema_message('type', case
      when shape in ('names', 'types') then '"string"'
      when shape = 'names by name' then '"array"'
      else '["boolean", "object"]'
    end::jsonb, member);
  elsif shape in ('names', 'types') and kind = 'array' then
    if jsonb_array_length(value) > (select count(distinct name) from jsonb_array_elements(value) as name) then
      return @extschema@._jsonschema_message('uniqueItems', 'true', value);
    end if;
  end if;
  return null;
end
$$;

-- The first fault of a schema, a sentence; null if it is sound. A pattern that is no regular expression is a fault, or,
-- if `is_raised`, Postgres's own error: that reads its cache of patterns and costs a tenth. Keywords are looked at
-- wherever a schema can stand, not behind references into other places. `resource` is null while `#` stands for the
-- document.
create function @extschema@._jsonschema_schema_fault(document jsonb, is_raised boolean) returns text
language plpgsql immutable strict parallel safe
as $$
begin
  return (
    with recursive rule(resource, depth, keyword, value, shape) as (
      select null::jsonb, 1, e.key, e.value, @extschema@._jsonschema_shape(e.key)
      from jsonb_each(case jsonb_typeof(document) when 'object' then document else '{}' end) as e
      union all
      select case when child ? '$id' then child else rule.resource end, rule.depth + 1, e.key, e.value,
        @extschema@._jsonschema_shape(e.key)
      from rule
      cross join lateral jsonb_path_query(rule.value, case rule.shape
        when 'schema' then 'strict $ ? (@.type() == "object")'
        when 'map' then 'strict $.* ? (@.type() == "object")'
        when 'dependencies' then 'strict $.* ? (@.type() == "object")'
        when 'list' then 'lax $[*] ? (@.type() == "object")'
        when 'schema or list' then 'lax $[*] ? (@.type() == "object")'
      end::jsonpath, silent => true) as child
      cross join lateral jsonb_each(child) as e
      where rule.depth < 300
    )
    select fault from (
      select @extschema@._jsonschema_fault('schema', document)
      union all
      select 'it nests deeper than 300 levels' from rule where depth = 300
      union all
      select @extschema@._jsonschema_fault(shape, value)
      from rule
      where jsonb_typeof(value) <> 'string' or shape not in ('string', 'regex', 'reference')
      union all
      select @extschema@._jsonschema_message('format', '"regex"', to_jsonb(pattern))
      from (
        select value #>> '{}' from rule where shape = 'regex' and jsonb_typeof(value) = 'string'
        union
        select jsonb_object_keys(value) from rule where keyword = 'patternProperties' and jsonb_typeof(value) = 'object'
      ) as expression(pattern)
      where case
        when is_raised then ('' ~ @extschema@._jsonschema_regex(pattern)) is null
        else not @extschema@._jsonschema_is_regex(pattern)
      end
      union all
      select format('the reference %s leads nowhere in the schema', to_json(reference))
      from (
        -- many nodes, few references: the offset keeps the planner from looking each up before they are distinct
        select distinct resource, value #>> '{}' from rule where shape = 'reference' offset 0
      ) as link(resource, reference)
      where @extschema@._jsonschema_locate(@extschema@._jsonschema_scope(
        document, coalesce(resource, document), reference), split_part(reference, '#', 2)) is null
    ) as found(fault)
    where fault is not null
    limit 1
  );
end
$$;

-- The schema itself, once it is known to be sound. Called apart from the evaluation so that the planner does it once
-- per query, or once per session in PL/pgSQL, where the schema is a constant.
create function @extschema@._jsonschema_checked(schema jsonb) returns jsonb
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  fault constant text := @extschema@._jsonschema_schema_fault(schema, true);
begin
  if fault is not null then
    raise exception 'Invalid schema: %', fault using errcode = 'internal_error';
  end if;
  return schema;
end
$$;

-- The evaluation. Both have an empty search_path, so that plans survive when callers have different ones.
create function @extschema@._jsonschema_matches(schema jsonb, instance jsonb) returns boolean
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  -- Read from storage once: a compressed value would otherwise be unpacked at every access.
  return @extschema@._jsonschema_conforms(schema, schema, schema, jsonb_build_array(instance) -> 0, 0);
end
$$;

create function @extschema@.json_matches_schema(schema json, instance json) returns boolean
language sql immutable strict parallel safe
as $$
  select @extschema@._jsonschema_matches(@extschema@._jsonschema_checked(schema::jsonb), instance::jsonb)
$$;
comment on function @extschema@.json_matches_schema(json, json) is
  'True if the json instance is valid under the JSON Schema; an invalid schema is an error.';

create function @extschema@.jsonb_matches_schema(schema json, instance jsonb) returns boolean
language sql immutable strict parallel safe
as $$
  select @extschema@._jsonschema_matches(@extschema@._jsonschema_checked(schema::jsonb), instance)
$$;
comment on function @extschema@.jsonb_matches_schema(json, jsonb) is
  'True if the jsonb instance is valid under the JSON Schema; an invalid schema is an error.';

create function @extschema@.jsonschema_is_valid(schema json) returns boolean
language sql immutable strict parallel safe
set search_path = ''
as $$
  select @extschema@._jsonschema_schema_fault(schema::jsonb, false) is null
$$;
comment on function @extschema@.jsonschema_is_valid(json) is 'True if the JSON Schema itself is well-formed.';

create function @extschema@.jsonschema_validation_errors(schema json, instance json) returns text[]
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  checked constant jsonb := schema;
  fault constant text := @extschema@._jsonschema_schema_fault(checked, false);
begin
  if fault is not null then
    return array[fault];
  end if;
  return array(select @extschema@._jsonschema_errors(checked, checked, checked, instance::jsonb, 0));
end
$$;
comment on function @extschema@.jsonschema_validation_errors(json, json) is
  'What is wrong with the instance, a sentence each; empty if it is valid, the schema''s own fault if that is invalid.';
