import type pg from 'pg'
import type { ServiceOptions } from '../shared/index.ts'
import { openApiDocument, type SchemaAccess, schemaAccessStatement } from './open-api/index.ts'
import type { ApiRequest } from './request/index.ts'
import { RequestError } from './request-error.ts'
import type { SchemaCache } from './schema/index.ts'
import { type Opening, Transaction } from './session/index.ts'

const accepted = new Set(['*/*', 'application/json', 'application/openapi+json'])

/** The OpenAPI document of a schema, with what the caller may touch of it. */
export async function describeSchema(
  pool: pg.Pool,
  cache: SchemaCache,
  { schema, method, accept, isProfiled }: ApiRequest,
  session: Omit<Opening, 'isReadOnly'>,
  { publicUrl }: Pick<ServiceOptions, 'publicUrl'>,
): Promise<Response> {
  if (!accept.some(({ name }) => accepted.has(name))) throw noSuchForm(accept)
  const transaction = await Transaction.on(pool, { ...session, isReadOnly: true })
  const statement = { sql: schemaAccessStatement, parameters: [schema] }
  try {
    const [row] = await transaction.run<{ access: string }>(statement, { isLast: true })
    if (!row) throw new Error(`The schema ${schema} is not there`)
    const access: SchemaAccess = JSON.parse(row.access)
    const document = openApiDocument(cache, { schema, access, url: `${publicUrl}/rest/v1` })
    return new Response(method === 'HEAD' ? null : JSON.stringify(document), {
      headers: {
        'Content-Type': 'application/openapi+json; charset=utf-8',
        ...(isProfiled && { 'Content-Profile': schema }),
      },
    })
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

function noSuchForm(accept: ApiRequest['accept']): RequestError {
  const names = accept.map(({ name }) => name).join(', ')
  return new RequestError(406, 'PGRST107', `None of these media types are available: ${names}`)
}
