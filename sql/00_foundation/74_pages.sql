-- Reading everything there is of something, a page a call.
--
-- A page is bounded in bytes as well as in rows, and begins after the last row of the one before: what comes or goes
-- meanwhile moves nothing, and a page costs the same wherever it stands. A list is an open cursor over (place, row), so
-- that only the rows of the page are built; a place holds the columns of the order. To know whether another row follows
-- would take building it, so the page after a full one may be empty.
--
-- Threats: a page that grows with what somebody has stored (it ends, and what one row can hold has limits); a place
-- that is made up (its form is checked, and it says where in the caller's own rows to go on, never whose).

create function private.place_after(p_after text, variadic p_types text[]) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Longer than any place is: a name of a file, and what JSON puts around it.
  c_longest constant integer := 8192;
  v_place text[];
begin
  if p_after is null then
    return array(
      select case t.type
        when 'uuid' then '00000000-0000-0000-0000-000000000000'
        when 'timestamptz' then '-infinity'
        when 'date' then '-infinity'
        when 'bigint' then '-9223372036854775808'
        else ''
      end
      from unnest(p_types) with ordinality as t (type, n)
      order by t.n);
  end if;

  if octet_length(p_after) <= c_longest and pg_input_is_valid(p_after, 'jsonb') then
    if jsonb_typeof(p_after::jsonb) = 'array' then
      v_place := array(
        select case when jsonb_typeof(e.value) = 'string' then e.value #>> '{}' end
        from jsonb_array_elements(p_after::jsonb) with ordinality as e (value, n)
        order by e.n);
    end if;
  end if;
  if v_place is null
    or cardinality(v_place) <> cardinality(p_types)
    or exists (
      select from unnest(v_place, p_types) as p (value, type)
      where p.value is null or not pg_input_is_valid(p.value, p.type))
  then
    perform private.raise_invalid_input('after',
      'This is no place in this list.', 'Give `next` of the page before, as it is.');
  end if;
  return v_place;
end;
$$;

comment on function private.place_after(text, text[]) is
  'Where a page begins: the columns of the order, each of its type (text, uuid, timestamptz, date or bigint), as '
  'text; of null, what is before every row. Error: invalid_input (after).';

create function private.page_of(p_rows refcursor) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_rows constant integer := 500;
  c_enough_bytes constant integer := 1048576;
  v_rows jsonb[] := '{}';
  v_bytes bigint := 0;
  v_place jsonb;
  v_row jsonb;
  v_is_full boolean := false;
begin
  while not v_is_full loop
    fetch p_rows into v_place, v_row;
    exit when not found;
    v_rows := array_append(v_rows, v_row);
    v_bytes := v_bytes + octet_length(v_row::text);
    v_is_full := v_bytes >= c_enough_bytes or cardinality(v_rows) = c_most_rows;
  end loop;
  close p_rows;
  return jsonb_build_object('rows', v_rows, 'next', case when v_is_full then v_place::text end);
end;
$$;

comment on function private.page_of(refcursor) is
  'The next rows of a cursor over (place jsonb, row jsonb), at most 500 and up to the one that makes it 1 MiB, and the '
  'place of the last for place_after: {rows, next}. `next` is null where the rows ended before.';
