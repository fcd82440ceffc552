import pg from 'pg'
import { z } from 'zod'
import type { Database } from '../../shared/index.ts'
import type { Change, RowText } from './change.ts'
import { conditionOf, isPattern, Parameters } from './conditions.ts'
import type { Subscription } from './subscription.ts'
import type { Column, TableFacts } from './tables.ts'

/** The values of a row by column, each as JSON text: numbers may be larger than JavaScript's. */
export type RowJson = ReadonlyMap<string, string>

/** A changed row as JSON, which Postgres makes of it, and who asked for one like it. */
export interface ReadRows {
  row: RowJson | undefined
  before: RowJson | undefined
  wanted: Subscription[]
}

/** Conditions in one statement, and the milliseconds that a pattern gets. */
const conditionsAtOnce = 200
const patternMilliseconds = 100

const valuesSchema = z.array(z.tuple([z.string(), z.string()])).nullable()

/** Reads a change for its subscribers; `failed` is told of a condition that could not be put to the row. */
export async function readRows(
  database: Database,
  change: Change,
  facts: TableFacts,
  subscriptions: Subscription[],
  failed: (subscription: Subscription, error: unknown) => void,
): Promise<ReadRows> {
  const columns = new Map(facts.columns.map((column) => [column.name, column]))
  const statement = new Parameters()
  const [row, before] = [change.row, change.before].map((side) => jsonSql(rowSql(side, columns, statement)))
  const [answer] = await database.rows<{ row: unknown; before: unknown }>(
    `select ${row} as row, ${before} as before`,
    statement.values,
  )
  const wanted = await wantedBy(database, change, columns, subscriptions, failed)
  return {
    row: rowJson(answer?.row),
    before: rowJson(answer?.before),
    wanted,
  }
}

function rowJson(values: unknown): RowJson | undefined {
  const read = valuesSchema.parse(values ?? null)
  return read ? new Map(read) : undefined
}

function jsonSql(row: string | undefined): string {
  return row
    ? `(select jsonb_agg(jsonb_build_array(v.key, v.value::text)) from ${row}, jsonb_each(to_jsonb(n)) v)`
    : 'null::jsonb'
}

async function wantedBy(
  database: Database,
  change: Change,
  columns: Map<string, Column>,
  subscriptions: Subscription[],
  failed: (subscription: Subscription, error: unknown) => void,
): Promise<Subscription[]> {
  const side = change.row ?? change.before
  const wanted = subscriptions.filter(({ filters }) => filters.length === 0)
  const filtered = subscriptions.filter(({ filters }) => filters.length > 0)
  const alone = filtered.filter(({ filters }) => filters.some(isPattern))
  const others = filtered.filter((subscription) => !alone.includes(subscription))

  for (let first = 0; first < others.length; first += conditionsAtOnce) {
    const some = others.slice(first, first + conditionsAtOnce)
    try {
      const answers = await answersTo(database, side, columns, some)
      wanted.push(...some.filter((_, place) => answers[place]))
    } catch {
      // A column that has another type by now has values that a filter's cannot be compared with.
      alone.push(...some)
    }
  }
  // One by one, so that what fails is nobody else's, and a pattern without an end holds up nobody for long.
  for (const subscription of alone) {
    try {
      const [isWanted] = await answersTo(database, side, columns, [subscription], patternMilliseconds)
      if (isWanted) wanted.push(subscription)
    } catch (error) {
      failed(subscription, error)
    }
  }
  return wanted
}

/** Whether the row keeps each subscription's conditions. */
async function answersTo(
  database: Database,
  side: RowText | undefined,
  columns: Map<string, Column>,
  subscriptions: Subscription[],
  milliseconds?: number,
): Promise<boolean[]> {
  const parameters = new Parameters()
  const row = rowSql(side, columns, parameters)
  if (!row || !side) return []
  const told = new Map([...columns].filter(([name]) => side.has(name)))
  const conditions = subscriptions.map(({ filters }) => conditionOf(filters, told, parameters))
  const text = `select array[${conditions.join(', ')}] as answers from ${row}`
  const ask = async (sql: Pick<Database, 'rows'>) => {
    const [answer] = await sql.rows<{ answers: boolean[] }>(text, parameters.values)
    return answer?.answers ?? []
  }
  if (milliseconds === undefined) return ask(database)
  return database.transaction(async (sql) => {
    await sql.rows("select set_config('statement_timeout', $1, true)", [String(milliseconds)])
    return ask(sql)
  })
}

/** A row as something to select from, under the name `n`; undefined where there is none. */
function rowSql(
  side: RowText | undefined,
  columns: Map<string, Column>,
  parameters: Parameters,
): string | undefined {
  if (!side) return undefined
  const values = [...side].flatMap(([name, value]) => {
    const column = columns.get(name)
    return column ? [`${parameters.add(value)}::${column.cast} as ${pg.escapeIdentifier(name)}`] : []
  })
  return `(select ${values.join(', ')}) n`
}
