-- How many invitations a person sends, since each is a mail to somebody who did not ask for it.
--
-- Both limits are the sender's own, so that being refused tells nothing of what others send, and nobody uses up what
-- others may send to an address. What an address gets from all people together is held when it is mailed
-- (58_mails/50_invitations.sql), where nobody is refused.
--
-- Threats: an account that floods one person through ever more workspaces, or by revoking and inviting again (a limit
-- of sender and address, whatever the workspace, and whatever stands behind a "+"); one that writes to thousands (a
-- limit of the sender); an address in the name of a bucket (its digest stands there).

create function private.require_pace_of_invitations(p_email text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_a_day constant integer := 500;
  c_most_to_one_a_day constant integer := 5;
  v_sender constant uuid := auth.uid();
  v_result record;
begin
  -- A server sends as many as it likes: it could send the mails itself.
  if v_sender is null then
    return;
  end if;
  v_result := private.charge_bucket(format('invitations/person/%s', v_sender), c_most_a_day, interval '1 day', 1);
  if not v_result.allowed then
    perform private.raise_error('rate_limited',
      format('This account has sent %s invitations within a day.', c_most_a_day), 'person',
      format('Send the next one in %s seconds.', v_result.reset));
  end if;
  v_result := private.charge_bucket(
    format('invitations/address/%s/%s', v_sender, private.digest_of_mailbox(p_email)),
    c_most_to_one_a_day, interval '1 day', 1);
  if not v_result.allowed then
    perform private.raise_error('rate_limited',
      format('This account has invited this address %s times within a day.', c_most_to_one_a_day), 'address',
      format('Invite it again in %s seconds, or ask the person to look into their mail.', v_result.reset));
  end if;
end;
$$;

comment on function private.require_pace_of_invitations(text) is
  'Counts an invitation that the caller sends to an address, for the first time or again: 500 a day, 5 of them to one '
  'address, in all workspaces together. Error: rate_limited (person, address). For definer functions.';
