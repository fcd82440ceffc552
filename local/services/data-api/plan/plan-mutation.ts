import type { ApiRequest, Condition, Placed } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import { columnNotFound, findRelation, type Relation } from '../schema/index.ts'
import type { PlanContext } from './context.ts'
import { type KnownRows, knownRows } from './known-rows.ts'
import { planCondition } from './placing.ts'
import type { BodyRows, Conflict, Mutation, Plan, PlannedCondition, WrittenColumn } from './plan.ts'
import { planRead } from './plan-read.ts'
import { chooseRepresentation } from './representation.ts'
import { noColumns, resultColumnsOf } from './result-columns.ts'
import { isWhole } from './whole.ts'

/** A write, and the read of what it has written. */
export function planMutation(context: PlanContext, request: ApiRequest, name: string): Plan {
  const relation = findRelation(context.cache, { schema: request.schema, name })
  const rows = knownRows(context.cache, relation)
  const read = planRead(
    context,
    request,
    { source: { kind: 'result' }, rows, alias: relation.name },
    { conditionsOfRoot: false, ranges: false },
  )
  const { preferences, method } = request
  const representation = chooseRepresentation(context.cache, request.accept, {
    of: relation,
    isWhole: isWhole(request),
  })
  const showsRows = preferences.representation === 'representation'
  const location = method === 'POST' && preferences.representation === 'headers-only' ? keyOf(relation) : []
  return {
    kind: 'mutation',
    relation: { schema: relation.schema, name: relation.name },
    mutation: mutationOf(context, request, relation, rows),
    read,
    representation: showsRows ? representation : { kind: 'none', contentType: representation.contentType },
    result: showsRows ? resultColumnsOf(read) : { ...noColumns, names: location },
    isSingle: representation.kind === 'object',
    isReadOnly: false,
    isSingleUpsert: method === 'PUT',
    location,
    countsInserted: method === 'PUT' || preferences.resolution === 'merge-duplicates',
    count: preferences.count,
    maxRows: context.maxRows,
    maxAffected:
      preferences.handling === 'strict' && method !== 'POST' && method !== 'PUT'
        ? preferences.maxAffected
        : undefined,
  }
}

/** The key in the order of the columns, which is that of the row. */
function keyOf({ columns, primaryKey }: Relation): string[] {
  return [...columns.keys()].filter((name) => primaryKey.includes(name))
}

function mutationOf(
  context: PlanContext,
  request: ApiRequest,
  relation: Relation,
  rows: KnownRows,
): Mutation {
  const own = request.conditions.filter(({ path }) => path.length === 0)
  const conditions = own.map(({ value }) => conditionOn(context, rows, value))
  switch (request.method) {
    case 'PATCH':
      return updateOf(bodyOf(context, request, relation), conditions)
    case 'DELETE':
      if (conditions.length === 0) throw withoutFilter('DELETE')
      return { kind: 'delete', conditions }
    case 'PUT':
      requireKey(relation, own)
      return {
        kind: 'insert',
        body: bodyOf(context, request, relation, false),
        conflict: { columns: relation.primaryKey, action: 'merge' },
        conditions,
      }
    default:
      return {
        kind: 'insert',
        body: bodyOf(context, request, relation),
        ...conflictOf(request, relation),
        conditions: [],
      }
  }
}

/** Where nothing is changed nothing needs a filter. */
function updateOf(body: BodyRows, conditions: readonly PlannedCondition[]): Mutation {
  if (conditions.length === 0 && body.columns.length > 0) throw withoutFilter('UPDATE')
  return { kind: 'update', body, conditions }
}

/** A filter of a write is about its own rows: embeds come after it. */
function conditionOn(context: PlanContext, rows: KnownRows, condition: Condition): PlannedCondition {
  const read = {
    source: { kind: 'result' as const },
    alias: '',
    outputs: [],
    embeds: [],
    conditions: [],
    order: [],
  }
  return planCondition(context, { read: { ...read, offset: 0, limit: null }, rows, children: [] }, condition)
}

function bodyOf(
  { cache }: PlanContext,
  { payload, preferences }: ApiRequest,
  relation: Relation,
  mayDefault = true,
): BodyRows {
  const names = payload.kind === 'json' ? payload.keys : []
  return {
    text: payload.kind === 'json' ? payload.text : '{}',
    isArray: payload.kind === 'json' && payload.isArray,
    usesDefaults: mayDefault && preferences.missing === 'default',
    columns: [...new Set(names)].map((name): WrittenColumn => {
      const column = relation.columns.get(name)
      if (!column) throw columnNotFound(relation, name)
      return {
        name,
        type: column.type,
        default: column.default,
        parser: cache.representation('json', column.type),
      }
    }),
  }
}

/** Without columns to go by there is no conflict to resolve. */
function conflictOf(
  { preferences, onConflict }: ApiRequest,
  { primaryKey }: Relation,
): { conflict?: Conflict } {
  const columns = onConflict ?? primaryKey
  if (!preferences.resolution || columns.length === 0) return {}
  return { conflict: { columns, action: preferences.resolution === 'merge-duplicates' ? 'merge' : 'ignore' } }
}

/** @throws RequestError PGRST105 unless a PUT names the whole primary key and nothing else */
function requireKey({ primaryKey }: Relation, conditions: readonly Placed<Condition>[]): void {
  const named = new Set(
    conditions.map(({ value }) => (isPlainEquality(value) ? value.field.name : undefined)),
  )
  const isKey =
    primaryKey.length > 0 && named.size === primaryKey.length && primaryKey.every((name) => named.has(name))
  if (!isKey)
    throw new RequestError(
      405,
      'PGRST105',
      "Filters must include all and only primary key columns with 'eq' operators",
    )
}

function isPlainEquality(condition: Condition): condition is Extract<Condition, { kind: 'filter' }> {
  return (
    condition.kind === 'filter' &&
    !condition.isNegated &&
    condition.operation.operator === 'eq' &&
    !('quantifier' in condition.operation)
  )
}

/** What the extension safeupdate, which Supabase loads, says of such a statement. */
function withoutFilter(statement: 'DELETE' | 'UPDATE'): RequestError {
  return new RequestError(400, '21000', `${statement} requires a WHERE clause`)
}
