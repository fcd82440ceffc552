-- An invitation that is made, or sent again, is mailed.

create function private.tg_workspace_invitations_mail() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into private.mails as m (workspace_id, kind, invitation_id)
  values (new.workspace_id, 'invitation', new.id)
  -- Another mail, and so another id.
  on conflict (workspace_id, invitation_id) do update
    set id = gen_random_uuid(),
      created_at = clock_timestamp(),
      due_at = case
        when m.sent_at is null and m.failed_at is null then m.due_at
        else greatest(clock_timestamp(), coalesce(m.sent_at, m.failed_at) + private.mail_pause())
      end,
      leased_until = null,
      attempts = 0,
      sent_at = null,
      failed_at = null;
  return null;
end;
$$;

comment on function private.tg_workspace_invitations_mail() is
  'After an invitation is made or renewed: its mail is due, an hour after the last one. Definer: no role writes mails.';

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
