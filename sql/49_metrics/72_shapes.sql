-- Answers to questions about metrics, in the shapes of component types (types/component-data.ts). A question has been
-- checked by then; what it leaves out has a default here.

create function private.metric_nothing(p_query jsonb) returns numeric
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when not p_query ? 'per' and coalesce(p_query ->> 'aggregate', 'sum') in ('sum', 'count') then 0 end;
end;
$$;

comment on function private.metric_nothing(jsonb) is
  'What an hour without a point comes to: 0 of what is counted up, which can be added up too; else null.';

create function private.metric_values(
  p_workspace_id text,
  p_query jsonb,
  p_from timestamptz,
  p_to timestamptz,
  p_interval text,
  p_timezone text
) returns double precision[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nothing constant numeric := private.metric_nothing(p_query);
begin
  return (
    select array_agg(coalesce(a.amount, case when a.is_some then v_nothing end)::double precision order by a.step)
    from (
      select s.step, m.amount, bool_or(m.bucket is not null) over () as is_some
      from unnest(private.metric_steps(p_from, p_to, p_interval, p_timezone)) as s (step)
      left join private.metric_amounts(p_workspace_id, p_query, '', p_from, p_to, p_interval, p_timezone) as m
        on m.bucket = s.step
    ) as a
  );
end;
$$;

comment on function private.metric_values(text, jsonb, timestamptz, timestamptz, text, text) is
  'What a question asks about, a value for each step of a time. Nothing is null, or 0 of sums and counts where there '
  'is something else in that time.';

create function private.metric_values_before(
  p_workspace_id text,
  p_query jsonb,
  p_steps timestamptz[],
  p_from timestamptz,
  p_to timestamptz,
  p_interval text,
  p_timezone text
) returns double precision[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nothing constant numeric := private.metric_nothing(p_query);
  v_period constant text := coalesce(p_query ->> 'period', '30d');
  v_compare constant text := p_query ->> 'compare';
begin
  return (
    with steps as materialized (
      select b.*
      from private.metric_steps_before(
        p_steps, p_from, p_to, p_interval, private.metric_back(v_period, v_compare),
        v_period <> '24h' or v_compare <> 'previousPeriod', p_timezone) as b
    ), amounts as (
      select m.bucket, m.amount
      from private.metric_amounts(
        p_workspace_id, p_query, '', p_from, p_to, p_interval, p_timezone,
        -- Between two of them may be what belongs to none.
        array(select b.step_from from steps b union select b.step_to from steps b order by 1)) as m
    )
    select array_agg(coalesce(a.amount, case when a.is_some then v_nothing end)::double precision order by a.n)
    from (
      select
        n.n, m.amount, bool_or(m.bucket is not null) over () and b.step is not null as is_some
      from generate_series(1, cardinality(p_steps)) as n (n)
      left join steps b on b.step = n.n
      left join amounts m on m.bucket = b.step_from
    ) as a
  );
end;
$$;

comment on function private.metric_values_before(
  text, jsonb, timestamptz[], timestamptz, timestamptz, text, text) is
  'What a question came to in the time that it is compared with, a value for each step of its own time, as '
  'private.metric_values; null for a step that has none there.';

create function private.metric_top(
  p_workspace_id text, p_query jsonb, p_limit integer, p_from timestamptz, p_to timestamptz, p_timezone text
) returns table (place bigint, value text, amount numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sign constant integer := case when p_query ->> 'order' = 'asc' then -1 else 1 end;
begin
  return query
  select row_number() over (order by m.amount * v_sign desc, m.value), m.value, m.amount
  from private.metric_amounts(
    p_workspace_id, p_query, p_query ->> 'breakdown', p_from, p_to, null, p_timezone) as m
  where m.amount is not null and m.value <> ''
  order by m.amount * v_sign desc, m.value
  limit p_limit;
end;
$$;

comment on function private.metric_top(text, jsonb, integer, timestamptz, timestamptz, text) is
  'The values of a dimension with the largest amounts, or by `order` the smallest. What was not told apart is not '
  'among them.';

create function private.metric_value_key(p_value text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when char_length(p_value) <= 100 then p_value else md5(p_value) end;
end;
$$;

comment on function private.metric_value_key(text) is
  'By which a front end tells the values of a dimension apart: the value, or of a long one a hash.';

create function private.metric_unit(p_query jsonb, p_settings jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'format', p_query -> 'format',
    'currency', case when p_query ->> 'format' = 'currency' then p_settings -> 'currency' end));
end;
$$;

comment on function private.metric_unit(jsonb, jsonb) is
  'How the numbers of an answer are meant: its format, and for money the currency of the workspace, if it has set one.';

create function private.metric_stats(
  p_workspace_id text, p_query jsonb, p_unit jsonb, p_at timestamptz, p_timezone text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What changes by less than that is called flat.
  c_noticed constant numeric := 0.005;
  v_period constant text := coalesce(p_query ->> 'period', '30d');
  v_compare constant text := coalesce(p_query ->> 'compare', 'previousPeriod');
  v_range record := private.metric_range(v_period, 'none', p_at, p_timezone);
  v_interval text := coalesce(
    p_query ->> 'interval', case v_period when '24h' then 'hour' when '1y' then 'week' else 'day' end);
  v_value numeric;
  v_previous numeric;
  v_answer jsonb;
begin
  if (v_period = '1y' and v_interval = 'day') or (v_period = '7d' and v_interval = 'hour') then
    v_interval := case v_period when '1y' then 'week' else 'day' end;
  end if;
  v_value := (select m.amount from private.metric_amounts(
    p_workspace_id, p_query, '', v_range.range_from, v_range.range_to, null, p_timezone) as m);
  v_answer := jsonb_build_object(
    'value', private.metric_number(v_value),
    'history', to_jsonb(array_remove(private.metric_values(
      p_workspace_id, p_query, v_range.range_from, v_range.range_to, v_interval, p_timezone), null))) || p_unit;
  if v_compare = 'none' then
    return v_answer;
  end if;

  v_range := private.metric_range(v_period, v_compare, p_at, p_timezone);
  v_previous := (select m.amount from private.metric_amounts(
    p_workspace_id, p_query, '', v_range.range_from, v_range.range_to, null, p_timezone) as m);
  return v_answer || jsonb_build_object('previousValue', private.metric_number(v_previous))
    || jsonb_strip_nulls(jsonb_build_object('trend', case
      when v_value is null or v_previous is null then null
      when abs(v_value - v_previous) <= c_noticed * abs(v_previous) then 'flat'
      when v_value > v_previous then 'up'
      else 'down'
    end));
end;
$$;

comment on function private.metric_stats(text, jsonb, jsonb, timestamptz, text) is
  'One number with its history, and what it was in the period that it is compared with.';

create function private.metric_chart(
  p_workspace_id text, p_type text, p_query jsonb, p_unit jsonb, p_at timestamptz, p_timezone text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_period constant text := coalesce(p_query ->> 'period', '30d');
  v_compare constant text := coalesce(p_query ->> 'compare', 'none');
  v_label constant text := coalesce(p_query ->> 'label', p_query ->> 'metric');
  v_limit constant integer := coalesce((p_query ->> 'limit')::integer, case p_type when 'chart-bar' then 10 else 5 end);
  v_range constant record := private.metric_range(v_period, 'none', p_at, p_timezone);
  v_before constant record := private.metric_range(v_period, v_compare, p_at, p_timezone);
  v_interval text := coalesce(p_query ->> 'interval', case v_period when '24h' then 'hour' else 'day' end);
  v_nothing constant numeric := private.metric_nothing(p_query);
  v_steps timestamptz[];
  v_labels jsonb;
  v_series jsonb;
begin
  if p_type = 'chart-bar' and p_query ? 'breakdown' then
    select
      coalesce(jsonb_agg(left(t.value, 100) order by t.place), '[]'),
      coalesce(jsonb_agg(t.amount::double precision order by t.place), '[]')
    into v_labels, v_series
    from private.metric_top(
      p_workspace_id, p_query, v_limit, v_range.range_from, v_range.range_to, p_timezone) as t;
    return jsonb_build_object('labels', v_labels, 'series', jsonb_build_array(
      jsonb_build_object('key', p_query -> 'metric', 'label', v_label, 'values', v_series))) || p_unit;
  end if;

  if p_type = 'chart-bar' and v_period = '1y' and v_interval = 'day' then
    v_interval := 'week';
  end if;
  v_steps := private.metric_steps(v_range.range_from, v_range.range_to, v_interval, p_timezone);
  select jsonb_agg(case
    when v_interval = 'hour' then private.timestamp_text(s.step)
    else to_char(s.step at time zone p_timezone, case v_interval when 'month' then 'YYYY-MM' else 'YYYY-MM-DD' end)
  end order by s.n)
  into v_labels
  from unnest(v_steps) with ordinality as s (step, n);

  if p_query ? 'breakdown' then
    with top as materialized (
      select t.place, t.value
      from private.metric_top(
        p_workspace_id, p_query, least(v_limit, 20), v_range.range_from, v_range.range_to, p_timezone) as t
    ), amounts as materialized (
      select m.bucket, m.value, m.amount
      from private.metric_amounts(
        p_workspace_id, p_query, p_query ->> 'breakdown', v_range.range_from, v_range.range_to, v_interval,
        p_timezone) as m
    ), lines as (
      select
        t.place, t.value,
        array_agg(coalesce(a.amount, v_nothing)::double precision order by s.step) as amounts
      from top t
      cross join unnest(v_steps) as s (step)
      left join amounts a on a.value = t.value and a.bucket = s.step
      group by t.place, t.value
    )
    select jsonb_agg(jsonb_build_object(
      'key', private.metric_value_key(l.value), 'label', l.value, 'values', l.amounts) order by l.place)
    into v_series
    from lines l;
  else
    v_series := jsonb_build_array(jsonb_build_object(
      'key', p_query -> 'metric', 'label', v_label,
      'values', to_jsonb(private.metric_values(
        p_workspace_id, p_query, v_range.range_from, v_range.range_to, v_interval, p_timezone))));
    if v_compare <> 'none' then
      v_series := v_series || jsonb_build_object(
        'key', 'previous',
        'label', case v_compare when 'previousYear' then 'Previous year' else 'Previous period' end,
        'values', to_jsonb(private.metric_values_before(
          p_workspace_id, p_query, v_steps, v_before.range_from, v_before.range_to, v_interval, p_timezone)));
    end if;
  end if;
  return jsonb_build_object('labels', v_labels, 'series', coalesce(v_series, '[]')) || p_unit;
end;
$$;

comment on function private.metric_chart(text, text, jsonb, jsonb, timestamptz, text) is
  'A series over time, with the one that it is compared with or one for each value of a dimension; or a bar for each '
  'value.';

create function private.metric_slices(
  p_workspace_id text, p_query jsonb, p_unit jsonb, p_at timestamptz, p_timezone text
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit constant integer := least(coalesce((p_query ->> 'limit')::integer, 6), 49);
  v_range constant record := private.metric_range(coalesce(p_query ->> 'period', '30d'), 'none', p_at, p_timezone);
  -- Averages and ratios cannot be added up.
  v_adds_up constant boolean := private.metric_nothing(p_query) is not null;
begin
  return p_unit || jsonb_build_object('slices', (
    with told as materialized (
      select m.value, m.amount
      from private.metric_amounts(
        p_workspace_id, p_query, p_query ->> 'breakdown', v_range.range_from, v_range.range_to, null,
        p_timezone) as m
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'key', case when s.is_rest then '(other)' else private.metric_value_key(s.value) end,
      'label', case when s.is_rest then 'Other' else s.value end,
      'value', private.metric_number(s.amount)) order by s.place), '[]')
    from (
      select min(r.place) as place, min(r.value) as value, sum(r.amount) as amount, r.is_rest
      from (
        select x.place, x.value, x.amount, x.value = '' or x.place > v_limit as is_rest
        from (
          select
            a.value, a.amount, row_number() over (order by a.value = '', a.amount desc, a.value) as place
          from (
            select t.value, t.amount from told t
            union all
            -- Of points without the dimension: all, less those that have it.
            select '', m.amount - coalesce((select sum(t.amount) from told t), 0)
            from private.metric_amounts(
              p_workspace_id, p_query, '', v_range.range_from, v_range.range_to, null, p_timezone) as m
            where v_adds_up
          ) as a
          where a.amount > 0 or (a.amount = 0 and a.value <> '')
        ) as x
      ) as r
      where not r.is_rest or v_adds_up
      group by r.is_rest, case when not r.is_rest then r.place end
    ) as s
  ));
end;
$$;

comment on function private.metric_slices(text, jsonb, jsonb, timestamptz, text) is
  'The shares of the values of a dimension, the largest first, and the rest as Other, with the points that do not have '
  'it. What is below 0 has no share.';
