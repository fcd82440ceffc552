import type pg from 'pg'
import { type Call, calls } from './calls/index.ts'
import { type CatalogFunction, type CatalogTable, functionsOf, tablesOf } from './catalog.ts'
import type { Growth } from './growth.ts'
import type { Place } from './place.ts'
import type { Statement } from './session.ts'
import { rowsOf, tableGrowth } from './tables.ts'

/** More would be a list that nobody reads, and a schema that grows wherever one looks. */
const mostThatGrow = 10

/** A line of the table: what is asked of everybody, each in their own place. */
export interface Measured {
  name: string
  /** The roles to try, the first of which is answered is measured. */
  roles: ('member' | 'admin')[]
  statement(place: Place): Promise<Statement | undefined>
  answer?: { grows: string }
  deletes?: Growth
  grows?: Growth
}

/** Everything that a signed-in person can read or call, from the catalog. */
export async function everythingMeasured(client: pg.Client): Promise<Measured[]> {
  const functions = await functionsOf(client)
  const missing = functions.filter(({ name }) => !calls[name]).map(({ name }) => name)
  const gone = Object.keys(calls).filter((name) => !functions.some((one) => one.name === name))
  if (missing.length > 0 || gone.length > 0)
    throw new Error(
      `bench/growth/calls says nothing about [${missing}], and something about [${gone}], ` +
        'which nobody can call.',
    )
  const everything = [
    ...(await tablesOf(client)).flatMap(measuredTable),
    ...functions.map((one) => measuredFunction(one, calls[one.name] ?? {})),
  ]
  const growing = everything.filter(({ grows }) => grows).length
  if (growing > mostThatGrow)
    throw new Error(`${growing} tables and functions are excused for growing, of at most ${mostThatGrow}.`)
  return everything
}

function measuredFunction({ name, writes }: CatalogFunction, call: Call): Measured {
  return {
    ...call,
    name: `${name}()`,
    roles: [call.as ?? 'member'],
    async statement(place) {
      const given = Object.entries((await call.arguments?.(place)) ?? {})
      const list = given.map(([argument], index) => `${argument} => $${index + 1}`)
      return {
        name: `${name}()`,
        text: `select public.${name}(${list.join(', ')}) as answer`,
        values: given.map(([, value]) => value),
        writes,
      }
    },
  }
}

/** A row by its key, a page of a workspace, and a write of one row where there may be one. */
function measuredTable({ name, key, columns, hasWorkspace, updatable }: CatalogTable): Measured[] {
  const all = columns.join(', ')
  const where = key.map((column, index) => `${column} = $${index + 1}`).join(' and ')
  const line = (what: string, statement: Measured['statement']): Measured => {
    const title = `${name} ${what}`
    return { name: title, roles: ['member', 'admin'], statement, grows: tableGrowth[title] }
  }
  const byKey = (what: string, text: string, writes = false) =>
    line(what, async (place) => {
      const wanted = (rowsOf[`${name} ${what}`] ?? rowsOf[name])?.(place)
      const row = await seenRow(
        name,
        key,
        { ...(hasWorkspace && { workspace_id: place.workspace }), ...wanted },
        place,
      )
      return row && { name: `${name} ${what}`, text, values: row, writes }
    })
  return [
    byKey('by key', `select ${all} from ${name} where ${where}`),
    ...(hasWorkspace
      ? [
          line('by workspace', async ({ workspace }) => ({
            name: `${name} by workspace`,
            text: `select ${all} from ${name} where workspace_id = $1 order by ${key.join(', ')} limit 20`,
            values: [workspace],
          })),
        ]
      : []),
    ...(updatable
      ? [byKey('update', `update ${name} set ${updatable} = ${updatable} where ${where}`, true)]
      : []),
  ]
}

/** The key of a row that the person sees, so that no empty answer is measured. */
async function seenRow(table: string, key: string[], row: Record<string, string>, place: Place) {
  const wanted = Object.entries(row)
  const where = wanted.map(([column], index) => `${column} = $${index + 1}`).join(' and ') || 'true'
  const found = await place.ask(
    `select array[${key.map((column) => `${column}::text`)}] as answer from ${table}
     where ${where} order by ${key.join(', ')} limit 1`,
    wanted.map(([, value]) => value),
  )
  return found as string[] | undefined
}
