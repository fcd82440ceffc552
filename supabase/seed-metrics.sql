-- A year and a month of metrics for the workspace Demo of seed.sql, for development only: a shop with weekdays and
-- seasons, a launch 150 days ago and an outage 12 days ago. By the hour of late, by six hours of before, then by the
-- day.
--
-- What came to a time is worked out from that time, so two who seed on one day see the same. Runs once: where Demo has
-- metrics, they are left as they are.

update public.workspaces
set settings = settings || '{"currency": "USD"}'
where id = 'WK-DEM000001' and not settings ? 'currency';

select private.add_metric_partition(date_trunc('month', now() at time zone 'UTC') - make_interval(months => n))
from generate_series(1, 14) as n
where not exists (select from private.metric_workspaces where workspace_id = 'WK-DEM000001');

insert into private.metric_points (workspace_id, key, time, id, value, dimensions)
with hours as (
  select h.hour, h.covers, extract(epoch from h.hour)::integer / 3600 as n, now() - h.hour as age
  from (
    select date_trunc('hour', now()) - make_interval(hours => n) as hour, 1 as covers
    from generate_series(0, 14 * 24 - 1) as n
    union all
    select date_trunc('hour', now()) - make_interval(days => 14, hours => n * 6), 6 from generate_series(0, 83) as n
    union all
    select date_trunc('hour', now()) - make_interval(days => 35 + n), 24 from generate_series(0, 364) as n
  ) as h
), busy as (
  select
    h.*,
    120 * h.covers
      -- More from year to year, fewer at weekends, more towards Christmas.
      * (1.5 - 0.5 * extract(epoch from h.age) / (400 * 86400))
      * case when extract(isodow from h.hour) > 5 then 0.6 else 1 end
      * (1 + 0.2 * sin(2 * pi() * (extract(doy from h.hour) - 170) / 365.25))
      * case when extract(month from h.hour) = 12 then 1.3 else 1 end
      * case when h.covers = 1 then 0.55 + 0.45 * sin(2 * pi() * (extract(hour from h.hour) - 8) / 24) else 0.55 end
      * case
          when h.age > interval '150 days' then 1
          else 1.3 + 1.2 * exp(-extract(epoch from interval '150 days' - h.age) / (5 * 86400))
        end
      * case when h.age between interval '12 days' and interval '12 days 5 hours' then 0 else 1 end
      * (0.85 + 0.3 * (hashint4(h.n) & 1023) / 1023) as visits
  from hours h
), sources (place, source, share, converts) as (
  values (1, 'Search', 0.40, 0.034), (2, 'Direct', 0.25, 0.045), (3, 'Social', 0.15, 0.018), (4, 'Mail', 0.12, 0.060),
    (5, 'Referral', 0.08, 0.027)
), by_source as (
  select
    b.*, s.place, s.source, round(b.visits * s.share) as came,
    round(b.visits * s.share * s.converts * (0.8 + 0.4 * (hashint4(b.n * 7 + s.place) & 1023) / 1023)) as bought
  from busy b
  cross join sources s
), products (place, product, category, price) as (
  values (0, 'Desk lamp', 'Lighting', 49), (1, 'Floor lamp', 'Lighting', 129), (2, 'Oak desk', 'Furniture', 389),
    (3, 'Office chair', 'Furniture', 249), (4, 'Bookshelf', 'Furniture', 179), (5, 'Notebook', 'Paper', 12),
    (6, 'Planner', 'Paper', 24), (7, 'Fountain pen', 'Writing', 79)
), sold as (
  select
    h.hour, h.n, p.place, p.product, p.category, p.price,
    greatest(h.bought / 3 + (hashint4(h.n * 11 + p.place) & 3) - 1, 0)::integer as orders
  from (select s.hour, s.n, sum(s.bought) as bought from by_source s group by s.hour, s.n) as h
  join products p on (h.n + p.place * 3) % 8 < 3
  where h.bought > 0
), events as (
  select h.hour, h.n, p.place, p.product, p.price, (hashint4(h.n * 13) & 1023) as chance
  from hours h
  join products p on p.place = h.n * 5 % 8
  where h.covers = 1 and h.age < interval '7 days'
), people (place, name) as (
  values (0, 'Ada Lovelace'), (1, 'Grace Hopper'), (2, 'Alan Turing'), (3, 'Mary Somerville'), (4, 'Emmy Noether'),
    (5, 'Kurt Gödel'), (6, 'Katherine Johnson'), (7, 'محمد الخوارزمي')
), points (key, hour, id, value, dimensions) as (
  select 'visits', s.hour, s.place || ':' || s.n, s.came, jsonb_build_object('source', s.source)
  from by_source s where s.came > 0
  union all
  select 'conversions', s.hour, s.place || ':' || s.n, s.bought, jsonb_build_object('source', s.source)
  from by_source s where s.bought > 0
  union all
  select 'new_users', s.hour, s.place || ':' || s.n, round(s.came * 0.03), jsonb_build_object('source', s.source)
  from by_source s where s.came > 20
  union all
  select 'sessions', b.hour, b.n::text, round(b.visits / b.covers * 0.3), '{}' from busy b
  union all
  select 'users', b.hour, b.n::text, round(9000 - 20 * extract(epoch from b.age) / 86400), '{}' from busy b
  union all
  select k.key, s.hour, s.place || ':' || s.n,
    case k.key
      when 'orders' then s.orders
      when 'units' then s.orders + (hashint4(s.n * 17 + s.place) & 1)
      when 'revenue' then s.orders * s.price
    end,
    jsonb_build_object('product', s.product, 'category', s.category)
  from sold s
  cross join unnest(array['orders', 'units', 'revenue']) as k (key)
  where s.orders > 0
  union all
  select 'profit', s.hour, s.n::text, round(sum(s.orders * s.price) * 0.32), '{}'
  from sold s
  group by s.hour, s.n
  having sum(s.orders) > 0
  union all
  select 'order', e.hour, 'order-' || e.n % 100000, e.price * (1 + e.chance % 3), jsonb_build_object(
    'customer', p.name,
    'status', (array['paid', 'shipped', 'delivered', 'pending', 'refunded'])[1 + e.chance % 5])
  from events e
  join people p on p.place = e.chance % 8
  union all
  select 'activity', e.hour, 'activity-' || e.n % 100000, 1, jsonb_build_object(
    'type', (array['orders', 'users', 'payments', 'reports'])[1 + e.chance % 4],
    'actor', p.name,
    'text', p.name || (array[' ordered ' || e.product, ' signed up', ' paid an invoice', ' made a report'])[
      1 + e.chance % 4])
  from events e
  join people p on p.place = e.chance % 8
  where e.n % 3 = 0
)
select
  'WK-DEM000001', p.key, p.hour,
  case when p.key in ('order', 'activity') then p.id else 'demo:' || p.key || ':' || p.id end, p.value, p.dimensions
from points p
where not exists (select from private.metric_workspaces where workspace_id = 'WK-DEM000001');

insert into private.metric_point_ids (workspace_id, id, key, time)
select p.workspace_id, p.id, p.key, p.time
from private.metric_points p
where p.workspace_id = 'WK-DEM000001'
on conflict (workspace_id, id) do nothing;

insert into private.metric_keys (workspace_id, key, dimensions, last_at)
select
  p.workspace_id, p.key, coalesce(array_agg(distinct d.name) filter (where d.name is not null), '{}'), max(p.time)
from private.metric_points p
left join lateral jsonb_object_keys(p.dimensions) as d (name) on true
where p.workspace_id = 'WK-DEM000001'
group by p.workspace_id, p.key
on conflict (workspace_id, key) do nothing;

insert into private.stale_metric_hours (workspace_id, key, hour)
select p.workspace_id, p.key, private.hour_start(min(p.time), private.timezone_of(w.settings))
from private.metric_points p
join public.workspaces w on w.id = p.workspace_id
where p.workspace_id = 'WK-DEM000001'
  and not exists (select from private.metric_workspaces m where m.workspace_id = p.workspace_id)
group by p.workspace_id, p.key, w.settings, date_trunc('hour', p.time, private.timezone_of(w.settings))
on conflict (workspace_id, key, hour) do nothing;

insert into private.metric_workspaces (workspace_id, timezone, next_timezone, minute, points_in_minute)
select w.id, private.timezone_of(w.settings), private.timezone_of(w.settings), date_trunc('minute', now()), 0
from public.workspaces w
where w.id = 'WK-DEM000001'
on conflict (workspace_id) do nothing;

select private.roll_up_metrics(100000);
