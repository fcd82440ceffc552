import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { rolledBack } from './act.ts'
import { createCast } from './cast.ts'
import { createDatabase, type TestDatabase } from './database.ts'

type Tell = (client: pg.Client) => Promise<void>
type Story = (tell: Tell) => () => Promise<void>

/** A suite's own migrated database; each story starts with the cast, or another one, and is taken back. */
export function policySuite(cast: (client: pg.Client) => Promise<unknown> = createCast): Story {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase('migrated')
  })
  afterAll(() => database.drop())
  return (tell) => () =>
    rolledBack(database.url('postgres'), async (client) => {
      await cast(client)
      await tell(client)
    })
}

/** Stories in which every workspace is on the premium plan. */
export const onPremium =
  (story: Story): Story =>
  (tell) =>
    story(async (client) => {
      await client.query("update public.workspaces set plan_type = 'premium'")
      await tell(client)
    })
