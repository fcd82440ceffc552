import pg from 'pg'
import type { Filter, Operator } from './filters.ts'
import type { Column } from './tables.ts'

const symbols: Record<Exclude<Operator, 'in' | 'is' | 'isdistinct'>, string> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
}

const keywords = new Set(['null', 'true', 'false', 'unknown'])

/** Values that a statement is given beside its text; nothing that a client says stands in the text itself. */
export class Parameters {
  readonly values: unknown[] = []

  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/**
 * All of a subscriber's conditions on the row `n`, as SQL; false where a column is not among those that the change
 * tells of.
 */
export function conditionOf(filters: Filter[], columns: Map<string, Column>, parameters: Parameters): string {
  const conditions = filters.map((filter) => {
    const column = columns.get(filter.column)
    return column ? `coalesce(${comparison(filter, column, parameters)}, false)` : 'false'
  })
  return conditions.length > 0 ? conditions.join(' and ') : 'true'
}

function comparison(
  { operator, value, negated }: Filter,
  { name, cast }: Column,
  parameters: Parameters,
): string {
  const left = `n.${pg.escapeIdentifier(name)}`
  switch (operator) {
    case 'is':
      if (!keywords.has(value)) throw new Error(isMessage)
      return `${left} is ${negated ? 'not ' : ''}${value}`
    case 'isdistinct':
      return `${left} is ${negated ? 'not ' : ''}distinct from ${parameters.add(value)}::${cast}`
    case 'in': {
      const among = `${left} = any(${parameters.add(value)}::${cast}[])`
      return negated ? `not (${among})` : among
    }
    default: {
      const compared = `${left} ${symbols[operator]} ${parameters.add(value)}::${cast}`
      return negated ? `not (${compared})` : compared
    }
  }
}

const isMessage = 'invalid value for is filter: must be null, true, false, or unknown'

/** Whether a condition may take long, however small the row is. */
export function isPattern({ operator }: Filter): boolean {
  return operator === 'match' || operator === 'imatch' || operator === 'like' || operator === 'ilike'
}
