-- ticket:updated {workspaceId, ticketId}, to who opened the ticket: something was said, or its status is another one.

create function private.tg_support_tickets_broadcast() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.send_message(private.user_channel(n.opened_by), 'ticket:updated', jsonb_build_object(
    'workspaceId', n.workspace_id, 'ticketId', n.id))
  from changed n
  join before o on o.workspace_id = n.workspace_id and o.id = n.id
  where (o.status, o.priority, o.message_count) is distinct from (n.status, n.priority, n.message_count)
    -- Not to who has left, who sees it no more.
    and exists (
      select from private.active_members a where a.workspace_id = n.workspace_id and a.member_id = n.opened_by);
  return null;
end;
$$;

comment on function private.tg_support_tickets_broadcast() is
  'After tickets change: tells who opened them, if they still see them. Definer: nobody sends messages.';

create trigger support_tickets_broadcast after update on public.support_tickets
  referencing old table as before new table as changed
  for each statement execute function private.tg_support_tickets_broadcast();
