-- Sending mails: a server takes some, sends them, and says what became of each.
--
-- A service that has too much (429) says for how long, and what it did not take waits as long: that is no attempt, or a
-- busy hour would end mails that nothing is wrong with. So one that never takes any keeps them until they are a week
-- old.
--
-- Threats: two servers that send the same mail (a lease, taken one after the other); a mail that makes every run fail
-- (each is settled by itself, later and later, and given up in the end); a service that says to come again in a year
-- (an hour at most); a person who takes or settles mails (granted to servers alone).

create function public.claim_mails(most integer default 20) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.claim_mails(most);
end;
$$;

comment on function public.claim_mails(integer) is
  'For servers: at most so many mails that are due (1 to 100), which are the caller''s to send for two minutes; settle '
  'them with settle_mails. The id is the idempotency key. Error: invalid_input (most).';

grant execute on function public.claim_mails(integer) to service_role;

create function private.claim_mails(p_most integer) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_lease constant interval := '2 minutes';
  v_mail private.mails;
  v_document jsonb;
  v_documents jsonb := '[]';
begin
  if (p_most between 1 and 100) is not true then
    perform private.raise_invalid_input('most', 'One takes 1 to 100 mails.', 'Give a number from 1 to 100.');
  end if;
  -- One after the other: whoever comes meanwhile finds nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('private.claim_mails', 0)) then
    return v_documents;
  end if;

  perform private.gather_notification_mails(p_most);
  for v_mail in
    with due as materialized (
      select x.workspace_id, x.id
      from private.mails x
      where x.sent_at is null
        and x.failed_at is null
        and x.due_at <= clock_timestamp()
        and coalesce(x.leased_until < clock_timestamp(), true)
      order by x.due_at
      limit p_most
      for update skip locked
    )
    update private.mails m
    set leased_until = clock_timestamp() + c_lease, attempts = m.attempts + 1
    from due d
    where m.workspace_id = d.workspace_id and m.id = d.id
    returning m.*
  loop
    v_document := private.mail_document(v_mail);
    if v_document is null then
      perform private.drop_mail(v_mail.workspace_id, v_mail.id);
    else
      v_documents := v_documents || v_document;
    end if;
  end loop;
  return v_documents;
end;
$$;

comment on function private.claim_mails(integer) is 'See public.claim_mails. Definer: no role reads or writes mails.';

grant execute on function private.claim_mails(integer) to service_role;

create function private.drop_mail(p_workspace_id text, p_id uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from private.notification_mails q where q.workspace_id = p_workspace_id and q.mail_id = p_id;
  delete from private.mails m where m.workspace_id = p_workspace_id and m.id = p_id;
end;
$$;

comment on function private.drop_mail(text, uuid) is
  'Takes a mail away that has nothing to say, with what waited for it. For definer functions.';

create function public.settle_mails(results jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.settle_mails(results);
end;
$$;

comment on function public.settle_mails(jsonb) is
  'For servers: what became of mails that claim_mails gave, at most 100 of [{workspaceId, id, outcome, retryAfter}]: '
  'sent, retry (later and later, and given up after 8 times), failed (given up) or skipped (the service has too much: '
  'no attempt). retryAfter, in seconds, is when the service wants to be asked again, and counts for an hour at most. '
  'One that is not there any more is passed over. Error: invalid_input (results).';

grant execute on function public.settle_mails(jsonb) to service_role;

create function private.settle_mails(p_results jsonb) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_attempts constant integer := 8;
  c_longest_retry_after constant integer := 3600;
  v_result jsonb;
  v_outcome text;
  v_retry_after interval;
begin
  perform private.refuse_problem(private.size_problem('results', p_results, 32768,
    private.document_problem('results', 'This list is too large.', 'Give at most 32 KiB at once.')));
  perform private.require_records(
    'results', p_results, 100, '{"workspaceId": "text", "id": "uuid", "retryAfter": "integer?"}');
  perform private.require_outcomes('results', p_results, '{sent,retry,failed,skipped}');

  for v_result in select r from jsonb_array_elements(p_results) as r order by r ->> 'id' loop
    v_outcome := v_result ->> 'outcome';
    v_retry_after := make_interval(
      secs => least(greatest((v_result ->> 'retryAfter')::integer, 0), c_longest_retry_after));
    update private.mails m
    set leased_until = null,
      attempts = case when v_outcome = 'skipped' then greatest(m.attempts - 1, 0) else m.attempts end,
      sent_at = case when v_outcome = 'sent' then clock_timestamp() end,
      failed_at = case
        when v_outcome = 'failed' or v_outcome = 'retry' and m.attempts >= c_most_attempts then clock_timestamp() end,
      -- 1, 4, 16 … minutes, at most 6 hours, and not all at the same moment.
      due_at = case v_outcome
        when 'retry' then clock_timestamp() + greatest(
          least(4 ^ least(m.attempts - 1, 5), 360) * (0.75 + random() / 2) * interval '1 minute', v_retry_after)
        when 'skipped' then clock_timestamp() + v_retry_after
        else m.due_at
      end
    where m.workspace_id = v_result ->> 'workspaceId'
      and m.id = (v_result ->> 'id')::uuid
      and m.sent_at is null
      and m.failed_at is null;
    if found and v_outcome = 'sent' then
      update private.notification_mails q
      set sent_at = clock_timestamp(), attempts = q.attempts + 1
      where q.workspace_id = v_result ->> 'workspaceId' and q.mail_id = (v_result ->> 'id')::uuid;
    end if;
  end loop;
end;
$$;

comment on function private.settle_mails(jsonb) is 'See public.settle_mails. Definer: no role writes mails.';

grant execute on function private.settle_mails(jsonb) to service_role;
