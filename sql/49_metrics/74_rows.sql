-- Answers of rows: the latest points as they were sent, or the values of a dimension. Of points an answer reads as many
-- as it shows, the latest ones; it is these that are then sorted.

create function private.metric_cell(p_point private.metric_points, p_column text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(case p_column
    when 'id' then to_jsonb(p_point.id)
    when 'time' then to_jsonb(private.timestamp_text(p_point.time))
    when 'value' then private.metric_number(p_point.value)
    else p_point.dimensions -> p_column
  end, 'null');
end;
$$;

comment on function private.metric_cell(private.metric_points, text) is
  'What a point has in a column: its id, time or value, or one of its dimensions.';

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
    select jsonb_agg(r.cells order by r.place * v_sign) into v_rows
    from (
      select
        row_number() over (
          order by
            case v_sort when 'value' then p.value end,
            case v_sort when 'time' then p.time end,
            private.metric_cell(p, v_sort) #>> '{}' collate "und-x-icu",
            p.time,
            p.id
        ) as place,
        (
          select jsonb_agg(private.metric_cell(p, c.value ->> 'key') order by c.n)
          from jsonb_array_elements(v_columns) with ordinality as c (value, n)
        ) as cells
      from private.latest_points(p_workspace_id, p_query, v_limit, p_at, p_timezone) as p
    ) as r;
    v_total := (
      select m.points
      from private.metric_parts(
        p_workspace_id, p_query ->> 'metric', '', v_range.range_from, v_range.range_to, null, p_timezone) as m);
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
