import pg from 'pg'

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
