-- Removes buckets that are full again, every ten minutes.

select cron.schedule(
  'rate-limits-full-buckets',
  '*/10 * * * *',
  'do $$ begin while private.remove_full_buckets(10000) > 0 loop commit; end loop; end $$'
);
