-- preferences:updated {workspaceId, updatedAt}, to the person alone: their other devices follow.

create function private.tg_preferences_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.user_channel(n.user_id), 'preferences:updated', jsonb_build_object(
    'workspaceId', n.workspace_id, 'updatedAt', private.timestamp_text(n.updated_at)))
  from changed n;
  return null;
end;
$$;

comment on function private.tg_preferences_broadcast() is
  'After preferences are written: tells the person. Definer: nobody sends messages.';

create trigger preferences_broadcast_insert after insert on public.preferences
  referencing new table as changed
  for each statement execute function private.tg_preferences_broadcast();
create trigger preferences_broadcast_update after update on public.preferences
  referencing new table as changed
  for each statement execute function private.tg_preferences_broadcast();
