import { type Caller, type Database, isUuid, type Queryable } from '../shared/index.ts'

/** Whom an upload belongs to; null for nobody and for the service. */
export function ownerIdOf({ role, claims }: Caller): string | null {
  return role !== 'service_role' && typeof claims.sub === 'string' ? claims.sub : null
}

/** The same for the older column `owner`, which takes a uuid alone. */
export function uuidOfOwner(ownerId: string | null): string | null {
  return isUuid(ownerId) ? ownerId : null
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
