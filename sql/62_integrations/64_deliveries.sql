-- What was sent to a destination and what became of it; sending again; and a test.
--
-- Threats: a log that tells what was sent to who may not see it (it has types and outcomes, no payload); sending again,
-- to another address, what was sent when somebody else chose it (what is chosen now is sent again, and nothing else);
-- a receiver that is flooded by tests or by sending again (each is counted, by the workspace).

create function public.list_deliveries(
  workspace_id text,
  destination_id uuid,
  status text default null,
  before bigint default null,
  per_page integer default 50
) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.list_deliveries(workspace_id, destination_id, status, before, per_page);
end;
$$;

comment on function public.list_deliveries(text, uuid, text, bigint, integer) is
  'A page of what was sent to a destination, or waits, latest first: {deliveries, next}. Each has id (that of the '
  'event), type, status (waiting, delivered, dead), attempts [{at, outcome, status, milliseconds}] (the latest ten), '
  'dueAt (while it waits), createdAt, settledAt; never what was sent. `next` is null on the last page, else what to '
  'give as `before`. Takes integrations.manage. Errors: not_found (workspace_id, destination_id), permission_denied, '
  'invalid_input (status, per_page).';

grant execute on function public.list_deliveries(text, uuid, text, bigint, integer) to authenticated, service_role;

create function private.list_deliveries(
  p_workspace_id text, p_destination_id uuid, p_status text, p_before bigint, p_per_page integer
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- With and without a status another index is right.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_page jsonb;
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  if p_status not in ('waiting', 'delivered', 'dead') then
    perform private.raise_invalid_input('status',
      'There is no such status.', 'Give "waiting", "delivered" or "dead".');
  end if;
  if (p_per_page between 1 and 100) is not true then
    perform private.raise_invalid_input('per_page',
      'A page has 1 to 100 deliveries.', 'Give a whole number from 1 to 100.');
  end if;
  if not exists (
    select from private.destinations d where d.workspace_id = p_workspace_id and d.id = p_destination_id)
  then
    perform private.destination_not_found('destination_id');
  end if;

  select coalesce(jsonb_agg(private.delivery_document(d) order by d.sequence desc), '[]')
  into v_page
  from (
    select *
    from private.deliveries x
    where x.workspace_id = p_workspace_id
      and x.destination_id = p_destination_id
      and (p_status is null or x.status = p_status)
      and (p_before is null or x.sequence < p_before)
    order by x.sequence desc
    -- One more than asked for tells whether there is a next page.
    limit p_per_page + 1
  ) as d;
  return jsonb_build_object(
    'deliveries', (
      select coalesce(jsonb_agg(e.value - 'sequence' order by e.place), '[]')
      from jsonb_array_elements(v_page) with ordinality as e (value, place)
      where e.place <= p_per_page),
    'next', case when jsonb_array_length(v_page) > p_per_page then v_page -> (p_per_page - 1) -> 'sequence' end);
end;
$$;

comment on function private.list_deliveries(text, uuid, text, bigint, integer) is
  'See public.list_deliveries. Definer: no role reads the queue.';

grant execute on function private.list_deliveries(text, uuid, text, bigint, integer) to authenticated, service_role;

create function private.delivery_document(p_delivery private.deliveries) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most_attempts constant integer := 10;
begin
  return jsonb_build_object(
    'sequence', p_delivery.sequence,
    'id', p_delivery.event_id,
    'type', p_delivery.type,
    'status', p_delivery.status,
    'attempts', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'at', private.timestamp_text(a.attempted_at),
            'outcome', a.outcome,
            'status', a.status,
            'milliseconds', a.milliseconds)
          order by a.attempted_at desc),
        '[]')
      from (
        select t.*
        from private.delivery_attempts t
        where t.workspace_id = p_delivery.workspace_id
          and t.destination_id = p_delivery.destination_id
          and t.sequence = p_delivery.sequence
        order by t.attempted_at desc, t.id
        limit c_most_attempts
      ) as a),
    'dueAt', case when p_delivery.status = 'waiting' then private.timestamp_text(p_delivery.due_at) end,
    'createdAt', private.timestamp_text(p_delivery.created_at),
    'settledAt', private.timestamp_text(p_delivery.settled_at));
end;
$$;

comment on function private.delivery_document(private.deliveries) is
  'A delivery as who manages integrations reads it, with its place in the queue. For definer functions.';

create function private.require_active_destination(p_workspace_id text, p_destination_id uuid)
returns private.destinations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destination private.destinations;
begin
  perform private.require_permission(p_workspace_id, 'integrations.manage');
  v_destination := private.find_destination(p_workspace_id, p_destination_id, 'destination_id');
  perform private.require_kind(p_workspace_id, v_destination.kind);
  if v_destination.status <> 'active' then
    perform private.raise_error('conflict',
      'This destination is paused.', v_destination.status, 'Save it with "isPaused": false first.');
  end if;
  return v_destination;
end;
$$;

comment on function private.require_active_destination(text, uuid) is
  'A destination that is delivered to, for who manages integrations, held until the transaction ends. Errors: '
  'not_found (workspace_id, destination_id), permission_denied, payment_required, conflict (its status). For definer '
  'functions.';

create function private.charge_deliveries(p_workspace_id text, p_what text, p_quota integer, p_cost integer)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_charged record;
begin
  v_charged := private.charge_bucket(
    format('destinations/%s/%s', p_what, p_workspace_id), p_quota, interval '1 minute', p_cost);
  if not v_charged.allowed then
    perform private.raise_error('rate_limited',
      'This workspace asked for too much in a short time.', 'workspace',
      format('Try again in %s seconds.', v_charged.reset));
  end if;
end;
$$;

comment on function private.charge_deliveries(text, text, integer, integer) is
  'Counts what a workspace asks to be sent, by the minute. Error: rate_limited (workspace). For definer functions, '
  'which have checked the permission.';

create function public.send_test_event(workspace_id text, destination_id uuid) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.send_test_event(workspace_id, destination_id);
end;
$$;

comment on function public.send_test_event(text, uuid) is
  'Sends the event `integration.test` to a destination, whichever it has chosen, at once, and returns {id}: what '
  'became of it is told by list_deliveries. Takes integrations.manage. Errors: not_found (workspace_id, '
  'destination_id), permission_denied, payment_required, conflict (the status of one that is paused), rate_limited '
  '(10 a minute of a workspace).';

grant execute on function public.send_test_event(text, uuid) to authenticated, service_role;

create function private.send_test_event(p_workspace_id text, p_destination_id uuid) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_type constant text := 'integration.test';
  v_id constant uuid := gen_random_uuid();
  v_destination private.destinations;
begin
  v_destination := private.require_active_destination(p_workspace_id, p_destination_id);
  perform private.charge_deliveries(p_workspace_id, 'test', 10, 1);
  insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
  values (p_workspace_id, v_destination.id, v_id, c_type, 'test', private.event_payload(
    c_type, p_workspace_id, clock_timestamp(), v_destination.id::text, '{}', private.actor_type()));
  update private.destination_states s
  set rests_until = null
  where s.workspace_id = p_workspace_id and s.destination_id = v_destination.id and s.rests_until is not null;
  perform private.request_delivering();
  return jsonb_build_object('id', v_id);
end;
$$;

comment on function private.send_test_event(text, uuid) is
  'See public.send_test_event. Definer: no role writes the queue.';

grant execute on function private.send_test_event(text, uuid) to authenticated, service_role;

create function public.replay_deliveries(workspace_id text, destination_id uuid, ids uuid[] default null) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.replay_deliveries(workspace_id, destination_id, ids);
end;
$$;

comment on function public.replay_deliveries(text, uuid, uuid[]) is
  'Sends again what was delivered or given up, by the ids of the events, or without ids what was given up, the oldest '
  '1,000 at a time: {replayed, hasMore}. Events that the destination has not chosen any more stay. The ids of the '
  'messages stay too. Takes integrations.manage. Errors: not_found (workspace_id, destination_id), permission_denied, '
  'payment_required, invalid_input (ids), conflict (the status of one that is paused), rate_limited (10 a minute of a '
  'workspace).';

grant execute on function public.replay_deliveries(text, uuid, uuid[]) to authenticated, service_role;

create function private.replay_deliveries(p_workspace_id text, p_destination_id uuid, p_ids uuid[]) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_most constant integer := 1000;
  v_destination private.destinations;
  v_replayed integer;
begin
  v_destination := private.require_active_destination(p_workspace_id, p_destination_id);
  if cardinality(p_ids) not between 1 and 100 then
    perform private.raise_invalid_input('ids', 'One sends 1 to 100 events again.', 'Give 1 to 100 ids, or none.');
  end if;
  perform private.charge_deliveries(p_workspace_id, 'replay', 10, 1);
  with chosen as materialized (
    select d.sequence
    from private.deliveries d
    where d.workspace_id = p_workspace_id
      and d.destination_id = v_destination.id
      and d.status = 'dead'
      and p_ids is null
      and private.is_chosen(v_destination.events, d.type)
    union all
    select d.sequence
    from private.deliveries d
    where d.workspace_id = p_workspace_id
      and d.destination_id = v_destination.id
      and d.event_id = any (p_ids)
      and d.status <> 'waiting'
      and private.is_chosen(v_destination.events, d.type)
    order by 1
    limit c_most
  )
  update private.deliveries d
  set status = 'waiting', attempts = 0, first_attempted_at = null, settled_at = null, due_at = clock_timestamp()
  from chosen c
  where d.workspace_id = p_workspace_id and d.destination_id = v_destination.id and d.sequence = c.sequence;
  get diagnostics v_replayed = row_count;
  perform private.request_delivering();
  return jsonb_build_object('replayed', v_replayed, 'hasMore', exists (
    select from private.deliveries d
    where d.workspace_id = p_workspace_id and d.destination_id = v_destination.id and d.status = 'dead'
      and private.is_chosen(v_destination.events, d.type)));
end;
$$;

comment on function private.replay_deliveries(text, uuid, uuid[]) is
  'See public.replay_deliveries. Definer: no role writes the queue.';

grant execute on function private.replay_deliveries(text, uuid, uuid[]) to authenticated, service_role;
