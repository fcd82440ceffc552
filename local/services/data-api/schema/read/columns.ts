import { type Connection, readRows } from './statement.ts'

export interface ColumnRow {
  relation: number
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
 * There are thousands of columns and few types: each is written once. A char or varchar has its length, and 4, in its
 * modifier.
 */
const statement = `
with
  attributes as materialized (
    select a.* from pg_attribute a where a.attrelid = any($1) and a.attnum > 0 and not a.attisdropped
  ),
  types as materialized (
    select used.atttypid as oid, used.atttypmod as modifier, format_type(used.atttypid, used.atttypmod) as written,
           format_type(b.oid, null) as base, t.typtype = 'd' and t.typnotnull as refuses_null,
           t.typdefaultbin as "default",
           case when b.oid in ('bpchar'::regtype, 'varchar'::regtype) and used.atttypmod + t.typtypmod > 2
             then greatest(used.atttypmod, t.typtypmod) - 4 end as max_length,
           (select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = b.oid) as labels
    from (select distinct atttypid, atttypmod from attributes) used
    join pg_type t on t.oid = used.atttypid
    join pg_type b on b.oid = pg_basetype(t.oid)
  )
select a.attrelid as relation, a.attname as name, t.written as type, t.base as "baseType",
       not (a.attnotnull or t.refuses_null) as "isNullable", t.max_length as "maxLength", t.labels as "enumLabels",
       case
         when a.attgenerated <> '' or a.attidentity = 'a' then null
         when a.attidentity = 'd' then format('nextval(%L)', s.objid::regclass)
         when d.adbin is not null then pg_get_expr(d.adbin, d.adrelid)
         when t."default" is not null then pg_get_expr(t."default", 0)
       end as "default",
       o.description as comment
from attributes a
join types t on t.oid = a.atttypid and t.modifier = a.atttypmod
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_depend s on a.attidentity = 'd' and s.refobjid = a.attrelid and s.refobjsubid = a.attnum
  and s.deptype = 'i' and s.classid = 'pg_class'::regclass and s.refclassid = 'pg_class'::regclass
left join pg_description o on o.objoid = a.attrelid and o.objsubid = a.attnum and o.classoid = 'pg_class'::regclass
order by a.attrelid, a.attnum`

/** The columns of relations, by the oid of each. */
export async function readColumns(
  connection: Connection,
  relations: readonly number[],
): Promise<ReadonlyMap<number, readonly ColumnRow[]>> {
  const rows = await readRows<ColumnRow & Record<string, unknown>>(connection, statement, [relations])
  return Map.groupBy(rows, ({ relation }) => relation)
}
