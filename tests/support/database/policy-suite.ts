import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { createCast } from '../people/cast.ts'
import { setPlan } from '../people/plan.ts'
import { databasePool } from './database-pool.ts'
import { type OpenDatabase, openDatabase } from './open-database.ts'

type Tell = (client: pg.Client) => Promise<void>
type Story = (tell: Tell) => () => Promise<void>

/**
 * A suite's own migrated database; each story starts with the cast, or another one, and is taken back. A session goes
 * from story to story, as in a pool: what functions and triggers cost a session the first time is paid once.
 */
export function policySuite(cast: (client: pg.Client) => Promise<unknown> = createCast): Story {
  let opened: OpenDatabase
  let idle: pg.Client[]
  beforeAll(async () => {
    opened = await openDatabase()
    idle = [opened.observer]
  })
  afterAll(() => opened[Symbol.asyncDispose]())
  return (tell) => async () => {
    // A story that ran out of time still has its session.
    const client = idle.pop() ?? (await opened.connect())
    await client.query('begin')
    try {
      await cast(client)
      await tell(client)
    } finally {
      await client.query('rollback')
      idle.push(client)
    }
  }
}

/** Stories that commit, each with a database to itself: what is done in one transaction is one version of a view. */
export function committedStory(cast: (client: pg.Client) => Promise<unknown> = createCast): Story {
  const takeDatabase = databasePool()
  return (tell) => async () => {
    await using opened = await takeDatabase()
    const { observer: client } = opened
    await client.query('begin')
    await cast(client)
    await commit(client)
    await tell(client)
  }
}

/** Ends the transaction of a committed story and begins the next. */
export const commit = (client: pg.Client) => client.query('commit; begin')

/** Stories in which every workspace is on the premium plan. */
export const onPremium =
  (story: Story): Story =>
  (tell) =>
    story(async (client) => {
      await setPlan(client, 'premium')
      await tell(client)
    })
