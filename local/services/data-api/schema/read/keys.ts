import { type Connection, readRows } from './statement.ts'

/** A key of a table, of whatever schema: what leads through tables that are not exposed counts for views of them. */
export interface KeyRow {
  oid: number
  name: string
  kind: 'f' | 'p' | 'u'
  relation: number
  schema: string
  table: string
  columns: readonly KeyColumn[]
  /** Of a foreign key: what it points to. */
  target: number
  targetSchema: string | null
  targetTable: string | null
  targetColumns: readonly KeyColumn[] | null
}

export type KeyColumn = readonly [number: number, name: string]

/* What Postgres copied to partitions is left out; but a primary key is theirs, too. */
const statement = `
select k.oid, k.conname as name, k.contype as kind, k.conrelid as relation, n.nspname as schema, c.relname as "table",
       (select json_agg(json_build_array(a.attnum, a.attname) order by u.place)
        from unnest(k.conkey) with ordinality as u (number, place)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number) as columns,
       k.confrelid as target, tn.nspname as "targetSchema", t.relname as "targetTable",
       (select json_agg(json_build_array(a.attnum, a.attname) order by u.place)
        from unnest(k.confkey) with ordinality as u (number, place)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) as "targetColumns"
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = k.confrelid
left join pg_namespace tn on tn.oid = t.relnamespace
where k.contype in ('p', 'u') and n.nspname not in ('pg_catalog', 'information_schema')
   or k.contype = 'f' and k.conparentid = 0
order by k.conrelid, k.conname`

export function readKeys(connection: Connection): Promise<KeyRow[]> {
  return readRows<KeyRow>(connection, statement)
}
