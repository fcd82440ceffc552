import { afterAll, beforeAll, expect, it } from 'vitest'
import { joinLive, type Live } from '../../types/live.ts'
import { type Preferences, preferencesSchema } from '../../types/preferences.ts'
import type { StoredView } from '../../types/view.ts'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView, readView, saveLayout, withWidget } from '../support/dashboards/view-calls.ts'
import { type FrontEnd, type Person, startFrontEnd } from '../support/http/front-end.ts'

// The Realtime server is killed under two people, in the process that the stack runs it in, and started again: their
// clients come back by themselves and have missed nothing, and the log is read on from where it was.

let app: FrontEnd
let people: Person[]
const screens: { live: Live; view: StoredView; name: string; theme: Preferences['theme_mode'] }[] = []
let workspaceId: string
const one = widget({ config: { limit: 1 } })

async function open(person: Person, view: StoredView) {
  const screen = {
    view,
    name: '',
    theme: 'system' as Preferences['theme_mode'],
    live: joinLive(person.supabase, {
      workspaceId,
      userId: person.id,
      async onStale() {
        const [read, workspace, preferences] = await Promise.all([
          readView(person, view.id),
          person.supabase.from('workspaces').select('name').eq('id', workspaceId).single().throwOnError(),
          person.supabase.rpc('get_preferences', { workspace_id: workspaceId }).throwOnError(),
        ])
        const { theme_mode: theme } = preferencesSchema.parse(preferences.data)
        Object.assign(screen, { view: read, name: workspace.data.name, theme })
        screen.live.show(read)
      },
    }),
  }
  screens.push(screen)
}

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: {}, realtimeProcess: true })
  people = await Promise.all([app.signUp('Ada'), app.signUp('Mia')])
})
afterAll(async () => {
  await Promise.all(screens.map(({ live }) => live.leave()))
  for (const { supabase } of people) await supabase.realtime.disconnect()
  await app[Symbol.asyncDispose]()
})

const seen = () => screens.map(({ view, name, theme }) => [view.layout.widgets[0]?.config.limit, name, theme])
/** Who reads the log, and whether something that was said waits to be read. */
const slots = async () => {
  const { rows } = await app.server.query<{ slot_name: string; active: boolean; waits: boolean }>(
    `select slot_name, active,
       confirmed_flush_lsn < (select pg_current_wal_insert_lsn()) as waits
     from pg_replication_slots where database = current_database()`,
  )
  return rows
}

it('both see everything that changed meanwhile, and what changes afterwards', async () => {
  const [ada, mia] = people
  if (!ada || !mia) throw new Error('Nobody is here.')
  workspaceId = await app.createWorkspace(ada, { member: mia })
  let view = await createSharedView(ada, workspaceId, [one])
  await Promise.all([open(ada, view), open(mia, view)])
  const change = async (limit: number, name: string) => {
    const layout = withWidget(view, one.instanceId, { config: { limit } })
    await saveLayout(ada, view, layout)
    view = await readView(ada, view.id)
    await app.server.query('update public.workspaces set name = $2 where id = $1', [workspaceId, name])
  }
  await expect.poll(seen).toEqual([1, 1].map((limit) => [limit, 'Studio', 'system']))
  const [before] = await slots()

  await app.gateway.crashRealtime(async () => {
    await expect.poll(slots).toMatchObject([{ slot_name: before?.slot_name, active: false }])
    await change(2, 'Away')
    const patch = { theme_mode: 'dark' }
    await mia.supabase.rpc('patch_preferences', { workspace_id: workspaceId, patch }).throwOnError()
    expect(await slots()).toMatchObject([{ active: false, waits: true }])
  })
  await expect.poll(seen, { timeout: 20_000 }).toEqual([
    [2, 'Away', 'system'],
    [2, 'Away', 'dark'],
  ])
  expect(await slots()).toMatchObject([{ slot_name: before?.slot_name, active: true }])

  await change(3, 'Back')
  await expect.poll(seen, { timeout: 20_000 }).toEqual([
    [3, 'Back', 'system'],
    [3, 'Back', 'dark'],
  ])
}, 60_000)
