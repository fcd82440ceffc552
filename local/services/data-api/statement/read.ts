import type { Embed, Output, PlannedOrder, ReadPlan } from '../plan/index.ts'
import { whereOf, writeConditions, writeExistence } from './conditions.ts'
import { type RowsInStatement, writeField } from './fields.ts'
import { quoteName, quoteQualified, quoteType } from './names.ts'
import type { Parameters } from './parameters.ts'
import { rowsOf, writeEmbedSource, writeSource } from './sources.ts'
import { type SpreadOutput, spreadOutputs } from './spread-outputs.ts'

/** What stands behind `select`; an aggregate gathers the rows, everything else tells its groups apart. */
interface Item {
  sql: string
  name: string | undefined
  isAggregate: boolean
  /** Whether it is JSON, of which no two are equal before they are `jsonb`. */
  isJson?: boolean
}

/** The array of an embed's rows in the rows of its parent. */
const embeddedRows = 'pgrst_rows'

/** The statement that gives the rows of a read. */
export function writeRead(read: ReadPlan, parameters: Parameters, { isUnlimited = false } = {}): string {
  return writeSelect(isUnlimited ? { ...read, offset: 0, limit: null } : read, parameters, {
    from: writeSource(read),
    conditions: [],
    lendsAggregates: false,
  })
}

interface Surroundings {
  from: string
  conditions: readonly string[]
  /** The rows are spread into the parent's, which aggregates them in its own groups. */
  lendsAggregates: boolean
}

function writeSelect(
  read: ReadPlan,
  parameters: Parameters,
  { from, conditions, lendsAggregates }: Surroundings,
) {
  const rows = rowsOf(read)
  const items = [
    ...read.outputs.map((output) => writeOutput(rows, output, parameters, lendsAggregates)),
    ...read.embeds.filter(({ isShown }) => isShown).flatMap((embed) => writeShown(embed, lendsAggregates)),
  ]
  const isGrouped = items.some(({ isAggregate }) => isAggregate)
  const list = items.map((item) => writeItem(item, isGrouped)).join(', ')
  const joins = read.embeds.filter(isJoined).map((embed) => writeJoin(rows, embed, parameters))
  const where = whereOf([
    ...conditions,
    ...writeConditions(rows, read.conditions, parameters),
    ...read.embeds.filter(isOnlyRequired).map((embed) => writeExistence(rows, embed, parameters)),
  ])
  const groups = items.flatMap(({ isAggregate }, index) => (isAggregate ? [] : [String(index + 1)]))
  const groupBy = isGrouped && groups.length > 0 ? ` group by ${groups.join(', ')}` : ''
  const end = `${writeOrder(rows, read, parameters)}${writeRange(read, parameters)}`
  return `select ${list} from ${from}${joins.join('')}${where}${groupBy}${end}`
}

function writeItem({ sql, name, isJson }: Item, isGrouped: boolean): string {
  const value = isGrouped && isJson ? `${sql}::jsonb` : sql
  return name === undefined ? value : `${value} as ${quoteName(name)}`
}

function writeOutput(
  rows: RowsInStatement,
  output: Output,
  parameters: Parameters,
  lendsAggregates: boolean,
): Item {
  switch (output.kind) {
    case 'all':
      return { sql: `${quoteName(rows.alias)}.*`, name: undefined, isAggregate: false }
    case 'count':
      return lendsAggregates
        ? { sql: '1', name: output.name, isAggregate: false }
        : { sql: cast('count(*)', output.cast), name: output.name, isAggregate: true }
    case 'field': {
      const { field, name, aggregate } = output
      const plain = writeField(rows, field, parameters)
      const formatted =
        field.formatter && field.path.length === 0 ? `${quoteQualified(field.formatter)}(${plain})` : plain
      const value = cast(formatted, output.cast)
      return aggregate && !lendsAggregates
        ? { sql: cast(`${aggregate.name}(${value})`, aggregate.cast), name, isAggregate: true }
        : { sql: value, name, isAggregate: false }
    }
  }
}

function cast(value: string, type: string | undefined): string {
  return type === undefined ? value : `cast(${value} as ${quoteType(type)})`
}

/** What an embed shows among the parent's columns. */
function writeShown(embed: Embed, lendsAggregates: boolean): Item[] {
  const alias = quoteName(embed.alias)
  if (!embed.isSpread)
    return [
      {
        sql: embed.isToOne
          ? `row_to_json(${alias}.*)`
          : `coalesce(${alias}.${quoteName(embeddedRows)}, '[]')`,
        name: embed.name,
        isAggregate: false,
        isJson: true,
      },
    ]
  return spreadOutputs(embed.read).map((output) => {
    const { name, isAll, aggregate } = output
    if (isAll) return { sql: `${alias}.*`, name: undefined, isAggregate: false }
    const column = `${alias}.${quoteName(name)}`
    // Lists of a spread of many rows are JSON; of columns the type is their own.
    const isJson = !embed.isToOne || output.isJson === true
    // Only a spread of one row has aggregates: of many rows they are refused.
    return aggregate && !lendsAggregates
      ? { sql: cast(`${aggregate.name}(${column})`, aggregate.cast), name, isAggregate: true }
      : { sql: column, name, isAggregate: false, isJson }
  })
}

/** Of an embed that shows nothing it counts only whether there is a row, if that. */
function isOnlyRequired({ isShown, isToOne, isInner }: Embed): boolean {
  return !isShown && !isToOne && isInner
}

function isJoined({ isShown, isToOne }: Embed): boolean {
  return isShown || isToOne
}

function writeJoin(parent: RowsInStatement, embed: Embed, parameters: Parameters): string {
  const { read, isInner, isToOne, isSpread } = embed
  const alias = quoteName(embed.alias)
  const rows = writeSelect(read, parameters, {
    ...writeEmbedSource(parent, embed),
    lendsAggregates: isSpread && isToOne,
  })
  const kind = isInner ? 'inner' : 'left'
  if (isToOne) return ` ${kind} join lateral (${rows}) as ${alias} on true`
  const lists = isSpread
    ? spreadOutputs(read).map((output) => writeList(alias, output))
    : [`json_agg(${alias}.*) as ${quoteName(embeddedRows)}`]
  const having = isInner ? ' having count(*) > 0' : ''
  return ` ${kind} join lateral (select ${lists.join(', ')} from (${rows}) as ${alias}${having}) as ${alias} on true`
}

/** The values of one column, in the order of the rows. */
function writeList(alias: string, { name }: SpreadOutput): string {
  return `coalesce(json_agg(${alias}.${quoteName(name)}), '[]') as ${quoteName(name)}`
}

function writeOrder(rows: RowsInStatement, { order }: ReadPlan, parameters: Parameters): string {
  if (order.length === 0) return ''
  return ` order by ${order.map((term) => writeTerm(rows, term, parameters)).join(', ')}`
}

function writeTerm(
  rows: RowsInStatement,
  { field, embed, direction, nulls }: PlannedOrder,
  parameters: Parameters,
) {
  const of = embed ? { alias: embed.alias, isResult: true } : rows
  const value = writeField(of, field, parameters)
  return `${value}${direction ? ` ${direction}` : ''}${nulls ? ` nulls ${nulls}` : ''}`
}

function writeRange({ limit, offset }: ReadPlan, parameters: Parameters): string {
  const limited = limit === null ? '' : ` limit ${parameters.add(String(limit))}`
  return offset === 0 ? limited : `${limited} offset ${parameters.add(String(offset))}`
}
