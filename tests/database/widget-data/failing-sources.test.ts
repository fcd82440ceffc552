import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  age,
  claim,
  failed,
  fetched,
  panel,
  questionOf,
  saveSource,
  shop,
  store,
} from '../../support/dashboards/widget-data.ts'
import { service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { toldTo } from '../../support/database/notifications.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, theirs } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// Sources that fail: they are asked less and less, each by itself, and people are told once.

const story = onPremium(policySuite())

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

  it(
    'is closed once for all that was under way, and for twice as long by each question that tries it',
    story(async (client) => {
      const { add, source } = await panel(client)
      const questions: string[] = []
      for (let days = 1; days <= 12; days += 1)
        questions.push(await questionOf(client, await add({ query: { parameters: { days } } })))
      const claims = await claim(client, questions)
      expect(claims).toHaveLength(12)
      for (const one of claims) await store(client, one, failed)
      for (const minutes of [1, 2, 4]) {
        const { rows } = await client.query(
          `select extract(epoch from closed_until - clock_timestamp())::float as wait
           from private.data_source_health where source_id = $1`,
          [source],
        )
        expect(rows[0].wait).toBeGreaterThan(minutes * 44)
        expect(rows[0].wait).toBeLessThan(minutes * 76)
        await client.query("update private.data_source_health set closed_until = now() - interval '1 second'")
        await age(client, '2 hours')
        const [probe, ...more] = await claim(client, questions)
        expect(more).toEqual([])
        if (!probe) throw new Error('Nothing tries it.')
        await store(client, probe, failed)
      }
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
