-- The partitions around the migration and the job that keeps them coming and going; refreshing what is due, every
-- minute; forgetting what nobody asks any more.

select private.maintain_widget_refreshes();

select cron.schedule('widget-refreshes-partitions', '13 2 * * *', 'select private.maintain_widget_refreshes()');
select cron.schedule('widget-refresh', '* * * * *', 'select private.request_widget_refresh()');
select cron.schedule('widget-data-retention', '23 2 * * *', 'select private.remove_unasked_widget_data()');
