import type { Relation } from '../schema/catalog.ts'
import type { SwaggerParameter } from './swagger.ts'

const common: Readonly<Record<string, SwaggerParameter>> = {
  preferParams: prefer(),
  preferReturn: prefer('return=representation', 'return=minimal', 'return=none'),
  preferCount: prefer('count=none'),
  preferPost: prefer(
    'return=representation',
    'return=minimal',
    'return=none',
    'resolution=ignore-duplicates',
    'resolution=merge-duplicates',
  ),
  select: text('query', 'select', 'Filtering Columns'),
  on_conflict: text('query', 'on_conflict', 'On Conflict'),
  order: text('query', 'order', 'Ordering'),
  range: text('header', 'Range', 'Limiting and Pagination'),
  rangeUnit: { ...text('header', 'Range-Unit', 'Limiting and Pagination'), default: 'items' },
  offset: text('query', 'offset', 'Limiting and Pagination'),
  limit: text('query', 'limit', 'Limiting and Pagination'),
}

/** What several operations take: parameters of all, a body and a filter of every column of each relation. */
export function parameterDefinitions(relations: readonly Relation[]): Record<string, SwaggerParameter> {
  return { ...common, ...Object.fromEntries(relations.flatMap(parametersOf)) }
}

export function rowFilterNames({ name, columns }: Relation): string[] {
  return [...columns.keys()].map((column) => `rowFilter.${name}.${column}`)
}

export function referTo(names: readonly string[]): SwaggerParameter[] {
  return names.map((name) => ({ $ref: reference('parameters', name) }))
}

/** A name as a step of a JSON pointer. */
export function reference(kind: 'definitions' | 'parameters', name: string): string {
  return `#/${kind}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function parametersOf({ name, columns }: Relation): [string, SwaggerParameter][] {
  const body: SwaggerParameter = {
    name,
    description: name,
    required: false,
    in: 'body',
    schema: { $ref: reference('definitions', name) },
  }
  return [
    [`body.${name}`, body],
    ...[...columns.values()].map((column): [string, SwaggerParameter] => [
      `rowFilter.${name}.${column.name}`,
      text('query', column.name, column.comment ?? undefined),
    ]),
  ]
}

function prefer(...values: string[]): SwaggerParameter {
  return { ...text('header', 'Prefer', 'Preference'), ...(values.length > 0 && { enum: values }) }
}

function text(place: 'header' | 'query', name: string, description: string | undefined): SwaggerParameter {
  return { name, description, required: false, in: place, type: 'string' }
}
