-- Asks for the files of tickets that are gone to be removed, every quarter of an hour.

select cron.schedule(
  'remove-orphaned-support-files', '*/15 * * * *', 'select private.remove_orphaned_support_files()');
