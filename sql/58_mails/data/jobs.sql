-- Sends what is due, every minute; removes what is a week old, every night.

select cron.schedule('send-mails', '* * * * *', 'select private.request_mails()');

select cron.schedule(
  'mails-retention',
  '57 2 * * *',
  'do $$ begin while private.expire_mails(10000) > 0 loop commit; end loop; end $$'
);
