import type { QualifiedName } from '../catalog.ts'
import { type Connection, readRows } from './statement.ts'

/** An implicit cast by a function between a domain and `json` or `text`: how a value of the domain is written. */
export interface Representation {
  from: string
  to: string
  routine: QualifiedName
}

const statement = `
select format_type(c.castsource, null) as from, format_type(c.casttarget, null) as to,
       json_build_object('schema', n.nspname, 'name', p.proname) as routine
from pg_cast c
join pg_proc p on p.oid = c.castfunc
join pg_namespace n on n.oid = p.pronamespace
join pg_type s on s.oid = c.castsource
join pg_type t on t.oid = c.casttarget
where c.castcontext = 'i' and c.castmethod = 'f'
  and (s.typtype = 'd' and t.oid in ('json'::regtype, 'text'::regtype)
    or t.typtype = 'd' and s.oid in ('json'::regtype, 'text'::regtype))`

export function readRepresentations(connection: Connection): Promise<Representation[]> {
  return readRows<Representation & Record<string, unknown>>(connection, statement)
}
