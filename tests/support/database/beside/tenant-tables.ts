import pg from 'pg'
import { ours } from '../../people/cast.ts'

/** A table of `public` or `private` whose rows belong to workspaces. */
export interface TenantTable {
  name: string
  /** The column that says of which workspace a row is. */
  workspace: string
  /** Those that are written. */
  columns: string[]
  /** Those of the primary key. */
  key: string[]
  /** Those of no key, with how another value is made of one. */
  changes: { column: string; changed: string }[]
}

const changedByType = `case
  when t.typname = 'bool' then format('not %I', a.attname)
  when t.typname in ('int2', 'int4', 'int8', 'numeric', 'float8') then format('%I + 1', a.attname)
  when t.typname = 'timestamptz' then format('%I - interval ''1 day''', a.attname)
  when t.typname = 'text' then format('%I || ''x''', a.attname) end`

export async function tenantTables(client: pg.Client): Promise<TenantTable[]> {
  const { rows } = await client.query<TenantTable>(`
    with tables as (
      select c.oid, c.oid::regclass::text as name, a.attname::text as workspace
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid
        and a.attname = case c.relname when 'workspaces' then 'id' else 'workspace_id' end
      where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and c.relkind in ('r', 'p') and not c.relispartition),
    columns as (
      select x.oid, a.attname, a.attnum, ${changedByType} as changed,
        exists (select from pg_index i where i.indrelid = x.oid and i.indisprimary and a.attnum = any (i.indkey))
          as "isPrimary",
        exists (select from pg_index i where i.indrelid = x.oid and i.indisunique and a.attnum = any (i.indkey))
        or exists (select from pg_constraint k where k.conrelid = x.oid and k.contype = 'f' and a.attnum = any (k.conkey))
          as "isKey"
      from tables x
      join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      join pg_type t on t.oid = a.atttypid)
    select x.name, x.workspace, array_agg(quote_ident(c.attname) order by c.attnum) as columns,
      array_agg(quote_ident(c.attname) order by c.attnum) filter (where c."isPrimary") as key,
      coalesce(json_agg(json_build_object('column', quote_ident(c.attname), 'changed', c.changed) order by c.attnum)
        filter (where not c."isKey" and c.changed is not null), '[]') as changes
    from tables x join columns c on c.oid = x.oid
    group by x.oid, x.name, x.workspace
    order by x.name`)
  return rows
}

/** Does something with neither triggers nor foreign keys, as if it had always been so; to be run as `postgres`. */
export async function asIfAlways<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('set constraints all immediate; set local session_replication_role = replica')
  const done = await work()
  await client.query('set local session_replication_role = origin; set constraints all deferred')
  return done
}

/** Runs a statement, without effect where a constraint refuses it. */
async function attempt(client: pg.Client, sql: string): Promise<void> {
  await client.query('savepoint attempt')
  try {
    await client.query(sql)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    await client.query('rollback to savepoint attempt')
  }
  await client.query('release savepoint attempt')
}

/** Gives some rows other values, in every column that lets them be other ones. */
export async function change(client: pg.Client, { name, changes }: TenantTable, rows: string): Promise<void> {
  for (const { column, changed } of changes)
    await attempt(client, `update ${name} set ${column} = ${changed} where ${rows}`)
}

/** Moves some rows behind all others, so that whoever finds others as well finds those first. */
export const moveBack = (client: pg.Client, { name, workspace }: TenantTable, rows: string) =>
  client.query(`update ${name} set ${workspace} = ${workspace} where ${rows}`)

/** Takes the rows of `ours` out of tables, also where others refer to them. */
export const removeRows = (client: pg.Client, tables: string[]) =>
  asIfAlways(client, async () => {
    for (const table of tables) await client.query(`delete from ${table} where workspace_id = '${ours}'`)
  })
