-- JSON in the one form of RFC 8785, so that who else has the same document finds the same hash: keys in the order of
-- their UTF-16 code units, numbers and texts as JavaScript writes them, and no space. A test holds it to the vectors of
-- the RFC and to a library in TypeScript.
--
-- Threats: two documents of one hash (a number is written as JavaScript reads it: whoever fixes a document by its hash
-- refuses one that is not what it was read as, see private.is_canonical_safe); a document without end (whoever calls
-- these has looked at its size and depth).

create function private.canonical_number(p_number numeric) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
declare
  v_value float8;
  v_parts text[];
  v_digits text;
  v_shorter text;
  v_point integer;
  v_length integer;
begin
  if p_number = 0 then
    return '0';
  end if;
  if not private.fits_javascript(p_number) then
    perform private.raise_invalid_input(null, 'This holds a number that JavaScript reads as another one.',
      'Give one that is not so large, or not so close to 0.');
  end if;
  v_value := abs(p_number)::float8;
  v_parts := regexp_match(v_value::text, '^([0-9]+)(?:[.]([0-9]+))?(?:e([-+][0-9]+))?$');
  v_digits := ltrim(v_parts[1] || coalesce(v_parts[2], ''), '0');
  -- The value is 0.<digits> times ten to this power.
  v_point := length(v_parts[1]) + coalesce(v_parts[3]::integer, 0)
    - (length(v_parts[1] || coalesce(v_parts[2], '')) - length(v_digits));
  v_digits := rtrim(v_digits, '0');

  -- Of two doubles Postgres leaves out what lies on the border between them, which JavaScript rounds to the even one.
  while length(v_digits) > 15 loop
    v_length := length(v_digits) - 1;
    v_shorter := round(v_digits::numeric / 10)::text;
    -- What is rounded beyond the largest double is none.
    exit when not pg_input_is_valid(v_shorter || 'e' || v_point - v_length, 'float8');
    exit when (v_shorter || 'e' || v_point - v_length)::float8 <> v_value;
    v_point := v_point + length(v_shorter) - v_length;
    v_digits := rtrim(v_shorter, '0');
  end loop;
  v_length := length(v_digits);

  return case when p_number < 0 then '-' else '' end || case
    when v_point between v_length and 21 then v_digits || repeat('0', v_point - v_length)
    when v_point between 1 and 21 then left(v_digits, v_point) || '.' || substr(v_digits, v_point + 1)
    when v_point between -5 and 0 then '0.' || repeat('0', -v_point) || v_digits
    else left(v_digits, 1) || case when v_length > 1 then '.' || substr(v_digits, 2) else '' end
      || 'e' || case when v_point > 0 then '+' else '' end || v_point - 1
  end;
end;
$$;

comment on function private.canonical_number(numeric) is
  'A number as JavaScript writes the double that it reads it as. Error: invalid_input for one that does not fit.';

create function private.canonical_order(p_key text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- In UTF-16 what takes two units begins with less than U+E000, and by bytes it would come last. So what comes after
  -- it is put behind the last character of all.
  if p_key !~ '[\uE000-\uFFFF\U0010FFFF]' then
    return p_key;
  end if;
  return regexp_replace(
    replace(p_key, U&'\+10FFFF', U&'\+10FFFF' || chr(1)), '([\uE000-\uFFFF])', U&'\+10FFFF' || '\1', 'g');
end;
$$;

comment on function private.canonical_order(text) is
  'A key as a text whose place by bytes is that of the key by units of UTF-16.';

create function private.canonical_json(p_value jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := jsonb_typeof(p_value);
  v_inside text;
begin
  if v_type = 'number' then
    return private.canonical_number(p_value::numeric);
  elsif v_type not in ('object', 'array') then
    -- Postgres escapes in texts what JavaScript does, and as it does.
    return p_value::text;
  end if;
  -- Documents are full of texts and short numbers, and a call for each would cost more than all the rest: a double
  -- keeps fifteen digits as they are.
  select string_agg(
    m.label || case
      when jsonb_typeof(m.value) = 'string' then m.value::text
      when octet_length(n.plain) <= 15 and abs(n.number) >= 0.000001 then n.plain
      else private.canonical_json(m.value)
    end,
    ',' order by m.key collate "C", m.place)
  into v_inside
  from (
    select to_jsonb(o.key)::text || ':' as label, 0 as place, o.value,
      case when octet_length(o.key) = char_length(o.key) then o.key else private.canonical_order(o.key) end as key
    from jsonb_each(case when v_type = 'object' then p_value end) as o
    union all
    select '', e.place, e.value, ''
    from jsonb_array_elements(case when v_type = 'array' then p_value end) with ordinality as e (value, place)
  ) as m
  cross join lateral (
    select x.number, trim_scale(x.number)::text as plain
    from (select case when jsonb_typeof(m.value) = 'number' then m.value::numeric end as number) as x
  ) as n;
  return case v_type when 'object' then '{' || coalesce(v_inside, '') || '}'
    else '[' || coalesce(v_inside, '') || ']' end;
end;
$$;

comment on function private.canonical_json(jsonb) is
  'A document in the form of RFC 8785. Whoever calls it has looked at its size and depth.';

create function private.text_hash(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return encode(sha256(convert_to(p_text, 'UTF8')), 'hex');
end;
$$;

comment on function private.text_hash(text) is 'The SHA-256 of a text in UTF-8, in hexadecimal digits.';

create function private.content_hash(p_value jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.text_hash(private.canonical_json(p_value));
end;
$$;

comment on function private.content_hash(jsonb) is
  'The SHA-256 of a document in the form of RFC 8785, in hexadecimal digits.';

create function private.is_canonical_safe(p_value jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.canonical_json(p_value)::jsonb = p_value;
end;
$$;

comment on function private.is_canonical_safe(jsonb) is
  'Whether a document says the same in the form of RFC 8785: not where a number has more digits than JavaScript keeps.';
