-- The points of one call: whether they can be taken, and as rows.
--
-- All are looked at together, in one statement, since a function called for each of a thousand would take longer than
-- storing them. A refusal names every point, up to twenty, by its place in the list, and says of each kind of fault
-- what would be right.
--
-- Threats: numbers that are none or have a hundred thousand digits (compared before they are written as text); a text
-- that costs an expression much (its bytes are counted first); markup or invisible characters in a dimension that a
-- dashboard shows (cleaned and refused as everywhere); a time far away, which would make partitions of nothing.

create function private.points_problem(p_points jsonb, p_from timestamptz, p_to timestamptz) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_named constant integer := 20;
  c_dimensions constant integer := 8;
  c_required constant text[] := '{key,time,value,id}';
  -- What cleaning would leave as it is, which is nearly everything.
  c_plain constant text := '^[!-;=-~]+(?: [!-;=-~]+)*$';
  -- private.timestamp_pattern, whose look ahead would take as long as all the rest.
  c_time constant text :=
    '^[0-9][0-9][0-9][0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])'
    'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$';
  v_paths text;
  v_fields text[];
  v_refused integer;
begin
  with points as materialized (
    select
      e.n - 1 as n, e.value as point, e.value ->> 'key' as key, e.value ->> 'time' as time, e.value ->> 'id' as id,
      case when jsonb_typeof(e.value) = 'object' then coalesce(e.value -> 'dimensions', '{}') end as dimensions
    from jsonb_array_elements(p_points) with ordinality as e (value, n)
  ), refused as materialized (
    -- Each value is cleaned once, however many points have it.
    select v.value
    from (
      select distinct d.value
      from points p
      cross join lateral jsonb_each(case when jsonb_typeof(p.dimensions) = 'object' then p.dimensions else '{}' end)
        as d
    ) as v
    where case
      when jsonb_typeof(v.value) <> 'string' or octet_length(v.value #>> '{}') > 200 or v.value #>> '{}' !~ c_plain
        then private.single_line_problem('', v.value, 1, 200) is not null
    end
  ), wrong as materialized (
    -- Thousands of points have few combinations.
    select x.dimensions
    from (select distinct p.dimensions from points p where jsonb_typeof(p.dimensions) = 'object') as x
    where (select count(*) from jsonb_object_keys(x.dimensions)) > c_dimensions
      or exists (
        select
        from jsonb_each(x.dimensions) as d
        where octet_length(d.key) > 40
          or d.key !~ private.metric_dimension_pattern()
          or d.value in (select r.value from refused r))
  ), checked as (
    select p.n, p.point, case
      when jsonb_typeof(p.point) <> 'object' then ''
      when not p.point ?& c_required then (select r from unnest(c_required) as r where not p.point ? r limit 1)
      when p.point - c_required - 'dimensions' <> '{}' then 'unknown'
      when jsonb_typeof(p.point -> 'key') <> 'string' or octet_length(p.key) > 64 then 'key'
      when p.key !~ private.metric_key_pattern() then 'key'
      when jsonb_typeof(p.point -> 'id') <> 'string' or octet_length(p.id) > 100 then 'id'
      when p.id !~ private.metric_id_pattern() then 'id'
      when jsonb_typeof(p.point -> 'value') <> 'number' then 'value'
      when (p.point -> 'value')::numeric not between -1e15 and 1e15 then 'value'
      when jsonb_typeof(p.point -> 'time') <> 'string' or octet_length(p.time) > 40 then 'time'
      when p.time !~ c_time or left(p.time, 4) in ('0000', '0001', '9999')
        or not pg_input_is_valid(p.time, 'timestamptz') then 'time'
      when p.time::timestamptz not between p_from and p_to then 'time'
      when jsonb_typeof(p.dimensions) <> 'object' then 'dimensions'
      when p.dimensions in (select w.dimensions from wrong w) then 'dimensions'
    end as field
    from points p
  )
  select
    string_agg(case c.field
      when 'unknown' then private.key_path(
        'points.' || c.n, (select min(k) from jsonb_object_keys(c.point - c_required - 'dimensions') as k))
      else concat_ws('.', 'points', c.n, nullif(c.field, ''))
    end, ', ' order by c.n) filter (where c.place <= c_named),
    array_agg(c.field order by c.n) filter (where c.place <= c_named),
    count(*)
  into v_paths, v_fields, v_refused
  from (select x.*, row_number() over (order by x.n) as place from checked x where x.field is not null) as c;

  if v_refused = 0 then
    return null;
  end if;
  return private.document_problem(v_paths,
    case when v_refused = 1 then 'A point cannot be taken, so none was stored.'
      else format('%s points cannot be taken, so none was stored.', v_refused) end,
    (
      select string_agg(h.hint, ' ' order by h.n)
      from (
        select min(f.n) as n, x.hint
        from unnest(v_fields) with ordinality as f (field, n)
        cross join lateral (select case
          when f.field in ('', 'unknown') then
            'Give each point key, time, value and id, and besides at most dimensions.'
          when f.field = 'key' then
            'Give a key of at most 64 small letters, digits, "_", "." and "-", such as revenue.'
          when f.field = 'id' then
            'Give each point an id of its own: at most 100 letters, digits and the signs _ . : / # @ -.'
          when f.field = 'value' then 'Give a number from -1e15 to 1e15, and no text.'
          when f.field = 'time' then format('Give a time such as 2026-01-31T12:00:00Z, from %s to %s.',
            private.timestamp_text(p_from), private.timestamp_text(p_to))
          when f.field = 'dimensions' then format('Give at most %s dimensions, named by small letters, digits and "_", '
            'each a line of 1 to 200 characters.', c_dimensions)
        end as hint) as x
        group by x.hint
      ) as h
    ));
end;
$$;

comment on function private.points_problem(jsonb, timestamptz, timestamptz) is
  'What is wrong with a list of points that may be of a time from and to: {path, message, hint}, the path naming each '
  'of them; null where nothing is.';

create type private.sent_point as (
  n bigint, key text, "time" timestamptz, id text, value numeric, dimensions jsonb
);

comment on type private.sent_point is 'A point of a list, and its place there from 0.';

create function private.points_in(p_points jsonb) returns setof private.sent_point
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select
    e.n - 1,
    e.value ->> 'key',
    (e.value ->> 'time')::timestamptz,
    e.value ->> 'id',
    trim_scale(round((e.value -> 'value')::numeric, 12)),
    case
      -- Other than plain letters, an escape, or white space at an end or twice: what cleaning may change.
      when (e.value -> 'dimensions')::text ~ '[^ -~]|\\|  |": " | "[,}]' then (
        select jsonb_object_agg(d.key, private.clean_text(d.value))
        from jsonb_each_text(e.value -> 'dimensions') as d)
      else coalesce(e.value -> 'dimensions', '{}')
    end
  from jsonb_array_elements(p_points) with ordinality as e (value, n);
end;
$$;

comment on function private.points_in(jsonb) is
  'A list of points that has no problem as rows: values to twelve decimals, texts cleaned.';
