-- What metrics are called, and the document of a question about them: the rules of types/metrics.ts and
-- types/metric-query.ts, held by the database. A test demands the same verdict of both.
--
-- Threat: a key that a front end would follow into what all objects share, such as __proto__ (names begin with a
-- letter); a question that reads without end (periods, series and rows are bounded).

create function private.metric_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z][a-z0-9_.-]{0,63}$';
end;
$$;

comment on function private.metric_key_pattern() is 'The key of a metric, such as revenue.';

create function private.metric_dimension_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z][a-z0-9_]{0,39}$';
end;
$$;

comment on function private.metric_dimension_pattern() is 'The name of a dimension of metrics, such as category.';

create function private.metric_id_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[A-Za-z0-9_.:/#@-]{1,100}$';
end;
$$;

comment on function private.metric_id_pattern() is
  'The id of a point, such as a uuid or the number of an order: tables show it.';

create function private.metric_columns_problem(p_columns jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_types constant text := '^(?:text|number|currency|percentage|moment|status|boolean)$';
  v_path text;
  v_column record;
  v_problem jsonb;
begin
  if p_columns is null then
    return null;
  end if;
  if jsonb_typeof(p_columns) <> 'array' or jsonb_array_length(p_columns) not between 1 and 12 then
    return private.document_problem('columns', 'These must be 1 to 12 columns.',
      'Give a list such as [{"key": "time", "label": "Date", "type": "moment"}].');
  end if;
  for v_column in
    select c.value, c.n - 1 as n from jsonb_array_elements(p_columns) with ordinality as c (value, n) order by c.n
  loop
    v_path := 'columns.' || v_column.n;
    v_problem := coalesce(
      private.keys_problem(v_path, v_column.value, '{key,label,type}'),
      private.text_problem(v_path || '.key', v_column.value -> 'key', private.metric_dimension_pattern(),
        'Give id, time, value, or the name of a dimension.'),
      private.single_line_problem(v_path || '.label', v_column.value -> 'label', 1, 100),
      private.text_problem(v_path || '.type', v_column.value -> 'type', c_types,
        'Give text, number, currency, percentage, moment, status or boolean.'));
    if v_problem is not null then
      return v_problem;
    end if;
  end loop;
  return null;
end;
$$;

comment on function private.metric_columns_problem(jsonb) is
  'What is wrong with the columns of a table of points, which may be left out; null where nothing is.';

create function private.metric_query_problem(p_query jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_bytes constant integer := 8192;
  c_choices constant jsonb := '{
    "aggregate": "sum|avg|min|max|count|last",
    "period": "24h|7d|30d|90d|1y",
    "interval": "hour|day|week|month",
    "compare": "none|previousPeriod|previousYear",
    "order": "asc|desc",
    "format": "number|compact|currency|percentage"
  }';
  v_problem jsonb;
  v_key text;
begin
  if private.is_larger_than(p_query, c_bytes) then
    return private.document_problem('', format('A question must not be larger than %s bytes.', c_bytes),
      'Ask for less at once.');
  end if;
  v_problem := coalesce(
    private.keys_problem('', p_query, '{metric}',
      '{per,label,aggregate,period,interval,compare,breakdown,columns,types,sort,limit,order,format}'),
    private.text_problem('metric', p_query -> 'metric', private.metric_key_pattern(),
      'Give the key of a metric, such as revenue.'),
    case when p_query ? 'per' then
      private.text_problem('per', p_query -> 'per', private.metric_key_pattern(), 'Give the key of a metric.') end,
    case when p_query ? 'label' then private.single_line_problem('label', p_query -> 'label', 1, 100) end,
    case when p_query ? 'breakdown' then
      private.text_problem('breakdown', p_query -> 'breakdown', private.metric_dimension_pattern(),
        'Give the name of a dimension, such as category.') end,
    case when p_query ? 'sort' then
      private.text_problem('sort', p_query -> 'sort', private.metric_dimension_pattern(),
        'Give the key of a column.') end,
    case when p_query ? 'limit' then private.whole_number_problem('limit', p_query -> 'limit', 1, 200) end,
    private.metric_columns_problem(p_query -> 'columns'));
  if v_problem is not null then
    return v_problem;
  end if;

  for v_key in select k from jsonb_object_keys(c_choices) as k order by k loop
    if p_query ? v_key then
      v_problem := private.text_problem(
        v_key, p_query -> v_key, '^(?:' || (c_choices ->> v_key) || ')$',
        'Give one of ' || replace(c_choices ->> v_key, '|', ', ') || '.');
      if v_problem is not null then
        return v_problem;
      end if;
    end if;
  end loop;
  if p_query ? 'types' and jsonb_path_exists(p_query, '
    strict $.types ? (@.type() != "array" || @.size() > 20 || exists (@[*] ? (@.type() != "string")))')
  then
    return private.document_problem('types', 'These must be at most 20 texts.', 'Give a list such as ["orders"].');
  end if;
  if p_query ->> 'interval' = 'hour' and coalesce(p_query ->> 'period', '30d') not in ('24h', '7d') then
    return private.document_problem('interval', 'There are too many hours in this period.',
      'Ask for days, or for 24h or 7d.');
  end if;
  if p_query ? 'per' and p_query ? 'aggregate' then
    return private.document_problem('per', 'A ratio divides two sums, and has no other aggregate.',
      'Leave out aggregate, or per.');
  end if;
  return null;
end;
$$;

comment on function private.metric_query_problem(jsonb) is
  'What is wrong with a question about metrics (types/metric-query.ts); null where nothing is.';
