-- Removes deleted views for good, every night.

select cron.schedule('remove-deleted-views', '17 3 * * *', 'select private.remove_deleted_views()');

-- Forgets who watched which view, every half hour.

select cron.schedule('remove-old-view-watchers', '*/30 * * * *', 'select private.remove_old_view_watchers()');
