-- When the next of something may go, for what waits in place of being refused.

create function private.next_slot(p_bucket text, p_quota integer, p_window interval, p_longest interval)
returns timestamptz
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unit constant interval := p_window / p_quota;
  v_full_at timestamptz;
begin
  insert into private.rate_limit_buckets as b (bucket, full_at)
  values (p_bucket, clock_timestamp() + v_unit)
  on conflict (bucket) do update
    set full_at = greatest(b.full_at, clock_timestamp()) + v_unit
    where greatest(b.full_at, clock_timestamp()) + v_unit <= clock_timestamp() + p_window + p_longest
  returning b.full_at into v_full_at;
  return case when found then greatest(v_full_at - p_window, clock_timestamp()) end;
end;
$$;

comment on function private.next_slot(text, integer, interval, interval) is
  'Takes one from a bucket that holds so many and fills in the window, and returns from when on it may be used: now, '
  'or when as much has come back. Null, and nothing is taken, where that would be longer than p_longest from now. For '
  'definer functions.';
