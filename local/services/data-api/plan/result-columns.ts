import type { PlannedCondition, PlannedField, ReadPlan, ResultColumns } from './plan.ts'

/**
 * What a read needs of the rows that a write or a call gives: the columns it shows and sorts by, those that lead on to
 * embeds, and no more, since the caller may not be allowed to read the rest.
 */
export function resultColumnsOf(read: ReadPlan, more: readonly string[] = []): ResultColumns {
  const fields = [...read.outputs.flatMap(fieldOf), ...ownOrders(read), ...read.conditions.flatMap(fieldsOf)]
  const computed = new Map(fields.flatMap(({ name, routine }) => (routine ? [[name, routine] as const] : [])))
  const names = new Set([
    ...fields.filter(({ routine }) => !routine).map(({ name }) => name),
    ...read.embeds.flatMap(({ pairs }) => pairs.map(({ parent }) => parent)),
    ...more,
  ])
  const all = read.outputs.some(({ kind }) => kind === 'all')
  return {
    all,
    names: all ? [] : [...names],
    computed: [...computed].map(([name, routine]) => ({ name, routine })),
    row: read.embeds.some((embed) => embed.read.source.kind === 'computed'),
  }
}

/** What the rows of a write that nobody wants to see have to give. */
export const noColumns: ResultColumns = { all: false, names: [], computed: [], row: false }

function fieldOf(output: ReadPlan['outputs'][number]): PlannedField[] {
  return output.kind === 'field' ? [output.field] : []
}

function ownOrders({ order }: ReadPlan): PlannedField[] {
  return order.filter(({ embed }) => !embed).map(({ field }) => field)
}

function fieldsOf(condition: PlannedCondition): PlannedField[] {
  switch (condition.kind) {
    case 'filter':
      return [condition.field]
    case 'logic':
      return condition.conditions.flatMap(fieldsOf)
    case 'empty':
      return []
  }
}
