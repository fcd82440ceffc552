import { type ColumnRow, readColumns } from './columns.ts'
import { type Connection, readRows } from './statement.ts'

/** What stands in pg_class: a table or a view of an exposed schema, or the composite type of a function's. */
export interface RelationRow {
  oid: number
  schema: string
  name: string
  kind: 'c' | 'f' | 'm' | 'p' | 'r' | 'v'
  isExposed: boolean
  comment: string | null
  isInsertable: boolean
  isUpdatable: boolean
  isDeletable: boolean
  columns: readonly ColumnRow[]
}

/*
 * Partitions are reached through their table alone. Of a view Postgres says itself which writes it takes, by itself or
 * by triggers: 4 is an update, 8 an insert and 16 a delete.
 */
const statement = `
with
  routine_types as (
    select distinct type as oid
    from pg_proc p, unnest(p.proargtypes::oid[] || coalesce(p.proallargtypes, '{}') || p.prorettype) as type
    where p.pronamespace in (select oid from pg_namespace where nspname = any($1))
  ),
  row_types as (
    select case when b.typcategory = 'A' then b.typelem else b.oid end as oid
    from routine_types r join pg_type b on b.oid = pg_basetype(r.oid)
  ),
  relations as (
    select c.oid, n.nspname, c.relname, c.relkind, n.nspname = any($1) and c.relkind <> 'c' as exposed,
           case when c.relkind in ('v', 'f') then pg_relation_is_updatable(c.oid, true)
                when c.relkind in ('r', 'p') then 28 else 0 end as writes
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any($1) and c.relkind in ('r', 'p', 'f', 'v', 'm') and not c.relispartition
       or c.relkind = 'c' and n.nspname not in ('pg_catalog', 'information_schema')
       or c.reltype in (select oid from row_types)
  )
select r.oid, r.nspname as schema, r.relname as name, r.relkind as kind, r.exposed as "isExposed",
       o.description as comment,
       r.writes & 8 = 8 as "isInsertable", r.writes & 4 = 4 as "isUpdatable", r.writes & 16 = 16 as "isDeletable"
from relations r
left join pg_description o on o.objoid = r.oid and o.objsubid = 0 and o.classoid = 'pg_class'::regclass
order by r.nspname, r.relname`

export async function readRelations(
  connection: Connection,
  schemas: readonly string[],
): Promise<RelationRow[]> {
  const rows = await readRows<Omit<RelationRow, 'columns'>>(connection, statement, [schemas])
  const columns = await readColumns(
    connection,
    rows.map(({ oid }) => oid),
  )
  return rows.map((row) => ({ ...row, columns: columns.get(row.oid) ?? [] }))
}
