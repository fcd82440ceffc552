-- What runs by schedule: asking the Edge Function to send, and taking away what is old.

create function private.request_mails() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
      select from private.mails m
      where m.sent_at is null and m.failed_at is null and m.due_at <= statement_timestamp()
        and coalesce(m.leased_until < statement_timestamp(), true))
    and not exists (select from private.notification_mails q where q.sent_at is null and q.mail_id is null)
  then
    return;
  end if;
  perform private.request_function('Mails wait', 'mail', '{}', 60000);
end;
$$;

comment on function private.request_mails() is
  'Asks the function "mail" to send what is due, if anything is. Definer: it reads Vault. Warns, and does nothing, '
  'while the secrets are not set.';

create function private.expire_mails(p_batch integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_kept constant interval := '7 days';
  v_mails integer;
  v_waiting integer;
begin
  -- The key, and not every mail of the queue: what a sent mail told of stays, so that it is not told again.
  delete from private.notification_mails q
  using (
    select x.workspace_id, x.notification_id
    from private.notification_mails x
    where x.sent_at is null and x.created_at < now() - c_kept
    limit p_batch
  ) as o
  where q.workspace_id = o.workspace_id and q.notification_id = o.notification_id;
  get diagnostics v_waiting = row_count;
  delete from private.mails m
  using (
    select x.workspace_id, x.id from private.mails x where x.created_at < now() - c_kept limit p_batch
  ) as o
  where m.workspace_id = o.workspace_id and m.id = o.id;
  get diagnostics v_mails = row_count;
  return v_waiting + v_mails;
end;
$$;

comment on function private.expire_mails(integer) is
  'Removes at most so many mails of each sort that are a week old, sent or not, and returns how many. Run by cron '
  'until nothing is left.';
