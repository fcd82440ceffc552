import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { createCast } from '../people/cast.ts'
import { createDatabase, type TestDatabase } from '../stack/database.ts'
import { rolledBack } from './act.ts'
import { openDatabase } from './open-database.ts'

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

/** Stories that commit, each in a database of its own: what is done in one transaction is one version of a view. */
export const committedStory =
  (cast: (client: pg.Client) => Promise<unknown> = createCast): Story =>
  (tell) =>
  async () => {
    await using opened = await openDatabase()
    const { observer: client } = opened
    await client.query('begin')
    await cast(client)
    await commit(client)
    await tell(client)
  }

/** Ends the transaction of a committed story and begins the next. */
export const commit = (client: pg.Client) => client.query('commit; begin')

/** Stories in which every workspace is on the premium plan. */
export const onPremium =
  (story: Story): Story =>
  (tell) =>
    story(async (client) => {
      await client.query("update public.workspaces set plan_type = 'premium'")
      await tell(client)
    })
