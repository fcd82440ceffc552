import type pg from 'pg'
import type { Statement } from '../statement/index.ts'
import { failConnection } from './connection-error.ts'
import type { IsolationLevel } from './isolation.ts'
import { statementName } from './statement-names.ts'

/** How the transaction of a request begins. */
export interface Opening {
  isReadOnly: boolean
  /** Where the role or the function asks for another than the database's own. */
  isolation: IsolationLevel | undefined
  settings: Statement
  /** A call that runs before the request's own statement. */
  preRequest: string | undefined
}

/**
 * The transaction of one request. It opens with the first statement, in the same write: begin, settings and statement
 * travel together, and after a statement that nothing follows, so does the end.
 */
export class Transaction {
  readonly #client: pg.PoolClient
  #opening: Opening | undefined
  #opened: Promise<unknown> | undefined
  #isOver = false

  private constructor(client: pg.PoolClient, opening: Opening) {
    this.#client = client
    this.#opening = opening
  }

  static async on(pool: pg.Pool, opening: Opening): Promise<Transaction> {
    return new Transaction(await pool.connect().catch(failConnection), opening)
  }

  /** @param isLast whether the transaction ends with the statement, if it succeeds */
  async run<Row extends pg.QueryResultRow>(statement: Statement, { isLast = false } = {}): Promise<Row[]> {
    const { stream } = this.#client.connection
    stream.cork()
    this.#open()
    const answer = this.#send<Row>(statement)
    const end = isLast ? this.commit() : undefined
    stream.uncork()
    try {
      const [{ rows }] = await Promise.all([answer, end])
      return rows
    } catch (error) {
      // After a failed opening every statement fails; the reason is the opening's own error.
      await this.#opened
      throw error
    }
  }

  async commit(): Promise<void> {
    await this.#end('commit')
  }

  /** Never fails: a transaction whose connection is gone is rolled back already. */
  async rollback(): Promise<void> {
    await this.#end('rollback').catch(() => undefined)
  }

  #open(): void {
    const opening = this.#opening
    if (!opening) return
    this.#opening = undefined
    const isolation = opening.isolation ? ` isolation level ${opening.isolation}` : ''
    const begin = `begin${isolation}${opening.isReadOnly ? ' read only' : ''}`
    this.#opened = Promise.all([
      this.#client.query(begin).catch(failConnection),
      this.#send(opening.settings),
      ...(opening.preRequest ? [this.#client.query(opening.preRequest).catch(failConnection)] : []),
    ])
    this.#opened.catch(() => undefined)
  }

  #send<Row extends pg.QueryResultRow>({ sql, parameters }: Statement): Promise<pg.QueryResult<Row>> {
    return this.#client
      .query<Row>({ name: statementName(sql), text: sql, values: [...parameters] })
      .catch(failConnection)
  }

  async #end(how: 'commit' | 'rollback'): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    try {
      await this.#client.query(how).catch(failConnection)
      this.#client.release()
    } catch (error) {
      this.#client.release(true)
      throw error
    }
  }
}
