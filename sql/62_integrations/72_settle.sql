-- What became of what was claimed.
--
-- A failure is tried again after half a minute, then after twice as long each time and two hours at most, for a day;
-- then it is dead, and kept. A receiver that has too much (429) rests for as long as it says, and what it did not take
-- is sent at once then. After five failures in a row a destination rests, a minute at first and an hour at most,
-- and one message tries it for all. One to which nothing was delivered for a day, or that says that it is gone, is
-- paused: what waits is dead, nothing more is queued, and who manages integrations is told. A day in which nothing was
-- tried is none (70_claim.sql).
--
-- Threats: a server whose lease has ended and that settles what another has taken (its lease is not that one's); a
-- receiver that says when to come again, in a year (an hour at most); words of a receiver in the database (a code of
-- four, and a number).

create function public.settle_deliveries(results jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.settle_deliveries(results);
end;
$$;

comment on function public.settle_deliveries(jsonb) is
  'For servers: what became of claims, at most 200 of [{workspaceId, destinationId, lease, deliveries}], each delivery '
  'being {sequence, outcome, status, milliseconds, retryAfter}: delivered, refused, unreachable or failed, or skipped '
  'for one that was not sent. Returns {settled, late}: those of a lease that ended change nothing. Error: '
  'invalid_input (results).';

grant execute on function public.settle_deliveries(jsonb) to service_role;

create function private.settle_deliveries(p_results jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_result record;
  v_settled integer := 0;
  v_late integer := 0;
begin
  perform private.refuse_problem(private.size_problem('results', p_results, 1048576,
    private.document_problem('results', 'This list is too large.', 'Give at most 1 MiB at once.')));
  perform private.require_records(
    'results', p_results, 200, '{"workspaceId": "text", "destinationId": "uuid", "lease": "uuid"}');
  -- Before it is known whether their lease has ended: what is no result is refused either way.
  perform private.require_deliveries(r -> 'deliveries') from jsonb_array_elements(p_results) as r;
  for v_result in
    select r."workspaceId" as workspace_id, r."destinationId" as destination_id, r.lease, r.deliveries
    from jsonb_to_recordset(p_results) as r (
      "workspaceId" text, "destinationId" uuid, lease uuid, deliveries jsonb)
    -- In one order, so that two servers wait for each other and never in a circle.
    order by 1, 2
  loop
    -- People are told of what is paused in the workspace, which is held before anything in it.
    perform private.hold_workspace(v_result.workspace_id);
    -- Before its state, as who saves it does.
    perform from private.destinations d
    where d.workspace_id = v_result.workspace_id and d.id = v_result.destination_id
    for no key update;
    perform from private.destination_states s
    where s.workspace_id = v_result.workspace_id
      and s.destination_id = v_result.destination_id
      and s.lease_id = v_result.lease
    for update;
    if found then
      perform private.settle_destination(v_result.workspace_id, v_result.destination_id, v_result.deliveries);
      v_settled := v_settled + 1;
    else
      v_late := v_late + 1;
    end if;
  end loop;
  return jsonb_build_object('settled', v_settled, 'late', v_late);
end;
$$;

comment on function private.settle_deliveries(jsonb) is
  'See public.settle_deliveries. Definer: no role writes the queue.';

grant execute on function private.settle_deliveries(jsonb) to service_role;

create function private.require_deliveries(p_deliveries jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform private.require_records('results', p_deliveries, 1000,
    '{"sequence": "bigint", "status": "integer?", "milliseconds": "integer?", "retryAfter": "integer?"}');
  perform private.require_outcomes(
    'results', p_deliveries, '{delivered,refused,unreachable,failed,skipped}');
end;
$$;

comment on function private.require_deliveries(jsonb) is
  'Refuses what says nothing of a batch of a destination. Error: invalid_input (results). For definer functions.';

create function private.settle_destination(p_workspace_id text, p_destination_id uuid, p_deliveries jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_retried_for constant interval := '1 day';
  c_longest_retry_after constant integer := 3600;
  -- Of one that has too much and does not say for how long.
  c_seconds_of_pause constant integer := 5;
  v_delivered integer;
  v_failed integer;
  v_paused_for integer;
  v_is_gone boolean;
  v_error text;
  v_kind constant text := (
    select d.kind from private.destinations d where d.workspace_id = p_workspace_id and d.id = p_destination_id);
begin
  with results as materialized (
    select r.sequence, r.outcome, r.status, r.milliseconds,
      least(coalesce(nullif(r."retryAfter", 0), case r.status when 429 then c_seconds_of_pause else 0 end),
        c_longest_retry_after) as retry_after
    from jsonb_to_recordset(p_deliveries) as r (
      sequence bigint, outcome text, status integer, milliseconds integer, "retryAfter" integer)
  ),
  settled as (
    update private.deliveries d
    set status = case
        when r.outcome = 'delivered' then 'delivered'
        when r.outcome <> 'skipped' and d.first_attempted_at <= clock_timestamp() - c_retried_for then 'dead'
        else 'waiting'
      end,
      settled_at = case
        when r.outcome = 'delivered'
          or r.outcome <> 'skipped' and d.first_attempted_at <= clock_timestamp() - c_retried_for
        then clock_timestamp()
      end,
      -- Whoever saved it meanwhile had it begin anew.
      attempts = case when r.outcome = 'skipped' then greatest(d.attempts - 1, 0) else d.attempts end,
      first_attempted_at = case
        when r.outcome = 'skipped' and d.attempts = 1 then null else d.first_attempted_at end,
      due_at = clock_timestamp() + case
        when r.outcome = 'skipped' then interval '0'
        when r.status = 429 then make_interval(secs => r.retry_after)
        else greatest(private.wait_after(d.attempts, '30 seconds', '2 hours'), make_interval(secs => r.retry_after))
      end
    from results r
    where d.workspace_id = p_workspace_id and d.destination_id = p_destination_id
      and d.sequence = r.sequence
      and d.status = 'waiting'
    returning d.sequence, r.outcome, r.status, r.milliseconds, r.retry_after
  ),
  logged as (
    insert into private.delivery_attempts (
      workspace_id, destination_id, sequence, outcome, status, milliseconds)
    select p_workspace_id, p_destination_id, s.sequence, s.outcome, s.status, s.milliseconds
    from settled s
    where s.outcome <> 'skipped'
  )
  select
    count(*) filter (where s.outcome = 'delivered'),
    count(*) filter (where s.outcome not in ('delivered', 'skipped') and s.status is distinct from 429),
    max(s.retry_after) filter (where s.status = 429),
    -- Discord says 404 of a webhook that was deleted, wants it asked no more, and blocks who goes on.
    coalesce(bool_or(s.status = 410 or (s.status = 404 and v_kind = 'discord')), false),
    max(s.outcome) filter (where s.outcome not in ('delivered', 'skipped'))
  into v_delivered, v_failed, v_paused_for, v_is_gone, v_error
  from settled s;
  perform private.record_destination(
    p_workspace_id, p_destination_id, v_delivered, v_failed, v_error, v_is_gone, v_paused_for);
end;
$$;

comment on function private.settle_destination(text, uuid, jsonb) is
  'Writes down what became of a batch of a destination, and ends its lease. For definer functions, which hold its '
  'state and have checked the batch.';

create function private.record_destination(
  p_workspace_id text, p_destination_id uuid, p_delivered integer, p_failed integer, p_error text, p_is_gone boolean,
  p_paused_for integer
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_paused_after constant interval := '1 day';
  v_old private.destination_states;
  v_new private.destination_states;
begin
  select s.* into v_old
  from private.destination_states s
  where s.workspace_id = p_workspace_id and s.destination_id = p_destination_id;
  v_new := v_old;
  if p_delivered > 0 then
    v_new.failures := 0;
    v_new.failing_since := null;
    v_new.error := null;
    v_new.rests_until := null;
  elsif p_failed > 0 or p_paused_for is not null then
    -- One that takes nothing at all fails, whatever it calls that. However many messages failed at once, the next rest
    -- is twice as long as the one before, and no longer.
    v_new.failures := greatest(
      least(v_old.failures + greatest(p_failed, 1), private.failures_until_rest()), v_old.failures + 1);
    v_new.failing_since := coalesce(v_old.failing_since, clock_timestamp());
    v_new.error := p_error;
    if v_new.failures >= private.failures_until_rest() then
      v_new.rests_until := clock_timestamp() + private.wait_after(
        v_new.failures + 1 - private.failures_until_rest(), '1 minute', '1 hour');
    end if;
  end if;
  v_new.rests_until := greatest(v_new.rests_until, clock_timestamp() + make_interval(secs => p_paused_for));
  update private.destination_states s
  set lease_id = null, leased_until = null, failures = v_new.failures, failing_since = v_new.failing_since,
    error = v_new.error, rests_until = v_new.rests_until
  where s.workspace_id = p_workspace_id and s.destination_id = p_destination_id;

  if p_is_gone or v_new.failing_since <= clock_timestamp() - c_paused_after then
    perform private.pause_destination(
      p_workspace_id, p_destination_id, case when p_is_gone then 'gone' else 'failed' end);
  elsif p_delivered > 0 and v_old.failures >= private.failures_until_rest() then
    -- It is there again: nothing waits for an hour any more.
    update private.deliveries d
    set due_at = clock_timestamp()
    where d.workspace_id = p_workspace_id and d.destination_id = p_destination_id
      and d.status = 'waiting'
      and d.due_at > clock_timestamp();
  end if;
end;
$$;

comment on function private.record_destination(text, uuid, integer, integer, text, boolean, integer) is
  'Writes down how a destination fares, and ends its lease: how much was delivered and failed, and for how many '
  'seconds it wants no more, or null. For definer functions, which hold its state.';

create function private.pause_destination(p_workspace_id text, p_id uuid, p_status text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination private.destinations;
begin
  update private.destinations d
  set status = p_status, version = d.version + 1, updated_at = now()
  where d.workspace_id = p_workspace_id and d.id = p_id and d.status = 'active'
  returning * into v_destination;
  if not found then
    return;
  end if;
  update private.deliveries d
  set status = 'dead', settled_at = clock_timestamp()
  where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.status = 'waiting';
  perform private.notify(
    private.members_with(p_workspace_id, 'integrations.manage'),
    p_workspace_id,
    'destination_paused',
    format('%s gets no more events', v_destination.name),
    p_body => case p_status
      when 'gone' then 'It said that it is gone.'
      else 'Nothing could be delivered to it for a day.' end
      || ' What could not be sent is kept for 30 days, and can be sent again.',
    p_link => format('/workspaces/%s/integrations', p_workspace_id),
    p_payload => jsonb_build_object('destination', jsonb_build_object(
      'id', v_destination.id, 'name', v_destination.name)),
    p_about => v_destination.id::text);
end;
$$;

comment on function private.pause_destination(text, uuid, text) is
  'Ends the sending of events to a destination, keeps what waits as dead, and tells who manages integrations. For '
  'definer functions.';
