import type pg from 'pg'

/** A table that a signed-in person may read, and what of it they may write. */
export interface CatalogTable {
  name: string
  key: string[]
  columns: string[]
  hasWorkspace: boolean
  /** A column that they may update; null for none. */
  updatable: string | null
}

export interface CatalogFunction {
  name: string
  writes: boolean
}

/** The tables of the API, and those of the platform that policies of ours open. */
export async function tablesOf(client: pg.Client): Promise<CatalogTable[]> {
  const { rows } = await client.query<CatalogTable>(`
    select c.oid::regclass::text as name, k.key, a.columns, a.updatable,
      'workspace_id' = any (a.columns) as "hasWorkspace"
    from pg_class c
    cross join lateral (
      select array_agg(x.attname::text order by x.attnum) as columns,
        (array_agg(x.attname::text order by x.attnum)
          filter (where has_column_privilege('authenticated', c.oid, x.attnum, 'update')))[1] as updatable
      from pg_attribute x
      where x.attrelid = c.oid and x.attnum > 0 and not x.attisdropped
        and has_column_privilege('authenticated', c.oid, x.attnum, 'select')
    ) as a
    cross join lateral (
      select array_agg(x.attname::text order by array_position(i.indkey::integer[], x.attnum::integer)) as key
      from pg_index i
      join pg_attribute x on x.attrelid = c.oid and x.attnum = any (i.indkey)
      where i.indrelid = c.oid and i.indisprimary
    ) as k
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not c.relispartition
      and (
        c.relnamespace = 'public'::regnamespace
        -- Messages are read by the Realtime server, which asks about one topic that it has put there itself.
        or (
          c.relnamespace not in ('private'::regnamespace, 'realtime'::regnamespace)
          and exists (select from pg_policy p where p.polrelid = c.oid)
        )
      )
      and has_schema_privilege('authenticated', c.relnamespace, 'usage')
      and has_any_column_privilege('authenticated', c.oid, 'select')
    order by 1`)
  const keyless = rows.find(({ key }) => !key)
  if (keyless) throw new Error(`${keyless.name} has no primary key to read it by.`)
  return rows
}

export async function functionsOf(client: pg.Client): Promise<CatalogFunction[]> {
  const { rows } = await client.query<CatalogFunction>(`
    select proname as name, bool_or(provolatile = 'v') as writes
    from pg_proc
    where pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', oid, 'execute')
    group by proname
    order by 1`)
  return rows
}
