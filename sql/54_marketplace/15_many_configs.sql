-- Judging the configurations of all widgets of a component at once: one by one takes most of the time of a preview.

create function private.config_problems(p_configs jsonb[], p_schema jsonb) returns jsonb[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_plain_words constant text[] :=
    '{title,description,default,type,minLength,maxLength,minimum,maximum}';
  c_short constant integer := 300;
  v_required constant text[] := array(select jsonb_array_elements_text(coalesce(p_schema -> 'required', '[]')));
begin
  return array(
    with plain as materialized (
      select p.key, case jsonb_typeof(p.value -> 'type')
          when 'string' then array[p.value ->> 'type']
          when 'array' then array(select jsonb_array_elements_text(p.value -> 'type'))
        end as types,
        coalesce((p.value -> 'minLength')::numeric, 0) as min_length,
        coalesce((p.value -> 'maxLength')::numeric, c_short) as max_length,
        coalesce((p.value -> 'minimum')::numeric, -1e308) as minimum,
        coalesce((p.value -> 'maximum')::numeric, 1e308) as maximum
      from jsonb_each(p_schema -> 'properties') as p
      where p.value - c_plain_words = '{}'
    )
    select case when not r.is_valid then private.config_problem('config', c.config, p_schema) end
    from unnest(p_configs) with ordinality as c (config, n)
    cross join lateral (
      -- What is short holds no number beyond JavaScript, and what is plain is not nested.
      select octet_length(c.config::text) <= c_short and c.config ?& v_required and bool_and(coalesce(
        case jsonb_typeof(e.value)
          when 'string' then (p.types is null or 'string' = any (p.types))
            and char_length(e.value #>> '{}') between p.min_length and p.max_length
          when 'number' then
            (p.types is null or 'number' = any (p.types)
              or ('integer' = any (p.types) and e.value::numeric % 1 = 0))
            and e.value::numeric between p.minimum and p.maximum
          when 'boolean' then p.types is null or 'boolean' = any (p.types)
        end, false)) is true as is_valid
      from jsonb_each(c.config) as e
      left join plain p on p.key = e.key
    ) as r
    order by c.n);
end;
$$;

comment on function private.config_problems(jsonb[], jsonb) is
  'What private.config_problem says of many configurations of one component. Most are short and flat, and are seen to '
  'be valid at once; a test holds both to the same verdict.';
