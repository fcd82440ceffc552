-- The partitions of the months around the migration, and the jobs that keep them coming and going.

select private.maintain_audit_partitions();

select cron.schedule('audit-log-partitions', '7 2 * * *', 'select private.maintain_audit_partitions()');
select cron.schedule(
  'audit-log-retention',
  '37 2 * * *',
  'do $$ begin while private.expire_audit_entries(10000) > 0 loop commit; end loop; end $$'
);
