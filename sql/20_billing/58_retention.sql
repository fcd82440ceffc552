-- What is forgotten: events, their fences and checkouts, after 90 days, and customers of deleted workspaces after 60.
-- What they led to stays.

create function private.expire_billing_records(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '90 days';
  c_left constant interval := '60 days';
  v_expired integer;
begin
  with event as (
    delete from private.billing_events e
    where e.id in (select x.id from private.billing_events x where x.received_at < now() - c_kept limit p_batch)
    returning 1
  ),
  fence as (
    delete from private.billing_fences f
    where f.object_id in (
      select x.object_id from private.billing_fences x where x.written_at < now() - c_kept limit p_batch)
    returning 1
  ),
  session as (
    delete from private.checkout_sessions s
    where s.id in (select x.id from private.checkout_sessions x where x.created_at < now() - c_kept limit p_batch)
    returning 1
  ),
  customer as (
    delete from private.left_customers l
    where l.id in (select x.id from private.left_customers x where x.left_at < now() - c_left limit p_batch)
    returning 1
  )
  select count(*) into v_expired
  from (
    select from event union all select from fence union all select from session union all select from customer
  ) as e;
  return v_expired;
end;
$$;

comment on function private.expire_billing_records(integer) is
  'Removes at most so many events, fences and checkouts each that are 90 days old, and customers whose workspace was '
  'deleted 60 days ago, and returns how many. Run by cron until nothing is left.';
