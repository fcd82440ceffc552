-- Releases what holders have let expire, every minute, and forgets what has long ended, every night.

select cron.schedule(
  'usage-expired-holds',
  '* * * * *',
  'do $$ begin while private.release_expired_holds(1000) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'usage-ended-holds',
  '27 2 * * *',
  'do $$ begin while private.forget_ended_holds(10000) > 0 loop commit; end loop; end $$'
);

-- Ends graces and plans that were given, at most a minute late, and forgets old events, every night.

select cron.schedule(
  'billing-plans',
  '* * * * *',
  'do $$ begin while private.keep_due_plans(100) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'billing-retention',
  '53 2 * * *',
  'do $$ begin while private.expire_billing_records(10000) > 0 loop commit; end loop; end $$'
);

-- Compares with what Stripe has, every night, before what is old is removed.

select cron.schedule('compare-billing', '17 2 * * *', 'select private.request_billing_comparison()');
