import type { Embed, ReadPlan } from '../plan/index.ts'
import type { RowsInStatement } from './fields.ts'
import { quoteName, quoteQualified } from './names.ts'

/** The rows of the write or the call that comes before the read. */
export const resultRows = 'pgrst_source'
/** The whole row among their columns, where functions are called with it. */
export const wholeRow = 'pgrst_row'

export function rowsOf({ source, alias }: ReadPlan): RowsInStatement {
  return { alias, isResult: source.kind === 'result' }
}

/** Where the rows of a read come from: what stands behind `from`. */
export function writeSource(read: ReadPlan, parent?: RowsInStatement): string {
  const alias = quoteName(read.alias)
  switch (read.source.kind) {
    case 'relation':
      return `${quoteQualified(read.source.name)} as ${alias}`
    case 'result':
      return `${resultRows} as ${alias}`
    case 'computed': {
      if (!parent) throw new Error('A computed relationship without a parent')
      const row = `${quoteName(parent.alias)}.${parent.isResult ? quoteName(wholeRow) : '*'}`
      return `${quoteQualified(read.source.routine)}(${row}) as ${alias}`
    }
  }
}

/** What stands behind `from` of an embed, and what leads from its parent to it. */
export function writeEmbedSource(
  parent: RowsInStatement,
  embed: Embed,
): { from: string; conditions: string[] } {
  const { pairs, junction, read } = embed
  const equal = (one: string, column: string, other: string, otherColumn: string) =>
    `${quoteName(one)}.${quoteName(column)} = ${quoteName(other)}.${quoteName(otherColumn)}`
  const from = writeSource(read, parent)
  if (!junction)
    return { from, conditions: pairs.map((pair) => equal(read.alias, pair.child, parent.alias, pair.parent)) }
  return {
    from: `${from}, ${quoteQualified(junction.name)} as ${quoteName(junction.alias)}`,
    conditions: [
      ...junction.onward.map((pair) => equal(read.alias, pair.child, junction.alias, pair.parent)),
      ...pairs.map((pair) => equal(junction.alias, pair.child, parent.alias, pair.parent)),
    ],
  }
}
