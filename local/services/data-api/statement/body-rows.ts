import type { BodyRows } from '../plan/index.ts'
import { quoteName, quoteQualified } from './names.ts'
import type { Parameters } from './parameters.ts'

/** What the rows of a body are called in the statement. */
export const bodyAlias = 'pgrst_body'

/** The rows of a body with the types of their columns: what stands behind `from`. */
export function writeBodyRows(body: BodyRows, parameters: Parameters): string {
  const { columns, isArray } = body
  const document = parameters.add(body.text)
  const alias = quoteName(bodyAlias)
  // Rows without a column are rows nonetheless: each takes all defaults.
  if (columns.length === 0)
    return isArray
      ? `json_array_elements(${document}::json) as ${alias}`
      : `(select ${document}::json) as ${alias}`
  const suffix = isArray ? 'recordset' : 'record'
  const typed = columns
    .map(({ name, type, parser }) => `${quoteName(name)} ${parser ? 'json' : type}`)
    .join(', ')
  const rows = body.usesDefaults
    ? `jsonb_to_${suffix}(${writeDefaulted(body, document)})`
    : `json_to_${suffix}(${document}::json)`
  const from = `${rows} as ${alias} (${typed})`
  if (!columns.some(({ parser }) => parser)) return from
  const parsed = columns.map(({ name, parser }) =>
    parser ? `${quoteQualified(parser)}(${quoteName(name)}) as ${quoteName(name)}` : quoteName(name),
  )
  return `(select ${parsed.join(', ')} from ${from}) as ${alias}`
}

/** The document with the defaults of the columns in it, beneath what it says itself. */
function writeDefaulted({ columns, isArray }: BodyRows, document: string): string {
  const pairs = columns.flatMap((column) =>
    column.default === null ? [] : [`${quoteLiteral(column.name)}, ${column.default}`],
  )
  const defaults = `jsonb_build_object(${pairs.join(', ')})`
  return isArray
    ? `(select jsonb_agg(${defaults} || pgrst_element) from jsonb_array_elements(${document}::jsonb) as pgrst_element)`
    : `${defaults} || ${document}::jsonb`
}

/** The name of a column, which the catalog has, as text. */
function quoteLiteral(name: string): string {
  const quoted = `'${name.replaceAll("'", "''")}'`
  return name.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}
