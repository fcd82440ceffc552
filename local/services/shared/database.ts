import pg from 'pg'
import { messageOf } from '../../stack/index.ts'

/** Where a statement runs: a transaction, or any connection. */
export interface Queryable {
  /** The rows of one statement, whose columns the caller names in `Row`. */
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
}

/** A pool of connections as one role. */
export interface Database extends Queryable {
  /** Runs statements that count together or, when `work` throws, not at all. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** More than the gateway lets one account use at once. */
const connections = 12

/** Opens a pool; the first statement connects. */
export function openDatabase(connectionString: string, max = connections): Database {
  const pool = new pg.Pool({ connectionString, max })
  // Without listeners Node would end the process. The pool replaces a connection that breaks while idle; one that
  // breaks at work fails the statement under way, which is where the error is answered.
  pool.on('error', (error) => console.error(`A database connection was lost: ${error.message}`))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    rows: async (text, values) => (await pool.query(text, values)).rows,
    async transaction(work) {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query('begin')
        const result = await work({ rows: async (text, values) => (await client.query(text, values)).rows })
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch((failure: unknown) => {
          broken = new Error(messageOf(failure))
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}

/** The one row of a result, or null. */
export function firstOf<Row>(rows: Row[]): Row | null {
  return rows[0] ?? null
}
