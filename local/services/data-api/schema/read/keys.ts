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
  targetColumns: readonly KeyColumn[]
}

export type KeyColumn = readonly [number: number, name: string]

interface KeyColumnRow {
  key: number
  isTarget: boolean
  number: number
  name: string
}

/* What Postgres copied to partitions is left out; but a primary key is theirs, too. */
const keys = `
select k.oid, k.conname as name, k.contype as kind, k.conrelid as relation, n.nspname as schema, c.relname as "table",
       k.confrelid as target, tn.nspname as "targetSchema", t.relname as "targetTable"
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = k.confrelid
left join pg_namespace tn on tn.oid = t.relnamespace
where k.contype in ('p', 'u') and n.nspname not in ('pg_catalog', 'information_schema')
   or k.contype = 'f' and k.conparentid = 0
order by k.conrelid, k.conname`

const columns = `
with places as (
  select k.oid as key, false as "isTarget", k.conrelid as relation, u.number, u.place
  from pg_constraint k, unnest(k.conkey) with ordinality as u (number, place)
  where k.oid = any($1)
  union all
  select k.oid, true, k.confrelid, u.number, u.place
  from pg_constraint k, unnest(k.confkey) with ordinality as u (number, place)
  where k.oid = any($1)
)
select p.key, p."isTarget", p.number, a.attname as name
from places p
join pg_attribute a on a.attrelid = p.relation and a.attnum = p.number
order by p.key, p.place`

export async function readKeys(connection: Connection): Promise<KeyRow[]> {
  const rows = await readRows<Omit<KeyRow, 'columns' | 'targetColumns'>>(connection, keys)
  const oids = rows.map(({ oid }) => oid)
  const all = await readRows<KeyColumnRow & Record<string, unknown>>(connection, columns, [oids])
  const [own, targets] = [false, true].map((isTarget) =>
    Map.groupBy(
      all.filter((column) => column.isTarget === isTarget),
      ({ key }) => key,
    ),
  )
  const pairs = (found: readonly KeyColumnRow[] = []) =>
    found.map(({ number, name }): KeyColumn => [number, name])
  return rows.map((row) => ({
    ...row,
    columns: pairs(own?.get(row.oid)),
    targetColumns: pairs(targets?.get(row.oid)),
  }))
}
