import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ImportReport } from '../../../types/transfer.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { dashboardOf, importDashboard } from '../../support/dashboards/transfer.ts'
import type { Actor } from '../../support/database/act.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { createWorld } from '../../support/people/world.ts'

// Two who import a document at the same moment: what one brings in is there for the other.

let opened: OpenDatabase
let sessions: Sessions

beforeAll(async () => {
  opened = await openDatabase()
  sessions = { observer: opened.observer, first: await opened.connect(), second: await opened.connect() }
})
afterAll(() => opened[Symbol.asyncDispose]())

const dial = { ...gauge, id: 'dial' }
const higher = { ...gauge, version: '2.0.0' }

it.each([
  ['a component', 1, [dial], [dial], ['published', 'used']],
  ['a version', 2, [higher], [higher], ['published', 'used']],
  ['one that has gone on', 3, [dial, { ...dial, version: '2.0.0' }], [dial], ['published', 'used']],
  ['another one by the same name', 4, [dial], [{ ...dial, title: 'Mine' }], ['published', 'conflict']],
])('both bring in %s', async (_, number, one, other, outcomes) => {
  const { workspace, boss, ann } = await createWorld(sessions.observer, number)
  const reports: ImportReport[] = []
  const bringIn = (actor: Actor, components: typeof one) => async (client: pg.Client) => {
    reports.push(await importDashboard(client, actor, documentOf(components), workspace))
  }
  expect(await overlap(sessions, bringIn(boss, one), bringIn(ann, other))).toEqual(['done', 'done'])
  expect(reports.map(({ components, skipped }) => components[0]?.outcome ?? skipped[0]?.code)).toEqual(
    outcomes,
  )
  // What shows it comes along, or is left out with it.
  const codes = reports.map(({ skipped }) => skipped.map(({ code }) => code))
  expect(codes).toEqual(outcomes.map((outcome) => (outcome === 'conflict' ? ['conflict', 'conflict'] : [])))
})

function documentOf(components: (typeof gauge)[]) {
  const [shown = gauge] = components
  return dashboardOf({
    components,
    themes: [],
    preferences: {},
    views: [
      {
        id: 'one',
        name: 'One',
        layout: layoutOf(
          widget({ widgetId: shown.id, componentVersion: shown.version, config: { unit: 'l' } }),
        ),
      },
    ],
  })
}
