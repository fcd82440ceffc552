import type { PlannedField } from '../plan/index.ts'
import type { JsonStep } from '../request/request.ts'
import { quoteName, quoteQualified } from './names.ts'
import type { Parameters } from './parameters.ts'

/** The rows in a statement that fields are of. */
export interface RowsInStatement {
  alias: string
  /** Rows of a write or a call have their computed fields as columns. */
  isResult: boolean
}

/** A field as an expression. */
export function writeField(
  rows: RowsInStatement,
  { name, routine, path, isJson }: PlannedField,
  parameters: Parameters,
): string {
  const value =
    routine && !rows.isResult
      ? writeComputed(rows.alias, routine)
      : `${quoteName(rows.alias)}.${quoteName(name)}`
  if (path.length === 0) return value
  const document = isJson ? value : `to_jsonb(${value})`
  return document + path.map((step) => writeStep(step, parameters)).join('')
}

/** The whole row is handed over: a column may have the name of the table. */
export function writeComputed(alias: string, routine: { schema: string; name: string }): string {
  return `${quoteQualified(routine)}(${quoteName(alias)}.*)`
}

function writeStep({ key, asText }: JsonStep, parameters: Parameters): string {
  const operand = typeof key === 'number' ? `${parameters.add(String(key))}::int` : parameters.add(key)
  return `${asText ? '->>' : '->'}${operand}`
}
