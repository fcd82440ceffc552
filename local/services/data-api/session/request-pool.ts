import pg from 'pg'

/** Connections that serve requests, per process: more than the gateway lets one account use at once. */
const requestConnections = 16
const acquisitionMilliseconds = 10_000

const bytea = 17

/**
 * The connections that requests run on. Postgres writes rows as JSON itself, so nothing is converted on the way but
 * bytes. Statements travel in a pipeline: none waits for the answer of the one before.
 */
export function createRequestPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: requestConnections,
    connectionTimeoutMillis: acquisitionMilliseconds,
    application_name: 'data-api',
    pipeline: true,
    types: { getTypeParser: (type: number) => (type === bytea ? asBytes : asText) },
  })
  // Without listeners Node would end the process. The pool replaces a connection that breaks while idle; one
  // that breaks at work fails the statement under way, which is where the error is answered.
  pool.on('error', (error) => console.error(`Data API: a database connection was lost: ${error.message}`))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

function asText(value: string): string {
  return value
}

function asBytes(value: string): Buffer {
  return Buffer.from(value.slice('\\x'.length), 'hex')
}
