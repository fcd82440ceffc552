import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { frontEndErrors, frontEndTimings, trackedEventsSchema, usedFeatures } from '../../../types/track.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { event, opened, rowsOf, track } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import {
  admin,
  createCast,
  ids,
  member,
  ours,
  outsider,
  suspended,
  theirs,
  viewer,
} from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// Taking events of use in: who may tell of what, once each, and no content.

const story = policySuite()

const initialView = '00000000-0000-4000-8000-000000000100'
const counted = (stored: number, known = 0, skipped = 0) => ({ stored, known, skipped })
const stored = async (client: pg.Client) =>
  (await client.query('select * from private.analytics_events order by occurred_at, kind, name')).rows

const refused = async (client: pg.Client, events: unknown, actor = member) => {
  const before = await rowsOf(client, 'analytics_events')
  const error = await clientError(track(client, events, { actor }))
  expect(await rowsOf(client, 'analytics_events')).toBe(before)
  return error
}

describe('events', () => {
  it(
    'are taken from every member, in their own name, once each',
    story(async (client) => {
      const view = await insertView(client)
      const sent = [
        opened(view),
        event(),
        event({ kind: 'error', name: 'widget_failed' }),
        opened(initialView),
      ]
      for (const actor of [admin, member, viewer])
        expect(trackedEventsSchema.parse(await track(client, sent, { actor }))).toEqual(counted(4))
      expect(await track(client, [...sent, sent[0]])).toEqual(counted(0, 5))
      expect(await track(client, [])).toEqual(counted(0))
      const rows = await stored(client)
      expect(rows).toHaveLength(12)
      expect(new Set(rows.map(({ user_id }) => user_id))).toEqual(
        new Set([ids.admin, ids.member, ids.viewer]),
      )
    }),
  )

  it(
    'are refused from anybody else, and nobody learns of a workspace',
    story(async (client) => {
      const codeFor = async (actor: typeof viewer, workspace = ours) =>
        (await clientError(track(client, [event()], { actor, workspace }))).code
      expect(await codeFor(suspended)).toBe('not_found')
      expect(await codeFor(outsider)).toBe('not_found')
      expect(await codeFor(member, theirs)).toBe('not_found')
      expect(await codeFor(member, 'WK-00000000Y')).toBe('not_found')
      expect(await codeFor(member, 'nothing')).toBe('invalid_input')
      await expect(track(client, [event()], { actor: anonymous })).rejects.toMatchObject({ code: '42501' })
      await expect(track(client, [event()], { actor: service })).rejects.toMatchObject({ code: '42501' })
      // A machine is nobody in person.
      const key = await call<{ id: string }>(client, admin, 'create_api_key', [
        ours,
        'Shop',
        '{dashboards.read}',
      ])
      expect(await refused(client, [event()], person(key.id))).toMatchObject({
        code: 'permission_denied',
        details: 'person',
      })
      expect(await rowsOf(client, 'analytics_events')).toBe(0)
    }),
  )

  it(
    'about what one does not see are left out, whether it is there or not',
    story(async (client) => {
      const seen = await insertView(client)
      const widget = await insertWidget(client, { view_id: seen, component_key: 'recent-orders' })
      const { rows } = await client.query('select instance_id from public.widgets where id = $1', [widget])
      const instanceId: string = rows[0]?.instance_id
      const unseen = [
        await insertView(client, { visibility: 'personal', owner_id: ids.admin }),
        await insertView(client, { workspace_id: theirs }),
        await insertView(client, { deleted_at: '2026-01-01' }),
        crypto.randomUUID(),
      ]
      expect(
        await track(
          client,
          unseen.map((id) => opened(id)),
        ),
      ).toEqual(counted(0, 0, 4))
      const use = (viewId: string, instanceId: string) =>
        event({ viewId, instanceId, name: 'widget_expanded' } as never)
      expect(
        await track(client, [
          use(seen, instanceId),
          use(seen, crypto.randomUUID()),
          use(unseen[1] as string, instanceId),
        ]),
      ).toEqual(counted(1, 0, 2))
      expect(await stored(client)).toMatchObject([{ view_id: seen, widget_id: widget, workspace_id: ours }])
    }),
  )

  it(
    'about widgets are taken of those that one sees, and of the initial view, whose widgets are no rows',
    story(async (client) => {
      await setPlan(client, 'premium')
      const view_id = await insertView(client)
      const [open, withheld] = [crypto.randomUUID(), crypto.randomUUID()]
      await insertWidget(client, { view_id, instance_id: open })
      const id = await insertWidget(client, { view_id, instance_id: withheld, x: 3 })
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'widget', $2, $3, 'none')`,
        [ours, id, ids.member],
      )
      const use = (viewId: string, instanceId: string) =>
        event({ viewId, instanceId, name: 'widget_expanded' } as never)
      const sent = [use(view_id, open), use(view_id, withheld), use(initialView, crypto.randomUUID())]
      expect(await track(client, sent)).toEqual(counted(2, 0, 1))
      expect(await track(client, sent, { actor: viewer })).toEqual(counted(3))
    }),
  )

  it(
    'that are too old or to come are left out',
    story(async (client) => {
      const at = (minutes: number) => event({ at: new Date(Date.now() + minutes * 60_000).toISOString() })
      expect(await track(client, [at(-20), at(-10), at(3), at(10)])).toEqual(counted(2, 0, 2))
    }),
  )

  it(
    'are a thousand at most, about a hundred things',
    story(async (client) => {
      const many = Array.from({ length: 1_001 }, () => event())
      expect(await refused(client, many)).toMatchObject({ code: 'invalid_input', details: 'events' })
      for (const none of [{}, 'events', 1, null])
        expect(await refused(client, none)).toMatchObject({ code: 'invalid_input', details: 'events' })
      const large = [event({ name: 'x'.repeat(500_000) } as never)]
      expect(await refused(client, large)).toMatchObject({ code: 'invalid_input' })
      const views = Array.from({ length: 101 }, () => opened(crypto.randomUUID()))
      expect(await refused(client, views)).toMatchObject({ code: 'invalid_input', details: 'events' })
      expect(await track(client, views.slice(1))).toEqual(counted(0, 0, 100))
      expect(await track(client, many.slice(1))).toEqual(counted(1_000))
    }),
  )

  it(
    'of a call are as large as 384 KiB',
    story(async (client) => {
      const { rows } = await client.query<{ octets: number }>(
        `select 393216 - pg_column_size(jsonb_build_array(jsonb_build_object('a', repeat('x', 300000)))) + 300000
           as octets`,
      )
      const sized = (more: number) => refused(client, [{ a: 'x'.repeat((rows[0]?.octets ?? 0) + more) }])
      expect(await sized(0)).toMatchObject({ details: 'events.0' })
      expect(await sized(1)).toMatchObject({ details: 'events' })
    }),
  )

  it(
    'that take a time take one from none to ten minutes',
    story(async (client) => {
      const timing = (milliseconds: unknown) =>
        event({ kind: 'timing', name: 'page_load', milliseconds } as never)
      expect(await track(client, [timing(0), timing(600_000)])).toEqual(counted(2))
      for (const milliseconds of [-1, 600_001, '5'])
        expect(await refused(client, [timing(milliseconds)])).toMatchObject({
          details: 'events.0.milliseconds',
        })
    }),
  )

  const bad: [what: string, change: Record<string, unknown>, field: string][] = [
    ['a name of one’s own', { name: 'ada@example.com' }, 'name'],
    ['a name that front ends follow', { name: '__proto__' }, 'name'],
    ['a feature as an error', { kind: 'error', name: 'data_exported' }, 'name'],
    ['a list of names', { name: ['data_exported'] }, 'name'],
    ['a kind of one’s own', { kind: 'typed' }, 'kind'],
    ['content', { text: 'What I wrote' }, ''],
    ['somebody else’s name', { userId: ids.admin }, ''],
    ['a key that front ends follow', JSON.parse('{"__proto__": 1}'), ''],
    ['no uuid', { id: 'event-1' }, 'id'],
    ['a time that is none', { at: '2026-02-30T12:00:00Z' }, 'at'],
    ['a widget without its view', { instanceId: ids.admin }, 'viewId'],
    ['a time of what takes none', { milliseconds: 12 }, 'milliseconds'],
    ['a timing without a time', { kind: 'timing', name: 'page_load' }, 'milliseconds'],
    ['a timing without end', { kind: 'timing', name: 'page_load', milliseconds: 1e9 }, 'milliseconds'],
    ['an opened view with a name', { kind: 'view_opened', viewId: ids.admin }, 'name'],
    ['no name', { name: undefined }, 'name'],
    ['a view that is none', { viewId: 'overview' }, 'viewId'],
    ['a widget that is none', { viewId: ids.admin, instanceId: 'chart' }, 'instanceId'],
    ['no id', { id: undefined }, ''],
    ['an id that is a number', { id: 5 }, 'id'],
    ['a time that is a number', { at: 1_770_000_000 }, 'at'],
    ['a kind that is none', { kind: true }, 'kind'],
    ['a time of the first year there is', { at: '0001-01-01T12:00:00Z' }, 'at'],
    ['a time without a zone', { at: '2026-01-31T12:00:00.000' }, 'at'],
    ['a day without a time', { at: '2026-01-31' }, 'at'],
    // Which Postgres would read, as it does much else.
    ['a day with a letter', { at: '2026-01-3aT12:00:00.000Z' }, 'at'],
    ['a fraction with a blank', { at: '2026-01-31T12:00:00.00 Z' }, 'at'],
    ['an hour that there is not', { at: '2026-01-31T24:00:00.000Z' }, 'at'],
    ['a second that there is not', { at: '2026-01-31T12:00:60.000Z' }, 'at'],
    ['an opened view without one', { kind: 'view_opened', name: undefined }, 'viewId'],
  ]
  it(
    'that hold anything else are named by their places, and none is stored',
    story(async (client) => {
      for (const [what, change, field] of bad)
        expect(await refused(client, [event(), { ...event(), ...change }, event()]), what).toMatchObject({
          code: 'invalid_input',
          details: field ? `events.1.${field}` : 'events.1',
        })
      const wrong = Array.from({ length: 30 }, () => event({ name: 'no' } as never))
      expect(String((await refused(client, wrong)).details).split(', ')).toHaveLength(20)
    }),
  )

  it(
    'come at a pace: so many a minute of a person, and of a workspace',
    story(async (client) => {
      const thousand = () => Array.from({ length: 1_000 }, () => event())
      await track(client, thousand())
      // As if five more had come at once: calls take their time, and the bucket fills meanwhile.
      await client.query(
        "update private.rate_limit_buckets set full_at = full_at + interval '50 seconds' where bucket like 'track:person:%'",
      )
      expect(await refused(client, thousand())).toMatchObject({
        code: 'rate_limited',
        details: 'person',
        message: 'A person sends at most 6000 events a minute.',
      })
      expect(await track(client, [event()], { actor: viewer })).toEqual(counted(1))
      await client.query("update public.plan_limits set most = 5 where limit_key = 'events_per_minute'")
      await client.query('delete from private.rate_limit_buckets')
      expect(await refused(client, thousand().slice(0, 6))).toMatchObject({
        code: 'rate_limited',
        details: 'workspace',
      })
    }),
  )

  it(
    'are counted for operators too, the times in a histogram',
    story(async (client) => {
      const timing = (milliseconds: number) =>
        event({ kind: 'timing', name: 'view_load', milliseconds } as never)
      const sent = [timing(5), timing(6), timing(40_000), event(), event()]
      await track(client, sent)
      await track(client, sent)
      // To what is counted, and where none was counted before.
      await track(client, [timing(6), timing(100_000)])
      const { rows } = await client.query(
        'select family, label, total::float, counts from private.measures order by 1, 2',
      )
      expect(rows).toEqual([
        { family: 'event', label: 'feature_used|data_exported', total: 2, counts: [] },
        { family: 'event', label: 'timing|view_load', total: 5, counts: [] },
        {
          family: 'front_end',
          label: 'view_load',
          total: 140_017,
          counts: ['1', '2', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '2'],
        },
      ])
    }),
  )
})

it(
  'the catalog of names is that of types/track.ts',
  story(async (client) => {
    const { rows } = await client.query<{ kind: string; name: string }>(
      'select kind, name from private.event_names',
    )
    const of = (kind: string) => rows.filter((row) => row.kind === kind).map(({ name }) => name)
    expect(of('feature_used').sort()).toEqual([...usedFeatures].sort())
    expect(of('error').sort()).toEqual([...frontEndErrors].sort())
    expect(of('timing').sort()).toEqual([...frontEndTimings].sort())
  }),
)

describe('who does not want to be counted', () => {
  const choose = (client: pg.Client, isCounted: boolean | null, actor = member) =>
    call<null>(client, actor, 'set_analytics_choice', [isCounted])

  it(
    'is not, at once and everywhere, and what named them is gone',
    story(async (client) => {
      await track(client, [event()])
      await track(client, [event()], { actor: viewer })
      await client.query(
        'insert into private.analytics_person_days (workspace_id, day, user_id) values ($1, current_date, $2)',
        [ours, ids.member],
      )
      await choose(client, false)
      await choose(client, false)
      expect(await track(client, [event(), event()])).toEqual(counted(0, 0, 2))
      expect((await stored(client)).map(({ user_id }) => user_id)).toEqual([ids.viewer])
      expect(await rowsOf(client, 'analytics_person_days')).toBe(0)
      const choice = () => call(client, member, 'analytics_choice', [ours])
      expect(await choice()).toEqual({ isCounted: false, byPersonSince: null })
      await choose(client, true)
      expect(await choice()).toEqual({ isCounted: true, byPersonSince: null })
      expect(await track(client, [event()])).toEqual(counted(1))
    }),
  )

  it(
    'is not counted later for what they did meanwhile, which a front end held back',
    story(async (client) => {
      const ago = (minutes: number) => event({ at: new Date(Date.now() - minutes * 60_000).toISOString() })
      /** As if what was chosen had been chosen so many minutes before. */
      const since = (column: string, minutes: number) =>
        client.query(`update private.analytics_choices set ${column} = now() - make_interval(mins => $1)`, [
          minutes,
        ])
      await choose(client, false)
      await choose(client, true)
      await since('opted_in_at', 5)
      // To say again what holds changes nothing.
      await choose(client, true)
      expect(await track(client, [ago(6), ago(4)])).toEqual(counted(1, 0, 1))
      expect(await track(client, [ago(6)], { actor: viewer })).toEqual(counted(1))
      await since('opted_out_at', 9)
      await choose(client, false)
      expect(await track(client, [event()])).toEqual(counted(0, 0, 1))
      const { rows } = await client.query(
        'select opted_out_at = now() as is_new from private.analytics_choices',
      )
      expect(rows).toEqual([{ is_new: true }])
      await since('opted_out_at', 3)
      await choose(client, false)
      await choose(client, true)
      await since('opted_in_at', 1)
      expect(await track(client, [ago(2), event()])).toEqual(counted(1, 0, 1))
    }),
  )

  it(
    'chooses again for oneself alone',
    story(async (client) => {
      for (const actor of [member, viewer]) await choose(client, false, actor)
      await choose(client, true)
      expect(await track(client, [event()])).toEqual(counted(1))
      expect(await track(client, [event()], { actor: viewer })).toEqual(counted(0, 0, 1))
    }),
  )

  it(
    'chooses for nobody else, and a machine not at all',
    story(async (client) => {
      expect(await clientError(choose(client, null))).toMatchObject({
        code: 'invalid_input',
        details: 'is_counted',
      })
      const key = await call<{ id: string }>(client, admin, 'create_api_key', [
        ours,
        'Shop',
        '{dashboards.read}',
      ])
      for (const [name, values] of [
        ['set_analytics_choice', [false]],
        ['analytics_choice', [ours]],
        ['my_survey', []],
        ['answer_survey', [5]],
      ] as const)
        expect(await clientError(call(client, person(key.id), name, [...values]))).toMatchObject({
          code: 'permission_denied',
          details: 'person',
        })
      expect(await rowsOf(client, 'survey_answers')).toBe(0)
      expect(await clientError(call(client, outsider, 'analytics_choice', [ours]))).toMatchObject({
        code: 'not_found',
      })
      expect(await rowsOf(client, 'analytics_choices')).toBe(0)
    }),
  )

  it('is not counted by a call that runs meanwhile', async () => {
    await using database = await openDatabase()
    const [telling, choosing] = [await database.connect(), await database.connect()]
    await createCast(database.observer)
    await telling.query('begin')
    await track(telling, [event()])
    await choosing.query('begin')
    const chosen = choose(choosing, false)
    await untilBlocked(database.observer, choosing)
    await telling.query('commit')
    await chosen
    await choosing.query('commit')
    expect(await rowsOf(database.observer, 'analytics_events')).toBe(0)
  })
})

it(
  'nobody reads what is stored of use but through the functions',
  story(async (client) => {
    await track(client, [event()])
    for (const table of ['analytics_events', 'analytics_rollups', 'analytics_person_days', 'measures'])
      for (const actor of [admin, service])
        await expect(actAs(client, actor, `select * from private.${table}`)).rejects.toMatchObject({
          code: '42501',
        })
  }),
)
