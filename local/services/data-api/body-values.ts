import { ExactNumber } from './json.ts'
import { BodyValue, parameterText } from './parameters.ts'
import type { SchemaCache } from './schema-cache.ts'

/** The type of the column or argument that a value is meant for. */
export interface TargetType {
  /** Postgres' own name of it, an array's with `_` before or `[]` behind it. */
  name: string
  schema?: string | undefined
}

/** Types for which lite would read a string as something else. */
const reinterpreted =
  /^(bool|boolean|int[248]|smallint|integer|bigint|float[48]|real|double precision|numeric|decimal)$/

/**
 * Prepares a value of a JSON body for its column or argument, so that it reaches Postgres as PostgREST would
 * hand it over: JSON as it is, strings as Postgres reads them, objects as composite values.
 */
export function toDatabaseValue(value: unknown, type: TargetType, schema: SchemaCache): unknown {
  if (value === null || value === undefined) return null
  const element = elementName(type.name)
  if (isJson(type.name)) return new BodyValue(value)
  if (typeof value === 'string')
    return element !== undefined || reinterpreted.test(type.name) ? new BodyValue(value, value) : value
  if (typeof value !== 'object' || value instanceof ExactNumber) return value
  if (element !== undefined && isJson(element) && Array.isArray(value))
    return value.map((item) => (item === null ? null : new BodyValue(item)))
  const fields = schema.compositeFields(type.schema, unqualified(element ?? type.name))
  if (!fields) return value
  const record = (item: unknown) => (isRecord(item) ? compositeValue(item, fields, schema) : item)
  return Array.isArray(value) ? value.map(record) : record(value)
}

/** `{ a: 1, b: 'x' }` → `("1","x")`, the fields in the type's own order. */
function compositeValue(
  value: Record<string, unknown>,
  fields: { name: string; type: string }[],
  schema: SchemaCache,
): BodyValue {
  const texts = fields.map(({ name, type }) => {
    const text = parameterText(toDatabaseValue(value[name], { name: type }, schema))
    return text === null ? '' : `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return new BodyValue(value, `(${texts.join(',')})`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isJson(name: string): boolean {
  return name === 'json' || name === 'jsonb'
}

function elementName(name: string): string | undefined {
  if (name.endsWith('[]')) return name.slice(0, -2)
  return name.startsWith('_') ? name.slice(1) : undefined
}

/** `"my schema".pair` → `pair`; a name with a quoted dot is not taken apart. */
function unqualified(name: string): string {
  return (name.split('.').at(-1) ?? name).replace(/^"|"$/g, '')
}
