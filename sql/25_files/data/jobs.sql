-- Asks for the pictures of people who are gone to be removed, every quarter of an hour.

create extension if not exists pg_net with schema extensions;

create extension if not exists pg_cron with schema pg_catalog;

select cron.schedule('remove-orphaned-avatars', '*/15 * * * *', 'select private.remove_orphaned_avatars()');
