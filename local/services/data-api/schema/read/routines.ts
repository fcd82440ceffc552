import type { Argument, QualifiedName, Routine } from '../catalog.ts'
import { type Connection, readRows } from './statement.ts'

export interface RoutineRow extends QualifiedName {
  oid: number
  comment: string | null
  /** Of a function without arguments: null. */
  arguments: readonly Argument[] | null
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
 * Types are written with their schema, because the search path is empty here. What no parameter can be without its
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
  parameters as (
    select p.oid, u.type, u.type::regtype::text as written, coalesce(u.mode, 'i') as mode, coalesce(u.name, '') as name,
           u.place, count(*) filter (where coalesce(u.mode, 'i') in ('i', 'b', 'v')) over
             (partition by p.oid order by u.place) <= p.pronargs - p.pronargdefaults as required
    from routines p,
      unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargmodes, p.proargnames)
        with ordinality as u (type, mode, name, place)
    where u.type is not null
  ),
  signatures as (
    select oid,
           json_agg(json_build_object(
             'name', name, 'type', written,
             'castType', case written
               when 'bit' then 'bit varying' when 'bit[]' then 'bit varying[]'
               when 'character' then 'character varying' when 'character[]' then 'character varying[]'
               else written end,
             'isRequired', required, 'isVariadic', mode = 'v') order by place)
             filter (where mode in ('i', 'b', 'v')) as inputs,
           json_agg(json_build_object('name', name, 'type', written) order by place)
             filter (where mode in ('o', 'b', 't')) as outputs
    from parameters
    group by oid
  )
select p.oid, p.nspname as schema, p.proname as name, obj_description(p.oid, 'pg_proc') as comment,
       s.inputs as arguments, s.outputs as "resultColumns",
       p.prorettype::regtype::text as "resultType", p.proretset as "isSet", p.prorows = 1 as "isOneRow",
       t.typtype as "resultKind", tn.nspname as "resultSchema", t.typname as "resultName",
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
       to_json(p.proconfig) as settings,
       rn.nspname as "rowSchema", r.relname as "rowName"
from routines p
left join signatures s on s.oid = p.oid
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
