import type { ComputedRelationship, Relation, Routine } from '../catalog.ts'
import { keyOf } from '../names.ts'
import type { RoutineRow } from '../read/routines.ts'

/** What the session takes over of a function's own settings. */
const hoisted = ['default_transaction_isolation', 'plan_filter.statement_cost_limit', 'statement_timeout']

/** What a single argument without a name can be: a body as it comes. */
const bodyTypes = ['bytea', 'json', 'jsonb', 'text', 'xml']

export function routineOf(row: RoutineRow): Routine {
  const { oid, schema, name, comment, volatility, resultType, isSet, settings } = row
  const kind = resultKindOf(row)
  return {
    oid,
    schema,
    name,
    comment,
    arguments: row.arguments,
    resultColumns: row.resultColumns,
    result: {
      type: resultType,
      isSet,
      kind,
      ...(row.resultKind === 'c' && { rows: { schema: row.resultSchema, name: row.resultName } }),
    },
    volatility,
    settings: (settings ?? []).map(settingOf).filter(([setting]) => hoisted.includes(setting)),
  }
}

/** Whether a request can call it: by names, or as what takes the body. */
export function isCallable({ arguments: all }: RoutineRow): boolean {
  const unnamed = all.filter(({ name }) => name === '')
  const [first] = all
  return unnamed.length === 0 || (unnamed.length === 1 && bodyTypes.includes(first?.type ?? ''))
}

/** Functions over a row, by the key of its relation: what leads to rows of another, and what gives a value. */
export function computedOf(rows: readonly RoutineRow[], relations: ReadonlyMap<string, Relation>) {
  const relationships = new Map<string, ComputedRelationship[]>()
  const fields = new Map<string, Map<string, Routine>>()
  for (const row of rows) {
    if (row.rowSchema === null || row.rowName === null) continue
    const from = { schema: row.rowSchema, name: row.rowName }
    const to = { schema: row.resultSchema, name: row.resultName }
    const key = keyOf(from)
    if (row.resultKind === 'c' && relations.has(keyOf(to))) {
      const routine = { schema: row.schema, name: row.name }
      const isToOne = !row.isSet || row.isOneRow
      relationships.set(key, [...(relationships.get(key) ?? []), { routine, from, to, isToOne }])
    } else if (!row.isSet) {
      const ofRelation = fields.get(key) ?? new Map<string, Routine>()
      // The schema of the relation stands before others in the search path of a request.
      if (row.schema === from.schema || !ofRelation.has(row.name)) ofRelation.set(row.name, routineOf(row))
      fields.set(key, ofRelation)
    }
  }
  return { relationships, fields }
}

/** With out arguments, even a single one, a function gives rows. */
function resultKindOf({ resultKind, resultType, resultColumns }: RoutineRow): Routine['result']['kind'] {
  if (resultKind === 'c' || resultColumns.length > 0) return 'composite'
  if (resultType === 'record' || resultType === 'void') return resultType
  return 'scalar'
}

function settingOf(setting: string): [name: string, value: string] {
  const end = setting.indexOf('=')
  return [setting.slice(0, end), setting.slice(end + 1)]
}
