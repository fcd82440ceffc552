-- Tells those many with whom a view was shared.

select cron.schedule(
  'tell-of-shares',
  '10 seconds',
  'do $$ begin while private.tell_of_shares(500) > 0 loop commit; end loop; end $$'
);

-- Removes what people were told and have read long ago, every night.

select cron.schedule(
  'notifications-retention',
  '47 2 * * *',
  'do $$ begin while private.expire_notifications(10000) > 0 loop commit; end loop; end $$'
);
