import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { demoAccounts } from '../../../local/command-line/accounts.ts'
import { readProject, seedFiles } from '../../../local/config/index.ts'
import { applySeeds } from '../../../local/migrations/index.ts'
import { withClient } from '../../../local/postgres/index.ts'
import { storedViewSchema } from '../../../types/view.ts'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

const root = join(import.meta.dirname, '../../..')
const config = readProject(root)

let database: TestDatabase
let gateway: TestGateway

const seed = () =>
  applySeeds({ databaseUrl: database.url('postgres'), root, seedFiles: seedFiles(root, config) })

beforeAll(async () => {
  database = await createDatabase('migrated')
  await seed()
  gateway = await startTestGateway(database)
})

afterAll(async () => {
  await gateway.close()
  await database.drop()
})

it('every account that the seed announces signs in, with the role that it says', async () => {
  const accounts = demoAccounts(root, config)
  expect(accounts.length).toBe(4)
  for (const { email, password, about } of accounts) {
    const supabase = gateway.client()
    const { data, error } = await supabase.auth.signInWithPassword({ email, password })
    expect(error, email).toBeNull()
    expect(data.user?.identities).toHaveLength(1)
    const { data: membership } = await supabase
      .from('workspace_members')
      .select('role_key, workspaces (name)')
      .eq('user_id', data.user?.id ?? '')
      .single()
    const expected = /^(\w+) of (\w+)$/.exec(about)?.slice(1) ?? ['admin', 'Elsewhere']
    expect([membership?.role_key, membership?.workspaces], email).toEqual([
      expected[0],
      { name: expected[1] },
    ])
  }
})

it('a viewer of the demo sees the view that an admin shares, with its widgets', async () => {
  const supabase = gateway.client()
  const { error } = await supabase.auth.signInWithPassword({
    email: 'alan@example.com',
    password: 'analytical-engine',
  })
  expect(error).toBeNull()
  const { data } = await supabase.rpc('active_view', { workspace_id: 'WK-DEM000001' })
  expect(data).toMatchObject({ source: 'role', name: 'Overview', access: 'view', version: 1 })
  // The others show components that are not for viewers.
  const { widgets } = storedViewSchema.loose().parse(data).layout
  expect(widgets.map(({ widgetId }) => widgetId)).toEqual(['recent-orders'])
})

it('the seed may run again', async () => {
  await withClient(database.url('postgres'), async (client) => {
    await client.query('delete from supabase_migrations.seed_files')
    await seed()
    const { rows } = await client.query('select count(*)::int from public.profiles')
    expect(rows).toEqual([{ count: 4 }])
  })
})
