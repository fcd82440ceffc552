import { type Connection, readRows } from './statement.ts'

export interface ViewRow {
  oid: number
  schema: string
  name: string
  columns: readonly (readonly [number: number, name: string])[]
  /** The query under the view, as Postgres stores it. */
  tree: string
}

const statement = `
select c.oid, n.nspname as schema, c.relname as name, r.ev_action::text as tree,
       (select json_agg(json_build_array(a.attnum, a.attname)) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0) as columns
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
where c.relkind in ('v', 'm') and n.nspname = any($1)
order by n.nspname, c.relname`

/** The views of schemas. */
export function readViews(connection: Connection, schemas: readonly string[]): Promise<ViewRow[]> {
  return readRows<ViewRow>(connection, statement, [schemas])
}
