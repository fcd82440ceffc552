import pg from 'pg'
import type { Database } from '../../shared/index.ts'
import { conditionOf, Parameters } from './conditions.ts'
import type { Wish } from './subscription.ts'
import type { TableFacts } from './tables.ts'

const mostValues = 100

/**
 * Holds a wish to what Postgres can answer, so that no change fails on it later.
 *
 * @throws whatever is wrong with it, as Postgres or Supabase says it
 */
export async function checkWish(
  database: Database,
  facts: TableFacts,
  { filters, columns }: Wish,
  role: string,
): Promise<void> {
  const readable = new Map(
    facts.columns.filter(({ readers }) => readers.includes(role)).map((column) => [column.name, column]),
  )
  for (const { column } of filters)
    if (!readable.has(column)) throw new Error(`invalid column for filter ${column}`)
  for (const column of columns ?? [])
    if (!readable.has(column)) throw new Error(`invalid column for select ${column}`)
  if (filters.length === 0) return

  for (const { operator, value } of filters) {
    if (operator === 'match' || operator === 'imatch') await database.rows("select '' ~ $1", [value])
    if (operator !== 'in') continue
    const [row] = await database.rows<{ count: number }>('select cardinality($1::text[]) as count', [value])
    if ((row?.count ?? 0) > mostValues)
      throw new Error(`too many values for \`in\` filter. Maximum ${mostValues}`)
  }
  const parameters = new Parameters()
  const condition = conditionOf(filters, readable, parameters)
  const row = filters.map(({ column }) => {
    const known = readable.get(column)
    return `null::${known?.cast} as ${pg.escapeIdentifier(column)}`
  })
  await database.rows(
    `select ${condition} from (select ${[...new Set(row)].join(', ')}) n`,
    parameters.values,
  )
}
