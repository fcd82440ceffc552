-- Where a `$ref` leads. References stay inside the document; none is fetched.

\echo Use "create extension pg_jsonschema" to load this file. \quit

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
        case
          when piece[1] ~ '^%[[:xdigit:]]{2}' then substr(piece[1], 2)
          else encode(convert_to(piece[1], 'UTF8'), 'hex')
        end, '' order by position), 'hex'), 'UTF8')
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
