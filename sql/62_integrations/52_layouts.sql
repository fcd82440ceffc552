-- view.arranged: the widgets of a view changed, which the audit log leaves out. It is told where live updates tell the
-- whole workspace of it (45_dashboards/57_broadcast.sql), with the same widgets: a view that is personal, or closed to
-- somebody, and a widget that not everybody sees, are in no message.

create function private.tg_view_versions_tell_destinations() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_type constant text := 'view.arranged';
  v_view public.dashboard_views;
  v_event_id constant uuid := gen_random_uuid();
  v_payload jsonb;
begin
  if not exists (
    select from private.destinations d
    where d.workspace_id = new.workspace_id and d.status = 'active' and c_type = any (d.events))
  then
    return null;
  end if;
  select * into v_view
  from public.dashboard_views v
  where v.workspace_id = new.workspace_id and v.id = new.view_id;
  if not found or not private.view_is_for_all(v_view) then
    return null;
  end if;

  v_payload := private.event_payload(
    c_type, v_view.workspace_id, clock_timestamp(), v_view.id::text, '{}', private.actor_type());
  v_payload := jsonb_set(v_payload, '{data,version}', to_jsonb(new.version));
  v_payload := jsonb_set(v_payload, '{data,widgets}', private.changed_widgets(v_view));
  insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
  select d.workspace_id, d.id, v_event_id, c_type, 'view:' || v_view.id, v_payload
  from private.destinations d
  where d.workspace_id = new.workspace_id
    and d.status = 'active'
    and c_type = any (d.events)
    and private.may_be_delivered(d.workspace_id, d.kind);
  return null;
end;
$$;

comment on function private.tg_view_versions_tell_destinations() is
  'At the end of a transaction, for each view of which it made a version: queues view.arranged. Definer: no role '
  'writes the queue.';

-- Deferred: several statements of a transaction make one version.
create constraint trigger view_versions_tell_destinations after insert on private.view_versions
  deferrable initially deferred
  for each row when (new.version > 1) execute function private.tg_view_versions_tell_destinations();
