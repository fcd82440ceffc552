-- How often somebody may: token buckets, which every process of every Edge Function shares.
--
-- A bucket is one point in time: when it would be full again. Who takes from it moves that time on by what they took;
-- who would move it further than one window from now is refused. So a bucket that is full is the same as none, and a
-- job removes it. The table is not logged: after a crash everybody begins with a full bucket, and no charge waits for
-- the disk.
--
-- Threats: somebody who empties another's bucket (servers alone charge, for callers whose token they have checked, and
-- a workspace's for those who have been seen in it); a charge that is given back by a rollback (a function charges in
-- a transaction of its own, one call of the Data API); a flood of one workspace that holds up others (each bucket is a
-- row, and a charge waits for nobody else's); two charges in a circle (each call takes its buckets in the order given:
-- the person's before the workspace's).

create unlogged table private.rate_limit_buckets (
  bucket text primary key
    constraint rate_limit_buckets_bucket_length check (octet_length(bucket) between 1 and 200),
  full_at timestamptz not null
)
-- Every charge is an update within its page, hence the room, and no index on what it changes: the job reads all.
with (fillfactor = 50);

alter table private.rate_limit_buckets enable row level security;

create policy rate_limit_buckets_select on private.rate_limit_buckets
  for select to authenticated using (false);

comment on policy rate_limit_buckets_select on private.rate_limit_buckets is 'Buckets are for nobody to read.';

comment on table private.rate_limit_buckets is
  'Limits of use that are being used up, by function, kind and whose they are. For definer functions alone.';
comment on column private.rate_limit_buckets.full_at is
  'When the bucket is full again: what has passed is as good as no row.';

create function private.remove_full_buckets(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed integer;
begin
  with spare as materialized (
    select x.bucket
    from private.rate_limit_buckets x
    where x.full_at < clock_timestamp()
    limit p_batch
    for update skip locked
  )
  delete from private.rate_limit_buckets b
  using spare s
  where b.bucket = s.bucket;
  get diagnostics v_removed = row_count;
  return v_removed;
end;
$$;

comment on function private.remove_full_buckets(integer) is
  'Removes at most so many buckets that are full, and returns how many. Run by cron until nothing is left.';
