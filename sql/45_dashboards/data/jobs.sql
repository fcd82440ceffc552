-- Removes deleted views for good, every night.

create extension if not exists pg_cron with schema pg_catalog;

select cron.schedule('remove-deleted-views', '17 3 * * *', 'select private.remove_deleted_views()');
