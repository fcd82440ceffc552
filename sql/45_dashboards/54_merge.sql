-- Three layouts into one: what the person began from (base), what stands (theirs), what they would have (mine).
--
-- Widget by widget, by instanceId: what only one side changed is taken from that side, what both changed alike is taken
-- once, and what they changed differently is a conflict. Absence is a state like any other, so a widget that one side
-- removed and the other left alone goes, and one that the other changed is a conflict.

create function private.widget_is_same(p_one jsonb, p_other jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What the database keeps, and what is compared by itself: the instanceId for its letters' case, the version of the
  -- component because leaving it out leaves it alone.
  c_left_out constant text[] := '{id,version,lastUpdated,instanceId,componentVersion}';
begin
  return case
    when p_one is null or p_other is null then p_one is null and p_other is null
    else p_one - c_left_out = p_other - c_left_out
      and (
        not p_one ? 'componentVersion'
        or p_one -> 'componentVersion' is not distinct from p_other -> 'componentVersion')
  end;
end;
$$;

comment on function private.widget_is_same(jsonb, jsonb) is
  'Whether two states of one widget are the same to a person, of which the first may leave out the version of its '
  'component to say the one that there is; null for a widget that is not there.';

create function private.merged_widgets(p_base jsonb, p_theirs jsonb, p_mine jsonb)
returns table (instance_id uuid, place bigint, outcome text, base jsonb, theirs jsonb, mine jsonb)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    with b as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget
      from jsonb_array_elements(p_base -> 'widgets') as w
    ),
    t as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget
      from jsonb_array_elements(p_theirs -> 'widgets') as w
    ),
    m as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget, w.ordinality - 1 as place
      from jsonb_array_elements(p_mine -> 'widgets') with ordinality as w
    )
    select id, m.place,
      case
        when private.widget_is_same(m.widget, t.widget) then 'keep'
        when private.widget_is_same(m.widget, b.widget) then 'keep'
        when not private.widget_is_same(t.widget, b.widget) then 'conflict'
        when m.widget is null then 'remove'
        when t.widget is null then 'make'
        else 'change'
      end,
      b.widget, t.widget, m.widget
    from t full join b using (id) full join m using (id);
end;
$$;

comment on function private.merged_widgets(jsonb, jsonb, jsonb) is
  'What is to be done with each widget of three layouts: keep theirs, make, change or remove it, or conflict. `place` '
  'is where it stands in mine, from 0; base, theirs and mine are null where it is not there.';

create function private.merged_value(p_base jsonb, p_theirs jsonb, p_mine jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_mine = p_theirs or p_mine = p_base then p_theirs
    when p_theirs = p_base then p_mine
  end;
end;
$$;

comment on function private.merged_value(jsonb, jsonb, jsonb) is
  'One of three values, none of them null, by the same rule; null for a conflict.';
