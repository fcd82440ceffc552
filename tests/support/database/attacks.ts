/*
 * For the attacks A01 to A10: what a hostile person would try, by name. Wherever it can be, an attack is made on
 * everything that the catalog holds, so that a table or a function that is added later is attacked too.
 */
import pg from 'pg'
import { expect } from 'vitest'
import { type Actor, actAs } from './act.ts'
import { contentsOf, type Relation, relationsOf } from './catalog.ts'

/** The id of no workspace. */
export const nowhere = 'WK-00000000Y'

export type Outcome = { rows: unknown[] } | { error: Record<string, unknown> }

/** What an attacker gets to see: the rows, or everything of the error that reaches a client. */
export async function seen(attempt: Promise<pg.QueryResult>): Promise<Outcome> {
  try {
    return { rows: (await attempt).rows }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    const { code, message, detail, hint } = error
    return { error: code === 'PGRST' ? JSON.parse(message) : { code, message, detail, hint } }
  }
}

/** What comes of a statement of an attacker. */
export const outcomeOf = (client: pg.Client, actor: Actor, sql: string, values: unknown[] = []) =>
  seen(actAs(client, actor, sql, values))

/** The code that a refusal carries; undefined where there was none. */
export const codeOf = (outcome: Outcome) => ('error' in outcome ? outcome.error.code : undefined)

/** Makes attempts that must leave everything as it is. */
export async function changingNothing(client: pg.Client, attempts: () => Promise<void>): Promise<void> {
  const before = await contentsOf(client)
  await attempts()
  expect(await contentsOf(client)).toEqual(before)
}

/** An insert of these columns of a row that is given as JSON. */
export const insertOf = ({ name }: Relation, columns: string[]) => {
  const list = columns.map((column) => `"${column}"`).join(', ')
  return `insert into public."${name}" (${list}) select ${list} from jsonb_populate_record(null::public."${name}", $1)`
}

/** The rows of a workspace in a table, read past every policy. */
export async function rowsIn(
  client: pg.Client,
  { name, workspaceColumn }: Relation,
  workspaceId: string,
): Promise<Record<string, unknown>[]> {
  const { rows } = await client.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) as row from public."${name}" t where t."${workspaceColumn}" = $1`,
    [workspaceId],
  )
  return rows.map(({ row }) => row)
}

/** Every table and view that belongs to workspaces. */
export const ofWorkspaces = async (client: pg.Client) =>
  (await relationsOf(client)).filter(({ workspaceColumn }) => workspaceColumn !== null)
