-- JSON Schema validation with the functions of the extension pg_jsonschema 0.3.3, in SQL and PL/pgSQL.
--
-- Reads draft 2020-12 and draft 7 alike: a schema may use the keywords of both. Where the two disagree the
-- document's `$schema` decides: below draft-07 (and older) a `$ref` hides its siblings, otherwise both count.
-- `format` is always an assertion; formats it does not know are ignored. References stay inside the document.
--
-- Limits. The real 0.3.3 reads every schema as draft 7 and ignores what came later (prefixItems, dependentRequired,
-- dependentSchemas, minContains, maxContains, unevaluated…, $anchor): a rule that must hold on Supabase is written
-- with draft 7's keywords. Relative `$id`s are resolved against the document's own `$id` alone, and `$dynamicRef`
-- finds its anchor in the document as `$ref` would. A regular expression is translated to Postgres's dialect, which
-- has no \k<name>, of \p{…} letters only, and repeats a group at most 255 times.
--
-- Time is bounded: Postgres matches patterns without backtracking, nesting has a limit, and every step notices
-- a cancelled statement. Names that begin with an underscore are not for callers.

-- complain if the script is sourced in psql rather than by create extension
\echo Use "create extension pg_jsonschema" to load this file. \quit

----------------------------------------------------------------------------------------------------------------
-- Regular expressions: ECMA-262 to Postgres
----------------------------------------------------------------------------------------------------------------

-- One escape sequence. Where Postgres gives a letter a meaning that ECMA does not, the answer is \q, which Postgres
-- refuses: a pattern is then invalid, as it is elsewhere, instead of meaning something else.
create function @extschema@._jsonschema_regex_escape(token text, in_class boolean) returns text
language sql immutable strict parallel safe
as $$
  select case
    when token = '\w' then case when in_class then 'A-Za-z0-9_' else '[A-Za-z0-9_]' end
    when token = '\W' then case when in_class then '\W' else '[^A-Za-z0-9_]' end
    when token = '\b' then case when in_class then '\b' else '\y' end
    when token = '\B' and not in_class then '\Y'
    when token ~ '^\\u\{' then '\U' || lpad(trim(substr(token, 4), '}'), 8, '0')
    when token ~ '^\\x' then '\u00' || substr(token, 3)
    when token ~ '^\\[pP]' then coalesce(
      case when not in_class then '[' || case when token ~ '^\\P' then '^' else '' end
           when token ~ '^\\p' then '' end
      || '[:' || ('{"L": "alpha", "Lu": "upper", "Ll": "lower", "Letter": "alpha", "Uppercase_Letter": "upper",
                    "Lowercase_Letter": "lower", "Alphabetic": "alpha"}'::jsonb ->> trim(substr(token, 4), '}')) || ':]'
      || case when in_class then '' else ']' end, '\q')
    when token ~ '^\\([dDsSnrtfv0-9]|u....|c.|[^[:alnum:]])$' then token
    else '\q'
  end
$$;

-- A whole class, `[` to `]`. In ECMA an opening bracket inside is a plain character and an empty class matches nothing.
create function @extschema@._jsonschema_regex_class(class text) returns text
language sql immutable strict parallel safe
as $$
  select case class when '[]' then '(?!)' when '[^]' then '(?:.|\n)' else (
    select substring(class from '^\[\^?') || string_agg(
      case
        when token[1] = '[' then '\['
        when token[1] like '\\_%' then @extschema@._jsonschema_regex_escape(token[1], true)
        else token[1]
      end, '' order by position) || ']'
    from regexp_matches(
      -- after a shorthand such as \w a hyphen is itself, whereas in Postgres it would begin a range
      regexp_replace(substring(class from '^\[\^?(.*)\]$'), '(\\[wdsWDS])-', '\1\\-', 'g'),
      '\\u\{[[:xdigit:]]+\}|\\u[[:xdigit:]]{4}|\\x[[:xdigit:]]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\.|.', 'g'
    ) with ordinality as tokens(token, position)
  ) end
$$;

-- `atom{low,high}` beyond the 255 repetitions Postgres allows, as a sequence of shorter ones; high is null if open.
create function @extschema@._jsonschema_regex_repeat(atom text, low numeric, high numeric) returns text
language sql immutable parallel safe
as $$
  select case
    when greatest(low, high) > 5000 or high < low then '\q'
    else repeat(atom || '{255}', div(low, 255)::int) || atom || '{' || low % 255 || '}' || case
      when high is null then atom || '*'
      else repeat(atom || '{0,255}', div(high - low, 255)::int) || atom || '{0,' || (high - low) % 255 || '}'
    end
  end
$$;

-- The pattern as Postgres writes it. The first test lets the usual pattern through unread.
create function @extschema@._jsonschema_regex(pattern text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
  if pattern ~ '^([^][\\.{]|\\([^[:alnum:]]|[dDsSnrtfv])|\[\^?[^][\\^][^][\\]*\]|\{[0-9]{1,2}(,([0-9]{1,2})?)?\})*$'
    and pattern not like all ('{%(?<%,***%}'::text[])
  then
    return pattern;
  end if;
  return (
    with piece as (
      select
        position,
        token[1] as token,
        token[1] ~ '^\{.*(25[6-9]|2[6-9][0-9]|[3-9][0-9]{2}|[0-9]{4})' as repeats_often,
        case
          when token[1] = '.' then '[^\n\r\u2028\u2029]'
          when token[1] like '[_%' then @extschema@._jsonschema_regex_class(token[1])
          when token[1] like '\\_%' then @extschema@._jsonschema_regex_escape(token[1], false)
          when token[1] like '(?<_%' then '('
          else token[1]
        end as text
      from regexp_matches(pattern,
        '\\u\{[[:xdigit:]]+\}|\\u[[:xdigit:]]{4}|\\x[[:xdigit:]]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\k<[^>]*>|\\.'
        '|\[\^?(?:\\.|[^]\\])*\]|\(\?<[A-Za-z_$][[:alnum:]_$]*>|\{[0-9]+(?:,[0-9]*)?\}|.', 'g'
      ) with ordinality as tokens(token, position)
    )
    select case when pattern like '***%' then '\q' else string_agg(
      case
        when repeats_often then @extschema@._jsonschema_regex_repeat(atom, bounds[1]::numeric,
          nullif(bounds[cardinality(bounds)], '')::numeric)
        when is_repeated_often then ''
        else text
      end, '' order by position) end
    from (
      select *, string_to_array(trim(token, '{}'), ',') as bounds,
        lag(text) over place as atom, lead(repeats_often) over place as is_repeated_often
      from piece
      window place as (order by position)
    ) as pieces
  );
end
$$;

-- True for a pattern that Postgres can compile: jsonpath compiles its pattern when it is read, and can be read softly.
create function @extschema@._jsonschema_is_regex(pattern text) returns boolean
language sql immutable strict parallel safe
as $$
  select pg_input_is_valid(format('$ ? (@ like_regex %s)', to_json(@extschema@._jsonschema_regex(pattern))), 'jsonpath')
$$;

----------------------------------------------------------------------------------------------------------------
-- Formats
----------------------------------------------------------------------------------------------------------------

-- False for a string that is not of the named format; true for a format that is not listed.
create function @extschema@._jsonschema_format(format text, value text) returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
  day constant text := '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
  clock constant text := '(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])|23:59:60(\.[0-9]+)?[Zz])';
  label constant text := '[[:alnum:]]([[:alnum:]-]{0,61}[[:alnum:]])?';
  encoded constant text := '%[[:xdigit:]]{2}';
begin
  case format
    when 'date' then
      return value ~ ('^' || day || '$') and pg_input_is_valid(value, 'date');
    when 'time' then
      return value ~ ('^' || clock || '$');
    when 'date-time' then
      return value ~ ('^' || day || '[Tt]' || clock || '$') and pg_input_is_valid(left(value, 10), 'date');
    when 'duration' then
      return value ~ '^P([0-9]+W|(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$';
    when 'email' then
      return value ~ ('^[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@[^@]+$')
        and @extschema@._jsonschema_format('hostname', split_part(value, '@', 2));
    when 'idn-email' then
      return value ~ '^[^[:space:]@.]+(\.[^[:space:]@.]+)*@[^@]+$'
        and @extschema@._jsonschema_format('idn-hostname', split_part(value, '@', 2));
    when 'hostname' then
      return value ~ ('^' || label || '(\.' || label || ')*$') and octet_length(value) between char_length(value) and 253
        and value !~ '[^\u0001-\u007f]';
    when 'idn-hostname' then
      return value ~ ('^' || label || '(\.' || label || ')*$') and char_length(value) <= 253;
    when 'ipv4' then
      return value ~ '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(?!$)|$)){4}$';
    when 'ipv6' then
      return value ~ '^[[:xdigit:]:.]*:[[:xdigit:]:.]*$' and pg_input_is_valid(value, 'inet');
    when 'uuid' then
      return value ~ '^[[:xdigit:]]{8}(-[[:xdigit:]]{4}){3}-[[:xdigit:]]{12}$';
    when 'uri' then
      return value ~* ('^[a-z][a-z0-9+.-]*:([a-z0-9._~:/?#@!$&''()*+,;=\[\]-]|' || encoded || ')*$')
        and value !~* '^(https?|wss?|ftp):(?!//[^/?#]+)' and value !~ '#.*#';
    when 'uri-reference' then
      return value ~* ('^([a-z0-9._~:/?#@!$&''()*+,;=\[\]-]|' || encoded || ')*$') and value !~ '#.*#';
    when 'iri' then
      return value ~ '^[A-Za-z][A-Za-z0-9+.-]*:[^[:space:]"<>\\^`{|}]*$'
        and value !~* '^(https?|wss?|ftp):(?!//[^/?#]+)' and value !~ '#.*#';
    when 'iri-reference' then
      return value ~ '^[^[:space:]"<>\\^`{|}]*$' and value !~ '#.*#';
    when 'uri-template' then
      return value ~ ('^([^[:space:][:cntrl:]"''%<>\\^`{|}]|' || encoded || '|\{[+#./;?&=,!@|]?'
        || '[A-Za-z0-9_%.]+(:[1-9][0-9]{0,3}|\*)?(,[A-Za-z0-9_%.]+(:[1-9][0-9]{0,3}|\*)?)*\})*$');
    when 'json-pointer' then
      return value ~ '^(/([^~/]|~[01])*)*$';
    when 'relative-json-pointer' then
      return value ~ '^(0|[1-9][0-9]*)(#|(/([^~/]|~[01])*)*)$';
    when 'regex' then
      return @extschema@._jsonschema_is_regex(value);
    else
      return true;
  end case;
end
$$;

----------------------------------------------------------------------------------------------------------------
-- References
----------------------------------------------------------------------------------------------------------------

-- A URI reference made absolute against a base, as far as schemas need it: no `..` segments.
create function @extschema@._jsonschema_absolute(base text, reference text) returns text
language sql immutable parallel safe
as $$
  select case
    when reference ~ '^[A-Za-z][A-Za-z0-9+.-]*:' or base is null then reference
    when reference like '/%' then coalesce(substring(base from '^[A-Za-z][A-Za-z0-9+.-]*://[^/]*'), '') || reference
    else regexp_replace(split_part(base, '#', 1), '[^/]*$', '') || reference
  end
$$;

-- The schema of the document whose `$id` the reference names; null if there is none.
create function @extschema@._jsonschema_embedded(document jsonb, reference text) returns jsonb
language sql immutable parallel safe
as $$
  select candidate
  from jsonb_path_query(document, 'strict $.** ? (@."$id".type() == "string")') as candidate
  where split_part(@extschema@._jsonschema_absolute(document ->> '$id', candidate ->> '$id'), '#', 1)
    = @extschema@._jsonschema_absolute(document ->> '$id', split_part(reference, '#', 1))
  limit 1
$$;

-- The schema that stands for `#` behind a reference: the current resource unless the reference names another.
create function @extschema@._jsonschema_scope(document jsonb, resource jsonb, reference text) returns jsonb
language sql immutable parallel safe
as $$
  select case when reference ~ '^(#|$)' then resource else @extschema@._jsonschema_embedded(document, reference) end
$$;

-- The JSON pointer of a fragment as a path: `/$defs/a~1b%20c` is {$defs,"a/b c"}.
create function @extschema@._jsonschema_pointer(fragment text) returns text[]
language plpgsql immutable strict parallel safe
as $$
begin
  if fragment like '%\%%' then
    fragment := (
      select convert_from(decode(string_agg(
        case when piece[1] ~ '^%[[:xdigit:]]{2}' then substr(piece[1], 2) else encode(convert_to(piece[1], 'UTF8'), 'hex') end,
        '' order by position), 'hex'), 'UTF8')
      from regexp_matches(fragment, '%[[:xdigit:]]{2}|.', 'g') with ordinality as pieces(piece, position)
    );
  end if;
  return array(
    select replace(replace(step, '~1', '/'), '~0', '~')
    from unnest(string_to_array(substr(fragment, 2), '/')) with ordinality as steps(step, position)
    order by position
  );
end
$$;

-- The schema a fragment names within a resource (the whole, a JSON pointer or an anchor); null if there is none.
-- Plain pointers are read in the caller's expression.
create function @extschema@._jsonschema_locate(resource jsonb, fragment text) returns jsonb
language sql immutable parallel safe
as $$
  select case
    when fragment ~ '^/[^~%]*$' then resource #> string_to_array(substr(fragment, 2), '/')
    when fragment = '' then resource
    when fragment like '/%' then resource #> @extschema@._jsonschema_pointer(fragment)
    else jsonb_path_query_first(resource,
      'strict $.** ? (@."$anchor" == $name || @."$dynamicAnchor" == $name || @."$id" == $id)',
      jsonb_object(array['name', fragment, 'id', '#' || fragment]))
  end
$$;

-- True where a `$ref` hides the keywords beside it.
create function @extschema@._jsonschema_hides_siblings(document jsonb) returns boolean
language sql immutable parallel safe
as $$ select coalesce(document ->> '$schema' ~ 'draft-0[3-7]', false) $$;

----------------------------------------------------------------------------------------------------------------
-- Evaluation
----------------------------------------------------------------------------------------------------------------

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
    raise exception 'JSON Schema evaluation nests deeper than 300 levels: the schema refers to itself without end, or the instance is too deep'
      using errcode = 'statement_too_complex';
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
        when list.key in ('dependentRequired', 'dependentSchemas', 'dependencies') then list.value else '{}' end) as dependent
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
  cross join lateral jsonb_array_elements(case when list.key in ('anyOf', 'oneOf') then list.value else '[]' end) as branch
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
    cross join lateral @extschema@._jsonschema_evaluated(document, subresource, subschema, instance, depth + 1) as evaluated;
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

----------------------------------------------------------------------------------------------------------------
-- Error texts
----------------------------------------------------------------------------------------------------------------

-- JSON without spaces and with sorted keys, as the messages quote it.
create function @extschema@._jsonschema_text(value jsonb, depth int default 0) returns text
language plpgsql immutable parallel safe
as $$
begin
  return case
    when depth > 100 then value::text
    when jsonb_typeof(value) = 'array' then (
      select '[' || coalesce(string_agg(@extschema@._jsonschema_text(item, depth + 1), ',' order by position), '') || ']'
      from jsonb_array_elements(value) with ordinality as items(item, position))
    when jsonb_typeof(value) = 'object' then (
      select '{' || coalesce(string_agg(
        to_json(key) || ':' || @extschema@._jsonschema_text(member, depth + 1), ',' order by key collate "C"), '') || '}'
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
language sql immutable parallel safe
as $$
  select case keyword
    when 'type' then quoted || case jsonb_typeof(value)
      when 'string' then ' is not of type ' || value::text
      else ' is not of types ' || (select string_agg(type::text, ', ' order by type) from jsonb_array_elements(value) as type)
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
    when 'minProperties' then format('%s has less than %s propert%s', quoted, argument, case argument when '1' then 'y' else 'ies' end)
    when 'maxProperties' then format('%s has more than %s propert%s', quoted, argument, case argument when '1' then 'y' else 'ies' end)
    when 'not' then format('%s is not allowed for %s', argument, quoted)
    when 'oneOf, several' then quoted || ' is valid under more than one of the schemas listed in the ''oneOf'' keyword'
    else format('%s is not valid under any of the schemas listed in the ''%s'' keyword', quoted, keyword)
  end
  from (
    select @extschema@._jsonschema_text(instance) as quoted, @extschema@._jsonschema_text(value) as argument,
      case when value = '1' then '' else 's' end as plural
    offset 0
  ) as words
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
        select case rule when 'additionalItems' then @extschema@._jsonschema_text(m.member) else format('''%s''', m.location) end
        from @extschema@._jsonschema_members(schema, instance) as m
        where m.keyword = rule);
      return query select @extschema@._jsonschema_unexpected('Additional ' || lower(substr(rule, 11)), names);

    elsif rule in ('unevaluatedProperties', 'unevaluatedItems') then
      if (rule, jsonb_typeof(instance)) in (('unevaluatedItems', 'array'), ('unevaluatedProperties', 'object')) then
        names := array(
          select case rule when 'unevaluatedItems' then @extschema@._jsonschema_text(m.member) else format('''%s''', m.location) end
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
    cross join lateral @extschema@._jsonschema_errors(document, place.subresource, place.subschema, instance, depth + 1) as error
    where place.keyword not in ('anyOf', 'oneOf', 'if');
end
$$;

----------------------------------------------------------------------------------------------------------------
-- Schemas
----------------------------------------------------------------------------------------------------------------

-- What the value of each keyword must be; keywords that are not listed may be anything.
create function @extschema@._jsonschema_shape(keyword text) returns text
language sql immutable strict parallel safe
as $$
  select '{
    "not": "schema", "if": "schema", "then": "schema", "else": "schema", "contains": "schema", "propertyNames": "schema",
    "additionalProperties": "schema", "additionalItems": "schema", "contentSchema": "schema",
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
  wanted jsonb := '{
    "schema": ["boolean", "object"], "schema or list": ["array", "boolean", "object"], "list": "array", "map": "object",
    "dependencies": "object", "names by name": "object", "names": "array", "types": ["array", "string"], "array": "array",
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
  elsif kind not in ('array', 'object') or shape in ('schema', 'array') or shape = 'schema or list' and kind = 'object' then
    return null;
  end if;

  wanted := '{
    "schema or list": ["boolean", "object"], "list": ["boolean", "object"], "map": ["boolean", "object"],
    "dependencies": ["array", "boolean", "object"], "names by name": "array", "names": "string", "types": "string"
  }'::jsonb -> shape;
  for member in select * from jsonb_path_query(value, case kind when 'array' then 'strict $[*]' else 'strict $.*' end::jsonpath) loop
    if not wanted ? jsonb_typeof(member) then
      return @extschema@._jsonschema_message('type', wanted, member);
    end if;
  end loop;
  if shape in ('names', 'types') and not @extschema@._jsonschema_array_conforms('{}', '{}', '{"uniqueItems": true}', value, 0) then
    return @extschema@._jsonschema_message('uniqueItems', 'true', value);
  end if;
  return null;
end
$$;

-- The first fault of a schema, a sentence; null if it is sound. Keywords are looked at wherever a schema can stand, not
-- behind references into other places. `resource` is null while `#` stands for the document.
create function @extschema@._jsonschema_schema_fault(document jsonb) returns text
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
      select @extschema@._jsonschema_fault(shape, value) from rule where shape is not null
      union all
      select @extschema@._jsonschema_message('format', '"regex"', to_jsonb(pattern))
      from (
        select value #>> '{}' from rule where shape = 'regex' and jsonb_typeof(value) = 'string'
        union
        select jsonb_object_keys(value) from rule where keyword = 'patternProperties' and jsonb_typeof(value) = 'object'
      ) as expression(pattern)
      where not @extschema@._jsonschema_is_regex(pattern)
      union all
      select format('the reference %s leads nowhere in the schema', to_json(reference))
      from (
        select distinct coalesce(resource, document), value #>> '{}' from rule where shape = 'reference'
      ) as link(resource, reference)
      where @extschema@._jsonschema_locate(
        @extschema@._jsonschema_scope(document, resource, reference), split_part(reference, '#', 2)) is null
    ) as found(fault)
    where fault is not null
    limit 1
  );
end
$$;

----------------------------------------------------------------------------------------------------------------
-- For callers
----------------------------------------------------------------------------------------------------------------

-- The schema itself, once it is known to be sound. Called apart from the evaluation so that the planner does it once
-- per query, or once per session in PL/pgSQL, where the schema is a constant.
create function @extschema@._jsonschema_checked(schema jsonb) returns jsonb
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  fault constant text := @extschema@._jsonschema_schema_fault(schema);
begin
  if fault is not null then
    raise exception 'Invalid schema: %', fault using errcode = 'internal_error';
  end if;
  return schema;
end
$$;

-- The evaluation with an empty search_path, so that plans survive when callers have different ones.
create function @extschema@._jsonschema_matches(schema jsonb, instance jsonb) returns boolean
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return @extschema@._jsonschema_conforms(schema, schema, schema, instance, 0);
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
  select @extschema@._jsonschema_schema_fault(schema::jsonb) is null
$$;
comment on function @extschema@.jsonschema_is_valid(json) is 'True if the JSON Schema itself is well-formed.';

create function @extschema@.jsonschema_validation_errors(schema json, instance json) returns text[]
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  checked constant jsonb := schema;
  fault constant text := @extschema@._jsonschema_schema_fault(checked);
begin
  if fault is not null then
    return array[fault];
  end if;
  return array(select @extschema@._jsonschema_errors(checked, checked, checked, instance::jsonb, 0));
end
$$;
comment on function @extschema@.jsonschema_validation_errors(json, json) is
  'What is wrong with the instance, a sentence each; empty if it is valid, the schema''s own fault if that is invalid.';
