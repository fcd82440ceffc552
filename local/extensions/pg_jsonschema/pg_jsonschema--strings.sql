-- What JSON Schema asks of strings: `pattern`, written for ECMA-262, in Postgres's dialect, and `format`.

\echo Use "create extension pg_jsonschema" to load this file. \quit

-- One escape sequence. Where Postgres gives a letter a meaning that ECMA does not, the answer is \q, which Postgres
-- refuses: a pattern is then invalid, as it is elsewhere, instead of meaning something else.
create function @extschema@._jsonschema_regex_escape(token text, in_class boolean) returns text
language sql immutable parallel safe
as $$
  select case
    when token ~ '^\\([dDsSnrtfv0-9]|u[[:xdigit:]]{4}|c[A-Za-z]|[^[:alnum:]])$' then token
    when token = '\w' then case when in_class then 'A-Za-z0-9_' else '[A-Za-z0-9_]' end
    when token = '\W' then case when in_class then '\W' else '[^A-Za-z0-9_]' end
    when token = '\b' then case when in_class then '\b' else '\y' end
    when token = '\B' and not in_class then '\Y'
    when token like '\\u{%' then '\U' || lpad(rtrim(substr(token, 4), '}'), 8, '0')
    when token like '\\x__' then '\u00' || substr(token, 3)
    when token ~ '^\\p\{(L|Letter|Alphabetic)\}$' then case when in_class then '[:alpha:]' else '[[:alpha:]]' end
    when token ~ '^\\P\{(L|Letter|Alphabetic)\}$' and not in_class then '[^[:alpha:]]'
    when token ~ '^\\p\{(Lu|Uppercase_Letter)\}$' then case when in_class then '[:upper:]' else '[[:upper:]]' end
    when token ~ '^\\p\{(Ll|Lowercase_Letter)\}$' then case when in_class then '[:lower:]' else '[[:lower:]]' end
    else '\q'
  end
$$;

-- `atom{low,high}` beyond the 255 repetitions Postgres allows, as a sequence of shorter ones; high is null if open.
create function @extschema@._jsonschema_regex_repeat(atom text, low numeric, high numeric) returns text
language sql immutable parallel safe
as $$
  select case
    when greatest(low, high) > 5000 or high < low then atom || '\q'
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
declare
  result text := '';
  token text;
  piece text;
  atom text;
  in_class boolean := false;
  is_shorthand boolean := false;
  bounds text[];
begin
  if pattern ~ '^([^][\\.{]|\\([^[:alnum:]]|[dDsSnrtfv])|\[\^?[^][\\^][^][\\]*\]|\{[0-9]{1,2}(,([0-9]{1,2})?)?\})*$'
    and pattern not like all ('{%(?<%,***%}'::text[])
  then
    return pattern;
  end if;

  for token in
    select match[1]
    from regexp_matches(pattern,
      '\\u\{[[:xdigit:]]+\}|\\u[[:xdigit:]]{4}|\\x[[:xdigit:]]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\k<[^>]*>|\\.'
      '|\[\^?\]?|\(\?<[A-Za-z_$][[:alnum:]_$]*>|\{[0-9]+(?:,[0-9]*)?\}|.', 'g') as match
  loop
    if token like '\\_%' then
      piece := @extschema@._jsonschema_regex_escape(token, in_class);
    elsif in_class then
      -- In ECMA an opening bracket is a plain character here, and a hyphen after a shorthand such as \w is itself.
      piece := case when token like '[%' or token = '-' and is_shorthand then '\' || token else token end;
      in_class := token not like '%]';
    else
      bounds := case when token like '{_%' then string_to_array(trim(token, '{}'), ',') end;
      piece := case
        when token = '.' then '[^\n\r\u2028\u2029]'
        when token = '[]' then '(?!)'
        when token = '[^]' then '(?:.|\n)'
        when token like '(?<_%' then '('
        when token = '*' and atom = '*' and result = '*' then '\q'
        when 255 < any (array_remove(bounds, '')::numeric[]) then substr(@extschema@._jsonschema_regex_repeat(
          atom, bounds[1]::numeric, nullif(bounds[cardinality(bounds)], '')::numeric), length(atom) + 1)
        else token
      end;
      in_class := token in ('[', '[^');
      atom := '';
    end if;
    atom := case when in_class then atom || piece when piece = ']' then atom || ']' else piece end;
    is_shorthand := token ~ '^\\[wdsWDS]$';
    result := result || piece;
  end loop;
  return result;
end
$$;

-- True for a pattern that Postgres can compile: jsonpath compiles its pattern when it is read, and can be read softly.
create function @extschema@._jsonschema_is_regex(pattern text) returns boolean
language sql immutable strict parallel safe
as $$
  select pg_input_is_valid(format('$ ? (@ like_regex %s)', to_json(@extschema@._jsonschema_regex(pattern))), 'jsonpath')
$$;

-- False for a string that is not of the named format; true for a format that is not listed.
create function @extschema@._jsonschema_format(format text, value text) returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
  day constant text := '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
  clock constant text := '(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])'
    '|23:59:60(\.[0-9]+)?[Zz])';
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
