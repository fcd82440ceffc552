import { givesRows, type Plan } from '../plan/index.ts'
import type { MediaHandler } from '../schema/catalog.ts'
import { scalarColumn } from './call.ts'
import { quoteQualified } from './names.ts'

/** The rows that are answered. */
export const answeredRows = 'pgrst_answer'

/** Whether a call gives one value or row, which is answered by itself and not in a list. */
export function isAlone(plan: Plan): boolean {
  return plan.kind === 'call' && !plan.routine.result.isSet
}

/** The expression that makes one body of all rows. */
export function writeBody(plan: Plan): string {
  const value =
    plan.kind === 'call' && !givesRows(plan.routine) ? `${answeredRows}.${scalarColumn}` : `${answeredRows}.*`
  const { representation } = plan
  if (plan.kind === 'call' && plan.routine.result.kind === 'void') return 'null'
  switch (representation.kind) {
    case 'none':
      return 'null'
    case 'array':
      return isAlone(plan)
        ? writeObject(value, representation.stripsNulls)
        : `coalesce(${writeList(value, representation.stripsNulls)}, '[]')::text`
    case 'object':
      return writeObject(value, representation.stripsNulls)
    case 'csv':
      return writeCsv()
    case 'handler':
      return writeHandled(value, representation.handler)
  }
}

function writeList(value: string, stripsNulls: boolean): string {
  return stripsNulls ? `json_strip_nulls(json_agg(${value}))` : `json_agg(${value})`
}

function writeObject(value: string, stripsNulls: boolean): string {
  return `coalesce(${writeList(value, stripsNulls)}->0, 'null')::text`
}

/** The names of the first row's columns, and each row as Postgres writes it, without its parentheses. */
function writeCsv(): string {
  const first = `(array_agg(row_to_json(${answeredRows}.*)))[1]`
  const names = `(select coalesce(string_agg(pgrst_name, ','), '') from json_object_keys(${first}) as pgrst_name)`
  const row = `(${answeredRows}.*)::text`
  return `${names} || E'\\n' || coalesce(string_agg(substring(${row}, 2, length(${row}) - 2), E'\\n'), '')`
}

/** A function answers what it gives; an aggregate, what it makes of the rows. */
function writeHandled(value: string, { kind, routine, rows }: MediaHandler): string {
  if (kind === 'function') return value
  return `${quoteQualified(routine)}(${rows ? `(${value})::${quoteQualified(rows)}` : value})`
}
