import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { dueQuestionsSchema, type WidgetClaim } from '../../../types/widget-data.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  age,
  answers,
  claim,
  dataOf,
  dueOf,
  failed,
  fetched,
  questionOf,
  saveSource,
  shop,
  store,
} from '../../support/dashboards/widget-data.ts'
import { clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { toldTo } from '../../support/database/notifications.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

// Fetching answers: one at a time, no more often than needed, and failures that stay small.

const story = onPremium(policySuite())

/** A widget of a source, with the view that it is in. */
async function panel(client: pg.Client, document: object = shop) {
  await insertComponent(client, ours, { id: 'panel', defaultConfig: {}, configSchema: { type: 'object' } })
  const { id: source } = await saveSource(client, document)
  const view = await insertView(client)
  const add = (config: object = {}) =>
    insertWidget(client, { view_id: view, component_key: 'panel', config: { source, ...config } })
  const widget = await add()
  return { source, view, widget, add, question: await questionOf(client, widget) }
}

describe('an answer is due', () => {
  const second = 1 / 60
  interface Entry {
    fetched?: number
    fresh?: number
    leased?: number
    retry?: number
  }
  /** Times in minutes from now. */
  it.each<[when: string, entry: Entry | null, isForced: boolean, isDue: boolean]>([
    ['that nobody asked for', null, false, true],
    ['that never came', {}, false, true],
    ['as old as its widget lets it be', { fetched: -15, fresh: 15 }, false, true],
    ['not before', { fetched: -15 + second, fresh: 15 }, false, false],
    ['whose source has changed', { fetched: -1, fresh: 0 }, false, true],
    ['ten seconds old for who insists', { fetched: -10 * second, fresh: 15 }, true, true],
    ['not before for who insists', { fetched: -9 * second, fresh: 15 }, true, false],
    ['not while somebody fetches it', { leased: second }, true, false],
    ['once that has taken too long', { leased: 0 }, false, true],
    ['not while it waits after a failure', { retry: second }, true, false],
    ['after that', { retry: 0 }, false, true],
  ])('%s', (_, entry, isForced, isDue) =>
    story(async (client) => {
      // Of one moment, whatever the time of the machine.
      const { rows } = await client.query(
        `select private.is_due(jsonb_populate_record(null::private.widget_data, $1::jsonb || jsonb_build_object(
           'fetched_at', n.at + make_interval(secs => 60 * ($2::jsonb ->> 'fetched')::float),
           'fresh_until', n.at + make_interval(secs => 60 * ($2::jsonb ->> 'fresh')::float),
           'leased_until', n.at + make_interval(secs => 60 * ($2::jsonb ->> 'leased')::float),
           'retry_at', n.at + make_interval(secs => 60 * ($2::jsonb ->> 'retry')::float))), 15, $3) as is_due
         from (select clock_timestamp() as at) as n`,
        [entry === null ? {} : { workspace_id: ours }, entry ?? {}, isForced],
      )
      expect(rows[0].is_due).toBe(isDue)
    })(),
  )
})

describe('a claim', () => {
  it(
    'gives the server what a request takes, and counts for a minute',
    story(async (client) => {
      const { question, widget } = await panel(client)
      expect(await dueOf(client, member, [widget])).toEqual([question])
      const [taken, ...others] = await claim(client, [question])
      expect(others).toEqual([])
      expect(taken).toMatchObject({
        question,
        type: 'stats',
        query: {},
        request: {
          headers: { Authorization: 'Bearer s3cret' },
          mapping: '{"value": total}',
          parameters: ['days'],
        },
      })
      expect(await claim(client, [question], true)).toEqual([])
      expect(await dueOf(client, member, [widget], true)).toEqual([])
      // Past the wait that a failure would have had, it is still being fetched.
      await age(client, '50 seconds')
      expect(await claim(client, [question])).toEqual([])
      expect(await dueOf(client, member, [widget])).toEqual([])
      // Nobody came back: what was attempted waits, and its late answer is dropped.
      await age(client, '11 seconds')
      const [again] = await claim(client, [question])
      expect(again?.lease).not.toBe(taken?.lease)
      if (!taken) throw new Error('Nothing was taken.')
      expect(await store(client, taken, { data: { value: 1 } })).toEqual({ stored: 0, failed: 0, late: 1 })
      expect(await dataOf(client, member, widget)).toMatchObject({ data: null })
    }),
  )

  it(
    'is due again by the widget that wants it newest, and sooner for who insists',
    story(async (client) => {
      const { question, widget, add } = await panel(client)
      await fetched(client, widget, { data: { value: 1 } })
      expect(await claim(client, [question])).toEqual([])
      expect(await claim(client, [question], true)).toEqual([])
      await age(client, '11 seconds')
      expect(await dueOf(client, member, [widget])).toEqual([])
      expect(await dueOf(client, member, [widget], true)).toEqual([question])
      await age(client, '6 minutes')
      expect(await claim(client, [question])).toEqual([])
      await add({ refreshMinutes: 5 })
      expect(await claim(client, [question])).toHaveLength(1)
    }),
  )

  it(
    'is of what a widget of the workspace asks, and as often as one there wants it',
    story(async (client) => {
      const views: Record<string, string> = {
        [ours]: await insertView(client),
        [theirs]: await insertView(client, { workspace_id: theirs }),
      }
      const chart = (workspace_id: string, refreshMinutes: number) =>
        insertWidget(client, {
          ...{ workspace_id, view_id: views[workspace_id] ?? '' },
          component_key: 'revenue-chart',
          config: { dateRange: '90d', metric: 'orders', refreshMinutes },
        })
      const question = await questionOf(client, await chart(ours, 5))
      const claimIn = (workspace: string) =>
        call<WidgetClaim[]>(client, service, 'claim_widget_questions', [workspace, [question], false])
      expect(await claimIn(theirs)).toEqual([])
      await chart(theirs, 30)
      const [taken] = await claimIn(theirs)
      await call(client, service, 'store_widget_data', [
        theirs,
        JSON.stringify([{ question, lease: taken?.lease, data: { labels: ['x'], series: [] } }]),
      ])
      await age(client, '10 minutes')
      expect(await claimIn(theirs)).toEqual([])
      expect(await claimIn(ours)).toHaveLength(1)
    }),
  )

  it(
    'is the server’s alone, as everything that goes with it',
    story(async (client) => {
      const { question, source } = await panel(client)
      for (const actor of [admin, member])
        for (const [name, values] of [
          ['claim_widget_questions', [ours, [question], false]],
          ['store_widget_data', [ours, '[]']],
          ['widget_answer', [ours, question]],
          ['data_source_request', [ours, source]],
          ['due_widget_questions', []],
        ] as const)
          await expect(call(client, actor, name, [...values]), name).rejects.toMatchObject({ code: '42501' })
      expect(await call(client, service, 'claim_widget_questions', [theirs, [question], false])).toEqual([])
      expect(await call(client, service, 'data_source_request', [theirs, source])).toBeNull()
    }),
  )

  it('is for one of many servers at the same moment', async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    await observer.query('begin')
    await createCast(observer)
    await setPlan(observer, 'premium')
    const { question } = await panel(observer)
    await observer.query('commit')
    const servers = await Promise.all(Array.from({ length: 4 }, () => opened.connect()))
    const sql = 'select public.claim_widget_questions($1, $2) as claims'
    const all = await Promise.all(servers.map((server) => server.query(sql, [ours, [question]])))
    expect(all.flatMap(({ rows }) => rows[0].claims)).toHaveLength(1)
  })
})

describe('an answer', () => {
  it.each<[string, unknown]>([
    ['no list', {}],
    ['51 answers', Array.from({ length: 51 }, () => ({}))],
    ['a lease that is none', [{ question: 'q', lease: 'x' }]],
    ['no number of bytes', [{ question: 'q', bytes: 'many' }]],
    ['an error without a code', [{ question: 'q', error: 'lost' }]],
    ['an error with a long code', [{ question: 'q', error: { code: 'x'.repeat(51) } }]],
  ])('is refused in a list with %s', (_, answers) =>
    story(async (client) => {
      expect(
        await clientError(call(client, service, 'store_widget_data', [ours, JSON.stringify(answers)])),
      ).toMatchObject({ code: 'invalid_input', details: 'answers' })
    })(),
  )

  it(
    'is told to the workspace by its question, and stands in the log',
    story(async (client) => {
      const { question, widget, source } = await panel(client)
      await messagesOf(client)
      await fetched(client, widget, { data: { value: 1 } })
      expect(await messagesOf(client)).toEqual([
        {
          topic: `workspace:${ours}`,
          event: 'widget:refreshed',
          payload: { workspaceId: ours, questions: [question] },
        },
      ])
      const { rows } = await client.query(
        'select source, outcome, milliseconds, bytes from private.widget_refreshes',
      )
      expect(rows).toEqual([{ source, outcome: 'fetched', milliseconds: 5, bytes: 10 }])
    }),
  )

  it.each([
    ['no object', []],
    ['too large', { value: 1, text: 'x'.repeat(262_145) }],
  ])('that is %s is an error, and nothing is kept of it', (_, data) =>
    story(async (client) => {
      const { widget } = await panel(client)
      await fetched(client, widget, { data })
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: null,
        meta: { error: { code: 'data_not_valid' } },
      })
    })(),
  )

  it(
    'is held to the schema of a component of the workspace',
    story(async (client) => {
      await insertComponent(client, ours, {
        id: 'tank',
        defaultConfig: {},
        configSchema: { type: 'object' },
        dataSchema: { type: 'object', properties: { level: { type: 'integer' } }, required: ['level'] },
      })
      const { id: source } = await saveSource(client, answers)
      const view = await insertView(client)
      const widget = await insertWidget(client, { view_id: view, component_key: 'tank', config: { source } })
      await fetched(client, widget, { data: { level: 'high' } })
      expect(await dataOf(client, member, widget)).toMatchObject({
        meta: { error: { code: 'data_not_valid' } },
      })
      await age(client, '1 hour')
      await fetched(client, widget, { data: { level: 3 } })
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: { level: 3 },
        meta: { error: null },
      })
    }),
  )
})

it(
  'an answer is held to the schema of its own component, in its own version',
  story(async (client) => {
    const version = (id: string, number: string, property: string) =>
      insertComponent(client, ours, {
        id,
        version: number,
        defaultConfig: {},
        configSchema: { type: 'object' },
        dataSchema: { type: 'object', required: [property] },
      })
    await version('aaa', '1.0.0', 'elsewhere')
    await version('tank', '1.0.0', 'before')
    await version('tank', '2.0.0', 'level')
    await version('zzz', '2.0.0', 'elsewhere')
    const { id: source } = await saveSource(client, answers)
    const view = await insertView(client)
    const of = async (number: string) =>
      insertWidget(client, {
        view_id: view,
        component_key: 'tank',
        component_version: number,
        config: { source },
      })
    for (const [number, data] of [
      ['1.0.0', { before: 1 }],
      ['2.0.0', { level: 1 }],
    ] as const) {
      const widget = await of(number)
      await fetched(client, widget, { data })
      expect(await dataOf(client, member, widget)).toMatchObject({ data, meta: { error: null } })
    }
  }),
)

describe('a source that fails', () => {
  it(
    'waits no longer than the longest, and not as long as what failed with it',
    story(async (client) => {
      const { rows } = await client.query<{ wait: number }>(
        `select extract(epoch from private.wait_after(n, '30 seconds', '30 minutes'))::float as wait
         from generate_series(8, 207) as n`,
      )
      const waits = rows.map(({ wait }) => wait)
      expect(Math.max(...waits)).toBeLessThanOrEqual(30 * 60)
      expect(Math.min(...waits)).toBeGreaterThan(15 * 60)
      expect(new Set(waits).size).toBeGreaterThan(150)
    }),
  )

  it(
    'is asked less and less, by one question at last, and people are told once',
    story(async (client) => {
      // Whoever manages integrations is told, whatever else they may.
      await giveCustomRole(client, 'keeper', ['workspace.read', 'integrations.manage'], [ids.viewer])
      await giveCustomRole(
        client,
        'shopper',
        ['dashboards.read', 'components.read', 'marketplace.install'],
        [ids.member],
      )
      const { widget, add, question, source } = await panel(client)
      const other = await questionOf(client, await add({ query: { parameters: { days: 7 } } }))
      const waits: number[] = []
      for (let attempt = 1; attempt <= 5; attempt++) {
        await fetched(client, widget, failed)
        const { rows } = await client.query(
          `select attempts, extract(epoch from retry_at - now())::int as wait from private.widget_data
           where question_hash = $1`,
          [question],
        )
        expect(rows[0].attempts).toBe(attempt)
        waits.push(rows[0].wait)
        expect(await claim(client, [question], true)).toEqual([])
        await age(client, '2 hours')
      }
      expect(waits[0]).toBeLessThan(40)
      expect(waits[4]).toBeGreaterThan(340)
      // Closed to every question, and then open to one.
      expect(await claim(client, [question, other])).toEqual([])
      const told = async () =>
        (await toldTo(client, ids.admin))
          .filter(({ kind }) => kind !== 'plan_changed')
          .map(({ kind, title }) => [kind, title])
      expect(await told()).toEqual([['source_failing', 'Shop gives no data']])
      const toKeeper = await toldTo(client, ids.viewer)
      expect(toKeeper.map(({ kind }) => kind)).toContain('source_failing')
      expect((await toldTo(client, ids.member)).map(({ kind }) => kind)).not.toContain('source_failing')
      const { rows: closed } = await client.query(
        'select extract(epoch from closed_until - now())::float as wait from private.data_source_health',
      )
      expect(closed[0].wait).toBeGreaterThan(44)
      expect(closed[0].wait).toBeLessThan(76)
      const { rows: log } = await client.query('select distinct outcome, bytes from private.widget_refreshes')
      expect(log).toEqual([{ outcome: 'source_failed', bytes: 10 }])
      expect(await call(client, admin, 'list_data_sources', [ours])).toMatchObject([
        {
          failingSince: expect.any(String),
          closedUntil: expect.any(String),
          error: { code: 'source_failed' },
        },
      ])
      await client.query("update private.data_source_health set closed_until = now() - interval '1 second'")
      const [probe, ...more] = await claim(client, [question, other])
      expect(more).toEqual([])
      if (!probe) throw new Error('Nothing tries it.')
      await store(client, probe, failed)
      expect(await told()).toHaveLength(1)
      // Saving it anew is a fresh start, and an answer makes it well.
      await saveSource(client, shop, { id: source })
      await fetched(client, widget, { data: { value: 1 } })
      expect(await call(client, admin, 'list_data_sources', [ours])).toMatchObject([
        { failingSince: null, closedUntil: null, error: null },
      ])
    }),
  )
})

describe('a source beside others', () => {
  it(
    'is closed, tried and made well by itself',
    story(async (client) => {
      const { add, source, question } = await panel(client)
      const { id: other } = await saveSource(client, { ...shop, name: 'Other' })
      const { id: well } = await saveSource(client, { ...shop, name: 'Well' })
      const questions = [
        question,
        await questionOf(client, await add({ source: other })),
        await questionOf(client, await add({ source: well })),
      ]
      for (const id of [source, other])
        await client.query(
          `insert into private.data_source_health (workspace_id, source_id, failures, failing_since, closed_until)
           values ($1, $2, 5, now(), clock_timestamp() + interval '1 hour')`,
          [ours, id],
        )
      await client.query('savepoint closed')
      expect((await claim(client, questions)).map((taken) => taken.question)).toEqual([questions[2]])
      await client.query('rollback to closed')
      await client.query("update private.data_source_health set closed_until = now() - interval '1 second'")
      expect(await claim(client, questions)).toHaveLength(3)
      await saveSource(client, shop, { id: source })
      const { rows } = await client.query('select source_id from private.data_source_health')
      expect(rows).toEqual([{ source_id: other }])
    }),
  )

  it(
    'of another workspace that is asked the same has no part in what fails here',
    story(async (client) => {
      const widgets: [workspace: string, widget: string][] = []
      for (const workspace of [ours, theirs]) {
        const view = await insertView(client, { workspace_id: workspace })
        const place = { workspace_id: workspace, view_id: view }
        widgets.push([workspace, await insertWidget(client, { ...place, component_key: 'revenue-chart' })])
      }
      const questions = await Promise.all(widgets.map(([, widget]) => questionOf(client, widget)))
      expect(questions[0]).toBe(questions[1])
      await call(client, service, 'claim_widget_questions', [theirs, questions.slice(1)])
      await fetched(client, widgets[0]?.[1] ?? '', failed)
      const { rows } = await client.query(
        `select workspace_id, error is null as is_well, lease_id is not null as is_taken
         from private.widget_data order by workspace_id = $1`,
        [theirs],
      )
      expect(rows).toEqual([
        { workspace_id: ours, is_well: false, is_taken: false },
        { workspace_id: theirs, is_well: true, is_taken: true },
      ])
    }),
  )
})

describe('the clock', () => {
  it(
    'takes what is due and watched, of views that people have on screen',
    story(async (client) => {
      const { view, widget, question } = await panel(client)
      const due = async () =>
        dueQuestionsSchema.parse(await call(client, service, 'due_widget_questions', []))
      expect(await due()).toEqual([])
      await call(client, person(ids.member), 'watch_view', [view])
      expect(await due()).toEqual([{ workspaceId: ours, questions: [question] }])
      await fetched(client, widget, { data: { value: 1 } })
      expect(await due()).toEqual([])
      await age(client, '16 minutes')
      expect(await due()).toHaveLength(1)
      await client.query("update private.view_watchers set watched_at = now() - interval '16 minutes'")
      expect(await due()).toEqual([])
      // A widget that is fresh for half an hour is refreshed for who looked within it.
      await client.query('update public.widgets set config = config || $1', [{ refreshMinutes: 30 }])
      await client.query('delete from private.widget_data')
      await client.query("update private.view_watchers set watched_at = now() - interval '29.9 minutes'")
      expect(await due()).toHaveLength(1)
      await client.query("update private.view_watchers set watched_at = now() - interval '30 minutes'")
      expect(await due()).toEqual([])
    }),
  )

  it(
    'takes no widget that is hidden, nor one that asks nothing',
    story(async (client) => {
      const { view, widget, question } = await panel(client)
      const ask = { query: { parameters: { days: 7 } } }
      const { rows } = await client.query('select config from public.widgets where id = $1', [widget])
      const silent = await insertWidget(client, { view_id: view, component_key: 'panel', config: {} })
      await insertWidget(client, {
        view_id: view,
        component_key: 'panel',
        config: { ...rows[0].config, ...ask },
        visible: false,
      })
      await call(client, person(ids.member), 'watch_view', [view])
      expect(await call(client, service, 'due_widget_questions', [])).toEqual([
        { workspaceId: ours, questions: [question] },
      ])
      expect(await dueOf(client, member, [silent])).toEqual([])
    }),
  )

  it(
    'takes no more than fifty of one workspace',
    story(async (client) => {
      const { view, source } = await panel(client)
      await client.query(
        `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
         select $1, $2, 'panel', 0, 0, 1, 1, jsonb_build_object('source', $3::text, 'query', jsonb_build_object('n', n))
         from generate_series(1, 60) as n`,
        [ours, view, source],
      )
      await call(client, person(ids.member), 'watch_view', [view])
      const due = dueQuestionsSchema.parse(await call(client, service, 'due_widget_questions', []))
      expect(due.map(({ questions }) => questions.length)).toEqual([50])
      // A server takes no more at a time either.
      const { rows } = await client.query(
        'select question_hash as hash from public.widgets where view_id = $1 order by y limit 51',
        [view],
      )
      expect(
        await claim(
          client,
          rows.map(({ hash }) => hash),
        ),
      ).toHaveLength(50)
    }),
  )
})

describe('the database', () => {
  it(
    'answers itself what it knows: a static source, and the workspace',
    story(async (client) => {
      const { add, question } = await panel(client, answers)
      const answer = (hash: string) => call(client, service, 'widget_answer', [ours, hash])
      expect(await answer(question)).toEqual({ value: 42 })
      const about = async (query: object) =>
        answer(await questionOf(client, await add({ source: 'workspace', query })))
      expect(await about({ about: 'members' })).toEqual({ value: 3 })
      expect(await about({ about: 'usage' })).toMatchObject({ value: expect.any(Number) })
      expect(await about({ about: 'nothing' })).toBeNull()
    }),
  )

  it(
    'forgets answers that nobody asks for, and the log after a month',
    story(async (client) => {
      const { widget, add } = await panel(client)
      const gone = await add({ query: { parameters: { days: 1 } } })
      for (const id of [widget, gone]) await fetched(client, id, { data: { value: 1 } })
      await client.query('delete from public.widgets where id = $1', [gone])
      // What another workspace asks is not asked here.
      const elsewhere = await insertWidget(client, {
        workspace_id: theirs,
        view_id: await insertView(client, { workspace_id: theirs }),
      })
      await client.query('set local session_replication_role = replica')
      await client.query(
        `update public.widgets w set question_hash = (
           select d.question_hash from private.widget_data d
           where d.workspace_id = $1 and d.question_hash not in (
             select x.question_hash from public.widgets x where x.workspace_id = $1 and x.question_hash is not null))
         where w.id = $2`,
        [ours, elsewhere],
      )
      await client.query('set local session_replication_role = origin')
      const kept = await client.query('select private.remove_unasked_widget_data() as n')
      expect(kept.rows).toEqual([{ n: '0' }])
      await age(client, '7 days')
      expect((await client.query('select private.remove_unasked_widget_data() as n')).rows).toEqual(kept.rows)
      await age(client, '1 second')
      expect((await client.query('select private.remove_unasked_widget_data() as n')).rows).toEqual([
        { n: '1' },
      ])
      expect(await dataOf(client, member, widget)).toBeDefined()
      await client.query("update private.widget_refreshes set refreshed_at = now() - interval '31 days'")
      await client.query('select private.maintain_widget_refreshes()')
      expect((await client.query('select from private.widget_refreshes')).rowCount).toBe(0)
    }),
  )

  it(
    'refuses nothing that an hour without partitions would write',
    story(async (client) => {
      const { widget } = await panel(client)
      const { rows } = await client.query(
        "select relname from pg_class where relname ~ '^widget_refreshes_\\d' and relkind = 'r'",
      )
      expect(rows.length).toBeGreaterThanOrEqual(8)
      for (const { relname } of rows) await client.query(`drop table private.${relname}`)
      await fetched(client, widget, { data: { value: 1 } })
      expect((await client.query('select from private.widget_refreshes_default')).rowCount).toBe(1)
      // What landed there keeps its own day from a partition, and no other.
      const days = async () => {
        await client.query('select private.maintain_widget_refreshes()')
        const made = await client.query(
          `select to_date(right(relname, 10), 'YYYY_MM_DD') - (now() at time zone 'UTC')::date as day from pg_class
           where relname ~ '^widget_refreshes_\\d' and relkind = 'r' order by 1`,
        )
        return made.rows.map(({ day }) => day)
      }
      await client.query(
        `insert into private.widget_refreshes (workspace_id, question_hash, source, outcome, milliseconds, bytes,
           refreshed_at)
         select workspace_id, question_hash, source, outcome, milliseconds, bytes, now() + d * interval '1 day'
         from private.widget_refreshes cross join unnest(array[-9, 4, 20]) as d`,
      )
      expect(await days()).toEqual([1, 2, 3, 5, 6, 7])
    }),
  )
})
