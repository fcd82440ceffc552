import type { ChangeType } from './subscription.ts'

/** Values of a row by column, as Postgres writes them; a column is absent where the log does not have it. */
export type RowText = ReadonlyMap<string, string | null>

/** One changed row, as the log tells it. */
export interface Change {
  oid: number
  schema: string
  table: string
  type: ChangeType
  /** Of the transaction. */
  committedAt: Date
  /** After the change; undefined for a row that is gone. */
  row: RowText | undefined
  /** Before it, as far as the table's replica identity has it. */
  before: RowText | undefined
}
