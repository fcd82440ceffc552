import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { ask, ingest, point, rollUp, setTimezone } from '../../support/database/metrics.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { ours } from '../../support/people/cast.ts'

// Clocks that change: by an hour or two or half of one, at night or at midnight. Each point is in one hour and in one
// day, and 24 hours are 24 hours. The changes are those of the year until now, since points have to be recent.

const story = onPremium(policySuite())

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

it(
  'steps are those that begin before the end, to the microsecond',
  story(async (client) => {
    const days = async (until: string) =>
      (
        await client.query<{ days: number }>(
          "select cardinality(private.metric_steps('2026-01-01T00:00:00Z', $1, 'day', 'UTC')) as days",
          [until],
        )
      ).rows[0]?.days
    expect(await days('2026-01-03T00:00:00Z')).toBe(2)
    expect(await days('2026-01-03T00:00:00.000001Z')).toBe(3)
  }),
)

it(
  'an hour ends when its clocks change by half of one, also in its last minute',
  story(async (client) => {
    for (const [change, end] of [
      ['01:58', '01:58'],
      ['01:59', '01:59'],
      ['02:00', '02:00'],
    ]) {
      const { rows } = await client.query(
        "select private.hour_after('2026-03-08T01:00:00Z', $1) = $2::timestamptz as ends",
        [`AAA0BBB-0:30,M3.2.0/${change},M11.1.0/02:00`, `2026-03-08T${end}:00Z`],
      )
      expect(rows, change).toEqual([{ ends: true }])
    }
  }),
)

interface Change {
  zone: string
  at: number
  /** By how many minutes. */
  by: number
}

/**
 * When the clocks of some time zones have changed in a year and eight days, which from one such Sunday to that of the
 * next year are always enough; of changes at the same local time, by as much, one.
 */
async function changesOf(client: pg.Client, pattern: string): Promise<Change[]> {
  const { rows } = await client.query<Change>(
    `with zones as materialized (
       select name, offset_of.* from pg_timezone_names as z
       cross join lateral (
         select d, (d at time zone z.name) - (d at time zone 'UTC') as utc_offset
         from generate_series(
           date_trunc('day', now()) - interval '376 days', now() - interval '3 days', interval '24 hours') as d
         offset 0
       ) as offset_of
       where z.name ~ $1 and z.name ~ '^[A-Z][A-Za-z_]*/'
     ), changes as (
       select z.*, lag(z.utc_offset) over (partition by z.name order by z.d) as offset_before from zones z
     ), found as (
       select c.name, x.at, c.utc_offset - c.offset_before as by, x.at at time zone c.name as local
       from changes c
       cross join lateral (
         select min(m) as at
         from generate_series(c.d - interval '24 hours', c.d, interval '15 minutes') as m
         where (m at time zone c.name) - (m at time zone 'UTC') = c.utc_offset
       ) as x
       where c.utc_offset <> c.offset_before
     )
     select min(f.name) as zone, (extract(epoch from min(f.at)) * 1000)::float8 as at,
       (extract(epoch from f.by) / 60)::float8 as by
     from found f
     group by f.local, f.by
     order by 2, 1`,
    [pattern],
  )
  return rows
}

/** Time zones that differ from UTC by a part of an hour, one of each part, where clocks may never change. */
async function oddZones(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ zone: string }>(
    `select min(name) as zone from pg_timezone_names
     where name ~ '^[A-Z][A-Za-z_]*/' group by extract(minute from utc_offset)`,
  )
  return rows.map(({ zone }) => zone)
}

const iso = (time: number) => new Date(time).toISOString()
const times = (from: number, to: number, every: number) =>
  Array.from({ length: Math.ceil((to - from) / every) }, (_, n) => from + n * every)
const send = (client: pg.Client, all: number[]) =>
  ingest(
    client,
    all.map((time) => point({ time: iso(time) })),
  )
const total = (values: (number | null)[] = []) =>
  values.reduce<number>((sum, value) => sum + Number(value), 0)

const chart = (client: pg.Client, asOf: number, query: object) =>
  ask(client, 'chart-line', { metric: 'revenue', ...query }, { asOf: iso(asOf) })
const stats = (client: pg.Client, asOf: number, query: object) =>
  ask(client, 'stats', { metric: 'revenue', ...query }, { asOf: iso(asOf) })

/** A story in another time zone, of which nothing stays. */
async function inZone(client: pg.Client, zone: string, tell: () => Promise<void>): Promise<void> {
  await client.query('savepoint zone')
  await setTimezone(client, zone)
  await tell()
  await client.query('rollback to savepoint zone')
}

/** How many points there are by the days, weeks or months of a zone, as the points themselves say. */
async function counted(client: pg.Client, zone: string, interval: string): Promise<Record<string, number>> {
  const { rows } = await client.query<{ label: string; n: number }>(
    `select to_char(date_trunc($2, time at time zone $1), $3) as label, count(*)::integer as n
     from private.metric_points where workspace_id = $4 group by 1`,
    [zone, interval, interval === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD', ours],
  )
  return Object.fromEntries(rows.map(({ label, n }) => [label, n]))
}

/** What answers say that is not so, of points of value 1 at some times. */
async function faults(client: pg.Client, zone: string, sent: number[], asOf: number): Promise<unknown[]> {
  const found: unknown[] = []
  const expectSame = (what: string, is: unknown, should: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(should)) found.push({ what, is, should })
  }
  for (const aggregate of ['sum', 'count']) {
    const { value, history } = await stats(client, asOf, { period: '7d', aggregate })
    expectSame(aggregate, [value, total(history)], [sent.length, sent.length])
  }
  for (const interval of ['day', 'week', 'month']) {
    const { labels, series } = await chart(client, asOf, { period: '7d', interval })
    const shown = labels.map((label, n) => [label, series[0]?.values[n]] as const).filter(([, n]) => n !== 0)
    const should = Object.entries(await counted(client, zone, interval)).sort()
    expectSame(interval, shown, should)
  }
  for (const period of ['24h', '7d']) {
    const { labels, series } = await chart(client, asOf, { period, interval: 'hour' })
    const hours = labels.map((label) => Date.parse(label))
    const hourFrom = Math.max(hours[0] ?? 0, period === '24h' ? Number(hours.at(-1)) - 23 * hour : 0)
    const should = hours.map((from, n) => {
      const to = hours[n + 1] ?? asOf + 1
      return sent.filter((time) => time >= Math.max(from, hourFrom) && time < to).length
    })
    expectSame(`${period} by hour`, series[0]?.values, should)
    const long = hours.filter((from, n) => n > 0 && !(from - Number(hours[n - 1]) <= hour))
    expectSame(`${period}: hours are an hour at most`, long, [])
    if (period === '7d') expectSame('all hours', total(series[0]?.values), sent.length)
  }
  return found
}

describe('every point is in one hour and in one day', () => {
  const beforeAndAfterRollUp = async (client: pg.Client, zone: string, at: number) => {
    const sent = times(at - 30 * hour, at + 30 * hour, 10 * minute)
    const asOf = at + 31 * hour + minute
    const found: unknown[] = []
    await inZone(client, zone, async () => {
      await send(client, sent)
      const note = async (state: string) => {
        for (const fault of await faults(client, zone, sent, asOf)) found.push([zone, iso(at), state, fault])
      }
      await note('fresh')
      await client.query('select private.roll_up_metrics(33)')
      await note('half of it rolled up')
      await rollUp(client)
      await note('rolled up')
    })
    return found
  }

  it(
    'however the clocks of a time zone change',
    story(async (client) => {
      const changes = await changesOf(client, '')
      // Half an hour, two hours, and of whole hours those at and around midnight.
      expect(changes.map(({ by }) => by)).toEqual(expect.arrayContaining([-120, -60, -30, 30, 60, 120]))
      expect(changes.length).toBeGreaterThan(25)
      const found: unknown[] = []
      for (const { zone, at } of changes) found.push(...(await beforeAndAfterRollUp(client, zone, at)))
      expect(found).toEqual([])
    }),
    60_000,
  )

  it(
    'where hours begin at another minute than those of UTC',
    story(async (client) => {
      const zones = await oddZones(client)
      expect(zones.length).toBeGreaterThan(3)
      const at = Math.floor(Date.now() / day) * day - 40 * day
      const found: unknown[] = []
      for (const zone of zones) found.push(...(await beforeAndAfterRollUp(client, zone, at)))
      expect(found).toEqual([])
    }),
  )

  it(
    'when the workspace moves there',
    story(async (client) => {
      const [change] = await changesOf(client, '^Australia/Lord_Howe$')
      if (!change) throw new Error('The clocks of Lord Howe change twice a year.')
      const sent = times(change.at - 30 * hour, change.at + 30 * hour, 10 * minute)
      await send(client, sent)
      await rollUp(client)
      await setTimezone(client, change.zone)
      await rollUp(client)
      expect(await faults(client, change.zone, sent, change.at + 31 * hour)).toEqual([])
    }),
  )

  it(
    'and an hour that a change of half an hour ends is followed by half of one',
    story(async (client) => {
      const changes = (await changesOf(client, '^Australia/Lord_Howe$')).slice(-2)
      expect(changes).toHaveLength(2)
      for (const { zone, at } of changes)
        await inZone(client, zone, async () => {
          await send(client, times(at - 39 * hour, at + 39 * hour, 10 * minute))
          for (const state of ['fresh', 'rolled up']) {
            const { labels, series } = await chart(client, at + 40 * hour, { period: '7d', interval: 'hour' })
            const first = labels.indexOf(iso(at - hour))
            expect(labels.slice(first, first + 4), state).toEqual(
              [-60, 0, 30, 90].map((after) => iso(at + after * minute)),
            )
            expect(series[0]?.values.slice(first, first + 4), state).toEqual([6, 6 / 2, 6, 6])
            expect(total(series[0]?.values), state).toBe(468)
            await rollUp(client)
          }
        })
    }),
  )
})

describe('24 hours', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'America/Santiago', 'Africa/Cairo', 'UTC'])
    it(
      `are 24 around both changes, and compared with 24, in ${zone}`,
      story(async (client) => {
        const changes =
          zone === 'UTC'
            ? [{ zone, at: Date.now() - 9 * day }]
            : (await changesOf(client, `^${zone}$`)).slice(-2)
        expect(changes.length).toBe(zone === 'UTC' ? 1 : 2)
        for (const { at: moment } of changes) {
          const at = Math.floor(moment / hour) * hour
          await inZone(client, zone, async () => {
            const year = 365 * day
            const hours = [
              ...times(at - 52 * hour, at + 30 * hour, hour),
              ...times(at - year - 52 * hour, at - year + 54 * hour, hour),
            ]
            await send(
              client,
              hours.map((time) => time + 30 * minute),
            )
            for (const state of ['fresh', 'rolled up']) {
              for (const after of [-2, -1, 0, 1, 2, 3, 12, 21, 22, 23, 24, 25]) {
                const asOf = at + after * hour + 45 * minute
                const as = `${state}, ${iso(asOf)}`
                const day24 = await chart(client, asOf, { period: '24h', compare: 'previousPeriod' })
                const ones = new Array(24).fill(1)
                expect(day24.labels, as).toEqual(
                  times(at + (after - 23) * hour, at + (after + 1) * hour, hour).map(iso),
                )
                expect(
                  day24.series.map(({ values }) => values),
                  as,
                ).toEqual([ones, ones])
                expect(await stats(client, asOf, { period: '24h' }), as).toEqual({
                  value: 24,
                  history: ones,
                  previousValue: 24,
                  trend: 'flat',
                })
                const yearBefore = { period: '24h', compare: 'previousYear' }
                expect(await stats(client, asOf, yearBefore), as).toMatchObject({ previousValue: 24 })
              }
              await rollUp(client)
            }
          })
        }
      }),
    )

  it(
    'of the year before are those until the same local time',
    story(async (client) => {
      const changes = await changesOf(client, '^Europe/Berlin$')
      let others = 0
      for (const { zone, at } of changes)
        await inZone(client, zone, async () => {
          // At noon of the day of a change, which a year before had one clock all day, is the other clock; unless it
          // is a Sunday that comes that late every six years alone.
          const noon = at + 11 * hour
          const { rows } = await client.query<{ before: number }>(
            `select (extract(epoch from
               ((to_timestamp($1::float8 / 1000) at time zone $2) - interval '1 year') at time zone $2) * 1000
             )::float8 as before`,
            [noon, zone],
          )
          const before = rows[0]?.before ?? Number.NaN
          if (Math.abs(((noon - before + day / 2) % day) - day / 2) === hour) others += 1
          await send(client, [before - 23 * hour - 1, before - 23 * hour, before, before + 1])
          const yearBefore = await stats(client, noon, { period: '24h', compare: 'previousYear' })
          expect(yearBefore.previousValue).toBe(2)
        })
      expect(others).toBeGreaterThan(0)
    }),
  )
})

describe('a week', () => {
  it(
    'by hours has as many of the week before, whatever the clocks did',
    story(async (client) => {
      for (const { zone, at, by } of await changesOf(client, '^Europe/Berlin$'))
        await inZone(client, zone, async () => {
          await send(client, [at - 8 * day, at])
          const { labels, series } = await chart(client, at + 20.5 * hour, {
            period: '7d',
            interval: 'hour',
            compare: 'previousPeriod',
          })
          expect(labels).toHaveLength(by > 0 ? 7 * 24 - 1 : 7 * 24)
          for (const { values } of series) expect(values).toHaveLength(labels.length)
          expect(series.map(({ values }) => total(values))).toEqual([1, 1])
        })
    }),
  )
})

describe('what a chart is compared with', () => {
  /** On which day of the week it is what hour, as a number. */
  const clockOf = (zone: string) => {
    const format = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      hourCycle: 'h23',
    })
    return (time: number) => {
      const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]))
      return (
        ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.weekday ?? '') * 100 +
        Number(parts.hour)
      )
    }
  }

  for (const zone of ['Europe/Berlin', 'America/Santiago', 'Africa/Cairo'])
    it(
      `is by hours the same hour of the clock a week before, also where clocks changed, in ${zone}`,
      story(async (client) => {
        const changes = (await changesOf(client, `^${zone}$`)).filter(({ at }) => at < Date.now() - 11 * day)
        expect(changes.length).toBeGreaterThan(0)
        const clock = clockOf(zone)
        for (const { at, by } of changes)
          for (const [since, without] of [
            // The hour that is shown twice is compared once, and one that was left out with nothing.
            [3, by < 0 ? 1 : 0],
            [10, by < 0 ? 0 : 1],
          ] as const)
            await inZone(client, zone, async () => {
              const asOf = at + since * day + 45 * minute
              await ingest(
                client,
                times(at - 12 * day, asOf, hour).map((time) =>
                  point({ time: iso(time + 20 * minute), value: clock(time) + 1 }),
                ),
              )
              for (const state of ['fresh', 'rolled up']) {
                const { labels, series } = await chart(client, asOf, {
                  period: '7d',
                  interval: 'hour',
                  compare: 'previousPeriod',
                })
                const as = `${state}, ${iso(at)} ${by}, ${since} days after`
                const [is = [], was = []] = series.map(({ values }) => values)
                expect(was, as).toHaveLength(labels.length)
                expect(
                  labels.filter((_, n) => was[n] === null),
                  as,
                ).toHaveLength(without)
                expect(
                  was.filter((value, n) => value !== null && value !== is[n]),
                  as,
                ).toEqual([])
                await rollUp(client)
              }
            })
      }),
    )

  it(
    'is as many days of a week or month, where the period begins or ends within one',
    story(async (client) => {
      const midnight = Math.floor(Date.now() / day) * day
      const days = Array.from({ length: 190 }, (_, n) => iso(midnight - n * day))
      await ingest(client, [
        ...days.map((time, n) => point({ time, value: n % 90 })),
        ...days.map((time) => point({ key: 'orders', time, value: 2 })),
      ])
      for (const state of ['fresh', 'rolled up']) {
        for (const interval of ['day', 'week', 'month'])
          for (const aggregate of ['sum', 'avg', 'max', 'count']) {
            const question = { period: '90d', interval, aggregate, compare: 'previousPeriod' }
            const { series } = await chart(client, Date.now(), question)
            expect(series[1]?.values, `${state}: ${aggregate} by ${interval}`).toEqual(series[0]?.values)
          }
        const ratio = { per: 'orders', period: '90d', interval: 'week', compare: 'previousPeriod' }
        const { series } = await chart(client, Date.now(), ratio)
        expect(series[1]?.values).toEqual(series[0]?.values)
        await rollUp(client)
      }
    }),
  )

  it.each([
    ['2024-03-01', 'day', { '02-28': '02-28 to 03-01', '02-29': null, '03-01': '03-01 to 03-01' }],
    [
      '2025-03-01',
      'day',
      { '02-27': '02-27 to 02-28', '02-28': '02-28 to 02-29', '03-01': '03-01 to 03-01' },
    ],
    ['2024-03-01', 'hour', { '02-28': '02-28 to 03-01', '02-29': null, '03-01': '03-01 to 03-01' }],
    // As many days as there are of the week, or of the month.
    ['2025-03-02', 'week', { '02-24': '02-24 to 03-02' }],
    ['2025-03-01', 'month', { '02-01': '02-23 to 03-01', '03-01': '03-01 to 03-01' }],
  ])('is of the year before the same days, until %s by %s', (until, interval, expected) =>
    story(async (client) => {
      // Of a day by hours the last one.
      const { rows } = await client.query<{ day: string; before: string | null }>(
        `with ranges as (
           select r.range_from, r.range_to, p.range_from as from_before, p.range_to as to_before,
             private.metric_steps(r.range_from, r.range_to, $2, 'UTC') as steps
           from private.metric_range('7d', 'none', $1, 'UTC') as r,
             private.metric_range('7d', 'previousYear', $1, 'UTC') as p
         )
         select distinct on (1) to_char(s.since at time zone 'UTC', 'MM-DD') as day,
           to_char(b.step_from at time zone 'UTC', 'MM-DD') || ' to ' || to_char(b.step_to at time zone 'UTC', 'MM-DD')
             as before
         from ranges r
         cross join lateral unnest(r.steps) with ordinality as s (since, n)
         left join private.metric_steps_before(
           r.steps, r.from_before, r.to_before, $2, interval '1 year', true, 'UTC') as b on b.step = s.n
         order by 1, s.n desc`,
        [`${until}T23:30:00Z`, interval],
      )
      expect(Object.fromEntries(rows.map(({ day, before }) => [day, before]))).toMatchObject(expected)
    })(),
  )
})

it(
  'as of a time that clocks show again, what came after it is left out',
  story(async (client) => {
    const change = (await changesOf(client, '^Europe/Berlin$')).find(({ by }) => by < 0)
    if (!change) throw new Error('The clocks of Berlin are put back once a year.')
    await setTimezone(client, change.zone)
    const [first, later] = [change.at - 30 * minute, change.at + 15 * minute]
    await send(client, [first, later])
    for (const period of ['24h', '7d']) {
      expect(await stats(client, first, { period }), period).toMatchObject({ value: 1 })
      expect(await stats(client, later, { period }), period).toMatchObject({ value: 2 })
    }
  }),
)
