-- Is an instance valid? Every document written costs this, so the code spares statements: leaves, which most nodes
-- are, are judged by one expression without a query, and objects and arrays are walked in PL/pgSQL loops.

\echo Use "create extension pg_jsonschema" to load this file. \quit

-- The schema that a mere `{"$ref": "#/…"}` stands for; any other schema itself. Saves a call where documents have most
-- of their nodes; a reference that it leaves is followed by `conforms`.
create function @extschema@._jsonschema_followed(resource jsonb, schema jsonb) returns jsonb
language sql immutable parallel safe
as $$
  select case
    when schema ->> '$ref' ~ '^#/[^~%]*$' then case schema - '$ref'
      when '{}' then coalesce(resource #> string_to_array(substr(schema ->> '$ref', 3), '/'), schema)
      else schema
    end
    else schema
  end
$$;

-- False if the instance breaks a keyword that needs no subschema and no query, or the schema is `false`. Written as
-- one expression that the caller's expression takes in, because most nodes of a document are leaves and end here.
-- Says nothing where a reference decides whether the other keywords count.
-- `enum` is judged for scalars alone, for which containment is equality.
create function @extschema@._jsonschema_asserts(schema jsonb, instance jsonb) returns boolean
language sql immutable parallel safe
as $$
  select case
    when jsonb_typeof(schema) = 'boolean' then schema::boolean
    when schema ?| '{$ref,$dynamicRef}' then true
    when not schema -> 'type' ? jsonb_typeof(instance)
      and not (schema -> 'type' ? 'integer' and jsonb_typeof(instance) = 'number' and instance::numeric % 1 = 0)
      or schema -> 'const' <> instance
      or not schema -> 'enum' @> instance and jsonb_typeof(instance) not in ('array', 'object')
      then false
    when jsonb_typeof(instance) = 'string' then not coalesce(
      char_length(instance #>> '{}') < (schema -> 'minLength')::numeric
      or char_length(instance #>> '{}') > (schema -> 'maxLength')::numeric
      or instance #>> '{}' !~ @extschema@._jsonschema_regex(schema ->> 'pattern')
      or not @extschema@._jsonschema_format(schema ->> 'format', instance #>> '{}'), false)
    when jsonb_typeof(instance) = 'number' then not coalesce(
      instance::numeric < (schema -> 'minimum')::numeric
      or instance::numeric > (schema -> 'maximum')::numeric
      or instance::numeric <= (schema -> 'exclusiveMinimum')::numeric
      or instance::numeric >= (schema -> 'exclusiveMaximum')::numeric
      or instance::numeric % (schema -> 'multipleOf')::numeric <> 0, false)
    when jsonb_typeof(instance) = 'array' then not coalesce(
      jsonb_array_length(instance) < (schema -> 'minItems')::numeric
      or jsonb_array_length(instance) > (schema -> 'maxItems')::numeric, false)
    else true
  end
$$;

-- True unless `asserts` has said everything about the instance.
create function @extschema@._jsonschema_has_more(schema jsonb, instance jsonb) returns boolean
language sql immutable parallel safe
as $$
  select jsonb_typeof(schema) = 'object' and (jsonb_typeof(instance) in ('object', 'array')
    or schema ?| '{$ref,$dynamicRef,allOf,anyOf,oneOf,not,if}')
$$;

-- True if the instance is valid. The schema is known to be well-formed. `document` is the whole schema, `resource`
-- the part of it that `#` stands for. Loops ask `asserts` before they recurse: PL/pgSQL evaluates an expression
-- that calls its own function the slow way.
create function @extschema@._jsonschema_conforms(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns boolean
language plpgsql immutable parallel safe
as $$
declare
  kind constant text := jsonb_typeof(instance);
  asserted jsonb := schema;
  scope jsonb;
  subschemas jsonb;
  subschema jsonb;
  keyword text;
  matches int;
  is_known boolean;
begin
  if jsonb_typeof(schema) = 'boolean' then
    return schema::boolean;
  elsif depth > 300 then
    raise exception 'JSON Schema evaluation nests deeper than 300 levels'
      using errcode = 'statement_too_complex',
        hint = 'Either the schema refers to itself without end, or the instance is too deep.';
  end if;
  if schema ? '$id' then
    resource := schema;
  end if;

  if schema ?| '{$ref,$dynamicRef}' then
    foreach keyword in array '{$ref,$dynamicRef}'::text[] loop
      if schema ? keyword then
        scope := @extschema@._jsonschema_scope(document, resource, schema ->> keyword);
        subschema := @extschema@._jsonschema_locate(scope, split_part(schema ->> keyword, '#', 2));
        if not @extschema@._jsonschema_asserts(subschema, instance) then
          return false;
        elsif @extschema@._jsonschema_has_more(subschema, instance) then
          if not @extschema@._jsonschema_conforms(document, scope, subschema, instance, depth + 1) then
            return false;
          end if;
        end if;
      end if;
    end loop;
    if @extschema@._jsonschema_hides_siblings(document) then
      return true;
    end if;
    asserted := schema - '{$ref,$dynamicRef}'::text[];
  end if;
  if not @extschema@._jsonschema_asserts(asserted, instance) then
    return false;
  end if;

  if schema ?| '{allOf,anyOf,oneOf,not,if}' then
    subschemas := schema -> 'allOf';
    for i in 0 .. coalesce(jsonb_array_length(subschemas), 0) - 1 loop
      subschema := subschemas -> i;
      if not @extschema@._jsonschema_asserts(subschema, instance) then
        return false;
      elsif @extschema@._jsonschema_has_more(subschema, instance) then
        if not @extschema@._jsonschema_conforms(document, resource, subschema, instance, depth + 1) then
          return false;
        end if;
      end if;
    end loop;

    foreach keyword in array '{anyOf,oneOf}'::text[] loop
      subschemas := schema -> keyword;
      if subschemas is not null then
        matches := 0;
        for i in 0 .. jsonb_array_length(subschemas) - 1 loop
          subschema := subschemas -> i;
          is_known := @extschema@._jsonschema_asserts(subschema, instance);
          if is_known and @extschema@._jsonschema_has_more(subschema, instance) then
            is_known := @extschema@._jsonschema_conforms(document, resource, subschema, instance, depth + 1);
          end if;
          matches := matches + is_known::int;
          exit when matches > 1 or is_known and keyword = 'anyOf';
        end loop;
        if matches <> 1 then
          return false;
        end if;
      end if;
    end loop;

    if schema ? 'not' then
      if @extschema@._jsonschema_conforms(document, resource, schema -> 'not', instance, depth + 1) then
        return false;
      end if;
    end if;

    if schema ? 'if' then
      is_known := @extschema@._jsonschema_conforms(document, resource, schema -> 'if', instance, depth + 1);
      subschema := schema -> case when is_known then 'then' else 'else' end;
      if subschema is not null then
        if not @extschema@._jsonschema_conforms(document, resource, subschema, instance, depth + 1) then
          return false;
        end if;
      end if;
    end if;
  end if;

  if kind not in ('array', 'object') then
    return true;
  end if;
  if schema ? 'enum' then
    if not exists (select from jsonb_array_elements(schema -> 'enum') as choice where choice = instance) then
      return false;
    end if;
  end if;
  return case kind
    when 'array' then @extschema@._jsonschema_array_conforms(document, resource, schema, instance, depth)
    else @extschema@._jsonschema_object_conforms(document, resource, schema, instance, depth)
  end;
end
$$;

-- The keywords of arrays, for `conforms`.
create function @extschema@._jsonschema_array_conforms(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns boolean
language plpgsql immutable parallel safe
as $$
declare
  total constant int := jsonb_array_length(instance);
  prefix jsonb := schema -> 'prefixItems';
  rest jsonb := schema -> 'items';
  subschema jsonb;
  member jsonb;
  matches int := 0;
begin
  if (schema -> 'uniqueItems')::boolean and total > 1 then
    if total > (select count(distinct item) from jsonb_array_elements(instance) as item) then
      return false;
    end if;
  end if;

  if jsonb_typeof(rest) = 'array' then
    prefix := rest;
    rest := schema -> 'additionalItems';
  end if;
  for i in 0 .. least(total, case when rest is null then coalesce(jsonb_array_length(prefix), 0) end) - 1 loop
    subschema := coalesce(prefix -> i, rest);
    subschema := @extschema@._jsonschema_followed(resource, subschema);
    member := instance -> i;
    if not @extschema@._jsonschema_asserts(subschema, member) then
      return false;
    elsif @extschema@._jsonschema_has_more(subschema, member) then
      if not @extschema@._jsonschema_conforms(document, resource, subschema, member, depth + 1) then
        return false;
      end if;
    end if;
  end loop;

  if schema ? 'contains' then
    subschema := schema -> 'contains';
    for i in 0 .. total - 1 loop
      member := instance -> i;
      if @extschema@._jsonschema_asserts(subschema, member) then
        if @extschema@._jsonschema_conforms(document, resource, subschema, member, depth + 1) then
          matches := matches + 1;
        end if;
      end if;
    end loop;
    if matches < coalesce((schema -> 'minContains')::numeric, 1) or matches > (schema -> 'maxContains')::numeric then
      return false;
    end if;
  end if;

  return not schema ? 'unevaluatedItems'
    or @extschema@._jsonschema_unevaluated_conform(document, resource, schema, instance, depth);
end
$$;

-- The keywords of objects, for `conforms`.
create function @extschema@._jsonschema_object_conforms(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns boolean
language plpgsql immutable parallel safe
as $$
declare
  properties constant jsonb := coalesce(schema -> 'properties', '{}');
  rest constant jsonb := schema -> 'additionalProperties';
  subschema jsonb;
  member jsonb;
  name text;
  total int;
  is_known boolean;
begin
  if schema ? 'required' then
    if not instance ?& array(select jsonb_array_elements_text(schema -> 'required')) then
      return false;
    end if;
  end if;
  if schema ?| '{minProperties,maxProperties}' then
    total := (select count(*) from jsonb_object_keys(instance));
    if total < (schema -> 'minProperties')::numeric or total > (schema -> 'maxProperties')::numeric then
      return false;
    end if;
  end if;

  if schema ?| '{properties,additionalProperties}' then
    for name, member in select * from jsonb_each(instance) loop
      is_known := properties ? name;
      subschema := case when is_known then properties -> name else rest end;
      subschema := @extschema@._jsonschema_followed(resource, subschema);
      if not is_known and schema ? 'patternProperties' then
        if exists (
          select from jsonb_object_keys(schema -> 'patternProperties') as pattern
          where name ~ @extschema@._jsonschema_regex(pattern))
        then
          continue;
        end if;
      end if;
      if not @extschema@._jsonschema_asserts(subschema, member) then
        return false;
      elsif @extschema@._jsonschema_has_more(subschema, member) then
        if not @extschema@._jsonschema_conforms(document, resource, subschema, member, depth + 1) then
          return false;
        end if;
      end if;
    end loop;
  end if;

  if schema ?| '{patternProperties,propertyNames,dependentRequired,dependentSchemas,dependencies}' then
    for subschema, member in
      select p.value, e.value
      from jsonb_each(schema -> 'patternProperties') as p
      cross join jsonb_each(instance) as e
      where e.key ~ @extschema@._jsonschema_regex(p.key)
      union all
      select schema -> 'propertyNames', to_jsonb(key)
      from jsonb_object_keys(instance) as key
      where schema ? 'propertyNames'
      union all
      select
        case jsonb_typeof(dependent.value)
          when 'array' then jsonb_build_object('required', dependent.value)
          else dependent.value
        end, instance
      from jsonb_each(schema) as list
      cross join lateral jsonb_each(case
        when list.key in ('dependentRequired', 'dependentSchemas', 'dependencies') then list.value else '{}'
      end) as dependent
      where instance ? dependent.key
    loop
      if not @extschema@._jsonschema_conforms(document, resource, subschema, member, depth + 1) then
        return false;
      end if;
    end loop;
  end if;

  return not schema ? 'unevaluatedProperties'
    or @extschema@._jsonschema_unevaluated_conform(document, resource, schema, instance, depth);
end
$$;
