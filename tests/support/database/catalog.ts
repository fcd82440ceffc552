import type pg from 'pg'
import { ids, ours } from '../people/cast.ts'
import type { Actor } from './act.ts'

// What `public` consists of, read from the catalog, so that a test covers what is added later.

export interface Relation {
  name: string
  isTable: boolean
  /** The column that says which workspace a row belongs to; null where there is none. */
  workspaceColumn: string | null
  columns: string[]
  /** The columns that people who are signed in may insert. */
  insertable: string[]
  primaryKey: string[]
}

/** The tables and views of `public`; a partitioned table counts as one. */
export async function relationsOf(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(`
    select c.relname as name,
      c.relkind in ('r', 'p') as "isTable",
      case when c.relname = 'workspaces' then 'id' else
        (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id') end
        as "workspaceColumn",
      array(
        select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
      ) as columns,
      array(
        select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and has_column_privilege('authenticated', c.oid, a.attnum, 'insert') order by a.attnum
      ) as insertable,
      array(
        select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
        where i.indrelid = c.oid and i.indisprimary order by array_position(i.indkey::smallint[], a.attnum)
      ) as "primaryKey"
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    order by 1`)
  return rows
}

export interface Parameter {
  name: string
  type: string
  isRequired: boolean
}

export interface ClientFunction {
  name: string
  parameters: Parameter[]
}

/** The functions of `public` that a role may call: people who are signed in, or servers. */
export async function functionsOf(
  client: pg.Client,
  role: Actor['role'] = 'authenticated',
): Promise<ClientFunction[]> {
  const { rows } = await client.query<ClientFunction>(
    `
    select p.proname as name, coalesce((
      select json_agg(json_build_object(
        'name', p.proargnames[i], 'type', t::regtype::text, 'isRequired', i <= p.pronargs - p.pronargdefaults
      ) order by i)
      from unnest(p.proargtypes) with ordinality as x (t, i)
    ), '[]') as parameters
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and has_function_privilege($1, p.oid, 'execute')
      and p.prorettype <> 'trigger'::regtype
    order by 1`,
    [role],
  )
  return rows
}

/** Everything that is stored in `public`, to compare before and after. */
export async function contentsOf(client: pg.Client): Promise<Record<string, unknown>> {
  const contents: Record<string, unknown> = {}
  for (const { name, isTable } of await relationsOf(client)) {
    if (!isTable) continue
    const { rows } = await client.query(
      `select to_jsonb(t) as row from public."${name}" t order by to_jsonb(t)::text`,
    )
    contents[name] = rows
  }
  return contents
}

/** The functions for clients that act on a workspace. */
export const takingAWorkspace = async (client: pg.Client): Promise<ClientFunction[]> =>
  (await functionsOf(client)).filter(({ parameters }) =>
    parameters.some(({ name }) => name === 'workspace_id'),
  )

/** A plausible argument: the name decides, then the type. */
function argumentFor({ name, type }: Parameter): unknown {
  const byName: Record<string, unknown> = {
    workspace_id: ours,
    user_id: ids.member,
    name: 'Ours',
    email: 'someone@example.com',
    role: 'viewer',
    status: 'active',
    resource_type: 'dashboard',
  }
  const byType: Record<string, unknown> = {
    text: 'text',
    uuid: '00000000-0000-4000-8000-0000000000ff',
    jsonb: {},
    'text[]': [],
    'uuid[]': [],
    boolean: true,
    integer: 1,
    bigint: 1,
    date: '2026-01-01',
    'timestamp with time zone': '2026-01-01T00:00:00Z',
  }
  const argument = byName[name] ?? byType[type]
  if (argument === undefined) throw new Error(`No argument for ${name} ${type}: add one to argumentFor.`)
  return argument
}

/** Calls a function with what it requires, some arguments given, and one by an expression of SQL where it is named. */
export function callOf(
  { name, parameters }: ClientFunction,
  given: Record<string, unknown>,
  [expressed, expression]: [parameter?: string, expression?: string] = [],
): { sql: string; values: unknown[] } {
  const passed = parameters.filter(
    (parameter) => parameter.isRequired || parameter.name in given || parameter.name === expressed,
  )
  const values: unknown[] = []
  const list = passed.map((parameter) => {
    if (parameter.name === expressed) return `"${expressed}" => ${expression}`
    const value = parameter.name in given ? given[parameter.name] : argumentFor(parameter)
    return `"${parameter.name}" => $${values.push(value)}::${parameter.type}`
  })
  return { sql: `select to_jsonb(public."${name}"(${list.join(', ')})) as answer`, values }
}
