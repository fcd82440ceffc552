import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { rolledBack } from './act.ts'
import { createCast } from './cast.ts'
import { createDatabase, type TestDatabase } from './database.ts'

/** A suite's own migrated database; each story starts with the cast and is taken back. */
export function policySuite(): (story: (client: pg.Client) => Promise<void>) => () => Promise<void> {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase('migrated')
  })
  afterAll(() => database.drop())
  return (story) => () =>
    rolledBack(database.url('postgres'), async (client) => {
      await createCast(client)
      await story(client)
    })
}
