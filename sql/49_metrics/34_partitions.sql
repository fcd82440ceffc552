-- The tables in which points are stored, one a month (00_foundation/76_partitions.sql): three ahead, and of the past
-- those of which points came.

create function private.add_metric_partition(p_month timestamp) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.add_month_partition('private.metric_points', 'time', p_month);
end;
$$;

comment on function private.add_metric_partition(timestamp) is
  'Makes the partition of the month that begins at this moment (UTC) where there is none.';

create function private.maintain_metric_partitions() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Who sends metrics waits behind a lock that waits: rather fail, and try again the next day.
set lock_timeout = '5s'
as $$
declare
  c_months_ahead constant integer := 3;
  -- By then the points of a month have gone one by one, with their ids.
  c_margin constant integer := 7;
begin
  perform private.add_default_partition('private.metric_points');
  perform private.add_metric_partition(m.month)
  from private.months_wanted('private.metric_points', 'time', c_months_ahead) as m (month);
  perform private.drop_expired_months('private.metric_points', make_interval(days => (
    select case when count(l.most) = count(*) then max(l.most)::integer + c_margin end
    from public.plan_limits l where l.limit_key = 'metrics_days')));
end;
$$;

comment on function private.maintain_metric_partitions() is
  'Makes the partitions of this month and the next three, empties the default partition, and drops the partitions '
  'that lie wholly beyond the longest retention. Run by cron, and once by the migration.';
