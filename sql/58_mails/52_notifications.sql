-- What people were told and want by mail becomes mails: one an hour for a person and kind, with all that waits of it in
-- a workspace, twenty at most.

create function private.gather_notification_mails(p_most integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- As many as a mail tells of (private.notification_mail): what is beyond waits for the next.
  c_most constant integer := 20;
begin
  with waiting as materialized (
    select q.workspace_id, q.notification_id, q.user_id, n.kind, q.created_at,
      row_number() over (
        partition by q.workspace_id, q.user_id, n.kind order by n.updated_at desc, q.notification_id) as place
    from private.notification_mails q
    join public.notifications n on n.workspace_id = q.workspace_id and n.id = q.notification_id
    where q.sent_at is null and q.mail_id is null
  ),
  due as (
    select distinct on (w.user_id, w.kind) w.workspace_id, w.user_id, w.kind, w.created_at
    from waiting w
    where not exists (
      select from private.mails m
      where m.user_id = w.user_id
        and m.kind = w.kind
        and case when m.failed_at is not null then false
          else coalesce(m.sent_at > clock_timestamp() - private.mail_pause(), true) end)
    order by w.user_id, w.kind, w.created_at
  ),
  made as (
    insert into private.mails (workspace_id, kind, user_id)
    select d.workspace_id, d.kind, d.user_id
    from due d
    -- Held before what waits in it: an account or a workspace that is going is passed over.
    join public.profiles p on p.id = d.user_id
    join public.workspaces w on w.id = d.workspace_id
    order by d.created_at
    limit p_most
    for key share of p skip locked
    for key share of w skip locked
    returning workspace_id, id, kind, user_id
  )
  update private.notification_mails q
  set mail_id = m.id
  from made m
  join waiting w on w.workspace_id = m.workspace_id and w.user_id = m.user_id and w.kind = m.kind
  where q.workspace_id = w.workspace_id and q.notification_id = w.notification_id and w.place <= c_most;
end;
$$;

comment on function private.gather_notification_mails(integer) is
  'Makes at most so many mails of the notifications that wait, the latest 20 of a kind in each. Not to be run twice at '
  'once. For definer functions.';
