-- Counters for who runs the project, over all workspaces: how often, and of what takes time a histogram, so that a 95th
-- percentile is one of what happened and no average of averages.
--
-- A counter is sixteen rows, of which a session takes the one of its number: two who count the same thing seldom wait
-- for each other. The table is not logged: after a crash the counters begin anew, which Prometheus knows.
--
-- Threats: something about one workspace or person in a page of measures (labels are names of catalogs, functions,
-- models and statuses); labels without end (whoever counts gives one of a list).

create unlogged table private.measures (
  family text not null,
  label text not null,
  slot integer not null,
  total numeric not null,
  counts bigint[] not null default '{}',
  primary key (family, label, slot)
)
-- Every change is an update within its page, hence the room.
with (fillfactor = 50);

alter table private.measures enable row level security;

create policy measures_select on private.measures
  for select to authenticated using (false);

comment on table private.measures is 'Counters and histograms of the whole project. For definer functions alone.';
comment on policy measures_select on private.measures is 'Nobody: operator_metrics tells servers.';
comment on column private.measures.label is 'What tells it from others of its family; several parts are joined by |.';
comment on column private.measures.total is 'The count, or of a histogram the sum of milliseconds.';
comment on column private.measures.counts is
  'Of a histogram how many took up to each of private.duration_bounds, and longer than the last.';

create function private.duration_bounds() returns integer[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return '{5,10,25,50,100,250,500,1000,2500,5000,10000,30000}';
end;
$$;

comment on function private.duration_bounds() is
  'The bounds of histograms, in milliseconds, each belonging to what is below.';

create function private.duration_counts(p_milliseconds integer[]) returns bigint[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_bounds constant integer[] := private.duration_bounds();
begin
  return (
    select array_agg(coalesce(c.n, 0) order by b.place)
    from generate_series(0, cardinality(c_bounds)) as b (place)
    left join (
      -- A bound belongs to what is below it.
      select width_bucket(m - 1, c_bounds) as place, count(*) as n from unnest(p_milliseconds) as m group by 1
    ) as c on c.place = b.place);
end;
$$;

comment on function private.duration_counts(integer[]) is 'How many of some times lie between each two bounds.';

create function private.add_measures(p_measures jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- In one order, so that two sessions with one slot never wait in a circle.
  insert into private.measures as m (family, label, slot, total, counts)
  select x.family, x.label, pg_backend_pid() % 16, x.total, coalesce(x.counts, '{}')
  from jsonb_to_recordset(p_measures) as x (family text, label text, total numeric, counts bigint[])
  order by x.family, x.label
  on conflict on constraint measures_pkey do update set
    total = m.total + excluded.total,
    counts = array(
      select coalesce(c.a, 0) + coalesce(c.b, 0)
      from unnest(m.counts, excluded.counts) with ordinality as c (a, b, n)
      order by c.n);
end;
$$;

comment on function private.add_measures(jsonb) is
  'Adds to counters: [{family, label, total, counts}], each family and label once. For definer functions.';
