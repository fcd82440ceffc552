import pg from 'pg'
import { answerSchemas } from '../../../types/answers.ts'

/** Whom a statement runs as: a role of the Data API, and the account that its token names. */
export interface Actor {
  role: 'anon' | 'authenticated' | 'service_role'
  sub?: string
}

export const anonymous: Actor = { role: 'anon' }
export const service: Actor = { role: 'service_role' }

/** A person who is signed in. */
export function person(sub: string): Actor {
  return { role: 'authenticated', sub }
}

const schemas = new Map(Object.entries(answerSchemas))
/** A statement that calls one function and does nothing with its answer. */
const oneCall = /^\s*select public\.(\w+)\(.*\)(?: as \w+)?\s*$/s

/** Holds the answer of a function to what `types/` says of it, so that no field stands under the name of another. */
function checkAnswer(sql: string, { fields, rows }: pg.QueryResult): void {
  const [field] = fields
  const schema = schemas.get(oneCall.exec(sql)?.[1] ?? '')
  if (schema && field && fields.length === 1) for (const row of rows) schema.parse(row[field.name])
}

/**
 * Runs one statement as the Data API would for an actor: with its role and the claims of its token. Must be inside
 * a transaction; a statement that fails is taken back alone, so a story can go on and see that nothing changed.
 *
 * @throws pg.DatabaseError whose `code` is the SQLSTATE
 */
export async function actAs<Row extends pg.QueryResultRow>(
  client: pg.Client,
  actor: Actor,
  sql: string,
  values: unknown[] = [],
): Promise<pg.QueryResult<Row>> {
  const claims = pg.escapeLiteral(JSON.stringify(actor))
  // Sent at once, where the client has a pipeline: stories act tens of thousands of times.
  const [entered, acted, left] = await Promise.allSettled([
    client.query(`savepoint act; set local role ${actor.role}; set local request.jwt.claims = ${claims}`),
    client.query<Row>(sql, values),
    client.query("reset role; set local request.jwt.claims = ''; release savepoint act"),
  ])
  if (entered.status === 'rejected') throw entered.reason
  if (acted.status === 'fulfilled') {
    if (left.status === 'rejected') throw left.reason
    checkAnswer(sql, acted.value)
    return acted.value
  }
  // The role and the claims go with it.
  await client.query('rollback to savepoint act; release savepoint act')
  throw acted.reason
}

/** What the Data API makes of an error raised for clients: `{ status, code, message, details, hint }`. */
export async function clientError(failing: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await failing
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === 'PGRST')
      return { status: JSON.parse(error.detail ?? '{}').status, ...JSON.parse(error.message) }
    throw error
  }
  throw new Error('The statement was expected to fail, and succeeded.')
}
