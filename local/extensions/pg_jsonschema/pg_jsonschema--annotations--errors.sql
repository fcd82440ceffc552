-- What is wrong with an instance, in the words of the Rust crate behind the real extension. The verdict on each keyword
-- is the evaluation's, asked about that keyword alone, so that errors and verdicts cannot disagree.

\echo Use "create extension pg_jsonschema" to load this file. \quit

-- JSON without spaces and with sorted keys, as the messages quote it.
create function @extschema@._jsonschema_text(value jsonb, depth int default 0) returns text
language plpgsql immutable parallel safe
as $$
begin
  return case
    when depth > 100 then value::text
    when jsonb_typeof(value) = 'array' then (
      select format('[%s]', string_agg(@extschema@._jsonschema_text(item, depth + 1), ',' order by position))
      from jsonb_array_elements(value) with ordinality as items(item, position))
    when jsonb_typeof(value) = 'object' then (
      select format('{%s}', string_agg(
        to_json(key) || ':' || @extschema@._jsonschema_text(member, depth + 1), ',' order by key collate "C"))
      from jsonb_each(value) as members(key, member))
    else value::text
  end;
end
$$;

-- `Additional properties are not allowed ('a', 'b' were unexpected)`; no row if nothing was.
create function @extschema@._jsonschema_unexpected(subject text, names text[]) returns setof text
language sql immutable parallel safe
as $$
  select format('%s are not allowed (%s %s unexpected)', subject, array_to_string(names, ', '),
    case cardinality(names) when 1 then 'was' else 'were' end)
  where cardinality(names) > 0
$$;

-- What is wrong with an instance that one keyword, looked at alone, refuses.
create function @extschema@._jsonschema_message(keyword text, value jsonb, instance jsonb) returns text
language plpgsql immutable parallel safe
as $$
declare
  quoted constant text := @extschema@._jsonschema_text(instance);
  argument constant text := @extschema@._jsonschema_text(value);
  plural constant text := case when value = '1' then '' else 's' end;
  properties constant text := case when value = '1' then 'property' else 'properties' end;
begin
  return case keyword
    when 'type' then quoted || case jsonb_typeof(value)
      when 'string' then ' is not of type ' || value::text
      else ' is not of types ' || (
        select string_agg(type::text, ', ' order by type) from jsonb_array_elements(value) as type)
    end
    when 'enum' then format('%s is not one of %s', quoted, argument)
    when 'const' then argument || ' was expected'
    when 'minimum' then format('%s is less than the minimum of %s', quoted, argument)
    when 'maximum' then format('%s is greater than the maximum of %s', quoted, argument)
    when 'exclusiveMinimum' then format('%s is less than or equal to the minimum of %s', quoted, argument)
    when 'exclusiveMaximum' then format('%s is greater than or equal to the maximum of %s', quoted, argument)
    when 'multipleOf' then format('%s is not a multiple of %s', quoted, argument)
    when 'minLength' then format('%s is shorter than %s character%s', quoted, argument, plural)
    when 'maxLength' then format('%s is longer than %s character%s', quoted, argument, plural)
    when 'pattern' then format('%s does not match "%s"', quoted, value #>> '{}')
    when 'format' then format('%s is not a "%s"', quoted, value #>> '{}')
    when 'minItems' then format('%s has less than %s item%s', quoted, argument, plural)
    when 'maxItems' then format('%s has more than %s item%s', quoted, argument, plural)
    when 'uniqueItems' then quoted || ' has non-unique elements'
    when 'contains' then format('None of %s are valid under the given schema', quoted)
    when 'minProperties' then format('%s has less than %s %s', quoted, argument, properties)
    when 'maxProperties' then format('%s has more than %s %s', quoted, argument, properties)
    when 'not' then format('%s is not allowed for %s', argument, quoted)
    when 'oneOf, several' then quoted || ' is valid under more than one of the schemas listed in the ''oneOf'' keyword'
    else format('%s is not valid under any of the schemas listed in the ''%s'' keyword', quoted, keyword)
  end;
end
$$;

-- Every error of an instance, a sentence each; none if it is valid. A node's own come first, then those of its
-- members, then those of the schemas it refers to.
create function @extschema@._jsonschema_errors(
  document jsonb, resource jsonb, schema jsonb, instance jsonb, depth int
) returns setof text
language plpgsql immutable parallel safe
as $$
declare
  rule text;
  argument jsonb;
  names text[];
begin
  if @extschema@._jsonschema_conforms(document, resource, schema, instance, depth) then
    return;
  end if;
  if schema = 'false' then
    return next 'False schema does not allow ' || @extschema@._jsonschema_text(instance);
    return;
  end if;
  if schema ? '$id' then
    resource := schema;
  end if;
  if schema ? '$ref' and @extschema@._jsonschema_hides_siblings(document) then
    schema := jsonb_build_object('$ref', schema -> '$ref');
  end if;

  for rule, argument in select e.key, e.value from jsonb_each(schema) as e order by e.key collate "C" loop
    if rule in ('type', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf',
      'minLength', 'maxLength', 'pattern', 'format', 'minItems', 'maxItems', 'uniqueItems', 'contains',
      'minProperties', 'maxProperties', 'not', 'anyOf', 'oneOf')
    then
      if not @extschema@._jsonschema_conforms(document, resource,
        jsonb_build_object(rule, argument) || case rule
          when 'contains' then jsonb_strip_nulls(jsonb_build_object(
            'minContains', schema -> 'minContains', 'maxContains', schema -> 'maxContains'))
          else '{}'
        end, instance, depth + 1)
      then
        if rule = 'oneOf' and @extschema@._jsonschema_conforms(
          document, resource, jsonb_build_object('anyOf', argument), instance, depth + 1)
        then
          rule := 'oneOf, several';
        end if;
        return next @extschema@._jsonschema_message(rule, argument, instance);
      end if;

    elsif rule in ('required', 'dependentRequired', 'dependencies') and jsonb_typeof(instance) = 'object' then
      return query
        select to_json(name) || ' is a required property'
        from jsonb_each(case rule when 'required' then jsonb_build_object('', argument) else argument end) as list
        cross join lateral jsonb_array_elements_text(
          case jsonb_typeof(list.value) when 'array' then list.value else '[]' end) as name
        where (rule = 'required' or instance ? list.key) and not instance ? name;

    elsif rule in ('additionalProperties', 'additionalItems') and argument = 'false' then
      names := array(
        select
          case rule
            when 'additionalItems' then @extschema@._jsonschema_text(m.member)
            else format('''%s''', m.location)
          end
        from @extschema@._jsonschema_members(schema, instance) as m
        where m.keyword = rule);
      return query select @extschema@._jsonschema_unexpected('Additional ' || lower(substr(rule, 11)), names);

    elsif rule in ('unevaluatedProperties', 'unevaluatedItems') then
      if (rule, jsonb_typeof(instance)) in (('unevaluatedItems', 'array'), ('unevaluatedProperties', 'object')) then
        names := array(
          select
            case rule
              when 'unevaluatedItems' then @extschema@._jsonschema_text(m.member)
              else format('''%s''', m.location)
            end
          from @extschema@._jsonschema_unevaluated(document, resource, schema, instance, depth) as m
          where not @extschema@._jsonschema_conforms(document, resource, argument, m.member, depth + 1));
        return query select @extschema@._jsonschema_unexpected('Unevaluated ' || lower(substr(rule, 12)), names);
      end if;
    end if;
  end loop;

  return query
    select error
    from @extschema@._jsonschema_members(schema, instance) as m
    cross join lateral @extschema@._jsonschema_errors(document, resource, m.subschema, m.member, depth + 1) as error
    where not (m.keyword in ('additionalProperties', 'additionalItems') and m.subschema = 'false')
    union all
    select error
    from @extschema@._jsonschema_in_place(document, resource, schema, instance, depth) as place
    cross join lateral @extschema@._jsonschema_errors(
      document, place.subresource, place.subschema, instance, depth + 1) as error
    where place.keyword not in ('anyOf', 'oneOf', 'if');
end
$$;
