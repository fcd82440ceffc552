import type { Change } from './change.ts'
import type { ReadRows, RowJson } from './rows.ts'
import type { Subscription } from './subscription.ts'
import type { TableFacts } from './tables.ts'

/** A larger change comes without the values that take more than these bytes. */
const largestRecord = 1024 * 1024
const largestValueOfLarge = 64

/** The refusals that come in place of a row. */
export type ChangeError = 'Error 400: Bad Request, no primary key' | 'Error 401: Unauthorized'

/** What a refused subscriber hears: that there was a change, and nothing of it. */
export function refusedPayload({ schema, table, type }: Change, error: ChangeError): string {
  return JSON.stringify({ schema, table, type, errors: [error] })
}

/** What a subscriber hears of a change: the columns that its role may read, cut to those that it asked for. */
export function changePayload(
  change: Change,
  facts: TableFacts,
  { row, before }: Pick<ReadRows, 'row' | 'before'>,
  { channel, columns }: Subscription,
): string {
  const { role } = channel.identity.caller
  const wanted = columns ? new Set([...columns, ...facts.key]) : undefined
  const shown = facts.columns.filter(
    ({ name, readers }) => readers.includes(role) && (!wanted || wanted.has(name)),
  )
  const names = shown.map(({ name }) => name)
  const key = names.filter((name) => facts.key.includes(name))
  const isTooLarge = sizeOf(change) > largestRecord
  const object = (values: RowJson, some = names) => {
    const kept = some.flatMap((name) => {
      const value = values.get(name)
      if (value === undefined || (isTooLarge && Buffer.byteLength(value) > largestValueOfLarge)) return []
      return [`${JSON.stringify(name)}:${value}`]
    })
    return `{${kept.join(',')}}`
  }
  const { schema, table, type } = change
  const parts = [
    `"schema":${JSON.stringify(schema)}`,
    `"table":${JSON.stringify(table)}`,
    `"type":"${type}"`,
    `"commit_timestamp":"${change.committedAt.toISOString()}"`,
    `"columns":${JSON.stringify(shown.map((column) => ({ name: column.name, type: column.type })))}`,
    `"errors":${isTooLarge ? '["Error 413: Payload Too Large"]' : 'null'}`,
  ]
  // What an update leaves as it was in a large column is not in the log, unless the row before it is.
  if (row) parts.push(`"record":${object(new Map([...(before ?? []), ...row]))}`)
  // Nobody can say who saw a row that is gone: of a secured table no more is told than which row it was.
  if (before) parts.push(`"old_record":${object(before, type === 'DELETE' && facts.secured ? key : names)}`)
  return `{${parts.join(',')}}`
}

function sizeOf({ row, before }: Change): number {
  return [...(row?.values() ?? []), ...(before?.values() ?? [])].reduce(
    (sum, value) => sum + (value?.length ?? 0),
    0,
  )
}
