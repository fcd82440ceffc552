import type { Argument, QualifiedName, Routine } from '../catalog.ts'
import { type Connection, readRows } from './statement.ts'

export interface RoutineRow extends QualifiedName {
  oid: number
  comment: string | null
  /** Of a function without arguments: null. */
  arguments: readonly Omit<Argument, 'isRequired'>[] | null
  /** So many of them, from the first on, have no default. */
  required: number
  resultColumns: Routine['resultColumns'] | null
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

/*
 * Types are written with their schema, because the search path is empty here, and once for all that have them. What no parameter can be without its
 * length becomes its namesake of any length.
 */
const statement = `
with
  routines as (
    select p.*, n.nspname
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = any($1) and p.prokind = 'f' and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
  ),
  listed as materialized (
    select p.oid, u.type, coalesce(u.mode, 'i') as mode, coalesce(u.name, '') as name, u.place
    from routines p,
      unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames)
        with ordinality as u (type, mode, name, place)
    where u.type is not null
  ),
  types as materialized (
    select type, type::regtype::text as written
    from (select type from listed union select prorettype from routines) used
  ),
  parameters as (select l.*, t.written from listed l join types t on t.type = l.type),
  signatures as (
    select oid,
           json_agg(json_build_object(
             'name', name, 'type', written,
             'castType', case written
               when 'bit' then 'bit varying' when 'bit[]' then 'bit varying[]'
               when 'character' then 'character varying' when 'character[]' then 'character varying[]'
               else written end,
             'isVariadic', mode = 'v') order by place)
             filter (where mode in ('i', 'b', 'v')) as inputs,
           json_agg(json_build_object('name', name, 'type', written) order by place)
             filter (where mode in ('o', 'b', 't')) as outputs
    from parameters
    group by oid
  )
select p.oid, p.nspname as schema, p.proname as name, o.description as comment,
       s.inputs as arguments, p.pronargs - p.pronargdefaults as required, s.outputs as "resultColumns",
       w.written as "resultType", p.proretset as "isSet", p.prorows = 1 as "isOneRow",
       t.typtype as "resultKind", tn.nspname as "resultSchema", t.typname as "resultName",
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
       to_json(p.proconfig) as settings,
       rn.nspname as "rowSchema", r.relname as "rowName"
from routines p
left join signatures s on s.oid = p.oid
join types w on w.type = p.prorettype
left join pg_description o on o.objoid = p.oid and o.classoid = 'pg_proc'::regclass
join pg_type t on t.oid = pg_basetype(p.prorettype)
join pg_namespace tn on tn.oid = t.typnamespace
left join pg_class r on p.pronargs = 1 and r.reltype = p.proargtypes[0] and r.reltype <> 0
  and r.relkind in ('r', 'p', 'f', 'v', 'm')
left join pg_namespace rn on rn.oid = r.relnamespace
order by p.nspname, p.proname, p.pronargs, p.oid`

/** The functions of schemas, but for those of triggers. */
export function readRoutines(connection: Connection, schemas: readonly string[]): Promise<RoutineRow[]> {
  return readRows<RoutineRow>(connection, statement, [schemas])
}
