import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import pg from 'pg'
import { messageOf } from '../../stack/index.ts'
import { parameterText } from './parameters.ts'
import type { ResponseSettings } from './response-settings.ts'
import { wrapStatement } from './statement.ts'
import { statementName } from './statement-names.ts'

/** A statement and its parameters, all of them text. */
export interface TextStatement {
  sql: string
  parameters: string[]
}

/** How the transaction of a request begins. */
export interface SessionStart {
  readOnly: boolean
  /** One statement that changes nothing: the end of the transaction can follow it unasked. */
  singleRead: boolean
  settings: TextStatement
  /** A call that runs before the request's first statement. */
  preRequest: string | undefined
}

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

const noResponse: ResponseSettings = { status: null, headers: null }

/**
 * The transaction of one request. It opens with the first statement, in the same write: begin, settings and
 * statement travel together, and a request that fails before needs no connection at all.
 */
export class Session implements DatabaseConnection {
  /** What SQL has asked of the response so far. */
  response: ResponseSettings = noResponse
  /** Whether a statement that writes has been done. */
  hasWritten = false
  readonly #pool: pg.Pool
  readonly #start: () => SessionStart
  #client: pg.PoolClient | undefined
  #opening: Promise<unknown> | undefined

  constructor(pool: pg.Pool, start: () => SessionStart) {
    this.#pool = pool
    this.#start = start
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    if (asksForResponse(compiled)) return { rows: [noResponse as Row] }
    const { sql, read } = wrapStatement({ ...compiled, sql: withQuotedArguments(compiled.sql) })
    const { rows } = await this.#run({ sql, parameters: compiled.parameters.map(parameterText) })
    if (!read) return { rows }
    const { result, response } = read(rows[0])
    this.response = response
    this.hasWritten ||= compiled.query.kind !== 'SelectQueryNode'
    return result as QueryResult<Row>
  }

  streamQuery(): never {
    throw new Error('The Data API does not stream')
  }

  async commit(): Promise<void> {
    await this.#end('commit')
  }

  /** Never fails: a transaction whose connection is gone is rolled back already. */
  async rollback(): Promise<void> {
    await this.#end('rollback').catch(() => undefined)
  }

  async #run(statement: { sql: string; parameters: (string | null)[] }): Promise<pg.QueryResult> {
    const client = this.#client ?? (await this.#pool.connect().catch(failConnection))
    const { stream } = client.connection
    stream.cork()
    const start = this.#client ? undefined : this.#open(client)
    const answer = send(client, statement)
    const end = start?.singleRead ? this.commit() : undefined
    stream.uncork()
    try {
      const [result] = await Promise.all([answer, end])
      return result
    } catch (error) {
      // After a failed opening every statement fails; the reason is the opening's own error.
      await this.#opening
      throw error
    }
  }

  #open(client: pg.PoolClient): SessionStart {
    this.#client = client
    const start = this.#start()
    const opening = [
      client.query(start.readOnly ? 'begin read only' : 'begin').catch(failConnection),
      send(client, start.settings),
      ...(start.preRequest ? [client.query(start.preRequest).catch(failConnection)] : []),
    ]
    this.#opening = Promise.all(opening)
    this.#opening.catch(() => undefined)
    return start
  }

  async #end(how: 'commit' | 'rollback'): Promise<void> {
    const client = this.#client
    if (!client) return
    this.#client = undefined
    try {
      await client.query(how).catch(failConnection)
      client.release()
    } catch (error) {
      client.release(true)
      throw error
    }
  }
}

/** lite writes the names of a function's arguments as they are; one may be a word of SQL, such as `limit`. */
function withQuotedArguments(sql: string): string {
  return sql.replaceAll(/(?<=[(,] ?(?:VARIADIC )?)(\w+) := /g, '"$1" := ')
}

/**
 * lite asks for the response settings after every function call. They have come with the call's own answer
 * and are applied to every response alike, so lite is told that there are none.
 */
function asksForResponse({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'RawNode' && sql.includes("current_setting('response.status'")
}

function send(
  client: pg.PoolClient,
  { sql, parameters }: { sql: string; parameters: (string | null)[] },
): Promise<pg.QueryResult> {
  return client.query({ name: statementName(sql), text: sql, values: parameters }).catch(failConnection)
}

/** Whatever Postgres did not say itself is a failure of the connection. */
function failConnection(error: unknown): never {
  throw error instanceof pg.DatabaseError ? error : new ConnectionError(error)
}
