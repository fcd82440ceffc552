-- Answers of rows: the latest points as they were sent, or the values of a dimension. Of points an answer reads as many
-- as it shows, the latest ones; it is these that are then sorted.

create function private.typed_metric_text(p_text text, p_type text) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    -- As far as the values of points go: what has more digits is none that a front end could tell apart.
    when p_type in ('number', 'currency', 'percentage') and p_text ~ '^-?[0-9]{1,15}(?:[.][0-9]{1,12})?$' then
      private.metric_number(p_text::numeric)
    when p_type = 'boolean' and p_text in ('true', 'false') then to_jsonb(p_text::boolean)
    else to_jsonb(p_text)
  end;
end;
$$;

comment on function private.typed_metric_text(text, text) is
  'A text in a column of a type: a number or a boolean where both say so, else the text.';

create function private.metric_cell(p_point private.metric_points, p_column text, p_type text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(case p_column
    when 'time' then to_jsonb(private.timestamp_text(p_point.time))
    when 'value' then private.metric_number(p_point.value)
    else private.typed_metric_text(
      case p_column when 'id' then p_point.id else p_point.dimensions ->> p_column end, p_type)
  end, 'null');
end;
$$;

comment on function private.metric_cell(private.metric_points, text, text) is
  'What a point has in a column of a type: its id, time or value, or one of its dimensions, which are texts.';

create function private.latest_points(
  p_workspace_id text, p_query jsonb, p_limit integer, p_at timestamptz, p_timezone text
) returns setof private.metric_points
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  -- Of points of some types so many are looked through.
  c_looked_at constant integer := 2000;
  v_types constant jsonb := p_query -> 'types';
  v_range constant record := private.metric_range(coalesce(p_query ->> 'period', '30d'), 'none', p_at, p_timezone);
begin
  return query
  select l.*
  from (
    select p.*
    from private.metric_points p
    where p.workspace_id = p_workspace_id
      and p.key = p_query ->> 'metric'
      and p.time >= v_range.range_from
      and p.time < v_range.range_to
    order by p.time desc, p.id desc
    limit case when v_types is null then p_limit else c_looked_at end
  ) as l
  where v_types is null or v_types ? (l.dimensions ->> 'type')
  order by l.time desc, l.id desc
  limit p_limit;
end;
$$;

comment on function private.latest_points(text, jsonb, integer, timestamptz, text) is
  'The latest points of a metric in a period, the last one first; of some types those among the latest 2,000.';

create function private.metric_points_total(
  p_workspace_id text, p_query jsonb, p_from timestamptz, p_to timestamptz, p_timezone text
) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_types constant jsonb := p_query -> 'types';
begin
  if v_types is null then
    return (
      select m.points
      from private.metric_parts(p_workspace_id, p_query ->> 'metric', '', p_from, p_to, null, p_timezone) as m);
  end if;
  return (
    select case
      when bool_or(m.value = '') then null
      else coalesce(sum(m.points) filter (where v_types ? m.value), 0)
    end
    from private.metric_parts(p_workspace_id, p_query ->> 'metric', 'type', p_from, p_to, null, p_timezone) as m);
end;
$$;

comment on function private.metric_points_total(text, jsonb, timestamptz, timestamptz, text) is
  'How many points of a metric there are in a time, of some types those; null where types were not told apart.';

create function private.metric_table(
  p_workspace_id text, p_query jsonb, p_unit jsonb, p_at timestamptz, p_timezone text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit constant integer := coalesce((p_query ->> 'limit')::integer, 10);
  v_range constant record := private.metric_range(coalesce(p_query ->> 'period', '30d'), 'none', p_at, p_timezone);
  v_sign constant integer := case when p_query ->> 'order' = 'asc' then 1 else -1 end;
  v_sort constant text := coalesce(p_query ->> 'sort', 'time');
  v_type constant text := case p_query ->> 'format'
    when 'currency' then 'currency' when 'percentage' then 'percentage' else 'number' end;
  v_columns jsonb := p_query -> 'columns';
  v_sort_type text;
  v_rows jsonb;
  v_total bigint;
begin
  if p_query ? 'breakdown' then
    v_columns := jsonb_build_array(
      jsonb_build_object('key', p_query -> 'breakdown', 'label', initcap(replace(p_query ->> 'breakdown', '_', ' ')),
        'type', 'text'),
      jsonb_build_object('key', p_query -> 'metric', 'label', coalesce(p_query -> 'label', p_query -> 'metric'),
        'type', v_type));
    select jsonb_agg(jsonb_build_array(t.value, private.metric_number(t.amount)) order by t.place) into v_rows
    from private.metric_top(
      p_workspace_id, p_query, v_limit, v_range.range_from, v_range.range_to, p_timezone) as t;
  else
    v_columns := coalesce(v_columns, jsonb_build_array(
      jsonb_build_object('key', 'time', 'label', 'Date', 'type', 'moment'),
      jsonb_build_object('key', 'value', 'label', coalesce(p_query -> 'label', p_query -> 'metric'), 'type', v_type)));
    v_sort_type := (
      select c.value ->> 'type'
      from jsonb_array_elements(v_columns) with ordinality as c (value, n)
      where c.value ->> 'key' = v_sort
      order by c.n
      limit 1);
    -- Numbers by their size, and in either order what is none after them.
    select jsonb_agg(r.cells order by r.number * v_sign, r.place * v_sign) into v_rows
    from (
      select
        case jsonb_typeof(s.cell) when 'number' then s.cell::numeric end as number,
        row_number() over (
          order by
            case v_sort when 'value' then p.value end,
            case v_sort when 'time' then p.time end,
            s.cell #>> '{}' collate "und-x-icu",
            p.time,
            p.id
        ) as place,
        (
          select jsonb_agg(private.metric_cell(p, c.value ->> 'key', c.value ->> 'type') order by c.n)
          from jsonb_array_elements(v_columns) with ordinality as c (value, n)
        ) as cells
      from private.latest_points(p_workspace_id, p_query, v_limit, p_at, p_timezone) as p
      cross join lateral (select private.metric_cell(p, v_sort, v_sort_type) as cell) as s
    ) as r;
    v_total := private.metric_points_total(
      p_workspace_id, p_query, v_range.range_from, v_range.range_to, p_timezone);
  end if;
  return jsonb_strip_nulls(jsonb_build_object('total', v_total, 'currency', p_unit -> 'currency'))
    || jsonb_build_object('columns', v_columns, 'rows', coalesce(v_rows, '[]'));
end;
$$;

comment on function private.metric_table(text, jsonb, jsonb, timestamptz, text) is
  'The latest points of a period with the columns that were asked for, and how many there are; or the values of a '
  'dimension.';

create function private.metric_list(
  p_workspace_id text, p_query jsonb, p_unit jsonb, p_at timestamptz, p_timezone text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit constant integer := coalesce((p_query ->> 'limit')::integer, 10);
  v_range constant record := private.metric_range(coalesce(p_query ->> 'period', '30d'), 'none', p_at, p_timezone);
  v_items jsonb;
begin
  if p_query ? 'breakdown' then
    select jsonb_agg(jsonb_build_object(
      'key', private.metric_value_key(t.value), 'title', t.value, 'value', private.metric_number(t.amount)
    ) order by t.place) into v_items
    from private.metric_top(
      p_workspace_id, p_query, v_limit, v_range.range_from, v_range.range_to, p_timezone) as t;
  else
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'key', p.id,
      'title', coalesce(p.dimensions ->> 'title', p.id),
      'description', p.dimensions -> 'description',
      'value', private.metric_number(p.value)
    )) order by p.time desc, p.id desc) into v_items
    from private.latest_points(p_workspace_id, p_query, v_limit, p_at, p_timezone) as p;
  end if;
  return jsonb_build_object('items', coalesce(v_items, '[]')) || p_unit;
end;
$$;

comment on function private.metric_list(text, jsonb, jsonb, timestamptz, text) is
  'The values of a dimension with their amounts; or the latest points, by their dimensions title and description.';

create function private.metric_feed(
  p_workspace_id text, p_query jsonb, p_at timestamptz, p_timezone text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_build_object('entries', (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'key', p.id,
      'type', left(coalesce(p.dimensions ->> 'type', p.key), 50),
      'text', coalesce(p.dimensions ->> 'text', p.key || ' ' || p.value),
      'actor', p.dimensions -> 'actor',
      'at', private.timestamp_text(p.time)
    )) order by p.time desc, p.id desc), '[]')
    from private.latest_points(
      p_workspace_id, p_query, coalesce((p_query ->> 'limit')::integer, 10), p_at, p_timezone) as p
  ));
end;
$$;

comment on function private.metric_feed(text, jsonb, timestamptz, text) is
  'The latest points as what happened: by their dimensions type, text and actor.';
