import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { ask, at, dataOf, ingest, point, rollUp, setTimezone } from '../../support/database/metrics.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours, outsider, theirs } from '../../support/people/cast.ts'

// What is read is what was sent, whether it is rolled up, or not, or half of it.

const story = policySuite()

/** Points of 70 days, more of late, of three categories and some of none; nothing is rolled up. */
const sendMany = (client: pg.Client, seed: number) =>
  client.query(
    `with sent as (
       select 'many-' || n as id, now() - (n * n * 7 % 6000000) * interval '1 second' as time,
         (hashint4(n + $2) % 1000)::numeric / 10 as value,
         case when n % 4 = 0 then '{}'::jsonb
           else jsonb_build_object('category', 'Category ' || n % 3, 'product', 'Product ' || n % 7) end as dimensions
       from generate_series($2 + 1, $2 + 500) as n
     ), made as (
       insert into private.metric_points (workspace_id, key, time, id, value, dimensions)
       select $1, 'revenue', s.time, s.id, s.value, s.dimensions from sent s returning time
     )
     insert into private.stale_metric_hours (workspace_id, key, hour)
     select distinct $1, 'revenue', date_trunc('hour', m.time, w.timezone)
     from made m, private.metric_workspaces w where w.workspace_id = $1
     on conflict do nothing`,
    [ours, seed],
  )

/** What `metric_parts` says that differs from the points themselves. */
async function differences(client: pg.Client, timezone: string): Promise<unknown[]> {
  const { rows } = await client.query(
    `with asked as (
       select d.dimension, i.name, t.range_from, t.range_to
       from unnest(array['', 'category']) as d (dimension)
       cross join unnest(array['hour', 'week', null]) as i (name)
       cross join lateral (
         select r.* from unnest(array['24h', '30d', '1y']) as p (name),
           unnest(array[interval '0', interval '9 days 5 hours']) as b (back)
         cross join lateral private.metric_range(p.name, 'none', now() - b.back, $2) as r
       ) as t
     ), read as (
       select a.*, p.* from asked a
       cross join lateral private.metric_parts(
         $1, 'revenue', a.dimension, a.range_from, a.range_to, a.name, $2) as p
     ), truth as (
       select a.dimension, a.name, a.range_from, a.range_to,
         case when a.name is null then a.range_from else date_trunc(a.name, p.time, $2) end as bucket,
         case when a.dimension = '' then '' else p.dimensions ->> a.dimension end as value,
         count(*) as points, sum(p.value) as total, min(p.value) as lowest, max(p.value) as highest,
         (array_agg(p.value order by p.time desc, p.value desc))[1] as latest
       from asked a
       join private.metric_points p on p.workspace_id = $1 and p.key = 'revenue'
         and p.time >= a.range_from and p.time < a.range_to
         and (a.dimension = '' or p.dimensions ? a.dimension)
       group by 1, 2, 3, 4, 5, 6
     )
     (select 'not read' as what, t.* from (select * from truth except select * from read) as t)
     union all
     (select 'not so', t.* from (select * from read except select * from truth) as t)
     limit 5`,
    [ours, timezone],
  )
  return rows
}

describe('what is read', () => {
  it(
    'is rolled up in turns, whoever has most to roll up, and of each workspace’s zones one in ten minutes',
    story(async (client) => {
      const hours = (count: number) =>
        Array.from({ length: count }, (_, hour) => point({ time: at(`${hour} hours`), value: 1 }))
      await ingest(client, hours(300))
      await ingest(client, hours(3), { actor: outsider, workspace: theirs })
      const stale = async () => {
        const { rows } = await client.query<{ workspace_id: string; n: number }>(
          'select workspace_id, count(*)::int as n from private.stale_metric_hours group by 1 order by 1',
        )
        return rows.map(({ n }) => n)
      }
      expect(await stale()).toEqual([300, 3])
      await client.query('select private.roll_up_metrics(20)')
      expect(await stale()).toEqual([290])
      await rollUp(client)
      const zoneOf = async () =>
        (await client.query('select timezone from private.metric_workspaces where workspace_id = $1', [ours]))
          .rows[0]?.timezone
      await setTimezone(client, 'Asia/Kolkata')
      await rollUp(client)
      expect(await zoneOf()).toBe('Asia/Kolkata')
      await actAs(client, admin, 'select public.update_workspace_settings($1, $2)', [
        ours,
        { timezone: 'UTC' },
      ])
      const adopted = async (minutes: number) => {
        await client.query(
          'update private.metric_workspaces set adopted_at = now() - make_interval(mins => $1) where workspace_id = $2',
          [minutes, ours],
        )
        await rollUp(client)
        return zoneOf()
      }
      expect([await adopted(10), await adopted(11)]).toEqual(['Asia/Kolkata', 'UTC'])
    }),
  )

  for (const timezone of ['UTC', 'America/New_York', 'Asia/Kolkata'])
    it(
      `is what the points say, in ${timezone}, before and after they are rolled up`,
      story(async (client) => {
        await setTimezone(client, timezone)
        await ingest(client, [point({ dimensions: { category: 'One', product: 'Two' } })])
        await sendMany(client, 0)
        expect(await differences(client, timezone)).toEqual([])
        expect(await rollUp(client, 100)).toBeGreaterThan(200)
        expect(await differences(client, timezone)).toEqual([])
        await sendMany(client, 5_000)
        expect(await differences(client, timezone)).toEqual([])
        await client.query('select private.roll_up_metrics(150)')
        expect(await differences(client, timezone)).toEqual([])
        await rollUp(client)
        expect(await differences(client, timezone)).toEqual([])
      }),
    )

  it(
    'is grouped anew when the workspace moves to another time zone',
    story(async (client) => {
      await ingest(client, [point({ dimensions: { category: 'One', product: 'Two' } })])
      await sendMany(client, 0)
      await rollUp(client)
      await setTimezone(client, 'Pacific/Auckland')
      // Until the job comes the days are those of before.
      expect(await differences(client, 'UTC')).toEqual([])
      await rollUp(client)
      expect(await differences(client, 'Pacific/Auckland')).toEqual([])
    }),
  )

  it(
    'of a dimension with very many values is told apart for the most frequent',
    story(async (client) => {
      const time = at('30 hours')
      const values = Array.from({ length: 250 }, (_, n) =>
        point({ time, value: 1, dimensions: { visitor: `Visitor ${n}` } }),
      )
      const frequent = point({ time, value: 5, dimensions: { visitor: 'Visitor 249' } })
      await ingest(client, [...values, frequent])
      await rollUp(client)
      const query = { metric: 'revenue', breakdown: 'visitor' }
      const { slices } = await ask(client, 'chart-pie', { ...query, limit: 1 })
      expect(slices).toEqual([
        { key: 'Visitor 249', label: 'Visitor 249', value: 6 },
        { key: '(other)', label: 'Other', value: 249 },
      ])
      const { items } = await ask(client, 'list', { ...query, limit: 200 })
      expect(items).toHaveLength(200)
      const { rows } = await client.query(
        "select count(*)::integer as n, max(points)::integer as most from private.metric_rollups where dimension = 'visitor' and grain = 'day'",
      )
      expect(rows).toEqual([{ n: 200 + 1, most: 50 }])
    }),
  )
})

describe('a time zone', () => {
  it(
    'is a name that Postgres knows, and a currency three letters',
    story(async (client) => {
      const set = (patch: object) =>
        actAs(client, admin, 'select public.update_workspace_settings($1, $2)', [ours, patch])
      for (const timezone of [
        ...['UTC', 'Europe/Berlin', 'America/Port-au-Prince', 'Etc/GMT+5', 'Etc/GMT-14', 'Etc/GMT+12'],
        null,
      ]) {
        await set({ timezone })
        // What a front end formats with.
        if (timezone) expect(new Intl.DateTimeFormat('en', { timeZone: timezone })).toBeDefined()
      }
      await set({ currency: 'EUR' })
      for (const timezone of [
        'Europe/Atlantis',
        'XYZ3',
        'Etc/GMT-15',
        'Etc/GMT+13',
        'Etc/GMT-99',
        'Foo/Bar3',
        '+02:00',
        'europe/berlin; select',
        5,
        '',
      ])
        expect(await clientError(set({ timezone }))).toMatchObject({
          code: 'invalid_input',
          details: 'settings.timezone',
        })
      for (const currency of ['euro', 'eur', 'EURO', 5])
        expect(await clientError(set({ currency }))).toMatchObject({
          code: 'invalid_input',
          details: 'settings.currency',
        })
    }),
  )
})

describe('as of an earlier time', () => {
  it(
    'later points are left out, and late ones of before are there',
    story(async (client) => {
      await ingest(client, [
        point({ time: at('3 days'), value: 1 }),
        point({ time: at('49 hours'), value: 2 }),
        point({ time: at('47 hours'), value: 4 }),
        point({ time: at(), value: 8 }),
      ])
      const asOf = at('2 days')
      const value = async () =>
        (await ask(client, 'stats', { metric: 'revenue', period: '7d' }, { asOf })).value
      expect(await value()).toBe(3)
      await rollUp(client)
      expect(await value()).toBe(3)
      await ingest(client, [point({ time: at('4 days'), value: 16 })])
      expect(await value()).toBe(19)
      expect(await ask(client, 'stats', { metric: 'revenue', period: '7d' })).toMatchObject({ value: 31 })
      expect((await dataOf(client, 'total-revenue', { dateRange: '7d' }, asOf)).value).toBe(19)
      // Nobody reads tomorrow.
      const ahead = new Date(Date.now() + 86_400_000).toISOString()
      expect(await ask(client, 'stats', { metric: 'revenue', period: '7d' }, { asOf: ahead })).toMatchObject({
        value: 31,
      })
    }),
  )
})

it(
  'metrics of one name or another, here and elsewhere, are rolled up and read apart',
  story(async (client) => {
    const send = async (workspace: string, actor: typeof admin, factor: number) => {
      const points = []
      // Of this hour, of one that is read by itself, and of whole days.
      for (const [key, value] of [
        ['revenue', 1],
        ['orders', 100],
      ] as const)
        for (const before of ['0 seconds', '2 hours', '26 hours', '20 days'])
          points.push(
            point({ key, time: at(before), value: value * factor, dimensions: { category: 'Books' } }),
          )
      await ingest(client, points, { workspace, actor })
    }
    await send(ours, admin, 1)
    await send(theirs, outsider, 10)
    const read = async () => {
      const answers = []
      for (const workspace of [ours, theirs])
        for (const metric of ['revenue', 'orders'])
          for (const period of ['30d', '24h']) {
            const query = { metric, period }
            answers.push((await ask(client, 'stats', query, { workspace })).value)
            const { slices } = await ask(
              client,
              'chart-pie',
              { ...query, breakdown: 'category' },
              { workspace },
            )
            answers.push(slices[0]?.value)
          }
      return answers
    }
    const elsewhere = [40, 40, 20, 20, 4000, 4000, 2000, 2000]
    const expected = [4, 4, 2, 2, 400, 400, 200, 200, ...elsewhere]
    expect(await read()).toEqual(expected)
    await rollUp(client)
    expect(await read()).toEqual(expected)
    // What is rolled up anew is of one metric: the others of that hour and day stay.
    await ingest(client, [point({ key: 'orders', value: 1, time: at('26 hours') })])
    await rollUp(client)
    expect(await read()).toEqual([4, 4, 2, 2, 401, 400, 200, 200, ...elsewhere])
  }),
)

it(
  'until the job has adopted another time zone, the hours are those of the one before',
  story(async (client) => {
    await ingest(client, [point()])
    await client.query("update private.metric_workspaces set timezone = 'UTC' where workspace_id = $1", [
      ours,
    ])
    await client.query(
      `update public.workspaces set settings = settings || '{"timezone": "Asia/Kolkata"}' where id = $1`,
      [ours],
    )
    const hours = async () =>
      (await ask(client, 'chart-line', { metric: 'revenue', period: '24h' })).labels.at(-1)?.slice(13)
    expect(await hours()).toBe(':00:00.000Z')
    await client.query('delete from private.metric_workspaces where workspace_id = $1', [ours])
    expect(await hours()).toBe(':30:00.000Z')
  }),
)
