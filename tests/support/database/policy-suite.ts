import type pg from 'pg'
import { beforeAll } from 'vitest'
import { createCast } from '../people/cast.ts'
import { setPlan } from '../people/plan.ts'
import { databasePool } from './database-pool.ts'
import { type OpenDatabase, openDatabase } from './open-database.ts'

type Tell = (client: pg.Client) => Promise<void>
type Story = (tell: Tell) => () => Promise<void>

type Cast = (client: pg.Client) => Promise<unknown>

/** A database in which nothing that a story does stays, and its sessions that are free. */
interface Stage {
  opened: OpenDatabase
  idle: pg.Client[]
}

/** By cast, for all suites of this process: a session is slow where it does something the first time. */
const stages = new Map<Cast, Promise<Stage>>()

/**
 * Stories in a migrated database with the cast, or another one, in it; what each does is taken back. A session goes
 * from story to story and from suite to suite, as in a pool, where the cast is the same function.
 */
export function policySuite(cast: Cast = createCast): Story {
  let stage: Stage
  beforeAll(async () => {
    const opened = stages.get(cast) ?? openStage(cast)
    // They go with the Postgres of the run.
    stages.set(cast, opened)
    stage = await opened
  })
  return (tell) => async () => {
    // A story that ran out of time still has its session.
    const client = stage.idle.pop() ?? (await stage.opened.connect())
    await client.query('begin')
    try {
      await tell(client)
    } finally {
      await client.query('rollback')
      stage.idle.push(client)
    }
  }
}

async function openStage(cast: Cast): Promise<Stage> {
  const opened = await openDatabase()
  await opened.observer.query('begin')
  await cast(opened.observer)
  await opened.observer.query('commit')
  return { opened, idle: [opened.observer] }
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
