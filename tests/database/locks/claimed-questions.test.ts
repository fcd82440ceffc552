import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { insertWidget } from '../../support/dashboards/view-rows.ts'
import { panel, questionOf } from '../../support/dashboards/widget-data.ts'
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

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  await createCast(observer)
  await observer.query('begin')
  await setPlan(observer, 'premium', ours)
  const { source, view, widget } = await panel(observer)
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
