-- What runs by schedule: asking the Edge Function to deliver, and taking away what is old.

create function private.request_delivering() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.request_function('Events for destinations wait', 'integration-deliver', '{}', 60000);
end;
$$;

comment on function private.request_delivering() is
  'Asks the function integration-deliver to deliver what is due. Definer: it reads the Vault, and the address is the '
  'project''s own.';

create function private.request_due_deliveries() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from private.due_destinations(1)) then
    perform private.request_delivering();
  end if;
end;
$$;

comment on function private.request_due_deliveries() is
  'Asks for deliveries where any is due that nobody has taken. For the scheduler.';

create function private.expire_deliveries(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '30 days';
  v_expired integer;
begin
  delete from private.deliveries d
  using (
    select x.workspace_id, x.destination_id, x.sequence
    from private.deliveries x
    where x.created_at < now() - c_kept
    order by x.created_at
    limit p_batch
  ) as o
  where d.workspace_id = o.workspace_id and d.destination_id = o.destination_id and d.sequence = o.sequence;
  get diagnostics v_expired = row_count;
  return v_expired;
end;
$$;

comment on function private.expire_deliveries(integer) is
  'Removes at most so many deliveries of more than 30 days ago with their attempts, whatever became of them, and '
  'returns how many. Run by cron until nothing is left, with a commit after each batch.';
