import type { Argument, QualifiedName, Routine } from '../catalog.ts'
import { type Connection, readRows } from './statement.ts'

export interface RoutineRow extends QualifiedName {
  oid: number
  comment: string | null
  arguments: readonly Argument[]
  /** So many of them, from the first on, have no default. */
  required: number
  resultColumns: Routine['resultColumns']
  resultType: string
  isSet: boolean
  /** That the planner counts with one row of a set: `rows 1`. */
  isOneRow: boolean
  /** What the result is under a domain, as in pg_type. */
  resultKind: string
  resultSchema: string
  resultName: string
  volatility: Routine['volatility']
  settings: readonly string[] | null
  /** Whose row the only argument is. */
  rowSchema: string | null
  rowName: string | null
}

interface ParameterRow {
  routine: number
  name: string
  mode: 'b' | 'i' | 'o' | 't' | 'v'
  type: string
}

const isMeant = `
  n.nspname = any($1) and p.prokind = 'f' and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)`

/* Types are written with their schema, because the search path is empty here. */
const routines = `
select p.oid, n.nspname as schema, p.proname as name, o.description as comment,
       p.pronargs - p.pronargdefaults as required,
       p.prorettype::regtype::text as "resultType", p.proretset as "isSet", p.prorows = 1 as "isOneRow",
       t.typtype as "resultKind", tn.nspname as "resultSchema", t.typname as "resultName",
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
       to_json(p.proconfig) as settings,
       rn.nspname as "rowSchema", r.relname as "rowName"
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type t on t.oid = pg_basetype(p.prorettype)
join pg_namespace tn on tn.oid = t.typnamespace
left join pg_description o on o.objoid = p.oid and o.classoid = 'pg_proc'::regclass
left join pg_class r on p.pronargs = 1 and r.reltype = p.proargtypes[0] and r.reltype <> 0
  and r.relkind in ('r', 'p', 'f', 'v', 'm')
left join pg_namespace rn on rn.oid = r.relnamespace
where ${isMeant}
order by n.nspname, p.proname, p.pronargs, p.oid`

const parameters = `
with
  parameters as materialized (
    select p.oid, u.type, u.mode, u.name, u.place
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace,
    unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames)
      with ordinality as u (type, mode, name, place)
    where ${isMeant} and u.type is not null
  ),
  types as materialized (
    select type, type::regtype::text as written from (select distinct type from parameters) used
  )
select p.oid as routine, coalesce(p.name, '') as name, coalesce(p.mode, 'i') as mode, t.written as type
from parameters p
join types t on t.type = p.type
order by p.oid, p.place`

/** The functions of schemas, but for those of triggers. */
export async function readRoutines(
  connection: Connection,
  schemas: readonly string[],
): Promise<RoutineRow[]> {
  type Row = Omit<RoutineRow, 'arguments' | 'resultColumns'>
  const rows = await readRows<Row & Record<string, unknown>>(connection, routines, [schemas])
  const all = await readRows<ParameterRow & Record<string, unknown>>(connection, parameters, [schemas])
  const parametersOf = Map.groupBy(all, ({ routine }) => routine)
  return rows.map((row) => {
    const own = parametersOf.get(row.oid) ?? []
    return {
      ...row,
      arguments: own
        .filter(({ mode }) => 'biv'.includes(mode))
        .map((each, place) => argumentOf(each, place, row)),
      resultColumns: own.filter(({ mode }) => 'bot'.includes(mode)).map(({ name, type }) => ({ name, type })),
    }
  })
}

/** Cast to one of these, a value would be cut to one; their namesakes take any length. */
const ofAnyLength = new Map([
  ['bit', 'bit varying'],
  ['bit[]', 'bit varying[]'],
  ['character', 'character varying'],
  ['character[]', 'character varying[]'],
])

function argumentOf({ name, type, mode }: ParameterRow, place: number, row: { required: number }): Argument {
  return {
    name,
    type,
    castType: ofAnyLength.get(type) ?? type,
    isRequired: place < row.required,
    isVariadic: mode === 'v',
  }
}
