-- What a front end can hold of JSON. JavaScript reads a number that is too large as Infinity and one that is too close
-- to nothing as 0, and would save something else than it read; and a front end that merges objects follows a key
-- __proto__ into what all objects share.

create function private.fits_javascript(p_number numeric) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_number = 0 or abs(p_number) between 2.5e-324 and 1.7976931348623157e308;
end;
$$;

comment on function private.fits_javascript(numeric) is
  'Whether JavaScript reads a number as one: neither as Infinity nor, unless it is 0, as 0.';

-- Validation triggers run as whoever writes.
grant execute on function private.fits_javascript(numeric) to authenticated, service_role;

create function private.number_problem(p_path text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.document_problem(p_path, 'This holds a number that JavaScript reads as another one.',
    'Give one that is not so large, or not so close to 0.');
end;
$$;

comment on function private.number_problem(text) is 'The problem of a number that does not fit JavaScript.';

grant execute on function private.number_problem(text) to authenticated, service_role;

create function private.json_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text constant text := p_value::text;
begin
  -- A quote inside of a text would be escaped.
  if strpos(v_text, '"__proto__":') > 0 then
    return private.document_problem(p_path, 'This holds a key that is not permitted.', 'Leave out __proto__.');
  end if;
  -- What does not fit has more digits than that.
  if octet_length(v_text) > 308
    and jsonb_path_exists(p_value, '$.** ? (
      @ > 1.7976931348623157e308 || @ < -1.7976931348623157e308 || @ > -2.5e-324 && @ < 2.5e-324 && @ != 0)')
  then
    return private.number_problem(p_path);
  end if;
  return null;
end;
$$;

comment on function private.json_problem(text, jsonb) is
  'What is wrong with any JSON that front ends keep: a key __proto__, or a number that does not fit; null where '
  'nothing is. Whoever calls it has looked at the size.';

grant execute on function private.json_problem(text, jsonb) to authenticated, service_role;
