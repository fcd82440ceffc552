-- Asks for deliveries that are due; removes those of more than 30 days ago, every night.

select cron.schedule('deliver-events', '5 seconds', 'select private.request_due_deliveries()');
select cron.schedule(
  'deliveries-retention',
  '3 3 * * *',
  'do $$ begin while private.expire_deliveries(10000) > 0 loop commit; end loop; end $$'
);
