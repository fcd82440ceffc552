-- Saying what one has read.
--
-- Threats: marking another's (an id that is not one's own is passed over, as one that does not exist); a circle of
-- waiting with who joins something to what is marked (that is skipped, and stays unread: it has news).

create function public.mark_notifications(ids uuid[] default null, read boolean default true) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.mark_notifications(ids, read);
end;
$$;

comment on function public.mark_notifications(uuid[], boolean) is
  'Marks notifications of the caller as read, or with `read` false as unread: those that are named, at most 100, or '
  'all without `ids`. Returns {marked, unreadNotifications}: how many changed, and how many are unread now, 100 '
  'meaning 100 or more. Ids that are not one''s own are passed over. Errors: not_signed_in, invalid_input (ids, read).';

grant execute on function public.mark_notifications(uuid[], boolean) to authenticated;

create function private.mark_notifications(p_ids uuid[], p_read boolean) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 100;
  v_user_id constant uuid := auth.uid();
  v_marked integer;
begin
  perform private.require_person();
  perform private.hold_account();
  if cardinality(p_ids) > c_most then
    perform private.raise_invalid_input('ids',
      'One call marks at most 100 notifications.', 'Name 100 at a time, or leave `ids` out to mark all as read.');
  end if;
  if p_read is null or (p_ids is null and not p_read) then
    perform private.raise_invalid_input('read',
      'All can be marked as read only.', 'Give true, or name the ones that are to be unread.');
  end if;

  update public.notifications n
  set read_at = case when p_read then now() end, join_key = null
  from (
    select x.workspace_id, x.id
    from public.notifications x
    where x.user_id = v_user_id
      and x.in_app
      and (p_ids is null or x.id = any (p_ids))
      and (x.read_at is null) = p_read
    for no key update skip locked
  ) as m
  where n.workspace_id = m.workspace_id and n.id = m.id;
  get diagnostics v_marked = row_count;
  return jsonb_build_object(
    'marked', v_marked, 'unreadNotifications', private.unread_notifications(v_user_id));
end;
$$;

comment on function private.mark_notifications(uuid[], boolean) is
  'See public.mark_notifications. Definer: clients write nothing of notifications.';

grant execute on function private.mark_notifications(uuid[], boolean) to authenticated;
