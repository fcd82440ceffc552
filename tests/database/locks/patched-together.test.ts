import { afterAll, beforeAll, expect, it } from 'vitest'
import { oceanTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { type Actor, actAs } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { createWorld } from '../../support/people/world.ts'

// Two who change parts of one thing at the same moment: what each of them named is kept.

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

it('of two patches of a theme neither is lost, where neither says which revision it changes', async () => {
  const { workspace, boss, ann, theme } = await createWorld(sessions.observer, 3)
  const change = (actor: Actor, patch: object) => (client: Sessions['first']) =>
    call(client, actor, 'update_theme', [workspace, theme, JSON.stringify(patch)])
  const { colors, radius, metadata } = { ...oceanTheme, metadata: { author: 'Ann' } }
  for (const [one, other] of [
    [
      { colors, metadata },
      { name: 'Ink', version: '2.0.0', radius },
    ],
    [
      { name: 'Sea', version: '2.1.0', radius: themeColumns.radius },
      { metadata: null, colors: themeColumns.colors },
    ],
  ] as const)
    expect(await overlap(sessions, change(ann, one), change(boss, other))).toEqual(['done', 'done'])
  const { rows } = await sessions.observer.query(
    'select name, version, colors, radius, metadata from public.themes where id = $1',
    [theme],
  )
  expect(rows).toEqual([{ ...themeColumns, name: 'Sea', version: '2.1.0', metadata: null }])
})
