import pg from 'pg'
import { admin, createCast, ids, member, ours, outsider, suspended, viewer } from '../people/cast.ts'
import { setPlan } from '../people/plan.ts'
import { type Actor, actAs, anonymous, person, service } from './act.ts'

/** What comes of an operation: it reads or writes rows, it finds none, or it fails with a code. */
export type Verdict = 'rows' | 'none' | (string & {})

/** Whom the matrix asks about. */
export type MatrixActor = keyof typeof matrixActors
export type Verdicts = Record<MatrixActor, Verdict>

/** Columns and their values; `me` stands for the id of whoever acts. */
export type Columns = Record<string, unknown>

/** One line of the matrix: an operation on a row, and its verdict for every actor. */
export type MatrixCase = {
  /** Which row it is about, for the name of the test. */
  what: string
  verdicts: Verdicts
} & (
  | { operation: 'select' | 'delete'; match: Columns }
  | { operation: 'insert'; values: Columns }
  | { operation: 'update'; match: Columns; values: Columns }
)

/** All that is written down about one table. Every operation has at least one case. */
export interface TableMatrix {
  /** Makes the rows that the cases are about, where the cast has none; runs as `postgres`. */
  prepare?: (client: pg.Client) => Promise<void>
  cases: MatrixCase[]
}

/** Whoever acts, in a match or a value. */
export const me = '(me)'

const nobodysId = '00000000-0000-4000-8000-00000000ffff'
const customId = '00000000-0000-4000-8000-000000000006'
export const apiKeyId = '00000000-0000-8000-8000-000000000008'
/** A member of `ours` who never acts, so that no verdict is about oneself by accident. */
export const bystanderId = '00000000-0000-4000-8000-000000000007'

export const matrixActors = {
  anonymous,
  outsider,
  viewer,
  member,
  admin,
  suspended,
  /** Holds a role of the workspace's own: workspace.read and workspace.update, and nothing else. */
  custom: person(customId),
  service,
  /** A machine with a key that the admin made, with every scope that a key can have. */
  api_key: person(apiKeyId),
} satisfies Record<string, Actor>

/** The verdicts of what no client may do, and the service may not either. */
export const forNobody: Verdicts = {
  anonymous: '42501',
  outsider: '42501',
  viewer: '42501',
  member: '42501',
  admin: '42501',
  suspended: '42501',
  custom: '42501',
  service: '42501',
  api_key: '42501',
}

/** The verdicts of reading what is the same for everyone who is signed in. */
export const forEveryoneSignedIn: Verdicts = {
  anonymous: '42501',
  outsider: 'rows',
  viewer: 'rows',
  member: 'rows',
  admin: 'rows',
  suspended: 'rows',
  custom: 'rows',
  service: 'rows',
  api_key: 'rows',
}

/** The cast with two more people in `ours`, which is premium so that it may have a role of its own. */
export async function createMatrixCast(
  client: pg.Client,
  tables: Record<string, TableMatrix>,
): Promise<void> {
  await createCast(client)
  for (const [name, id] of [
    ['custom', customId],
    ['bystander', bystanderId],
  ])
    await client.query('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
      id,
      `${name}@example.com`,
      { name },
    ])
  await setPlan(client, 'premium', ours)
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions)
     values ($1, 'caretaker', 'Caretaker', '{workspace.read,workspace.update}')`,
    [ours],
  )
  await client.query(
    `insert into public.workspace_members (workspace_id, user_id, role_key)
     values ($1, $2, 'caretaker'), ($1, $3, 'member')`,
    [ours, customId, bystanderId],
  )
  await client.query(
    `insert into private.api_keys (workspace_id, id, name, scopes, secret_hash, created_by)
     select $1, $2, 'Shop', array_agg(key order by key), sha256('a key'), $3
     from public.permissions where for_api_keys`,
    [ours, apiKeyId, ids.admin],
  )
  for (const { prepare } of Object.values(tables)) await prepare?.(client)
}

/** A case with `me` replaced by whoever acts; somebody without an account is nobody. */
export function caseFor(line: MatrixCase, actor: Actor): MatrixCase {
  const filled = (columns: Columns) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [name, value === me ? (actor.sub ?? nobodysId) : value]),
    )
  switch (line.operation) {
    case 'insert':
      return { ...line, values: filled(line.values) }
    case 'update':
      return { ...line, match: filled(line.match), values: filled(line.values) }
    default:
      return { ...line, match: filled(line.match) }
  }
}

/** The statement of a case, with its values. */
export function statementOf(table: string, line: MatrixCase): { sql: string; values: unknown[] } {
  const name = `public.${pg.escapeIdentifier(table)}`
  const list = (columns: Columns) =>
    Object.keys(columns)
      .map((column) => pg.escapeIdentifier(column))
      .join(', ')
  const record = (columns: Columns, position: number) =>
    `(select ${list(columns)} from jsonb_populate_record(null::${name}, $${position}))`
  switch (line.operation) {
    case 'select':
      return {
        sql: `select 1 from ${name} where (${list(line.match)}) = ${record(line.match, 1)}`,
        values: [line.match],
      }
    case 'insert':
      return {
        sql: `insert into ${name} (${list(line.values)}) ${record(line.values, 1)}`,
        values: [line.values],
      }
    case 'update':
      return {
        sql: `update ${name} set (${list(line.values)}) = ${record(line.values, 1)}
          where (${list(line.match)}) = ${record(line.match, 2)}`,
        values: [line.values, line.match],
      }
    case 'delete':
      return {
        sql: `delete from ${name} where (${list(line.match)}) = ${record(line.match, 1)}`,
        values: [line.match],
      }
  }
}

/** Makes an attempt in SQL. */
export async function attemptInSql(
  client: pg.Client,
  table: string,
  line: MatrixCase,
  actor: Actor,
): Promise<Outcome> {
  const { sql, values } = statementOf(table, line)
  try {
    const { rowCount } = await actAs(client, actor, sql, values)
    return { found: rowCount ?? 0 }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return { code: error.code === 'PGRST' ? JSON.parse(error.message).code : error.code }
  }
}

/** The rows of a table as one text, and how many of them are as each case would have one. */
export interface TableState {
  rows: string
  counts: number[]
}

/** A table past every policy, for some cases; `client` is `postgres`. */
export async function stateOf(client: pg.Client, table: string, cases: MatrixCase[]): Promise<TableState> {
  const counts = cases.map((_, index) => `(count(*) filter (where r.row @> $${index + 1}))::int`)
  const { rows } = await client.query<TableState>(
    `select coalesce(jsonb_agg(r.row order by r.row::text), '[]')::text as rows, array[${counts}] as counts
     from (select to_jsonb(t) as row from public.${pg.escapeIdentifier(table)} t) as r`,
    cases.map(wantedOf),
  )
  return rows[0] ?? { rows: '', counts: [] }
}

/** The columns of a row that a case is about, as they are when it has its effect. */
function wantedOf(line: MatrixCase): Columns {
  if (line.operation === 'update') return { ...line.match, ...line.values }
  if (line.operation === 'insert') return line.values
  return line.operation === 'delete' ? line.match : {}
}

/** What an attempt said of itself: how many rows a read found, or the code of the error. */
export type Outcome = { found: number } | { code: string }

/**
 * Makes an attempt and gives its verdict, by what was stored before and is afterwards: a write that changed what it should is
 * `rows`, one that changed nothing is `none` or its code. Anything else is said in words, which no table expects.
 */
export async function judge(
  client: pg.Client,
  table: string,
  line: MatrixCase,
  before: { rows: string; count: number },
  attempt: () => Promise<Outcome>,
): Promise<{ verdict: Verdict; changed: boolean }> {
  const outcome = await attempt()
  const { rows, counts } = await stateOf(client, table, [line])
  const after = { rows, count: counts[0] ?? 0 }
  const changed = after.rows !== before.rows
  if ('code' in outcome)
    return { verdict: changed ? `${outcome.code}, and yet something changed` : outcome.code, changed }
  if (line.operation === 'select')
    return {
      verdict: changed ? 'a read that changed something' : outcome.found > 0 ? 'rows' : 'none',
      changed,
    }
  if (!changed) return { verdict: 'none', changed }
  const hasEffect = {
    insert: after.count === before.count + 1,
    update: after.count > before.count,
    delete: before.count > 0 && after.count === 0,
  }[line.operation]
  return { verdict: hasEffect ? 'rows' : 'something else changed', changed }
}
