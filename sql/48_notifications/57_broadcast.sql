-- notification:new {workspaceId, id, kind}, to the person: something was told to them, or counted up.

create function private.tg_notifications_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_counts jsonb;
begin
  -- Each names the transition tables that there are for its operation.
  if tg_op = 'UPDATE' then
    v_counts := (select jsonb_object_agg(o.id, o.count) from before o);
  end if;
  perform private.send_message(private.user_channel(n.user_id), 'notification:new', jsonb_build_object(
    'workspaceId', n.workspace_id, 'id', n.id, 'kind', n.kind))
  from changed n
  where n.in_app and (v_counts is null or n.count > (v_counts ->> n.id::text)::integer);
  return null;
end;
$$;

comment on function private.tg_notifications_broadcast() is
  'After notifications are made, or joined by more: tells each person. Definer: nobody sends messages.';

create trigger notifications_broadcast_insert after insert on public.notifications
  referencing new table as changed
  for each statement execute function private.tg_notifications_broadcast();
create trigger notifications_broadcast_update after update on public.notifications
  referencing old table as before new table as changed
  for each statement execute function private.tg_notifications_broadcast();
