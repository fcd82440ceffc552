import pg from 'pg'
import { ours } from '../people/cast.ts'

/** The workspace beside `ours` that has the same keys. Its id comes before that of `ours`, as its rows do. */
export const twin = 'WK-000000009'

/** What is found by an id alone, wherever it is: the id says of which workspace it is. */
const foundById = ['dashboard_views', 'widgets']

interface Table {
  name: string
  /** Says of which workspace a row is. */
  workspace: string
  columns: string[]
  /** Neither of a key nor generated, with how another value is made of one. */
  others: { column: string; changed: string }[]
}

const changedByType = `case
  when t.typname = 'bool' then format('not %I', a.attname)
  when t.typname in ('int2', 'int4', 'int8', 'numeric', 'float8') then format('%I + 1', a.attname)
  when t.typname = 'timestamptz' then format('%I - interval ''1 day''', a.attname)
  when t.typname = 'text' then format('%I || ''x''', a.attname) end`

async function tablesOf(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    with tables as (
      select c.oid, c.oid::regclass::text as name, a.attname::text as workspace
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid
        and a.attname = case c.relname when 'workspaces' then 'id' else 'workspace_id' end
      where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and c.relkind in ('r', 'p') and not c.relispartition),
    columns as (
      select x.oid, a.attname, a.attnum, ${changedByType} as changed, exists (
          select from pg_index i where i.indrelid = x.oid and i.indisunique and a.attnum = any (i.indkey)
        ) or exists (
          select from pg_constraint k where k.conrelid = x.oid and k.contype = 'f' and a.attnum = any (k.conkey)
        ) as "isKey"
      from tables x
      join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      join pg_type t on t.oid = a.atttypid)
    select x.name, x.workspace, array_agg(quote_ident(c.attname) order by c.attnum) as columns,
      coalesce(json_agg(json_build_object('column', quote_ident(c.attname), 'changed', c.changed) order by c.attnum)
        filter (where not c."isKey" and c.changed is not null), '[]') as others
    from tables x join columns c on c.oid = x.oid
    group by x.oid, x.name, x.workspace
    order by x.name`)
  return rows
}

/** Whether a statement went through; without effect where it did not. */
async function goesThrough(client: pg.Client, sql: string): Promise<boolean> {
  await client.query('savepoint attempt')
  try {
    await client.query(sql)
    await client.query('release savepoint attempt')
    return true
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    await client.query('rollback to savepoint attempt; release savepoint attempt')
    return false
  }
}

/**
 * Gives `ours` a twin: a workspace that has a row of the same key for each of its rows, wherever a key is unique in a
 * workspace alone, and other values in every column that lets them be other ones. Whoever finds a row by less than its
 * workspace and its key finds that of the twin first. To be run as `postgres`.
 *
 * @returns the tables that have rows of the twin
 */
export async function makeTwin(client: pg.Client): Promise<string[]> {
  const mirrored: string[] = []
  // Neither triggers nor foreign keys: the twin is there, and was made by nobody.
  await client.query('set local session_replication_role = replica')
  for (const { name, workspace, columns, others } of await tablesOf(client)) {
    if (foundById.includes(name)) continue
    const values = columns.map((column) => (column === workspace ? `'${twin}'` : column))
    const { rowCount } = await client.query(
      `insert into ${name} (${columns.join(', ')}) overriding system value
       select ${values.join(', ')} from ${name} where ${workspace} = '${ours}' on conflict do nothing`,
    )
    if (!rowCount) continue
    mirrored.push(name)
    for (const { column, changed } of others)
      await goesThrough(client, `update ${name} set ${column} = ${changed} where ${workspace} = '${twin}'`)
    // Moves them behind those of the twin.
    await client.query(`update ${name} set ${workspace} = ${workspace} where ${workspace} = '${ours}'`)
  }
  await client.query('set local session_replication_role = origin')
  return mirrored
}

/** Takes the rows of `ours` out of tables, also where others refer to them. */
export async function removeRows(client: pg.Client, tables: string[]): Promise<void> {
  await client.query('set local session_replication_role = replica')
  for (const table of tables) await client.query(`delete from ${table} where workspace_id = '${ours}'`)
  await client.query('set local session_replication_role = origin')
}

/** From here on, what is written is recorded, and nothing of the twin can be. */
export async function watchWrites(client: pg.Client): Promise<void> {
  await client.query(`
    create table private.written (number bigint generated always as identity, what text, "row" jsonb);
    create function private.tg_record_written() returns trigger language plpgsql security definer as $$
    declare
      v_row jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
    begin
      if v_row ->> tg_argv[0] = '${twin}' then
        raise exception 'A row of the twin is written: % of %.', tg_op, tg_relid::regclass;
      end if;
      insert into private.written (what, "row") values (tg_op || ' ' || tg_relid::regclass, v_row);
      return null;
    end $$`)
  for (const { name, workspace } of await tablesOf(client))
    await client.query(
      `create trigger zz_record_written after insert or update or delete on ${name}
       for each row execute function private.tg_record_written('${workspace}')`,
    )
}

/** What was written since it was asked last, in any order; messages that were sent count too. */
export async function takeWritten(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `with taken as (delete from private.written returning what, "row"),
       sent as (delete from realtime.messages returning topic, event, payload - 'id' as payload)
     select what, "row" from taken union all select topic || ' ' || event, payload from sent`,
  )
  return rows
}
