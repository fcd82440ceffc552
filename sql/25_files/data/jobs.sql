-- Asks for the pictures of people who are gone to be removed, every quarter of an hour.

select cron.schedule('remove-orphaned-avatars', '*/15 * * * *', 'select private.remove_orphaned_avatars()');
