import pg from 'pg'
import { untilBlocked } from './open-database.ts'

/** Two sessions that do something, and a third one that sees whether they wait. */
export interface Sessions {
  observer: pg.Client
  first: pg.Client
  second: pg.Client
}

type Step = (client: pg.Client) => Promise<unknown>

/**
 * Runs two steps side by side: the second begins while the first is done and not committed, and goes on once it is.
 * Both are committed. Returns `done`, or the code that a client reads, of each.
 */
export async function overlap(
  { observer, first, second }: Sessions,
  one: Step,
  other: Step,
): Promise<[first: string, second: string]> {
  await first.query('begin')
  await second.query('begin')
  const done = await outcome(one(first))
  let isOver = false
  const waiting = outcome(other(second)).finally(() => {
    isOver = true
  })
  // What does not wait for the first is over by itself.
  await Promise.race([waiting, untilBlocked(observer, second, () => isOver)])
  const kept = await outcome(first.query('commit'))
  const late = await waiting
  const end = await outcome(second.query('commit'))
  return [done === 'done' ? kept : done, late === 'done' ? end : late]
}

async function outcome(step: Promise<unknown>): Promise<string> {
  try {
    await step
    return 'done'
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return error.code === 'PGRST' ? JSON.parse(error.message).code : (error.code ?? '')
  }
}
