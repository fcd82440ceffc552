import pg from 'pg'
import { percentile } from '../report.ts'

/** A statement that is prepared once in a session and then timed. */
export interface Statement {
  name: string
  text: string
  values: unknown[]
  /** Undone each time, the deferred triggers included in the time. */
  writes?: boolean
}

export interface Timed {
  milliseconds: number
  rows: unknown[]
  /** Not a number where the patience had an end. */
  rowCount: number
}

export async function timed(session: pg.Client, { writes, ...statement }: Statement): Promise<Timed> {
  if (!writes) return timedStatement(session, statement)
  await session.query('begin')
  try {
    const result = await timedStatement(session, statement)
    if (Number.isNaN(result.rowCount)) return result
    const begun = performance.now()
    await session.query('set constraints all immediate')
    return { ...result, milliseconds: result.milliseconds + performance.now() - begun }
  } finally {
    await session.query('rollback')
  }
}

/** A session is asked several times in a row, as a busy one of a pool is: the caches are not those of the others. */
const inARow = 5

/** The median of several times in a row, and how many rows there were. */
export async function timedInARow(
  session: pg.Client,
  statement: Statement,
): Promise<Pick<Timed, 'milliseconds' | 'rowCount'>> {
  const asked: number[] = []
  let rows = 0
  for (let time = 0; time < inARow; time += 1) {
    const { milliseconds, rowCount } = await timed(session, statement)
    asked.push(milliseconds)
    rows = rowCount
    if (milliseconds >= patience) break
  }
  return { milliseconds: percentile(asked, 0.5), rowCount: rows }
}

/** Milliseconds. A statement that is still not done then counts as having taken that long. */
export const patience = 10_000
const canceled = '57014'

async function timedStatement(session: pg.Client, statement: pg.QueryConfig): Promise<Timed> {
  const begun = performance.now()
  try {
    const { rows, rowCount } = await session.query<pg.QueryResultRow>(statement)
    return { milliseconds: performance.now() - begun, rows, rowCount: rowCount ?? 0 }
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === canceled)
      return { milliseconds: patience, rows: [], rowCount: Number.NaN }
    throw error
  }
}

/** What writes leave behind although they are undone makes whoever reads the same rows next slower. */
export async function vacuumed(owner: pg.Client): Promise<void> {
  await owner.query('vacuum')
}
