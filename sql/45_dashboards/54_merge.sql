-- Three states of a view into one: what the person began from (base), what stands (theirs), what they would have
-- (mine). types/merge.ts does the same for front ends; a test demands the same outcome of both.
--
-- They are compared part by part: name, description, row height and gap, and of each widget, by instanceId, its
-- position, whether it is visible, and its content (the component, the version of it and the configuration, which only
-- make sense together). What only one side changed is taken from that side, what both changed alike is taken once, and
-- what they changed differently is a conflict, which a choice of the person decides. Absence is a state like any other:
-- where a widget is missing on some side it is compared as a whole, so one that one side removed and the other left
-- alone goes, and one that the other changed is a conflict.
--
-- A choice is made in sight of a version (seen), and counts for as long as their side of the part is what it was there:
-- nobody decides about what they have not seen.

create function private.with_component_version(p_mine jsonb, p_other jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_other ? 'componentVersion' and p_mine ->> 'widgetId' = p_other ->> 'widgetId'
      then jsonb_build_object('componentVersion', p_other -> 'componentVersion') || p_mine
    else p_mine
  end;
end;
$$;

comment on function private.with_component_version(jsonb, jsonb) is
  'A widget with the version of its component that another state of it has, where it names none.';

create function private.merge_verdict(p_base jsonb, p_theirs jsonb, p_mine jsonb, p_seen jsonb, p_choice text)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_mine is not distinct from p_theirs or p_mine is not distinct from p_base then 'theirs'
    when p_theirs is not distinct from p_base then 'mine'
    when p_theirs is not distinct from p_seen then coalesce(p_choice, 'conflict')
    else 'conflict'
  end;
end;
$$;

comment on function private.merge_verdict(jsonb, jsonb, jsonb, jsonb, text) is
  'What becomes of one part: theirs, mine or conflict. Null stands for a widget that is not there.';

create function private.merge_decisions(p_base jsonb, p_theirs jsonb, p_mine jsonb, p_seen jsonb, p_choices jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What the database keeps of a widget; the instanceId has been compared by then, for its letters' case.
  c_row constant text[] := '{id,version,lastUpdated,instanceId}';
  c_not_content constant text[] := c_row || '{position,visible}'::text[];
begin
  return (
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
    ),
    s as (
      select (w.value ->> 'instanceId')::uuid as id, w.value as widget
      from jsonb_array_elements(p_seen -> 'widgets') as w
    ),
    widgets as (
      select id, m.place, b.widget as base, t.widget as theirs, s.widget as seen,
        private.with_component_version(private.with_component_version(m.widget, b.widget), t.widget) as mine
      from t full join b using (id) full join m using (id) left join s using (id)
      where t.widget - c_row is distinct from m.widget - c_row
    ),
    parts as (
      select s.key, null::uuid as id, null::text as part, s.n as place,
        p_base -> s.key as base, p_theirs -> s.key as theirs, p_mine -> s.key as mine,
        private.merge_verdict(
          p_base -> s.key, p_theirs -> s.key, p_mine -> s.key, p_seen -> s.key, p_choices ->> s.key) as verdict
      from unnest('{name,description,rowHeight,gap}'::text[]) with ordinality as s (key, n)
      where p_mine ? s.key
      union all
      select 'widgets.' || w.id, w.id, null, w.place, w.base, w.theirs, w.mine,
        private.merge_verdict(
          w.base - c_row, w.theirs - c_row, w.mine - c_row, w.seen - c_row, p_choices ->> ('widgets.' || w.id))
      from widgets w
      where num_nulls(w.base, w.theirs, w.mine) > 0
      union all
      select format('widgets.%s.%s', w.id, p.part), w.id, p.part, w.place, p.base, p.theirs, p.mine,
        private.merge_verdict(
          p.base, p.theirs, p.mine, p.seen, p_choices ->> format('widgets.%s.%s', w.id, p.part))
      from widgets w
      cross join lateral (values
        ('position', w.base -> 'position', w.theirs -> 'position', w.mine -> 'position', w.seen -> 'position'),
        ('visible', w.base -> 'visible', w.theirs -> 'visible', w.mine -> 'visible', w.seen -> 'visible'),
        ('content',
          w.base - c_not_content, w.theirs - c_not_content, w.mine - c_not_content, w.seen - c_not_content)
      ) as p (part, base, theirs, mine, seen)
      where num_nulls(w.base, w.theirs, w.mine) = 0 and p.mine <> p.theirs
    )
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'key', p.key, 'instanceId', p.id, 'part', p.part, 'place', case when p.id is not null then p.place end,
          'base', p.base, 'theirs', p.theirs, 'mine', p.mine, 'verdict', p.verdict)
        order by p.id is not null, p.place, p.id, array_position('{position,visible,content}', p.part)),
      '[]')
    from parts p
    where p.verdict <> 'theirs'
  );
end;
$$;

comment on function private.merge_decisions(jsonb, jsonb, jsonb, jsonb, jsonb) is
  'What three states of a view make different from theirs, part by part: [{key, instanceId, part, place, base, theirs, '
  'mine, verdict}] with the verdict mine or conflict. The states are layouts with name and description beside them, as '
  'far as mine has them; base is null where it is not known. p_choices is {<key>: "mine" | "theirs"}, made in sight of '
  'p_seen. `place` is where the widget stands in mine, from 0.';

create function private.decided_widgets(p_theirs jsonb, p_decisions jsonb)
returns table (instance_id uuid, place bigint, base_id uuid, theirs jsonb, document jsonb)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select d.instance_id, d.place, d.base_id, t.value,
      case
        when d.parts is null then d.whole
        when d.parts ? 'content' then
          (t.value - 'componentVersion') || (d.parts - 'content') || (d.parts -> 'content')
        else t.value || d.parts
      end
    from (
      select r."instanceId" as instance_id, r.place,
        jsonb_object_agg(r.part, r.mine) filter (where r.part is not null) as parts,
        nullif(jsonb_agg(r.mine) -> 0, 'null') as whole,
        (jsonb_agg(r.base) -> 0 ->> 'id')::uuid as base_id
      from jsonb_to_recordset(p_decisions)
        as r ("instanceId" uuid, part text, place bigint, base jsonb, mine jsonb, verdict text)
      where r."instanceId" is not null and r.verdict = 'mine'
      group by r."instanceId", r.place
    ) as d
    left join jsonb_array_elements(p_theirs -> 'widgets') as t on (t.value ->> 'instanceId')::uuid = d.instance_id;
end;
$$;

comment on function private.decided_widgets(jsonb, jsonb) is
  'The widgets that decisions change: as they stand and as they become, null for not at all. base_id is the row that '
  'one had which is removed and comes back.';

create function private.merged_layout(p_theirs jsonb, p_decisions jsonb) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_theirs || private.decided_settings(p_decisions) || jsonb_build_object('widgets', (
    with decided as (select * from private.decided_widgets(p_theirs, p_decisions))
    select coalesce(
      jsonb_agg(w.widget order by
        (w.widget #>> '{position,y}')::numeric, (w.widget #>> '{position,x}')::numeric,
        (w.widget ->> 'instanceId')::uuid),
      '[]')
    from (
      select t.value as widget
      from jsonb_array_elements(p_theirs -> 'widgets') as t
      where (t.value ->> 'instanceId')::uuid not in (select d.instance_id from decided d)
      union all
      select d.document from decided d where d.document is not null
    ) as w
  ));
end;
$$;

comment on function private.merged_layout(jsonb, jsonb) is
  'Their state with everything that is decided for mine, and theirs where there is a conflict, in reading order.';

create function private.decided_settings(p_decisions jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(jsonb_object_agg(d.value ->> 'key', d.value -> 'mine'), '{}')
    from jsonb_array_elements(p_decisions) as d
    where d.value -> 'instanceId' = 'null' and d.value -> 'verdict' = '"mine"'
  );
end;
$$;

comment on function private.decided_settings(jsonb) is
  'What decisions make of name, description, rowHeight and gap: those that change.';
