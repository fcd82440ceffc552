-- The report of the day that is counted.

select cron.schedule('operator-report', '47 * * * *', 'select private.report_days()');
