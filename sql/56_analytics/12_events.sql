-- The events of one call: whether they can be read. All are looked at together, in one statement, as points of metrics
-- are, and a refusal names up to twenty of them by their places.
--
-- Threats: content (there is no key for any: a name is one of the catalog, and all else is an id, a time or a number of
-- milliseconds); a key that front ends follow, such as __proto__ (no key of somebody's choice is kept); a text that
-- costs an expression much (its bytes are counted first).

create function private.events_problem(p_events jsonb) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_named constant integer := 20;
  c_longest_milliseconds constant integer := 600000;
  -- A thousand are looked at: functions and expressions that look ahead would take longer than storing them.
  c_uuid constant text := '________-____-____-____-____________';
  c_time constant text :=
    '^[0-9][0-9][0-9][0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])'
    'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$';
  c_usual_time constant text := '____-__-__T__:__:__.___Z';
  v_paths text;
  v_field text;
  v_refused integer;
begin
  with events as materialized (
    select
      e.n - 1 as n, e.value as event, e.value ->> 'kind' as kind, e.value ->> 'at' as at, e.value ->> 'id' as id,
      e.value ->> 'viewId' as view_id, e.value ->> 'instanceId' as instance_id
    from jsonb_array_elements(p_events) with ordinality as e (value, n)
  ), checked as (
    select e.n, case
      when jsonb_typeof(e.event) <> 'object' or not e.event ?& '{id,at,kind}'
        or e.event - '{id,at,kind,name,viewId,instanceId,milliseconds}'::text[] <> '{}' then ''
      when (e.id like c_uuid and pg_input_is_valid(e.id, 'uuid')) is not true then 'id'
      when jsonb_typeof(e.event -> 'at') <> 'string' or octet_length(e.at) > 40 then 'at'
      -- As JavaScript writes it, or else by the expression.
      when (
          e.at not like c_usual_time or e.at ~ '[^0-9:.TZ-]'
          or substr(e.at, 12, 2) > '23' or substr(e.at, 18, 2) > '59')
        and e.at !~ c_time
        or left(e.at, 4) in ('0000', '0001', '9999')
        or not pg_input_is_valid(e.at, 'timestamptz') then 'at'
      when jsonb_typeof(e.event -> 'kind') <> 'string'
        or e.kind not in ('view_opened', 'feature_used', 'error', 'timing') then 'kind'
      when (e.kind = 'view_opened') = (e.event ? 'name') then 'name'
      when e.kind <> 'view_opened' and (jsonb_typeof(e.event -> 'name') <> 'string' or k.name is null) then 'name'
      when e.event ? 'viewId'
        and (e.view_id like c_uuid and pg_input_is_valid(e.view_id, 'uuid')) is not true then 'viewId'
      when not e.event ? 'viewId' and (e.kind = 'view_opened' or e.event ? 'instanceId') then 'viewId'
      when e.event ? 'instanceId'
        and (e.instance_id like c_uuid and pg_input_is_valid(e.instance_id, 'uuid')) is not true then 'instanceId'
      when (e.kind = 'timing') <> (e.event ? 'milliseconds') then 'milliseconds'
      when e.kind = 'timing' and jsonb_typeof(e.event -> 'milliseconds') <> 'number' then 'milliseconds'
      when e.kind = 'timing'
        and (e.event -> 'milliseconds')::numeric not between 0 and c_longest_milliseconds then 'milliseconds'
    end as field
    from events e
    left join private.event_names k on k.kind = e.kind and k.name = e.event ->> 'name'
  )
  select
    string_agg(concat_ws('.', 'events', c.n, nullif(c.field, '')), ', ' order by c.n) filter (where c.place <= c_named),
    (array_agg(c.field order by c.n))[1],
    count(*)
  into v_paths, v_field, v_refused
  from (select x.*, row_number() over (order by x.n) as place from checked x where x.field is not null) as c;

  if v_refused = 0 then
    return null;
  end if;
  return private.document_problem(v_paths,
    case when v_refused = 1 then 'An event cannot be read, so none was counted.'
      else format('%s events cannot be read, so none was counted.', v_refused) end,
    case v_field
      when '' then 'Give each event id, at and kind, and besides at most name, viewId, instanceId and milliseconds.'
      when 'id' then 'Give each event a uuid of its own, and the same one when it is sent again.'
      when 'at' then 'Give the time of the event, such as 2026-01-31T12:00:00Z.'
      when 'kind' then 'Give view_opened, feature_used, error or timing.'
      when 'name' then 'Give a name of the catalog (types/track.ts), and none for view_opened.'
      when 'viewId' then 'Give the id of the view.'
      when 'instanceId' then 'Give the instance id of a widget of the view.'
      when 'milliseconds' then format('Give a timing, and nothing else, milliseconds from 0 to %s.',
        c_longest_milliseconds)
    end);
end;
$$;

comment on function private.events_problem(jsonb) is
  'What is wrong with a list of events: {path, message, hint}, the path naming each of them; null where nothing is.';

create function private.events_in(p_events jsonb)
returns table (
  id uuid, at timestamptz, kind text, name text, view_id uuid, instance_id uuid, milliseconds integer
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select
    (e.value ->> 'id')::uuid, (e.value ->> 'at')::timestamptz, e.value ->> 'kind', e.value ->> 'name',
    (e.value ->> 'viewId')::uuid, (e.value ->> 'instanceId')::uuid, round((e.value -> 'milliseconds')::numeric)::integer
  from jsonb_array_elements(p_events) as e (value);
end;
$$;

comment on function private.events_in(jsonb) is 'A list of events that has no problem, as rows.';
