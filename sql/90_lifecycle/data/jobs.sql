-- The report of the day that is counted; what pg_cron wrote down of its runs.

select cron.schedule('operator-report', '47 * * * *', 'select private.report_days()');
select cron.schedule(
  'job-runs-retention',
  '37 * * * *',
  'do $$ begin while private.expire_job_runs(10000) > 0 loop commit; end loop; end $$'
);
