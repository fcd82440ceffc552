import type { Field, JsonStep } from '../request/request.ts'
import type { QualifiedName, Routine, SchemaCache } from '../schema/index.ts'
import type { PlannedField } from './plan.ts'

interface KnownColumn {
  type: string
  baseType: string
}

/** What the cache knows of the rows of one read. */
export interface KnownRows {
  /** Their table, view or composite type. */
  name: QualifiedName | undefined
  columns: ReadonlyMap<string, KnownColumn>
}

const noColumns: ReadonlyMap<string, KnownColumn> = new Map()

export function knownRows(cache: SchemaCache, name: QualifiedName): KnownRows {
  const columns = cache.relation(name.schema, name.name)?.columns ?? cache.compositeColumns(name) ?? noColumns
  return { name, columns }
}

/** What a function gives; of a scalar nothing is known. */
export function rowsOfRoutine(cache: SchemaCache, { result, resultColumns }: Routine): KnownRows {
  if (result.rows) return knownRows(cache, result.rows)
  const columns = new Map(resultColumns.map(({ name, type }) => [name, { type, baseType: type }]))
  return { name: undefined, columns }
}

/** A field that is neither a column nor computed is left to Postgres, which says so in words of its own. */
export function planField(cache: SchemaCache, rows: KnownRows, { name, path }: Field): PlannedField {
  const column = rows.columns.get(name)
  if (!column) {
    const computed = rows.name && cache.computedField(rows.name, name)
    return {
      name,
      path,
      isJson: computed?.result.type === 'json' || computed?.result.type === 'jsonb',
      isSearchable: true,
      ...(computed && { routine: { schema: computed.schema, name: computed.name } }),
    }
  }
  return {
    name,
    path,
    isJson: column.type === 'json' || column.type === 'jsonb',
    isSearchable: column.baseType === 'tsvector',
  }
}

/** The field with what makes values of its domain from the text of a filter. */
export function parsedField(cache: SchemaCache, rows: KnownRows, field: Field): PlannedField {
  const type = rows.columns.get(field.name)?.type
  const parser = type === undefined ? undefined : cache.representation('text', type)
  return { ...planField(cache, rows, field), parser }
}

/** The field with what makes JSON of its domain. */
export function formattedField(cache: SchemaCache, rows: KnownRows, field: Field): PlannedField {
  const type = rows.columns.get(field.name)?.type
  const formatter = type === undefined ? undefined : cache.representation(type, 'json')
  return { ...planField(cache, rows, field), formatter }
}

/** The name of a place in JSON: its last key, else the field's own. */
export function nameOf({ name, path }: Field): string {
  const key = path.findLast(isKey)
  return key === undefined ? name : String(key.key)
}

function isKey({ key }: JsonStep): boolean {
  return typeof key === 'string'
}
