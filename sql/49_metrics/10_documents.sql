-- What metrics are called, and the document of a question about them: the rules of types/metrics.ts and
-- types/metric-query.ts, held by the database. A test demands the same verdict of both.
--
-- Threat: a key that a front end would follow into what all objects share, such as __proto__ (names begin with a
-- letter); a question that reads without end (periods, series and rows are bounded).
--
-- The patterns say nothing of lengths, which are looked at first: an expression with a bound of a hundred takes twenty
-- times as long, and it is asked of every point.

create function private.metric_key_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z][a-z0-9_.-]*$';
end;
$$;

comment on function private.metric_key_pattern() is
  'The key of a metric, such as revenue, whose length is asked for first.';

create function private.metric_dimension_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[a-z][a-z0-9_]*$';
end;
$$;

comment on function private.metric_dimension_pattern() is
  'The name of a dimension of metrics, such as category, whose length is asked for first.';

create function private.metric_id_pattern() returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '^[A-Za-z0-9_.:/#@-]+$';
end;
$$;

comment on function private.metric_id_pattern() is
  'The id of a point, such as a uuid or the number of an order, whose length is asked for first: tables show it.';

create function private.metric_key_problem(p_path text, p_value jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_hint constant text := 'Give the key of a metric, such as revenue.';
begin
  if octet_length(p_value #>> '{}') > 64 then
    return private.document_problem(p_path, 'This does not have the right form.', c_hint);
  end if;
  return private.text_problem(p_path, p_value, private.metric_key_pattern(), c_hint);
end;
$$;

comment on function private.metric_key_problem(text, jsonb) is
  'What is wrong with the key of a metric; null where nothing is.';

create function private.metric_dimension_problem(p_path text, p_value jsonb, p_hint text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_value #>> '{}') > 40 then
    return private.document_problem(p_path, 'This does not have the right form.', p_hint);
  end if;
  return private.text_problem(p_path, p_value, private.metric_dimension_pattern(), p_hint);
end;
$$;

comment on function private.metric_dimension_problem(text, jsonb, text) is
  'What is wrong with the name of a dimension; null where nothing is.';

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
      private.metric_dimension_problem(
        v_path || '.key', v_column.value -> 'key', 'Give id, time, value, or the name of a dimension.'),
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
  v_problem := coalesce(
    private.size_problem('', p_query, c_bytes,
      private.document_problem('', format('A question must not be larger than %s bytes.', c_bytes),
        'Ask for less at once.')),
    private.keys_problem('', p_query, '{metric}',
      '{per,label,aggregate,period,interval,compare,breakdown,columns,types,sort,limit,order,format}'),
    private.metric_key_problem('metric', p_query -> 'metric'),
    case when p_query ? 'per' then private.metric_key_problem('per', p_query -> 'per') end,
    case when p_query ? 'label' then private.single_line_problem('label', p_query -> 'label', 1, 100) end,
    case when p_query ? 'breakdown' then
      private.metric_dimension_problem(
        'breakdown', p_query -> 'breakdown', 'Give the name of a dimension, such as category.') end,
    case when p_query ? 'sort' then
      private.metric_dimension_problem('sort', p_query -> 'sort', 'Give the key of a column.') end,
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
  if p_query ? 'types' then
    if jsonb_typeof(p_query -> 'types') <> 'array' or jsonb_array_length(p_query -> 'types') > 20 then
      return private.document_problem('types', 'These must be at most 20 texts.', 'Give a list such as ["orders"].');
    end if;
    select private.document_problem('types.' || t.n - 1, 'This must be a text.', 'Give a list such as ["orders"].')
    into v_problem
    from jsonb_array_elements(p_query -> 'types') with ordinality as t (value, n)
    where jsonb_typeof(t.value) <> 'string'
    limit 1;
    if v_problem is not null then
      return v_problem;
    end if;
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
