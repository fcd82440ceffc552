import { afterAll, beforeAll, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { createWorld } from '../../support/people/world.ts'

// Two tabs of one person that change preferences at the same moment: what each of them named is kept.

let opened: OpenDatabase
let sessions: Sessions

beforeAll(async () => {
  opened = await openDatabase()
  sessions = { observer: opened.observer, first: await opened.connect(), second: await opened.connect() }
})
afterAll(() => opened[Symbol.asyncDispose]())

it.each([
  ['that are there', true],
  ['that nobody has set yet', false],
])('of two patches of preferences %s neither is lost', async (_, areThere) => {
  const world = await createWorld(sessions.observer, Number(areThere) + 1)
  const patch = (change: object) => (client: Sessions['first']) =>
    actAs(client, world.ann, 'select public.patch_preferences($1, $2)', [world.workspace, change])
  if (areThere)
    await sessions.observer.query('insert into public.preferences (workspace_id, user_id) values ($1, $2)', [
      world.workspace,
      world.ann.sub,
    ])
  expect(
    await overlap(
      sessions,
      patch({ theme_mode: 'dark', extras: { 'app:one': 1 } }),
      patch({ sidebar_collapsed: true, extras: { 'app:two': 2 } }),
    ),
  ).toEqual(['done', 'done'])
  const { rows } = await sessions.observer.query(
    'select theme_mode, sidebar_collapsed, extras from public.preferences where workspace_id = $1 and user_id = $2',
    [world.workspace, world.ann.sub],
  )
  expect(rows).toEqual([
    { theme_mode: 'dark', sidebar_collapsed: true, extras: { 'app:one': 1, 'app:two': 2 } },
  ])
})
