-- Taking what is due, so that one server delivers it and nobody else.
--
-- A server takes destinations, and of each a batch in its order; what is given holds addresses and secrets, and goes to
-- nobody else. One server at a time has a destination, which keeps the order; its lease ends by itself should the
-- server.
--
-- Fairness: who was served longest ago comes first, of each destination comes a batch, of each workspace so many
-- destinations at a time and so many deliveries a minute as its plan has. A receiver that is slow keeps its own
-- destination waiting.
--
-- Where nothing was tried for longer than anything waits, as while the plan lacked what it takes or no server ran, the
-- day for which it is tried begins anew: what waited would be given up at the first failure.
--
-- What waits for an earlier event of the same thing is put off until that one is tried again, once: a queue behind one
-- that fails is not read anew each time.

create function private.due_destinations(p_most integer)
returns table (workspace_id text, destination_id uuid)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_of_workspace constant integer := 4;
begin
  return query
    -- One probe of the index for each destination with something that waits, however much it is.
    with recursive pending as (
      (
        select d.workspace_id, d.destination_id
        from private.deliveries d
        where d.status = 'waiting'
        order by d.workspace_id, d.destination_id
        limit 1
      )
      union all
      select n.workspace_id, n.destination_id
      from pending p
      cross join lateral (
        select d.workspace_id, d.destination_id
        from private.deliveries d
        where d.status = 'waiting' and (d.workspace_id, d.destination_id) > (p.workspace_id, p.destination_id)
        order by d.workspace_id, d.destination_id
        limit 1
      ) as n
    ),
    due as (
      select p.workspace_id, p.destination_id, s.claimed_at,
        row_number() over (partition by p.workspace_id order by s.claimed_at nulls first) + (
          select count(*)
          from private.destination_states o
          where o.workspace_id = p.workspace_id and o.leased_until > clock_timestamp()
        ) as turn
      from pending p
      join private.destinations d on d.workspace_id = p.workspace_id and d.id = p.destination_id
      join private.destination_states s
        on s.workspace_id = p.workspace_id and s.destination_id = p.destination_id
      where d.status = 'active'
        and coalesce(s.leased_until <= clock_timestamp(), true)
        and coalesce(s.rests_until <= clock_timestamp(), true)
        and exists (
          select from private.deliveries x
          where x.workspace_id = p.workspace_id
            and x.destination_id = p.destination_id
            and x.status = 'waiting'
            and x.due_at <= clock_timestamp())
        and private.may_be_delivered(d.workspace_id, d.kind)
    )
    select u.workspace_id, u.destination_id
    from due u
    where u.turn <= c_most_of_workspace
    order by u.claimed_at nulls first, u.workspace_id, u.destination_id
    limit p_most;
end;
$$;

comment on function private.due_destinations(integer) is
  'The destinations to be served next, at most so many. For definer functions.';

create function public.claim_deliveries(most integer default 500) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.claim_deliveries(most);
end;
$$;

comment on function public.claim_deliveries(integer) is
  'For servers: some of what is due, about `most` (1 to 1,000), for a minute: [{workspaceId, workspaceName, '
  'destinationId, lease, kind, url, secrets, deliveries}]. `secrets` sign, each of them; a delivery has sequence, id, '
  'title and payload, and those with the same `thing` are to be sent one after the other. Settle them with '
  'settle_deliveries. Error: invalid_input (most).';

grant execute on function public.claim_deliveries(integer) to service_role;

create function private.claim_deliveries(p_most integer) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_destinations constant integer := 100;
  v_due record;
  v_claim jsonb;
  v_claims jsonb[] := '{}';
  v_count integer := 0;
begin
  if (p_most between 1 and 1000) is not true then
    perform private.raise_invalid_input('most', 'One takes 1 to 1,000 deliveries.', 'Give a number from 1 to 1000.');
  end if;
  -- One after the other, for some milliseconds each.
  perform pg_advisory_xact_lock(hashtextextended('private.claim_deliveries', 0));
  for v_due in select * from private.due_destinations(c_most_destinations) loop
    v_claim := private.claim_destination(v_due.workspace_id, v_due.destination_id);
    continue when v_claim is null;
    v_claims := v_claims || v_claim;
    v_count := v_count + jsonb_array_length(v_claim -> 'deliveries');
    exit when v_count >= p_most;
  end loop;
  return to_jsonb(v_claims);
end;
$$;

comment on function private.claim_deliveries(integer) is
  'See public.claim_deliveries. Definer: no role reads or writes the queue, nor the Vault.';

grant execute on function private.claim_deliveries(integer) to service_role;

create function private.claim_destination(p_workspace_id text, p_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_lease constant interval := '1 minute';
  -- What failed is tried after two hours at most, and a rest is an hour at most.
  c_longest_wait constant interval := '3 hours';
  c_batch constant integer := 50;
  -- One moment for all: what is not due by it holds back what comes after it.
  v_now constant timestamptz := clock_timestamp();
  v_destination private.destinations;
  v_state private.destination_states;
  v_most integer;
  v_secrets jsonb;
  v_deliveries jsonb;
begin
  -- One that is being saved is served the next time: its address and what it has chosen belong together.
  select s.* into v_state
  from private.destination_states s
  where s.workspace_id = p_workspace_id and s.destination_id = p_id
  for update skip locked;
  if not found then
    return null;
  end if;
  select d.* into v_destination
  from private.destinations d
  where d.workspace_id = p_workspace_id and d.id = p_id
  for share skip locked;
  if not found then
    return null;
  end if;
  -- One that rested is tried with one message.
  v_most := case when v_state.failures >= private.failures_until_rest() then 1 else c_batch end;
  v_most := private.take_pace(p_workspace_id, p_id, least(v_most, (
    select count(*)
    from (
      select from private.deliveries d
      where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.status = 'waiting'
        and d.due_at <= v_now
      limit v_most
    ) as due)::integer));
  if v_most = 0 then
    return null;
  end if;
  if v_state.claimed_at < v_now - c_longest_wait then
    perform private.begin_day_anew(p_workspace_id, p_id);
  end if;

  with candidates as materialized (
    -- Somebody waits for a test.
    (
      select d.sequence, d.thing, true as is_test, true as is_chosen
      from private.deliveries d
      where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.status = 'waiting'
        and d.due_at <= v_now and d.thing = 'test'
      order by d.sequence
      limit v_most
    )
    union all
    (
      select d.sequence, d.thing, false, private.is_chosen(v_destination.events, d.type)
      from private.deliveries d
      where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.status = 'waiting'
        and d.due_at <= v_now and d.thing <> 'test'
      order by d.sequence
      limit 4 * v_most
    )
  ),
  -- Queued by a transaction that had not seen that it is chosen no more.
  dropped as (
    update private.deliveries d
    set status = 'dead', settled_at = clock_timestamp()
    from candidates c
    where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.sequence = c.sequence
      and not c.is_chosen
  ),
  held as materialized (
    select c.sequence, b.due_at
    from candidates c
    cross join lateral (
      select e.due_at
      from private.deliveries e
      where e.workspace_id = p_workspace_id and e.destination_id = p_id and e.status = 'waiting'
        and e.thing = c.thing and e.sequence < c.sequence and e.due_at > v_now
      order by e.sequence
      limit 1
    ) as b
    where c.is_chosen
  ),
  put_off as (
    update private.deliveries d
    set due_at = h.due_at
    from held h
    where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.sequence = h.sequence
  ),
  chosen as materialized (
    select c.sequence
    from candidates c
    where c.is_chosen and c.sequence not in (select h.sequence from held h)
    order by c.is_test desc, c.sequence
    limit v_most
  ),
  taken as (
    update private.deliveries d
    set attempts = d.attempts + 1,
      first_attempted_at = coalesce(d.first_attempted_at, clock_timestamp()),
      due_at = clock_timestamp() + c_lease
    from chosen c
    where d.workspace_id = p_workspace_id and d.destination_id = p_id and d.sequence = c.sequence
    returning d.sequence, d.event_id, d.type, d.thing, d.payload
  )
  select jsonb_agg(
    jsonb_build_object(
      'sequence', t.sequence,
      'id', t.event_id,
      'thing', t.thing,
      'title', coalesce(e.description, 'This is a test of the integration'),
      'payload', t.payload)
    order by t.sequence)
  into v_deliveries
  from taken t
  left join public.integration_events e on e.key = t.type;
  if v_deliveries is null then
    return null;
  end if;

  update private.destination_states s
  set claimed_at = clock_timestamp(), lease_id = gen_random_uuid(), leased_until = clock_timestamp() + c_lease
  where s.workspace_id = p_workspace_id and s.destination_id = p_id
  returning * into v_state;
  v_secrets := private.secrets_of(v_destination);
  return jsonb_build_object(
    'workspaceId', p_workspace_id,
    'workspaceName', (select w.name from public.workspaces w where w.id = p_workspace_id),
    'destinationId', p_id,
    'lease', v_state.lease_id,
    'kind', v_destination.kind,
    'url', v_secrets -> 'url',
    'secrets', to_jsonb(array_remove(
      array[
        v_secrets ->> 'secret',
        case when v_destination.previous_expires_at > now() then v_secrets ->> 'previous' end],
      null)),
    'deliveries', v_deliveries);
end;
$$;

comment on function private.claim_destination(text, uuid) is
  'Takes a batch of a destination, as claim_deliveries gives it; null where nothing can be sent now. For definer '
  'functions.';

create function private.failures_until_rest() returns integer
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return 5;
end;
$$;

comment on function private.failures_until_rest() is 'After how many failures in a row a destination rests.';

create function private.take_pace(p_workspace_id text, p_destination_id uuid, p_wanted integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  c_longest_rest constant integer := 10;
  v_bucket constant text := 'destinations/deliver/' || p_workspace_id;
  v_quota constant integer := private.limit_of(p_workspace_id, 'deliveries_per_minute');
  v_wanted integer := least(p_wanted, v_quota);
  v_charged record;
begin
  if v_quota is null or v_wanted = 0 then
    return v_wanted;
  end if;
  v_charged := private.charge_bucket(v_bucket, v_quota, interval '1 minute', v_wanted);
  if not v_charged.allowed and v_charged.remaining > 0 then
    v_wanted := v_charged.remaining;
    v_charged := private.charge_bucket(v_bucket, v_quota, interval '1 minute', v_wanted);
  end if;
  if v_charged.allowed then
    return v_wanted;
  end if;
  update private.destination_states s
  set rests_until = clock_timestamp() + make_interval(secs => least(v_charged.reset, c_longest_rest))
  where s.workspace_id = p_workspace_id and s.destination_id = p_destination_id;
  return 0;
end;
$$;

comment on function private.take_pace(text, uuid, integer) is
  'How many of so many deliveries the workspace may make now, by the deliveries_per_minute of its plan; they count. Of '
  'none the destination rests for some seconds. For definer functions.';
