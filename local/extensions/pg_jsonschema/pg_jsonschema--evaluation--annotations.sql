-- Which members of an instance a schema has looked at: what unevaluatedProperties and unevaluatedItems are about, and
-- what error texts go through.

\echo Use "create extension pg_jsonschema" to load this file. \quit

-- Members of an object or items of an array, each with the subschema that applies to it: location is the property's
-- name or the item's index, and one member may have several rows. Instances of other types have none.
create function @extschema@._jsonschema_members(schema jsonb, instance jsonb)
returns table (keyword text, location text, subschema jsonb, member jsonb)
language sql immutable parallel safe
as $$
  select rule.keyword, property.key, rule.subschema, rule.member
  from jsonb_each(case jsonb_typeof(instance) when 'object' then instance else '{}' end) as property
  cross join lateral (
    select exists (
      select from jsonb_object_keys(schema -> 'patternProperties') as pattern
      where property.key ~ @extschema@._jsonschema_regex(pattern)
    ) as is_patterned
  ) as known
  cross join lateral (
    select 'properties', schema -> 'properties' -> property.key, property.value
    where schema -> 'properties' ? property.key
    union all
    select 'patternProperties', pattern.value, property.value
    from jsonb_each(schema -> 'patternProperties') as pattern
    where property.key ~ @extschema@._jsonschema_regex(pattern.key)
    union all
    select 'additionalProperties', schema -> 'additionalProperties', property.value
    where schema ? 'additionalProperties' and not is_patterned
      and not coalesce(schema -> 'properties' ? property.key, false)
    union all
    select 'propertyNames', schema -> 'propertyNames', to_jsonb(property.key)
    where schema ? 'propertyNames'
  ) as rule(keyword, subschema, member)
  union all
  select rule.keyword, (item.position - 1)::text, rule.subschema, item.value
  from jsonb_array_elements(case jsonb_typeof(instance) when 'array' then instance else '[]' end)
    with ordinality as item(value, position)
  cross join lateral (
    select case when jsonb_typeof(schema -> 'items') = 'array' then 'items' else 'prefixItems' end as prefix,
      case when jsonb_typeof(schema -> 'items') = 'array' then 'additionalItems' else 'items' end as rest
  ) as form
  cross join lateral (
    select form.prefix, schema -> form.prefix -> (item.position - 1)::int
    where item.position <= jsonb_array_length(schema -> form.prefix)
    union all
    select form.rest, schema -> form.rest
    where schema ? form.rest and item.position > coalesce(jsonb_array_length(schema -> form.prefix), 0)
  ) as rule(keyword, subschema)
$$;

-- Subschemas that apply to the instance itself, with the resource each belongs to. Of anyOf, oneOf and if only those
-- that hold are listed, so that what they evaluate counts.
create function @extschema@._jsonschema_in_place(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns table (keyword text, subschema jsonb, subresource jsonb)
language sql immutable parallel safe
as $$
  select reference.key, @extschema@._jsonschema_locate(scope, split_part(reference.value #>> '{}', '#', 2)), scope
  from jsonb_each(schema) as reference
  cross join lateral @extschema@._jsonschema_scope(document, resource, reference.value #>> '{}') as scope
  where reference.key in ('$ref', '$dynamicRef')
  union all
  select 'allOf', branch, resource
  from jsonb_array_elements(schema -> 'allOf') as branch
  union all
  select list.key, branch, resource
  from jsonb_each(schema) as list
  cross join lateral jsonb_array_elements(
    case when list.key in ('anyOf', 'oneOf') then list.value else '[]' end) as branch
  where @extschema@._jsonschema_conforms(document, resource, branch, instance, depth + 1)
  union all
  select arm, schema -> arm, resource
  from unnest(case
    when not schema ? 'if' then '{}'
    when @extschema@._jsonschema_conforms(document, resource, schema -> 'if', instance, depth + 1) then '{if,then}'
    else '{else}'
  end::text[]) as arm
  where schema ? arm
  union all
  select list.key, dependent.value, resource
  from jsonb_each(schema) as list
  cross join lateral jsonb_each(case
    when list.key in ('dependentSchemas', 'dependencies') then list.value else '{}' end) as dependent
  where jsonb_typeof(instance) = 'object' and instance ? dependent.key and jsonb_typeof(dependent.value) <> 'array'
$$;

-- Names of the properties, or indexes of the items, that a schema which holds has looked at.
create function @extschema@._jsonschema_evaluated(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns setof text
language plpgsql immutable parallel safe
as $$
begin
  if jsonb_typeof(schema) <> 'object' then
    return;
  end if;
  if schema ? '$id' then
    resource := schema;
  end if;
  return query
    select members.location from @extschema@._jsonschema_members(schema, instance) as members
    where members.keyword <> 'propertyNames'
    union all
    select (item.position - 1)::text
    from jsonb_array_elements(case jsonb_typeof(instance) when 'array' then instance else '[]' end)
      with ordinality as item(value, position)
    where schema ? 'unevaluatedItems' or schema ? 'contains'
      and @extschema@._jsonschema_conforms(document, resource, schema -> 'contains', item.value, depth + 1)
    union all
    select name
    from jsonb_object_keys(case when jsonb_typeof(instance) = 'object' then instance else '{}' end) as name
    where schema ? 'unevaluatedProperties'
    union all
    select evaluated
    from @extschema@._jsonschema_in_place(document, resource, schema, instance, depth) as in_place
    cross join lateral @extschema@._jsonschema_evaluated(
      document, subresource, subschema, instance, depth + 1) as evaluated;
end
$$;

-- Properties or items that no keyword but unevaluatedProperties and unevaluatedItems looks at.
create function @extschema@._jsonschema_unevaluated(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns table (location text, member jsonb)
language plpgsql immutable parallel safe
as $$
declare
  evaluated constant text[] := array(
    select @extschema@._jsonschema_evaluated(
      document, resource, schema - '{unevaluatedProperties,unevaluatedItems}'::text[], instance, depth));
begin
  if jsonb_typeof(instance) = 'object' then
    return query select e.key, e.value from jsonb_each(instance) as e where e.key <> all (evaluated);
  else
    return query
      select (e.position - 1)::text, e.value
      from jsonb_array_elements(instance) with ordinality as e(value, position)
      where (e.position - 1)::text <> all (evaluated);
  end if;
end
$$;

-- True if unevaluatedProperties or unevaluatedItems, whichever is the instance's, holds.
create function @extschema@._jsonschema_unevaluated_conform(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns boolean
language sql immutable parallel safe
as $$
  select coalesce(bool_and(@extschema@._jsonschema_conforms(document, resource,
    schema -> case jsonb_typeof(instance) when 'object' then 'unevaluatedProperties' else 'unevaluatedItems' end,
    member, depth + 1)), true)
  from @extschema@._jsonschema_unevaluated(document, resource, schema, instance, depth)
$$;
