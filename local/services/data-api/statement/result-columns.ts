import type { ResultColumns } from '../plan/index.ts'
import type { QualifiedName } from '../schema/catalog.ts'
import { writeComputed } from './fields.ts'
import { quoteName, quoteQualified } from './names.ts'
import { wholeRow } from './sources.ts'

/**
 * The columns of a write or a call that the read after it needs.
 *
 * @param type of the rows, for functions over the whole of them
 */
export function writeResultColumns(
  alias: string,
  { all, names, computed, row }: ResultColumns,
  type: QualifiedName | undefined,
): string {
  const of = quoteName(alias)
  const columns = [
    ...(all ? [`${of}.*`] : []),
    ...names.map((name) => `${of}.${quoteName(name)}`),
    ...computed.map(({ name, routine }) => `${writeComputed(alias, routine)} as ${quoteName(name)}`),
    ...(row && type ? [`(${of}.*)::${quoteQualified(type)} as ${quoteName(wholeRow)}`] : []),
  ]
  return columns.length > 0 ? columns.join(', ') : '1 as pgrst_none'
}
