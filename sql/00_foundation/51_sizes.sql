-- How large a document may be, which is looked at before anything inside of it.
--
-- Threat: few bytes that become many. A number such as 1e99999 is written with all its digits, so one far beyond those
-- of a front end is found before the document is written as text, and is told as what it is.

create function private.far_number_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_far constant jsonpath := 'strict $.** ? (@.abs() >= 1e400 || @.abs() < 1e-400 && @ != 0)';
  -- A path is for people; and each level of it costs more than all else that is done with what stands below it.
  c_levels constant integer := 8;
  c_bytes constant integer := 1048576;
  v_path text := p_path;
  v_value jsonb := p_value;
  v_part record;
begin
  if jsonb_path_exists(p_value, c_far) is not true then
    return null;
  end if;
  for v_level in 1 .. c_levels loop
    exit when pg_column_size(v_value) > c_bytes;
    select p.key, p.value into v_part
    from (
      select o.key, o.value from jsonb_each(case jsonb_typeof(v_value) when 'object' then v_value end) as o
      union all
      select (a.place - 1)::text, a.value
      from jsonb_array_elements(case jsonb_typeof(v_value) when 'array' then v_value end)
        with ordinality as a (value, place)
    ) as p
    where jsonb_path_exists(p.value, c_far)
    limit 1;
    -- Below a key that may not be named nothing has a path.
    exit when not found or private.key_path(v_path, v_part.key) = v_path;
    v_path := private.key_path(v_path, v_part.key);
    v_value := v_part.value;
  end loop;
  return private.number_problem(v_path);
end;
$$;

comment on function private.far_number_problem(text, jsonb) is
  'The problem of the first number in a document that is far beyond those of a front end, with where it stands, which '
  'is not looked for in a large document; null where there is none, and for null.';

grant execute on function private.far_number_problem(text, jsonb) to authenticated, service_role;

create function private.size_problem(p_path text, p_document jsonb, p_bytes integer, p_too_large jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Before it is written as text, which takes longer than all else that is done with it. In the database's own form
  -- nothing takes more than eight times what it takes as text.
  if pg_column_size(p_document) > 8::bigint * p_bytes then
    return p_too_large;
  end if;
  return coalesce(
    private.far_number_problem(p_path, p_document),
    case when octet_length(p_document::text) > p_bytes then p_too_large end);
end;
$$;

comment on function private.size_problem(text, jsonb, integer, jsonb) is
  'The problem given for a document that takes more than so many bytes as text, which is found out in a time that the '
  'limit bounds; or that of a number far beyond those of a front end, which stands below the path. Null where there is '
  'neither, and for null.';

-- Validation triggers run as whoever writes.
grant execute on function private.size_problem(text, jsonb, integer, jsonb) to authenticated, service_role;

create function private.is_larger_than(p_document jsonb, p_bytes integer) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.size_problem('', p_document, p_bytes, '{}') is not null;
end;
$$;

comment on function private.is_larger_than(jsonb, integer) is
  'Whether a document takes more than so many bytes as text; see private.size_problem. One with a number far beyond '
  'those of a front end counts as larger, and null does not.';
