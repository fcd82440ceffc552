-- What nobody has any more: pictures that no listing shows, and bundles of no version and no copy. And once a day the
-- numbers of listings.

select cron.schedule(
  'remove-orphaned-marketplace-pictures', '*/15 * * * *', 'select private.remove_orphaned_marketplace_pictures()');
select cron.schedule('remove-orphaned-bundles', '52 3 * * *', 'select private.remove_orphaned_bundles()');
select cron.schedule('recount-marketplace', '42 3 * * *', 'select private.recount_marketplace()');
