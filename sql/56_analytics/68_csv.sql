-- The same as CSV (RFC 4180), a part a call.
--
-- Threat: a name that a spreadsheet runs as a formula: =, +, - or @, also full-width, where a cell begins, which is
-- wherever the spreadsheet splits. One that splits at semicolons, as it does in many languages, sees no quotes around
-- what it takes for the middle of a cell, so quoting is not enough: an apostrophe before the mark makes it a text.

create function public.workspace_analytics_csv(workspace_id text, period text, part text) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.workspace_analytics_csv(workspace_id, period, part);
end;
$$;

comment on function public.workspace_analytics_csv(text, text, text) is
  'A part of workspace_analytics as CSV with a header: totals, series, views, widgets, features, errors or people. '
  'Takes analytics.read; all but series and totals, which has the basics on either plan, takes the premium plan. '
  'Errors: not_found, permission_denied, payment_required, invalid_input (period, part).';

grant execute on function public.workspace_analytics_csv(text, text, text) to authenticated, service_role;

create function private.workspace_analytics_csv(p_workspace_id text, p_period text, p_part text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_all jsonb;
  v_premium jsonb;
begin
  perform private.require_permission(p_workspace_id, 'analytics.read');
  perform private.refuse_problem(private.choice_problem(
    'part', coalesce(to_jsonb(p_part), 'null'), '{totals,series,views,widgets,features,errors,people}'));
  if p_part not in ('totals', 'series') then
    perform private.require_feature(p_workspace_id, 'analytics');
  end if;
  v_all := private.workspace_analytics(p_workspace_id, p_period);
  v_premium := v_all -> 'premium';
  return case p_part
    when 'series' then private.csv_of(
      '{at,activePeople,viewsOpened,refreshes,errors}',
      array(
        select array[s.value ->> 'at', s.value ->> 'activePeople', s.value ->> 'viewsOpened', s.value ->> 'refreshes',
          s.value ->> 'errors']::text
        from jsonb_array_elements(v_all -> 'series') as s))
    when 'totals' then private.csv_of(
      '{measure,value,previous}',
      array(
        select array[t.measure, t.pair ->> 'value', t.pair ->> 'previous']::text
        from (
          select b.key as measure, b.value as pair from jsonb_each(v_all -> 'basics') as b
          union all
          select concat_ws('.', g.name, p.key), p.value
          from unnest(array['cache', 'freshness', 'ai', 'storage']) as g (name)
          cross join lateral jsonb_each(v_premium -> g.name) as p
          where p.value ? 'value'
          union all
          select k, v_premium -> k from unnest(array['saves', 'failedRefreshes']) as k where v_premium ? k
        ) as t
        order by t.measure))
    when 'people' then private.csv_of(
      '{userId,name,activeDays,previousActiveDays,viewsOpened,previousViewsOpened,featuresUsed,previousFeaturesUsed}',
      array(
        select array[p.value ->> 'userId', p.value ->> 'name', p.value #>> '{activeDays,value}',
          p.value #>> '{activeDays,previous}', p.value #>> '{viewsOpened,value}', p.value #>> '{viewsOpened,previous}',
          p.value #>> '{featuresUsed,value}', p.value #>> '{featuresUsed,previous}']::text
        from jsonb_array_elements(
          case jsonb_typeof(v_premium -> 'people') when 'array' then v_premium -> 'people' else '[]' end)
          with ordinality as p (value, n)
        order by p.n))
    else private.csv_of(
      '{key,name,value,previous}',
      array(
        select array[i.value ->> 'key', i.value ->> 'name', i.value ->> 'value', i.value ->> 'previous']::text
        from jsonb_array_elements(v_premium #> array[p_part, 'items']) with ordinality as i (value, n)
        order by i.n)
      || array['', 'Others', v_premium #>> array[p_part, 'others', 'value'],
        v_premium #>> array[p_part, 'others', 'previous']]::text)
  end;
end;
$$;

comment on function private.workspace_analytics_csv(text, text, text) is
  'See public.workspace_analytics_csv. Definer: no role reads the tables of use.';

grant execute on function private.workspace_analytics_csv(text, text, text) to authenticated, service_role;

create function private.csv_of(p_header text[], p_rows text[]) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select string_agg(l.line, E'\r\n' order by l.n) || E'\r\n'
    from (
      select 0 as n, array_to_string(p_header, ',') as line
      union all
      select r.n, (
        select string_agg(private.csv_cell(c.value), ',' order by c.n)
        from unnest(r.cells::text[]) with ordinality as c (value, n))
      from unnest(p_rows) with ordinality as r (cells, n)
    ) as l);
end;
$$;

comment on function private.csv_of(text[], text[]) is
  'Lines of CSV: a header, and rows that are arrays as text.';

create function private.csv_cell(p_value text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What separates cells or lines in some language or setting. A comma splits where quotes are seen alone.
  c_separator constant text := '[;|\uFF1B\u061B\u060C\t-\r\u001C-\u001F\u0085\u2028\u2029]';
  v_text constant text := case
    -- A number may be negative; whatever else begins like a formula is none.
    when p_value ~ '^-[0-9]+(\.[0-9]+)?$' then p_value
    else regexp_replace(
      coalesce(p_value, ''),
      format('((?:^|%s)[\s"]*)([-=+@\uFF0D\uFF1D\uFF0B\uFF20])', c_separator),
      '\1''\2',
      'g')
  end;
begin
  return case when v_text ~ '[^A-Za-z0-9_.:-]' then '"' || replace(v_text, '"', '""') || '"' else v_text end;
end;
$$;

comment on function private.csv_cell(text) is
  'A cell of CSV, quoted unless it is but letters, digits, and marks at which nothing splits, and never a formula, at '
  'whatever a spreadsheet splits.';
