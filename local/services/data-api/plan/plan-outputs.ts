import type { SelectItem } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import type { PlanContext } from './context.ts'
import { formattedField, type KnownRows, nameOf } from './known-rows.ts'
import type { Embed, Output, ReadPlan } from './plan.ts'

type OutputItem = Exclude<SelectItem, { kind: 'relation' }>

export function isOutputItem(item: SelectItem): item is OutputItem {
  return item.kind !== 'relation'
}

/** @throws RequestError PGRST123 for an aggregate where they are off */
export function planOutput({ cache, aggregates }: PlanContext, rows: KnownRows, item: OutputItem): Output {
  if (item.kind === 'all') return item
  const isAggregate = item.kind === 'count' || item.aggregate !== undefined
  if (isAggregate && !aggregates)
    throw new RequestError(400, 'PGRST123', 'Use of aggregate functions is not allowed')
  if (item.kind === 'count')
    return { kind: 'count', name: item.alias ?? 'count', ...(item.cast && { cast: item.cast }) }
  const { alias, cast, aggregate } = item
  return {
    kind: 'field',
    name: alias ?? aggregate?.name ?? nameOf(item.field),
    field: formattedField(cache, rows, item.field),
    ...(cast && { cast }),
    ...(aggregate && { aggregate }),
  }
}

export function isAggregate(output: Output): boolean {
  return output.kind === 'count' || (output.kind === 'field' && output.aggregate !== undefined)
}

/** Whether rows are gathered into groups: by aggregates of its own, or of what is spread into it. */
export function isGrouped(read: ReadPlan): boolean {
  return read.outputs.some(isAggregate) || read.embeds.some(lendsAggregates)
}

/** A spread of one row leaves its aggregates to the parent, whose groups they are about; of many they are refused. */
function lendsAggregates({ isSpread, read }: Embed): boolean {
  return isSpread && isGrouped(read)
}

/**
 * Names every column in place of `*` where that has to be: in groups, in spreads, of what a write or a call gives, and
 * where a column is answered in a form of its own.
 */
export function expandStars(
  { cache }: PlanContext,
  rows: KnownRows,
  outputs: readonly Output[],
  mustExpand: boolean,
): Output[] {
  if (rows.columns.size === 0 || !outputs.some(({ kind }) => kind === 'all')) return [...outputs]
  const columns = [...rows.columns].map(([name]): Output & { kind: 'field' } => ({
    kind: 'field',
    name,
    field: formattedField(cache, rows, { name, path: [] }),
  }))
  if (!mustExpand && !columns.some(({ field }) => field.formatter)) return [...outputs]
  return outputs.flatMap((output): readonly Output[] => (output.kind === 'all' ? columns : [output]))
}
