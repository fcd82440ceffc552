import type { Embed, ReadPlan } from '../plan/index.ts'
import { writeConditions } from './conditions.ts'
import type { RowsInStatement } from './fields.ts'
import type { Parameters } from './parameters.ts'
import { rowsOf, writeEmbedSource, writeSource } from './sources.ts'

/** Whether an embed has rows for a row of its parent. */
export function writeExistence(parent: RowsInStatement, embed: Embed, parameters: Parameters): string {
  const { from, conditions } = writeEmbedSource(parent, embed)
  const where = [...conditions, ...writeRequirements(embed.read, parameters)]
  return `exists (select 1 from ${from}${whereOf(where)})`
}

/** One row for each that a read has, whatever it shows of it and however many it gives. */
export function writeRowsToCount(read: ReadPlan, parameters: Parameters): string {
  return `select 1 from ${writeSource(read)}${whereOf(writeRequirements(read, parameters))}`
}

/** What a row has to be and to have for a read to give it. */
function writeRequirements(read: ReadPlan, parameters: Parameters): string[] {
  const rows = rowsOf(read)
  return [
    ...writeConditions(rows, read.conditions, parameters),
    ...read.embeds.filter(({ isInner }) => isInner).map((embed) => writeExistence(rows, embed, parameters)),
  ]
}

export function whereOf(conditions: readonly string[]): string {
  return conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''
}
