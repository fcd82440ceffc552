import pg from 'pg'
import { messageOf } from '../../../stack/index.ts'

/** The database could not be reached, or went away in the middle. */
export class ConnectionError extends Error {
  override name = 'ConnectionError'
  /** True where every connection was busy for too long. */
  readonly exhausted: boolean

  constructor(cause: unknown) {
    super(messageOf(cause), { cause })
    this.exhausted = this.message.startsWith('timeout exceeded')
  }
}

/** Whatever Postgres did not say itself is a failure of the connection. */
export function failConnection(error: unknown): never {
  throw error instanceof pg.DatabaseError ? error : new ConnectionError(error)
}
