-- An invitation that is made, or sent again, is mailed.
--
-- Threat: a stranger flooded by many accounts at once, each within its own limit (an address gets ten mails of
-- invitations a day from all of them together). Nobody is refused for it, which would tell of what others send and let
-- one person keep another from being invited: the mail waits its turn, and the invitation is there for the invited
-- person in any case.

create function private.tg_workspace_invitations_mail() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_day constant integer := 10;
  -- A mail is removed a week after it was made (64_schedule.sql).
  c_longest constant interval := '6 days';
  v_mail private.mails;
  v_due_at timestamptz;
begin
  select * into v_mail
  from private.mails m
  where m.workspace_id = new.workspace_id and m.invitation_id = new.id
  for update;
  if v_mail.id is not null and v_mail.sent_at is null and v_mail.failed_at is null
    and coalesce(v_mail.leased_until <= clock_timestamp(), true)
  then
    v_due_at := v_mail.due_at;
  else
    v_due_at := private.next_slot(
      format('mails/invitations/%s', private.digest_of_mailbox(new.email)), c_most_a_day, '1 day', c_longest);
    if v_due_at is null then
      return null;
    end if;
    v_due_at := greatest(
      v_due_at, coalesce(v_mail.sent_at, v_mail.failed_at, v_mail.leased_until) + private.mail_pause());
  end if;

  insert into private.mails as m (workspace_id, kind, invitation_id, due_at)
  values (new.workspace_id, 'invitation', new.id, v_due_at)
  -- Another mail, and so another id.
  on conflict (workspace_id, invitation_id) do update
    set id = gen_random_uuid(),
      created_at = clock_timestamp(),
      due_at = excluded.due_at,
      leased_until = null,
      attempts = 0,
      sent_at = null,
      failed_at = null;
  return null;
end;
$$;

comment on function private.tg_workspace_invitations_mail() is
  'After an invitation is made or renewed: its mail is due, an hour after the last one, and later where the address '
  'got ten within a day; none where it would wait for a week. Definer: no role writes mails.';

create function private.mail_pause() returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '1 hour';
end;
$$;

comment on function private.mail_pause() is
  'How long it takes from one mail about an invitation, or of a kind of notification to a person, to the next.';

create trigger workspace_invitations_mail_insert after insert on public.workspace_invitations
  for each row execute function private.tg_workspace_invitations_mail();
-- Sending it again is the one thing that sets this column, to whatever.
create trigger workspace_invitations_mail_update after update of expires_at on public.workspace_invitations
  for each row execute function private.tg_workspace_invitations_mail();
