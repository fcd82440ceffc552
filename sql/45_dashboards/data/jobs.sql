-- Removes deleted views for good, every night.

select cron.schedule('remove-deleted-views', '17 3 * * *', 'select private.remove_deleted_views()');
