import type { ProjectKeys } from '../../config/index.ts'
import type { Database, Queryable } from '../shared/index.ts'
import { bearerToken, checkApiKey, createTokenVerifier, isOpaqueKey, TokenError } from '../shared/index.ts'
import { accessDenied } from './errors.ts'

/** Whose policies decide about a request. */
export interface Caller {
  role: string
  claims: Record<string, unknown>
  /** Whom an upload belongs to; null for nobody and for the service. */
  ownerId: string | null
}

/** The service itself, past row-level security. */
export const service: Caller = { role: 'service_role', claims: { role: 'service_role' }, ownerId: null }

/** Finds out who a request is from; a refusal of the key is the response to give. */
export type IdentifyCaller = (request: Request) => Promise<Caller | Response>

/** An access token is enough by itself, as on Supabase; without one the key decides. */
export function createCallerIdentification(keys: ProjectKeys): IdentifyCaller {
  const verify = createTokenVerifier(keys.jwtSigningKey)
  return async (request) => {
    const token = bearerToken(request)
    if (token && !isOpaqueKey(token)) {
      const { role, claims } = await verify(token).catch((error: unknown) => {
        throw error instanceof TokenError ? accessDenied(error.message) : error
      })
      const ownerId = role !== 'service_role' && typeof claims.sub === 'string' ? claims.sub : null
      return { role, claims, ownerId }
    }
    const key = checkApiKey(keys, request)
    if (key instanceof Response) return key
    return key === 'secret' ? service : { role: 'anon', claims: { role: 'anon' }, ownerId: null }
  }
}

/** Runs statements with a caller's rights; `operation` is what policies read as `storage.operation()`. */
export function asCaller<Result>(
  database: Database,
  caller: Caller,
  operation: string,
  work: (sql: Queryable) => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (sql) => {
    const { sub } = caller.claims
    await sql.rows(
      `select set_config('request.jwt.claims', $2, true), set_config('request.jwt.claim.sub', $3, true),
         set_config('request.jwt.claim.role', $1, true), set_config('storage.operation', $4, true),
         set_config('role', $1, true)`,
      [
        caller.role,
        JSON.stringify(caller.claims),
        typeof sub === 'string' ? sub : '',
        `storage.${operation}`,
      ],
    )
    return work(sql)
  })
}

class Undone extends Error {}

/** Finds out whether a caller might do something, and undoes it. */
export async function probeAsCaller(
  database: Database,
  caller: Caller,
  operation: string,
  work: (sql: Queryable) => Promise<unknown>,
): Promise<void> {
  try {
    await asCaller(database, caller, operation, async (sql) => {
      await work(sql)
      throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
  }
}
