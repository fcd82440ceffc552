-- The partitions of the months around the migration, and the jobs that roll points up and take them away.

select private.maintain_metric_partitions();

select cron.schedule('metrics-partitions', '11 2 * * *', 'select private.maintain_metric_partitions()');
select cron.schedule(
  'metrics-roll-up',
  '* * * * *',
  'do $$ begin while private.roll_up_metrics(200) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'metrics-retention',
  '23 2 * * *',
  'do $$ begin while private.expire_metrics(10000) > 0 loop commit; end loop; end $$'
);
select cron.schedule(
  'metrics-of-deleted-workspaces',
  '* * * * *',
  'do $$ begin while private.remove_ended_metrics(10000) > 0 loop commit; end loop; end $$'
);
