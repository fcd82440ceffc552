import { randomUUID } from 'node:crypto'
import { codeOf, messageOf } from '../../stack/index.ts'
import { type Caller, type Database, isStorable, type Queryable } from '../shared/index.ts'

/** Who asks for which topic. */
export interface Access {
  caller: Caller
  /** Without the prefix. */
  topic: string
  /** The `x-` headers that policies read as `request.headers`. */
  headers: Record<string, string>
}

/** What a policy lets somebody do; undefined where it was not asked. */
export interface Verdict {
  broadcast: boolean
  presence: boolean | undefined
}

class RolledBack extends Error {}

/** Whether a caller may read a topic: rows are put there that nobody keeps, and selected with the caller's rights. */
export async function mayRead(database: Database, access: Access, withPresence: boolean): Promise<Verdict> {
  // No row has such a topic, and who asks for one is no failure to be logged.
  if (!isStorable(access.topic)) return { broadcast: false, presence: withPresence ? false : undefined }
  const [broadcast, presence] = [randomUUID(), randomUUID()]
  const rows = await undone(database, async (sql) => {
    await sql.rows(
      `insert into realtime.messages (id, topic, extension)
       select * from unnest($1::uuid[], $2::text[], $3::text[]) limit $4`,
      [[broadcast, presence], [access.topic, access.topic], ['broadcast', 'presence'], withPresence ? 2 : 1],
    )
    await become(sql, access)
    return sql.rows<{ id: string }>('select id from realtime.messages where id = any($1::uuid[])', [
      [broadcast, presence],
    ])
  })
  const seen = new Set(rows.map(({ id }) => id))
  return { broadcast: seen.has(broadcast), presence: withPresence ? seen.has(presence) : undefined }
}

/** Whether a caller may write to a topic: by an insert with the caller's rights. */
export function mayWrite(database: Database, access: Access): Promise<Verdict> {
  return undone(database, async (sql) => {
    await become(sql, access)
    return {
      broadcast: await isInserted(sql, access.topic, 'broadcast'),
      presence: await isInserted(sql, access.topic, 'presence'),
    }
  })
}

async function isInserted(sql: Queryable, topic: string, extension: string): Promise<boolean> {
  await sql.rows('savepoint probe')
  try {
    await sql.rows('insert into realtime.messages (topic, extension) values ($1, $2)', [topic, extension])
    return true
  } catch (error) {
    if (codeOf(error) !== '42501') throw error
    return false
  } finally {
    await sql.rows('rollback to savepoint probe')
  }
}

/** Takes on a caller's role, if it is one that the Data API takes on too. */
async function become(sql: Queryable, { caller, topic, headers }: Access): Promise<void> {
  const { sub } = caller.claims
  const taken = await sql.rows(
    `select set_config('role', $1, true), set_config('realtime.topic', $2, true),
       set_config('request.jwt.claims', $3, true), set_config('request.jwt.claim.sub', $4, true),
       set_config('request.jwt.claim.role', $1, true), set_config('request.headers', $5, true)
     where pg_has_role('authenticator', $1, 'set')`,
    [
      caller.role,
      topic,
      JSON.stringify(caller.claims),
      typeof sub === 'string' ? sub : '',
      JSON.stringify(headers),
    ],
  )
  if (taken.length === 0) throw new Error(`permission denied to set role "${caller.role}"`)
}

/** Whatever fails, as in a policy, is a no. */
export async function orDenied(verdict: Promise<Verdict>): Promise<Verdict> {
  try {
    return await verdict
  } catch (error) {
    console.error(`Realtime: the policies of realtime.messages could not be asked: ${messageOf(error)}`)
    return { broadcast: false, presence: false }
  }
}

async function undone<Result>(
  database: Database,
  work: (sql: Queryable) => Promise<Result>,
): Promise<Result> {
  const outcome: Result[] = []
  try {
    await database.transaction(async (sql) => {
      outcome.push(await work(sql))
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  const [result] = outcome
  if (result === undefined) throw new Error('A transaction ended without its result.')
  return result
}
