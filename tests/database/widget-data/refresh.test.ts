import { describe, expect, it } from 'vitest'
import { dueQuestionsSchema, type WidgetClaim } from '../../../types/widget-data.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  age,
  claim,
  dataOf,
  dueOf,
  fetched,
  panel,
  questionOf,
  store,
} from '../../support/dashboards/widget-data.ts'
import { person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// Which questions are fetched, and when: one at a time, and no more often than needed.

const story = onPremium(policySuite())

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
    'gives the server what a request takes, and counts for two minutes',
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
      await age(client, '110 seconds')
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
          ['request_ports', []],
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

describe('the clock', () => {
  it(
    'takes what is due and watched, of views that people have on screen',
    story(async (client) => {
      const { source, view, widget, question } = await panel(client)
      await insertWidget(client, {
        view_id: await insertView(client),
        component_key: 'panel',
        config: { source, query: { parameters: { days: 7 } } },
      })
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
