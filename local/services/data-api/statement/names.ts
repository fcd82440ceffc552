import type { QualifiedName } from '../schema/catalog.ts'

/** The one way in which a name comes into a statement. */
export function quoteName(name: string): string {
  // A statement ends at U+0000, and no name of Postgres has one.
  return `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`
}

export function quoteQualified({ schema, name }: QualifiedName): string {
  return `${quoteName(schema)}.${quoteName(name)}`
}

/** What SQL calls types that are named otherwise in the catalog. */
const sqlTypes = new Map([
  ['bigint', 'int8'],
  ['bit varying', 'varbit'],
  ['boolean', 'bool'],
  ['character varying', 'varchar'],
  ['dec', 'numeric'],
  ['decimal', 'numeric'],
  ['double precision', 'float8'],
  ['float', 'float8'],
  ['int', 'int4'],
  ['integer', 'int4'],
  ['real', 'float4'],
  ['smallint', 'int2'],
  ['time with time zone', 'timetz'],
  ['time without time zone', 'time'],
  ['timestamp with time zone', 'timestamptz'],
  ['timestamp without time zone', 'timestamp'],
])

/** The type that a request casts to: a name like any other, in the case that Postgres gives it without quotes. */
export function quoteType(type: string): string {
  const whole = type.trim().toLowerCase()
  const [array = ''] = /(?<!\[\])(?:\[\])+$/.exec(whole) ?? []
  const name = whole.slice(0, whole.length - array.length)
  // Unlike `character`, a quoted "char" is a type of one byte.
  if (name === 'char' || name === 'character') return `character${array}`
  return `${quoteName(sqlTypes.get(name) ?? name)}${array}`
}
