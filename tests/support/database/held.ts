import type pg from 'pg'
import { type Actor, actAs } from './act.ts'
import { type OpenDatabase, untilBlocked } from './open-database.ts'

/** A statement of somebody's, or past every policy. */
export type Call = [actor: Actor | 'postgres', sql: string, values: unknown[]]

const run = (client: pg.Client, [actor, sql, values]: Call): Promise<unknown> =>
  actor === 'postgres' ? client.query(sql, values) : actAs(client, actor, sql, values)

/**
 * Runs calls, each in a session of its own, while the observer holds the locks of a query, and commits them once they
 * are let go; returns how each ended, `done` or its error.
 */
export async function held(
  { observer, connect }: Pick<OpenDatabase, 'observer' | 'connect'>,
  locks: string,
  calls: Call[],
): Promise<unknown[]> {
  await observer.query(`begin; ${locks}`)
  const running: Promise<unknown>[] = []
  for (const call of calls) {
    const client = await connect()
    await client.query('begin')
    running.push(
      run(client, call)
        .then(() => client.query('commit'))
        .then(
          () => 'done',
          (error: unknown) => error,
        ),
    )
    await untilBlocked(observer, client)
  }
  await observer.query('commit')
  return Promise.all(running)
}
