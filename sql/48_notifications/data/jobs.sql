-- Removes what people were told and have read long ago, every night.

select cron.schedule(
  'notifications-retention',
  '47 2 * * *',
  'do $$ begin while private.expire_notifications(10000) > 0 loop commit; end loop; end $$'
);
