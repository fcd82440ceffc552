-- The partitions around the migration, putting use together, and taking it away.

select private.maintain_analytics_partitions();

select cron.schedule('analytics-partitions', '17 2 * * *', 'select private.maintain_analytics_partitions()');
select cron.schedule(
  'analytics-roll-up',
  '*/5 * * * *',
  'do $$ begin while private.roll_up_analytics() loop commit; end loop; end $$'
);
select cron.schedule(
  'analytics-retention',
  '3 3 * * *',
  'do $$ begin while private.expire_analytics(10000) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'analytics-of-deleted-workspaces',
  '* * * * *',
  'do $$ begin while private.remove_ended_analytics(10000) > 0 loop commit; end loop; end $$'
);
