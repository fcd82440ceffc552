import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insertWidget } from '../../support/dashboards/view-rows.ts'
import { panel, questionOf, shop } from '../../support/dashboards/widget-data.ts'
import { service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { type Call, held as heldIn } from '../../support/database/held.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { admin, createCast, ours } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// Whoever claims questions of widgets has some of them, counts that in the use of the month, and goes on to others: in
// no circle with who does the same, nor with who ends the workspace.

const takeDatabase = databasePool()
let opened: OpenDatabase
let observer: pg.Client
let questions: string[]
let source: string

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
  await observer.query('begin')
  await setPlan(observer, 'premium', ours)
  const { view, widget, ...made } = await panel(observer)
  source = made.source
  const widgets = [widget]
  for (const days of [7, 28])
    widgets.push(
      await insertWidget(observer, {
        view_id: view,
        component_key: 'panel',
        config: { source, query: { days } },
      }),
    )
  questions = (await Promise.all(widgets.map((id) => questionOf(observer, id)))).toSorted()
  await observer.query(
    'insert into private.widget_data (workspace_id, question_hash) select $1, unnest($2::text[])',
    [ours, questions],
  )
  await observer.query('commit')
})

afterEach(() => opened[Symbol.asyncDispose]())

const held = (locks: string, calls: Call[]) => heldIn(opened, locks, calls)
const claimed = (...of: (string | undefined)[]): Call => [
  service,
  'select public.claim_widget_questions($1, $2)',
  [ours, of],
]
const row = (question = '') =>
  `select from private.widget_data where question_hash = '${question}' for update`
const used = async () =>
  (await observer.query('select held, settled from private.usage where workspace_id = $1', [ours])).rows

it('two claim questions, one of which both do, and count the first use of a month', async () => {
  expect(new Set(questions).size).toBe(3)
  const [, second, third] = questions
  expect(await held(row(second), [claimed(...questions), claimed(third)])).toEqual(['done', 'done'])
  expect(await used()).toEqual([{ held: '3', settled: '3' }])
})

it.each([
  ['the first use of a month', false],
  ['further use', true],
])('questions are claimed in a workspace that is deleted, and count %s', async (_, isUsed) => {
  if (isUsed)
    await observer.query(
      `insert into private.usage (workspace_id, meter, period, held, settled)
       values ($1, 'refreshes', private.usage_period(), 1, 1)`,
      [ours],
    )
  const [first] = questions
  const end: Call = [admin, "select public.delete_workspace($1, 'Ours')", [ours]]
  expect(await held(row(first), [claimed(first), end])).toEqual(['done', 'done'])
  expect(await used()).toEqual([])
})

describe('who claims questions of a source that was closed waits for what stands after them, while', () => {
  const usage = 'select from private.usage for update'
  const lease = '00000000-0000-4000-8000-0000000000e1'
  beforeEach(async () => {
    await observer.query(
      `insert into private.usage (workspace_id, meter, period, held, settled)
       values ($1, 'refreshes', private.usage_period(), 1, 1)`,
      [ours],
    )
    await observer.query(
      `insert into private.data_source_health (workspace_id, source_id, failures, failing_since, error, closed_at,
         closed_until)
       values ($1, $2, 5, now(), '{}', now(), now())`,
      [ours, source],
    )
    await observer.query(
      `update private.widget_data set source_id = $1, lease_id = $2, leased_until = now() + interval '1 minute'
       where question_hash <> $3`,
      [source, lease, questions[0]],
    )
  })
  const document = JSON.stringify({ ...shop, url: 'https://shop.example.com/other' })

  it.each<[string, () => Call]>([
    [
      'an answer to another of them is stored',
      () => [
        service,
        'select public.store_widget_data($1, $2)',
        [
          ours,
          JSON.stringify([{ question: questions[1], lease, error: { code: 'timeout', message: 'Late.' } }]),
        ],
      ],
    ],
    [
      'the source is changed',
      () => [admin, 'select public.save_data_source($1, $2, $3, 1)', [ours, document, source]],
    ],
    ['it is deleted', () => [admin, 'select public.delete_data_source($1, $2)', [ours, source]]],
  ])('%s', async (_, other) => {
    expect(await held(usage, [claimed(...questions), other()])).toEqual(['done', 'done'])
    expect(await used()).toEqual([{ held: '2', settled: '2' }])
  })
})

it('answers that nobody asks for go without waiting for one that somebody has', async () => {
  await observer.query('delete from public.widgets')
  await observer.query("update private.widget_data set asked_at = now() - interval '8 days'")
  const job = async (client: pg.Client) =>
    (await client.query('select private.remove_unasked_widget_data()::integer as removed')).rows[0].removed
  await observer.query(`begin; ${row(questions[1])}`)
  expect(await job(await opened.connect())).toBe(2)
  await observer.query('commit')
  expect(await job(observer)).toBe(1)
})
