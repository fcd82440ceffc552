-- What an import leaves out of a document, and says so: keys that nobody knows here, which a direct write refuses.
--
-- A shape says which keys a document has: an object has the keys of an object, a list of one entry has the shape of
-- every entry of a list, and whatever else stands there (true) is not looked into. The rules of the values are those
-- of the functions x_problem, which judge what is left.
--
-- Threats: a document of a million unknown keys, whose report would be larger than the document (1,000 are looked for,
-- 100 are named, and the rest counted); one of a million entries (lists longer than any that a document may have are
-- not looked into, and are refused afterwards). Whoever calls these has looked at the size.

create function private.skipped_part(p_path text, p_code text, p_message text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('path', p_path, 'code', p_code, 'message', p_message);
end;
$$;

comment on function private.skipped_part(text, text, text) is
  'An entry of skipped: where a part stands in the document, and why it was left out, as a registered code and a '
  'sentence.';

grant execute on function private.skipped_part(text, text, text) to authenticated;

create function private.skipped_key(p_path text, p_key text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.skipped_part(private.key_path(p_path, p_key), 'invalid_input', 'There is no such key here.');
end;
$$;

comment on function private.skipped_key(text, text) is 'The entry of a key that an object at a path does not have.';

grant execute on function private.skipped_key(text, text) to authenticated;

create function private.most_skipped_keys() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 1000;
end;
$$;

comment on function private.most_skipped_keys() is
  'How many unknown keys an import leaves out: a document with more is not one of ours, and is refused by the first.';

grant execute on function private.most_skipped_keys() to authenticated;

create function private.unknown_keys(p_document jsonb, p_shape jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest constant integer := 200;
begin
  return (
    with recursive part as (
      select '{}'::text[] as path, p_document as value, p_shape as shape, '{}'::bigint[] as place
      where jsonb_typeof(p_document) = jsonb_typeof(p_shape)
      union all
      select p.path || c.key, c.value, c.shape, p.place || c.place
      from part as p
      cross join lateral (
        select o.key, o.value, p.shape -> o.key, o.n
        from jsonb_each(case jsonb_typeof(p.value) when 'object' then p.value else '{}' end)
          with ordinality as o (key, value, n)
        union all
        select (e.n - 1)::text, e.value, p.shape -> 0, e.n
        from jsonb_array_elements(case jsonb_typeof(p.value) when 'array' then p.value else '[]' end)
          with ordinality as e (value, n)
      ) as c (key, value, shape, place)
      where jsonb_typeof(c.value) = jsonb_typeof(c.shape)
        and case jsonb_typeof(c.shape)
          when 'object' then true
          when 'array' then jsonb_array_length(c.value) <= c_longest
        end
    )
    select coalesce(jsonb_agg(to_jsonb(u.path) order by u.place), '[]')
    from (
      select p.path || k.key as path, p.place || k.n as place
      from part as p
      cross join lateral jsonb_object_keys(case jsonb_typeof(p.value) when 'object' then p.value else '{}' end)
        with ordinality as k (key, n)
      where not p.shape ? k.key
      limit private.most_skipped_keys() + 1
    ) as u
  );
end;
$$;

comment on function private.unknown_keys(jsonb, jsonb) is
  'The keys of a document that are not in its shape, each as a list of what leads to it, in the order of the document; '
  'of too many, one more than there may be.';

grant execute on function private.unknown_keys(jsonb, jsonb) to authenticated;

create function private.skipped_keys(p_unknown jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        private.skipped_key(
          coalesce((
            select string_agg(part.value, '.' order by part.n)
            from jsonb_array_elements_text(u.value - -1) with ordinality as part (value, n)), ''),
          u.value ->> -1)
        order by u.n),
      '[]')
    from jsonb_array_elements(p_unknown) with ordinality as u (value, n)
  );
end;
$$;

comment on function private.skipped_keys(jsonb) is 'What private.unknown_keys found, as entries of skipped.';

grant execute on function private.skipped_keys(jsonb) to authenticated;

create function private.without_keys(p_document jsonb, p_keys jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb;
  v_step text[];
  v_below jsonb;
begin
  if p_keys = '[]' then
    return p_document;
  end if;
  v_document := p_document - array(
    select k.value ->> 0 from jsonb_array_elements(p_keys) as k where jsonb_array_length(k.value) = 1);
  -- Only what leads to one of them is made anew.
  for v_step, v_below in
    select array[k.value ->> 0], jsonb_agg(k.value - 0)
    from jsonb_array_elements(p_keys) as k
    where jsonb_array_length(k.value) > 1
    group by k.value ->> 0
  loop
    v_document := jsonb_set(v_document, v_step, private.without_keys(v_document #> v_step, v_below));
  end loop;
  return v_document;
end;
$$;

comment on function private.without_keys(jsonb, jsonb) is
  'A document without some of the keys of its objects, given as private.unknown_keys gives them.';

grant execute on function private.without_keys(jsonb, jsonb) to authenticated;

create function private.skipped_below(p_path text, p_skipped jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_agg(private.problem_below(p_path, s.value) order by s.n), '[]')
    from jsonb_array_elements(p_skipped) with ordinality as s (value, n)
  );
end;
$$;

comment on function private.skipped_below(text, jsonb) is
  'Entries of skipped of a part as those of the whole, in which the part stands at a path.';

create function private.first_skipped(p_skipped jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 100;
  v_more constant integer := jsonb_array_length(p_skipped) - c_most;
begin
  if v_more <= 0 then
    return p_skipped;
  end if;
  return (
    select jsonb_agg(s.value order by s.n)
    from jsonb_array_elements(p_skipped) with ordinality as s (value, n)
    where s.n <= c_most
  ) || private.skipped_part('', 'invalid_input', format('%s more were left out.', v_more));
end;
$$;

comment on function private.first_skipped(jsonb) is
  'At most 100 entries of skipped, and then one that says how many more there are.';

grant execute on function private.first_skipped(jsonb) to authenticated;
