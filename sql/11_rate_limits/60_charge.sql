-- What an Edge Function asks before it does anything: whether the caller may, and how much is left.

create function private.charge_bucket(
  p_bucket text, p_quota integer, p_window interval, p_cost integer,
  out allowed boolean, out remaining integer, out reset integer
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What one unit takes to come back.
  v_unit constant interval := p_window / p_quota;
  v_full_at timestamptz;
  v_left interval;
begin
  -- The clock is asked under the lock of the row, so that whoever waited for it gets what came back meanwhile.
  insert into private.rate_limit_buckets as b (bucket, full_at)
  values (p_bucket, clock_timestamp() + v_unit * p_cost)
  on conflict (bucket) do update
    set full_at = greatest(b.full_at, clock_timestamp()) + v_unit * p_cost
    where greatest(b.full_at, clock_timestamp()) + v_unit * p_cost <= clock_timestamp() + p_window
  returning b.full_at into v_full_at;

  allowed := found;
  if not allowed then
    select b.full_at into v_full_at
    from private.rate_limit_buckets b
    where b.bucket = p_bucket;
  end if;
  -- Until the bucket is full; null where a full one was removed in between.
  v_left := greatest(coalesce(v_full_at, clock_timestamp()) - clock_timestamp(), '0');
  remaining := greatest(floor(p_quota - extract(epoch from v_left) / extract(epoch from v_unit)), 0);
  reset := ceil(extract(epoch from
    case when allowed then v_left else greatest(v_left + v_unit * p_cost - p_window, '0') end));
  if not allowed then
    reset := greatest(reset, 1);
  end if;
end;
$$;

comment on function private.charge_bucket(text, integer, interval, integer) is
  'Takes from a bucket, or takes nothing where there is not enough in it. reset: seconds until it is full, and of a '
  'refused charge until it would be let in. For definer functions.';

create function public.charge_rate_limits(charges jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.charge_rate_limits(charges);
end;
$$;

comment on function public.charge_rate_limits(jsonb) is
  'For servers: charges buckets in the order given, at most 10 of [{bucket, name, quota, window, cost}], and returns '
  '[{name, allowed, remaining, reset}] up to the first that is refused. quota is what a full bucket holds, window the '
  'seconds in which an empty one fills, cost what is taken (1). reset: seconds until the bucket is full, and of a '
  'refused charge until it would be let in. Error: invalid_input (charges).';

grant execute on function public.charge_rate_limits(jsonb) to service_role;

create function private.charge_rate_limits(p_charges jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_charge jsonb;
  v_result record;
  v_results jsonb := '[]';
begin
  perform private.refuse_problem(private.charges_problem(p_charges));
  for v_charge in select c from jsonb_array_elements(p_charges) as c loop
    select * into v_result
    from private.charge_bucket(
      v_charge ->> 'bucket',
      (v_charge ->> 'quota')::integer,
      make_interval(secs => (v_charge ->> 'window')::integer),
      coalesce((v_charge ->> 'cost')::integer, 1));
    v_results := v_results || jsonb_build_object(
      'name', v_charge -> 'name',
      'allowed', v_result.allowed,
      'remaining', v_result.remaining,
      'reset', v_result.reset);
    exit when not v_result.allowed;
  end loop;
  return v_results;
end;
$$;

comment on function private.charge_rate_limits(jsonb) is
  'See public.charge_rate_limits. Definer: no role writes buckets.';

grant execute on function private.charge_rate_limits(jsonb) to service_role;
