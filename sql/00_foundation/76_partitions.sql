-- Tables that are stored by the month, so that what has expired goes by dropping a table: `public.audit_log` in
-- `private.audit_log_2026_01` and so on, in `private`, where the Data API does not reach.
--
-- A write must never fail for want of a partition. Months are made ahead by a cron job of each subject; what comes for
-- a month that has no table lands in the default partition, and the next run moves it to where it belongs. The
-- partitions are not declared: which of them exist depends on the date.

create function private.protect_partition(p_name text, p_comment text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_policy constant text := p_name || '_select';
begin
  execute format('alter table private.%I enable row level security', p_name);
  execute format('create policy %I on private.%I for select to authenticated using (false)', v_policy, p_name);
  execute format('comment on table private.%I is %L', p_name, p_comment);
  execute format('comment on policy %I on private.%I is %L', v_policy, p_name,
    'Rows are read through the whole table alone.');
end;
$$;

comment on function private.protect_partition(text, text) is
  'Gives a partition what it does not inherit: row-level security and comments.';

create function private.table_name_of(p_table regclass) returns name
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (select c.relname from pg_catalog.pg_class c where c.oid = p_table);
end;
$$;

comment on function private.table_name_of(regclass) is 'The name of a table without its schema.';

create function private.add_default_partition(p_table regclass) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name constant text := private.table_name_of(p_table) || '_default';
begin
  if to_regclass('private.' || v_name) is not null then
    return null;
  end if;
  execute format('create table private.%I partition of %s default', v_name, p_table);
  perform private.protect_partition(v_name,
    'Rows of months without a partition: normally none. The next maintenance moves them.');
  return v_name;
end;
$$;

comment on function private.add_default_partition(regclass) is
  'Makes the default partition of a table, and returns its name; null where there is one.';

create function private.add_month_partition(p_table regclass, p_column name, p_month timestamp) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant name := private.table_name_of(p_table);
  v_name constant text := v_table || to_char(p_month, '"_"YYYY_MM');
  v_from constant timestamptz := p_month at time zone 'UTC';
  v_to constant timestamptz := (p_month + interval '1 month') at time zone 'UTC';
begin
  if to_regclass('private.' || v_name) is not null then
    return null;
  end if;

  execute format('create table private.%I (like %s including all)', v_name, p_table);
  perform private.protect_partition(v_name, format('%s of %s (UTC).', v_table, to_char(p_month, 'FMMonth YYYY')));

  -- Of a month that has begun, rows may be in the default partition and on their way there: writers wait until the
  -- month is attached. Nobody waits for a month that is to come.
  if v_from <= now() then
    execute format('lock table %s in share row exclusive mode', p_table);
    execute format(
      'with moved as (delete from private.%I where %I >= $1 and %2$I < $2 returning *)
      insert into private.%3$I select * from moved',
      v_table || '_default', p_column, v_name) using v_from, v_to;
  end if;

  execute format('alter table %s attach partition private.%I for values from (%L) to (%L)',
    p_table, v_name, v_from, v_to);
  return v_name;
end;
$$;

comment on function private.add_month_partition(regclass, name, timestamp) is
  'Makes the partition, by a column with a timestamp, of the month that begins at this moment (UTC), moves its rows '
  'there from the default partition, and returns its name; null where there is one.';

create function private.months_wanted(p_table regclass, p_column name, p_ahead integer) returns setof timestamp
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query execute format(
    'select date_trunc(''month'', now() at time zone ''UTC'') + make_interval(months => n)
    from generate_series(0, $1) as n
    union
    select date_trunc(''month'', d.%I at time zone ''UTC'') from private.%I d
    order by 1',
    p_column, private.table_name_of(p_table) || '_default') using p_ahead;
end;
$$;

comment on function private.months_wanted(regclass, name, integer) is
  'The months that a table needs a partition of: this one, so many ahead, and those of the rows in the default '
  'partition.';

create function private.drop_expired_months(p_table regclass, p_longest_retention interval) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant name := private.table_name_of(p_table);
  v_partition text;
begin
  for v_partition in
    select c.relname
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = p_table
      and c.relname ~ ('^' || v_table || '_\d{4}_\d{2}$')
      and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC'
        <= now() - p_longest_retention
    order by 1
  loop
    execute format('drop table private.%I', v_partition);
  end loop;
end;
$$;

comment on function private.drop_expired_months(regclass, interval) is
  'Drops the partitions of a table that lie wholly beyond the longest retention.';
