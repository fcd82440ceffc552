import postgres from 'postgres'

/** Connections that serve requests, per process: PostgREST's own default. */
const requestConnections = 10

const text = (value: unknown) => value

/**
 * The connections that requests run on. Parameters are text already, and Postgres writes rows as JSON itself:
 * nothing is converted on the way.
 */
export function createRequestPool(url: string): postgres.Sql {
  return postgres(url, {
    max: requestConnections,
    // Must stay on: without it a reserved connection is never handed out when it is a fresh one.
    fetch_types: true,
    onnotice: () => undefined,
    connection: { application_name: 'data-api' },
    types: {
      json: { to: 114, from: [114, 3802], serialize: text, parse: JSON.parse },
      boolean: { to: 16, from: [16], serialize: text, parse: (value: string) => value === 't' },
      date: { to: 1184, from: [1082, 1114, 1184], serialize: text, parse: text },
      bytea: { to: 17, from: [17], serialize: text, parse: text },
    },
  }) as unknown as postgres.Sql
}

/** The options of lite's own pool, which reads the catalog and nothing else. */
export const catalogPoolOptions = {
  max: 1,
  idle_timeout: 20,
  onnotice: () => undefined,
  connection: { application_name: 'data-api catalog' },
}
