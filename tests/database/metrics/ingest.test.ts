import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { at, ingest, point, setTimezone, stored } from '../../support/database/metrics.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { overlap } from '../../support/database/overlap.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import {
  admin,
  createCast,
  member,
  ours,
  outsider,
  suspended,
  theirs,
  viewer,
} from '../../support/people/cast.ts'

// Taking points in: all of one call or none, once each.

const story = policySuite()

const refused = async (client: pg.Client, points: unknown) => {
  const before = await stored(client)
  const error = await clientError(ingest(client, points))
  expect(await stored(client)).toBe(before)
  return error
}

describe('points', () => {
  it(
    'are stored for who holds metrics.write, and for a server',
    story(async (client) => {
      for (const actor of [admin, member, service])
        expect(await ingest(client, [point(), point()], { actor })).toEqual({ stored: 2, known: 0 })
      expect(await stored(client)).toBe(6)
      expect(await ingest(client, [])).toEqual({ stored: 0, known: 0 })
    }),
  )

  it(
    'are refused from anybody else, and nobody learns of a workspace',
    story(async (client) => {
      const codeFor = async (actor: typeof viewer, workspace = ours) =>
        (await clientError(ingest(client, [point()], { actor, workspace }))).code
      expect(await codeFor(viewer)).toBe('permission_denied')
      expect(await codeFor(suspended)).toBe('not_found')
      expect(await codeFor(outsider)).toBe('not_found')
      expect(await codeFor(member, theirs)).toBe('not_found')
      expect(await codeFor(member, 'WK-00000000Y')).toBe('not_found')
      expect(await codeFor(service, 'WK-00000000Y')).toBe('not_found')
      expect(await codeFor(member, 'nothing')).toBe('invalid_input')
      expect([await stored(client), await stored(client, theirs)]).toEqual([0, 0])
    }),
  )

  it(
    'are sent by a machine with the scope for it, into its own workspace',
    story(async (client) => {
      const shop = await machine(client, ['metrics.write'])
      expect(await ingest(client, [point()], { actor: shop })).toEqual({ stored: 1, known: 0 })
      const reader = await machine(client, ['dashboards.read'])
      expect(await clientError(ingest(client, [point()], { actor: reader }))).toMatchObject({
        code: 'permission_denied',
        details: 'metrics.write',
      })
      expect(await clientError(ingest(client, [point()], { actor: shop, workspace: theirs }))).toMatchObject({
        code: 'not_found',
      })
      expect([await stored(client), await stored(client, theirs)]).toEqual([1, 0])
    }),
  )

  it(
    'are a thousand at most, and a mebibyte',
    story(async (client) => {
      const many = Array.from({ length: 1_001 }, () => point())
      expect(await refused(client, many)).toMatchObject({ code: 'invalid_input', details: 'points' })
      const large = many.slice(1).map((each) => ({ ...each, dimensions: { a: 'x'.repeat(1_100) } }))
      expect(await refused(client, large)).toMatchObject({ code: 'invalid_input', details: 'points' })
      for (const none of [{}, 'points', 1, null])
        expect(await refused(client, none)).toMatchObject({ code: 'invalid_input', details: 'points' })
      expect(await ingest(client, many.slice(1))).toEqual({ stored: 1_000, known: 0 })
    }),
  )

  it(
    'are known by their ids in one workspace, whatever another calls its own',
    story(async (client) => {
      const own = point({ id: 'A-1', value: 1 })
      const other = point({ id: 'A-1', value: 2, key: 'orders' })
      expect(await ingest(client, [own])).toEqual({ stored: 1, known: 0 })
      expect(await ingest(client, [other], { actor: outsider, workspace: theirs })).toEqual({
        stored: 1,
        known: 0,
      })
      expect(await ingest(client, [own])).toEqual({ stored: 0, known: 1 })
      expect(await clientError(ingest(client, [other]))).toMatchObject({ code: 'conflict' })
    }),
  )

  it(
    'keep their value to twelve decimals, and their dimensions cleaned',
    story(async (client) => {
      await ingest(client, [
        point({
          id: 'a',
          value: 0.1 + 0.2,
          dimensions: { category: ' Bücher \u200b und  mehr ', b: 'Plain text' },
        }),
      ])
      const { rows } = await client.query('select value::text, dimensions from private.metric_points')
      expect(rows).toEqual([{ value: '0.3', dimensions: { category: 'Bücher und mehr', b: 'Plain text' } }])
    }),
  )
})

it(
  'a point has the most of everything, and comes a little ahead of time',
  story(async (client) => {
    const dimensions = Object.fromEntries([...'abcdefgh'].map((name) => [name.repeat(40), name.repeat(200)]))
    const most = { key: 'a'.repeat(64), dimensions, time: new Date(Date.now() + 290_000).toISOString() }
    const points = [-1e15, 1e15].map((value, n) => point({ ...most, value, id: `${n}`.repeat(100) }))
    expect(await ingest(client, points)).toEqual({ stored: 2, known: 0 })
    for (const [change, field] of [
      [{ value: -1e15 - 1 }, 'value'],
      [{ time: new Date(Date.now() + 301_000).toISOString() }, 'time'],
      [{ dimensions: { ['a'.repeat(41)]: 'x' } }, 'dimensions'],
    ] as const)
      expect(await refused(client, [point(change)])).toMatchObject({ details: `points.0.${field}` })
  }),
)

it(
  'a call is as large as a mebibyte',
  story(async (client) => {
    // Of a list whose one point is none, what is too large is told from what is wrong.
    const { rows } = await client.query<{ octets: number }>(
      `select 1048576 - pg_column_size(jsonb_build_array(jsonb_build_object('a', repeat('x', 1000000)))) + 1000000
         as octets`,
    )
    const sized = (more: number) => refused(client, [{ a: 'x'.repeat((rows[0]?.octets ?? 0) + more) }])
    expect(await sized(0)).toMatchObject({ details: 'points.0.key' })
    expect(await sized(1)).toMatchObject({ details: 'points' })
  }),
)

it(
  'of thirty points under ids that others have, twenty are named',
  story(async (client) => {
    const points = Array.from({ length: 30 }, () => point())
    await ingest(client, points)
    const { code, details } = await refused(
      client,
      points.map((each) => ({ ...each, value: 2 })),
    )
    expect(code).toBe('conflict')
    expect(details).toBe(Array.from({ length: 20 }, (_, place) => `points.${place}.id`).join(', '))
  }),
)

describe('a point that cannot be taken', () => {
  const bad: [what: string, change: Record<string, unknown>, field: string][] = [
    ['no number', { value: 'NaN' }, 'value'],
    ['an infinity as text', { value: 'Infinity' }, 'value'],
    ['no value', { value: null }, 'value'],
    ['too large a number', { value: 1.1e15 }, 'value'],
    ['a time that is none', { time: '2026-02-30T12:00:00Z' }, 'time'],
    ['a time without a zone', { time: '2026-01-31T12:00:00' }, 'time'],
    ['a time far ahead', { time: new Date(Date.now() + 600_000).toISOString() }, 'time'],
    ['a time before what is kept', { time: at('401 days') }, 'time'],
    ['a time of the last year there is', { time: '9998-12-31T00:00:00Z' }, 'time'],
    ['a long key', { key: 'a'.repeat(65) }, 'key'],
    ['a key that front ends follow', { key: '__proto__' }, 'key'],
    ['a capital letter in the key', { key: 'Revenue' }, 'key'],
    ['a long id', { id: 'a'.repeat(101) }, 'id'],
    ['an id with markup', { id: '<b>' }, 'id'],
    ['no object of dimensions', { dimensions: ['a'] }, 'dimensions'],
    [
      'too many dimensions',
      { dimensions: Object.fromEntries([...'abcdefghi'].map((k) => [k, 'x'])) },
      'dimensions',
    ],
    ['a dimension that front ends follow', { dimensions: JSON.parse('{"__proto__": "x"}') }, 'dimensions'],
    ['a dimension that is no text', { dimensions: { a: 1 } }, 'dimensions'],
    ['an empty dimension', { dimensions: { a: ' ' } }, 'dimensions'],
    ['markup in a dimension', { dimensions: { a: '<script>' } }, 'dimensions'],
    ['a long dimension', { dimensions: { a: 'x'.repeat(201) } }, 'dimensions'],
    ['an unknown key', { unit: 'EUR' }, 'unit'],
    ['an unknown key that no answer repeats', { 'a <b>': 1 }, ''],
    ['a key that is missing', { time: undefined }, 'time'],
  ]

  it(
    'is named by its place, and nothing is stored',
    story(async (client) => {
      for (const [what, change, field] of bad)
        expect(await refused(client, [point(), { ...point(), ...change }, point()]), what).toMatchObject({
          code: 'invalid_input',
          details: field ? `points.1.${field}` : 'points.1',
        })
      expect(await refused(client, [point(), 5])).toMatchObject({ details: 'points.1' })
      // As JSON has it, which JavaScript would read as Infinity.
      const huge = JSON.stringify([point({ value: 7 })]).replace('"value":7', '"value":1e999')
      expect(await clientError(call(client, member, 'ingest_metrics', [ours, huge]))).toMatchObject({
        details: 'points.0.value',
      })
    }),
  )

  it(
    'is named beside the others, up to twenty',
    story(async (client) => {
      const wrong = (place: number) =>
        place % 2 ? { ...point(), value: 'NaN' } : { ...point(), time: 'yesterday' }
      expect(await refused(client, [wrong(0), point(), wrong(1)])).toMatchObject({
        details: 'points.0.time, points.2.value',
        message: '2 points cannot be taken, so none was stored.',
        hint: expect.stringMatching(
          /^Give a time such as .* Give a number from -1e15 to 1e15, and no text[.]$/,
        ),
      })
      const points = [wrong(1), wrong(0), 5, wrong(3), { ...point(), unit: 'EUR' }]
      const { hint } = await refused(client, points)
      expect(String(hint).match(/Give \w+ \w+/g)).toEqual(['Give a number', 'Give a time', 'Give each point'])
      const { details } = await refused(
        client,
        Array.from({ length: 30 }, (_, place) => wrong(place)),
      )
      expect(String(details).split(', ')).toHaveLength(20)
    }),
  )
})

describe('an id', () => {
  it(
    'counts once, in a call and in the next',
    story(async (client) => {
      const one = point({ value: 5, dimensions: { category: 'Books' } })
      expect(await ingest(client, [one, one, point()])).toEqual({ stored: 2, known: 1 })
      expect(await ingest(client, [one])).toEqual({ stored: 0, known: 1 })
      expect(await stored(client)).toBe(2)
    }),
  )

  it(
    'stands for one point: another one under it is refused, in a call and in the next',
    story(async (client) => {
      const one = point({ value: 5 })
      const others = [
        { ...one, value: 6 },
        { ...one, key: 'orders' },
        { ...one, time: at('1 hours') },
        { ...one, time: at('40 days') },
        { ...one, dimensions: { category: 'Books' } },
      ]
      for (const other of others)
        expect(await refused(client, [point(), one, other])).toMatchObject({
          code: 'conflict',
          details: 'points.2.id',
        })
      await ingest(client, [one])
      for (const other of others)
        expect(await refused(client, [point(), other])).toMatchObject({
          code: 'conflict',
          details: 'points.1.id',
        })
    }),
  )

  it(
    'is the workspace’s own: another may have the same',
    story(async (client) => {
      const one = point()
      await ingest(client, [one])
      expect(await ingest(client, [{ ...one, value: 9 }], { actor: outsider, workspace: theirs })).toEqual({
        stored: 1,
        known: 0,
      })
    }),
  )

  it('counts once of two callers at the same time, who wait for nobody else', async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    await createCast(observer)
    const [first, second, third] = await Promise.all([opened.connect(), opened.connect(), opened.connect()])
    if (!first || !second || !third) throw new Error('There are three sessions.')
    const points = [point(), point()]
    await first.query('begin')
    expect(await ingest(first, points)).toEqual({ stored: 2, known: 0 })

    await second.query('begin')
    const waiting = ingest(second, points.toReversed(), { actor: admin })
    await untilBlocked(observer, second)
    await third.query('begin')
    expect(await ingest(third, points, { actor: outsider, workspace: theirs })).toMatchObject({ stored: 2 })
    await third.query('commit')
    await first.query('commit')
    expect(await waiting).toEqual({ stored: 0, known: 2 })
    await second.query('commit')
    expect(await stored(observer)).toBe(2)

    // Nobody waits for long.
    await observer.query(
      "alter function private.take_metrics_turn(text, integer, bigint) set lock_timeout = '20ms'",
    )
    await first.query('begin')
    await ingest(first, [point()])
    await second.query('begin')
    expect(await clientError(ingest(second, [point()]))).toMatchObject({ code: 'rate_limited' })
  })
})

describe('limits', () => {
  it(
    'are the plan’s points a minute, of each workspace for itself',
    onPremium(story)(async (client) => {
      await client.query("update public.plan_limits set most = 5 where limit_key = 'metrics_per_minute'")
      // Not across the end of a minute.
      await client.query(
        'select pg_sleep(61 - extract(second from clock_timestamp())) where extract(second from clock_timestamp()) > 57',
      )
      await ingest(client, [point(), point(), point()])
      expect(await refused(client, [point(), point(), point()])).toMatchObject({
        code: 'rate_limited',
        status: 429,
      })
      // What was refused counts for nothing.
      expect(await ingest(client, [point(), point()])).toEqual({ stored: 2, known: 0 })
      expect(await ingest(client, [point()], { actor: outsider, workspace: theirs })).toMatchObject({
        stored: 1,
      })
      await client.query("update private.metric_workspaces set minute = minute - interval '1 minute'")
      expect(await ingest(client, [point()])).toMatchObject({ stored: 1 })
    }),
  )

  it(
    'are 500 keys, and 20 dimensions of each',
    story(async (client) => {
      const keys = Array.from({ length: 500 }, (_, n) => point({ key: `key-${n}` }))
      await ingest(client, keys)
      expect(await refused(client, [point({ key: 'one-more' })])).toMatchObject({
        code: 'conflict',
        details: 'key',
      })
      const wide = (from: number) =>
        point({
          key: 'key-1',
          dimensions: Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`d${from + n}`, 'x'])),
        })
      await ingest(client, [wide(0), wide(7), wide(13)])
      expect(await refused(client, [wide(14)])).toMatchObject({ code: 'conflict', details: 'key' })
    }),
  )
})

it(
  'the list tells who may send metrics which there are',
  story(async (client) => {
    const time = at('2 hours')
    await ingest(client, [
      point({ time, dimensions: { product: 'Pen', category: 'Desk' } }),
      point({ time: at('3 hours'), dimensions: { source: 'Mail' } }),
    ])
    const list = (actor = member, workspace = ours) => call(client, actor, 'list_metrics', [workspace])
    expect(await list()).toEqual({
      metrics: [{ key: 'revenue', dimensions: ['category', 'product', 'source'], lastAt: time }],
      timezone: 'UTC',
      keptDays: 400,
      pointsPerMinute: 10_000,
    })
    expect(await list(outsider, theirs)).toMatchObject({ metrics: [] })
    expect(await clientError(list(viewer))).toMatchObject({ code: 'permission_denied' })
    expect(await clientError(list(outsider))).toMatchObject({ code: 'not_found' })
    for (const table of ['metric_points', 'metric_point_ids', 'metric_keys', 'metric_rollups'])
      await expect(actAs(client, admin, `select from private.${table}`)).rejects.toMatchObject({
        code: '42501',
      })
  }),
)

it(
  'what a metric is told apart by is noted of a point that comes late, too',
  story(async (client) => {
    const noted = async () =>
      (await client.query('select dimensions from private.metric_keys where workspace_id = $1', [ours])).rows
    await ingest(client, [point()])
    expect(await noted()).toEqual([{ dimensions: [] }])
    await ingest(client, [point({ before: '2 days', dimensions: { category: 'Books' } })])
    expect(await noted()).toEqual([{ dimensions: ['category'] }])
  }),
)

it(
  'points beyond those of the month are refused, and none of them is stored',
  story(async (client) => {
    await client.query("update public.plan_limits set most = 3 where limit_key = 'metric_points'")
    await ingest(client, [point(), point()])
    const refused = await clientError(ingest(client, [point(), point()]))
    expect(refused).toMatchObject({ code: 'conflict' })
    expect(await stored(client)).toBe(2)
    expect(await ingest(client, [point()])).toEqual({ stored: 1, known: 0 })
  }),
)

it('points that come while another time zone is adopted are of an hour of that zone', async () => {
  await using opened = await openDatabase()
  const { observer } = opened
  await createCast(observer)
  await observer.query('begin')
  await ingest(observer, [point()])
  await setTimezone(observer, 'Asia/Kolkata')
  await observer.query('delete from private.stale_metric_hours; commit')
  const sessions = { observer, first: await opened.connect(), second: await opened.connect() }
  expect(
    await overlap(
      sessions,
      (client) => ingest(client, [point()]),
      (client) => client.query('select private.adopt_timezone()'),
    ),
  ).toEqual(['done', 'done'])
  const { rows } = await observer.query(
    'select distinct extract(minute from hour)::int as minute from private.stale_metric_hours',
  )
  expect(rows).toEqual([{ minute: 30 }])
})
