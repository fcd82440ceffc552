import type { Pgoutput } from 'pg-logical-replication'
import type { Change, RowText } from './change.ts'

/** A change as the log tells it. */
export function readChange(
  message: Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete,
  committedAt: Date,
): Change {
  const { relationOid: oid, schema, name: table } = message.relation
  const about = { oid, schema, table, committedAt }
  switch (message.tag) {
    case 'insert':
      return { ...about, type: 'INSERT', row: values(message.new), before: undefined }
    case 'update': {
      const row = values(message.new)
      return {
        ...about,
        type: 'UPDATE',
        row,
        before: values(message.old ?? message.key) ?? keyOf(message, row),
      }
    }
    case 'delete':
      return { ...about, type: 'DELETE', row: undefined, before: values(message.old ?? message.key) }
  }
}

function values(row: Record<string, string | null | undefined> | null): RowText | undefined {
  if (!row) return undefined
  return new Map(
    Object.entries(row).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}

/** The key of a row whose key has not changed, which the log does not repeat. */
function keyOf({ relation }: Pgoutput.MessageUpdate, row: RowText | undefined): RowText {
  return new Map(
    relation.keyColumns.flatMap((name) => {
      const value = row?.get(name)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}
