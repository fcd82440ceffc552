import type { Embed, PlannedCondition, ReadPlan } from '../plan/index.ts'
import type { RowsInStatement } from './fields.ts'
import { writeFilter } from './filters.ts'
import type { Parameters } from './parameters.ts'
import { rowsOf, writeEmbedSource, writeSource } from './sources.ts'

/** What stands behind `where`, but for the word: empty where nothing is asked for. */
export function writeConditions(
  rows: RowsInStatement,
  conditions: readonly PlannedCondition[],
  parameters: Parameters,
): string[] {
  return conditions.map((condition) => writeCondition(rows, condition, parameters))
}

function writeCondition(rows: RowsInStatement, condition: PlannedCondition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'filter': {
      const written = writeFilter(rows, condition.field, condition.operation, parameters)
      return condition.isNegated ? `not (${written})` : written
    }
    case 'empty':
      return `${condition.isNegated ? '' : 'not '}${writeExistence(rows, condition.embed, parameters)}`
    case 'logic': {
      const parts = writeConditions(rows, condition.conditions, parameters)
      return `${condition.isNegated ? 'not ' : ''}(${parts.join(` ${condition.operator} `)})`
    }
  }
}

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
