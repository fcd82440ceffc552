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

export interface ColumnRow {
  name: string
  type: string
  baseType: string
  isNullable: boolean
  default: string | null
  maxLength: number | null
  enumLabels: readonly string[] | null
  comment: string | null
}

/*
 * Names of types and texts of defaults are what takes its time: a type is written once for all columns that have it.
 * Partitions are reached through their table alone. Of a view Postgres says itself which writes it takes, by itself or
 * by triggers: 4 is an update, 8 an insert and 16 a delete. A char or varchar has its length, and 4, in its modifier.
 */
const statement = `
with
  routine_types as (
    select pg_basetype(type) as oid
    from pg_proc p, unnest(p.proargtypes::oid[] || coalesce(p.proallargtypes, '{}') || p.prorettype) as type
    where p.pronamespace in (select oid from pg_namespace where nspname = any($1))
  ),
  relations as (
    select c.oid, n.nspname, c.relname, c.relkind, n.nspname = any($1) and c.relkind <> 'c' as exposed,
           case when c.relkind in ('v', 'f') then pg_relation_is_updatable(c.oid, true)
                when c.relkind in ('r', 'p') then 28 else 0 end as writes
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any($1) and c.relkind in ('r', 'p', 'f', 'v', 'm') and not c.relispartition
       or c.relkind = 'c' and n.nspname not in ('pg_catalog', 'information_schema')
       or c.reltype <> 0 and c.reltype in (
            select case when t.typcategory = 'A' then t.typelem else t.oid end
            from routine_types r join pg_type t on t.oid = r.oid)
  ),
  enums as (
    select enumtypid, json_agg(enumlabel order by enumsortorder) as labels from pg_enum group by enumtypid
  ),
  attributes as materialized (
    select a.* from pg_attribute a
    where a.attrelid in (select oid from relations) and a.attnum > 0 and not a.attisdropped
  ),
  types as materialized (
    select used.atttypid as oid, used.atttypmod as modifier, format_type(used.atttypid, used.atttypmod) as written,
           format_type(b.oid, null) as base, t.typtype = 'd' and t.typnotnull as refuses_null, t.typdefaultbin as "default",
           case when b.oid in ('bpchar'::regtype, 'varchar'::regtype) and used.atttypmod + t.typtypmod > 2
             then greatest(used.atttypmod, t.typtypmod) - 4 end as max_length,
           e.labels
    from (select distinct atttypid, atttypmod from attributes) used
    join pg_type t on t.oid = used.atttypid
    join pg_type b on b.oid = pg_basetype(t.oid)
    left join enums e on e.enumtypid = b.oid
  ),
  columns as (
    select a.attrelid, json_agg(json_build_object(
             'name', a.attname,
             'type', t.written,
             'baseType', t.base,
             'isNullable', not (a.attnotnull or t.refuses_null),
             'default', case
               when a.attgenerated <> '' or a.attidentity = 'a' then null
               when a.attidentity = 'd' then format('nextval(%L)', s.objid::regclass)
               when d.adbin is not null then pg_get_expr(d.adbin, d.adrelid)
               when t."default" is not null then pg_get_expr(t."default", 0)
             end,
             'maxLength', t.max_length,
             'enumLabels', t.labels,
             'comment', o.description
           ) order by a.attnum) as list
    from attributes a
    join types t on t.oid = a.atttypid and t.modifier = a.atttypmod
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_depend s on a.attidentity = 'd' and s.refobjid = a.attrelid and s.refobjsubid = a.attnum
      and s.deptype = 'i' and s.classid = 'pg_class'::regclass and s.refclassid = 'pg_class'::regclass
    left join pg_description o on o.objoid = a.attrelid and o.objsubid = a.attnum and o.classoid = 'pg_class'::regclass
    group by a.attrelid
  )
select r.oid, r.nspname as schema, r.relname as name, r.relkind as kind, r.exposed as "isExposed",
       o.description as comment,
       r.writes & 8 = 8 as "isInsertable", r.writes & 4 = 4 as "isUpdatable", r.writes & 16 = 16 as "isDeletable",
       coalesce(c.list, '[]') as columns
from relations r
left join columns c on c.attrelid = r.oid
left join pg_description o on o.objoid = r.oid and o.objsubid = 0 and o.classoid = 'pg_class'::regclass
order by r.nspname, r.relname`

export function readRelations(connection: Connection, schemas: readonly string[]): Promise<RelationRow[]> {
  return readRows<RelationRow>(connection, statement, [schemas])
}
