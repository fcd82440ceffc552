import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type postgres from 'postgres'
import { parameterText } from './parameters.ts'
import type { ResponseSettings } from './response-settings.ts'
import type { TextStatement } from './session-settings.ts'
import { wrapStatement } from './statement.ts'

/** How the transaction of a request begins. */
export interface SessionStart {
  readOnly: boolean
  settings: TextStatement
  /** A call that runs before the request's first statement. */
  preRequest: string | undefined
}

const noResponse: ResponseSettings = { status: null, headers: null }

/**
 * lite asks for the response settings after every function call. They have come with the call's own answer
 * and are applied to every response alike, so lite is told that there are none.
 */
function asksForResponse({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'RawNode' && sql.includes("current_setting('response.status'")
}

/**
 * The transaction of one request. It opens with the first statement, in the same write: begin, settings and
 * statement travel together, and a request that fails before needs no connection at all.
 */
export class Session implements DatabaseConnection {
  /** What SQL has asked of the response so far. */
  response: ResponseSettings = noResponse
  readonly #pool: postgres.Sql
  readonly #start: () => SessionStart
  #connection: postgres.ReservedSql | undefined
  #opening: Promise<unknown> | undefined

  constructor(pool: postgres.Sql, start: () => SessionStart) {
    this.#pool = pool
    this.#start = start
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    if (asksForResponse(compiled)) return { rows: [noResponse as Row] }
    const connection = this.#connection ?? (await this.#open())
    const { sql, read } = wrapStatement(compiled)
    const rows = await this.#afterOpening(
      connection.unsafe(sql, compiled.parameters.map(parameterText), { prepare: true }),
    )
    if (!read) return { rows: [...rows] as Row[] }
    const [row] = rows
    if (!row) throw new Error('A wrapped statement answered without a row')
    const { result, response } = read({ body: row.body, status: row.status, headers: row.headers })
    this.response = response
    return result as QueryResult<Row>
  }

  streamQuery(): never {
    throw new Error('The Data API does not stream')
  }

  async commit(): Promise<void> {
    await this.#end('commit')
  }

  async rollback(): Promise<void> {
    await this.#end('rollback')
  }

  async #open(): Promise<postgres.ReservedSql> {
    const connection = await this.#pool.reserve()
    this.#connection = connection
    const { readOnly, settings, preRequest } = this.#start()
    const statements = [
      connection.unsafe(readOnly ? 'begin read only' : 'begin'),
      connection.unsafe(settings.sql, settings.parameters, { prepare: true }),
      ...(preRequest ? [connection.unsafe(preRequest)] : []),
    ]
    this.#opening = Promise.all(statements.map((statement) => statement.execute()))
    this.#opening.catch(() => undefined)
    return connection
  }

  /** After a failed opening every statement fails; the reason is the opening's own error. */
  async #afterOpening<T>(statement: PromiseLike<T>): Promise<T> {
    try {
      return await statement
    } catch (error) {
      await this.#opening
      throw error
    }
  }

  async #end(how: 'commit' | 'rollback'): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    this.#connection = undefined
    try {
      await connection.unsafe(how)
    } finally {
      connection.release()
    }
  }
}
