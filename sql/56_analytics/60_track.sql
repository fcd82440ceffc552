-- Taking events of use in: all of one call that can be read, each once.
--
-- Threats: events in somebody else's name or workspace (the person is the caller, and no argument); ids of what the
-- caller does not see, to learn of it or to make it look used (such events are left out, and the answer says how many,
-- whatever the reason); a flood (a thousand events a call, and so many a minute of a person and of a workspace); a call
-- that waits for the disk (an event that is lost in a crash is no harm); a person who does not want to be counted
-- (asked in the call, under a lock that their choice waits for).

create function public.track(workspace_id text, events jsonb) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return private.track(workspace_id, events);
end;
$$;

comment on function public.track(text, jsonb) is
  'Takes at most 1,000 events of use {id, at, kind, name, viewId, instanceId, milliseconds} of the caller '
  '(types/track.ts) and returns {stored, known, skipped}: known have come before, skipped are too old or name what '
  'the caller does not see, or are of a time when the caller was not counted. Errors: not_found, permission_denied '
  '(person), invalid_input (events, or the paths of the events), rate_limited.';

grant execute on function public.track(text, jsonb) to authenticated;

create function private.track(p_workspace_id text, p_events jsonb) returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  c_events constant integer := 1000;
  c_bytes constant integer := 393216;
  c_per_minute constant integer := 6000;
  -- The clock of who sends may be ahead.
  c_ahead constant interval := '5 minutes';
  v_user_id constant uuid := auth.uid();
  v_since timestamptz;
  v_count integer;
  v_stored integer;
  v_sent integer;
begin
  perform private.require_membership(p_workspace_id);
  perform private.require_person();
  if pg_column_size(p_events) > c_bytes then
    perform private.raise_invalid_input('events', 'The events of a call must not be larger than 384 KiB.',
      'Send them in several calls.');
  end if;
  if jsonb_typeof(p_events) is distinct from 'array' then
    perform private.raise_invalid_input('events', 'Events are sent as a list.',
      'Give a list such as [{"id": "…", "at": "2026-01-31T12:00:00Z", "kind": "view_opened", "viewId": "…"}].');
  end if;
  v_count := jsonb_array_length(p_events);
  if v_count > c_events then
    perform private.raise_invalid_input('events', format('A call takes at most %s events.', c_events),
      'Send them in several calls.');
  end if;

  perform private.charge_events('person', v_user_id::text, v_count, c_per_minute);
  perform private.hold_account();
  v_since := private.counted_since(v_user_id);
  if v_since = 'infinity' then
    return jsonb_build_object('stored', 0, 'known', 0, 'skipped', v_count);
  end if;
  if not private.hold_workspace(p_workspace_id) then
    perform private.workspace_not_found();
  end if;
  perform private.refuse_problem(private.events_problem(p_events));

  -- What is lost in a crash is no harm.
  perform set_config('synchronous_commit', 'off', true);
  insert into private.analytics_workspaces (workspace_id)
  values (p_workspace_id)
  on conflict on constraint analytics_workspaces_pkey do nothing;

  -- No other call of the person stores at the same time (charge_events holds their bucket), so what is not there is not
  -- about to be: "on conflict" would take half as long again.
  with sent as materialized (
    select e.* from private.events_in(p_events) as e
    where e.at between greatest(now() - private.latest_event(), v_since) and now() + c_ahead
  ), seen as materialized (
    select v.view_id, v.instance_id, v.widget_id
    from private.seen_things(p_workspace_id, (
      select array_agg(distinct row(s.view_id, s.instance_id)::private.used_thing)
      from sent s
      where s.view_id is not null
    )) as v
  ), known as (
    select s.*, v.widget_id
    from sent s
    left join seen v on v.view_id = s.view_id and v.instance_id is not distinct from s.instance_id
    where s.view_id is null or v.view_id is not null
  ), before as materialized (
    select b.at, b.id
    from (select array_agg(k.at) as ats, array_agg(k.id) as ids from known k) as k
    cross join lateral private.events_before(p_workspace_id, v_user_id, k.ats, k.ids) as b
  ), stored as (
    insert into private.analytics_events (
      workspace_id, occurred_at, user_id, id, kind, name, view_id, widget_id, milliseconds)
    select p_workspace_id, k.at, v_user_id, k.id, k.kind, k.name, k.view_id, k.widget_id, k.milliseconds
    from (select distinct on (x.at, x.id) x.* from known x order by x.at, x.id) as k
    where (k.at, k.id) not in (select b.at, b.id from before b)
    returning kind, name, milliseconds
  ), measured as materialized (
    select private.add_measures(jsonb_agg(jsonb_build_object(
      'family', m.family, 'label', m.label, 'total', m.total, 'counts', m.counts)))
    from (
      select 'event' as family, concat_ws('|', s.kind, s.name) as label, count(*)::numeric as total,
        null::bigint[] as counts
      from stored s
      group by 2
      union all
      select 'front_end', s.name, sum(s.milliseconds), private.duration_counts(array_agg(s.milliseconds))
      from stored s
      where s.kind = 'timing'
      group by 2
    ) as m
    having count(*) > 0
  )
  -- All of `measured` is read, or nothing would be counted.
  select (select count(*) from stored), (select count(*) from known)
  into v_stored, v_sent
  from (select count(*) from measured) as m;

  -- At last, so that nobody waits for the others of the workspace longer than for this.
  perform private.charge_events(
    'workspace', p_workspace_id, v_stored, private.limit_of(p_workspace_id, 'events_per_minute')::integer);
  return jsonb_build_object('stored', v_stored, 'known', v_sent - v_stored, 'skipped', v_count - v_sent);
end;
$$;

comment on function private.track(text, jsonb) is
  'Stores events of the caller. Definer: clients have no right to the tables of use.';

grant execute on function private.track(text, jsonb) to authenticated;

create function private.events_before(
  p_workspace_id text, p_user_id uuid, p_ats timestamptz[], p_ids uuid[]
) returns table (at timestamptz, id uuid)
language plpgsql stable
set search_path = pg_catalog, pg_temp
-- A month begins empty: a plan that was made then would read all that came since, for each event.
set enable_seqscan = off
as $$
begin
  return query
    select s.at, s.id
    from unnest(p_ats, p_ids) as s (at, id)
    cross join lateral (
      select
      from private.analytics_events e
      where e.workspace_id = p_workspace_id and e.occurred_at = s.at and e.user_id = p_user_id and e.id = s.id
      offset 0
    ) as e;
end;
$$;

comment on function private.events_before(text, uuid, timestamptz[], uuid[]) is
  'Those of some events of a person, by time and id, that are stored already. For definer functions.';

create function private.charge_events(p_whose text, p_key text, p_events integer, p_per_minute integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_result record;
begin
  v_result := private.charge_bucket(
    concat_ws(':', 'track', p_whose, p_key), p_per_minute, '1 minute', greatest(p_events, 1));
  -- What costs more than a full bucket holds is let in by an empty table.
  if not v_result.allowed or p_events > p_per_minute then
    perform private.raise_error('rate_limited',
      format('A %s sends at most %s events a minute.', p_whose, p_per_minute), p_whose,
      format('Send them again in %s seconds.', v_result.reset));
  end if;
end;
$$;

comment on function private.charge_events(text, text, integer, integer) is
  'Counts events against what a person or a workspace may send in a minute. Error: rate_limited.';

create type private.used_thing as (view_id uuid, instance_id uuid);

comment on type private.used_thing is 'What an event says was used: a view, or with an instance id a widget of it.';

create function private.seen_things(p_workspace_id text, p_things private.used_thing[])
returns table (view_id uuid, instance_id uuid, widget_id uuid)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Each is asked about; a front end that has opened more within a minute is none.
  c_most constant integer := 100;
  v_initial constant uuid := private.initial_view() ->> 'id';
begin
  if cardinality(p_things) > c_most then
    perform private.raise_invalid_input('events',
      format('The events of a call are about at most %s views and widgets.', c_most), 'Send them in several calls.');
  end if;
  return query
    with views as materialized (
      select v.id from (select distinct t.view_id as id from unnest(p_things) as t) as v
      where v.id = v_initial or private.sees_view(p_workspace_id, v.id)
    )
    select t.view_id, t.instance_id, w.id
    from unnest(p_things) as t
    join views v on v.id = t.view_id
    left join public.widgets w
      on w.workspace_id = p_workspace_id and w.view_id = t.view_id and w.instance_id = t.instance_id
    where t.instance_id is null
      -- The widgets of the initial view are rows of no workspace.
      or t.view_id = v_initial
      or (w.id is not null and private.access_to(p_workspace_id, 'widget', w.id) <> 'none');
end;
$$;

comment on function private.seen_things(text, private.used_thing[]) is
  'Those of some views and widgets of a workspace that the caller sees, the initial view among them. '
  'Error: invalid_input (events) for too many. For definer functions.';
