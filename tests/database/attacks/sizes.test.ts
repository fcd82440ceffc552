import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { contractTheme } from '../../support/dashboards/themes.ts'
import { insertShare, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { callOf, functionsOf } from '../../support/database/catalog.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'

// A megabyte for every text and every document that a client can give, found in the catalog: refused, and in a time
// that does not keep others waiting.

const story = onPremium(policySuite())
const mega = 1_000_000

/** Texts that cost an expression, a normalization or a search most. */
const texts: Record<string, string> = {
  letters: 'a'.repeat(mega),
  'white space': ' '.repeat(mega),
  'joiners in emoji': '👩\u200d'.repeat(mega / 7),
  'marks in no order': `a${'\u0301\u0323'.repeat(mega / 4)}`,
  tags: '<'.repeat(mega),
}

const documents: Record<string, string> = {
  'a list': JSON.stringify(Array.from({ length: mega / 9 }, () => 12_345_678)),
  'an object': JSON.stringify(
    Object.fromEntries(Array.from({ length: mega / 50 }, (_, n) => [`key${n}${'_'.repeat(30)}`, n])),
  ),
  'a text inside': JSON.stringify({ name: 'a'.repeat(mega), version: 1, x: 'a'.repeat(mega) }),
  'numbers of many digits': `[${Array.from({ length: 100_000 }, () => '1e131071').join(',')}]`,
  depth: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
}

/** What is given for an argument or a column of a type that can hold megabytes. */
const largeValues: Record<string, [what: string, value: unknown][]> = {
  text: Object.entries(texts),
  jsonb: Object.entries(documents),
  'text[]': [
    ['many', Array.from({ length: mega / 5 }, (_, n) => `a${n}`)],
    ['one', [texts.letters]],
  ],
  'uuid[]': [['many', Array.from({ length: mega / 37 }, () => ids.member)]],
}
const largeTypes = Object.keys(largeValues)

/** A value as it was sent: one that is read from a table would be read anew wherever a function looks at it. */
const asSent: Record<string, string> = {
  text: "text || ''",
  jsonb: "jsonb #> '{}'",
  'text[]': '"text[]" || \'{}\'',
  'uuid[]': '"uuid[]" || \'{}\'',
}

/** Stores the values in a column for each type: sent and parsed once, not for each of a thousand statements. */
async function storeValues(client: pg.Client): Promise<void> {
  const columns = largeTypes.map((type) => `"${type}" ${type}`)
  await client.query(
    `create table public.large (type text, what text, ${columns}); grant select on public.large to authenticated`,
  )
  for (const type of largeTypes)
    for (const [what, value] of largeValues[type] ?? [])
      await client.query(`insert into public.large (type, what, "${type}") values ($1, $2, $3)`, [
        type,
        what,
        value,
      ])
}

/** One of the values, in SQL. */
const storedValue = (type: string, what: string) =>
  `(select ${asSent[type]} from public.large where type = '${type}' and what = '${what}')`

/** How a statement was refused: a registered code, or that of the role's grants and policies. */
async function refusalOf(statement: Promise<unknown>): Promise<string> {
  try {
    await statement
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return error.code === 'PGRST'
      ? JSON.parse(error.message).code
      : `${error.code} ${error.message.slice(0, 200)}`
  }
  return 'nothing'
}

/** A code that docs/errors.md explains. */
const isRegistered = (code: string) => /^[a-z_]+$/.test(code) && code !== 'nothing'

interface Column {
  table: string
  column: string
  type: string
  operation: 'insert' | 'update'
  /** The columns that may be inserted, or the one. */
  columns: string[]
}

/** The columns that an administrator may write. */
async function writableColumns(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(`
    select c.relname as table, a.attname as column, a.atttypid::regtype::text as type, o.operation,
      array(
        select x.attname::text from pg_attribute x
        where x.attrelid = c.oid and x.attnum > 0 and not x.attisdropped
          and has_column_privilege('authenticated', c.oid, x.attnum, 'insert')
      ) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join (values ('insert'), ('update')) as o (operation)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and has_column_privilege('authenticated', c.oid, a.attnum, o.operation)
    order by 1, 2`)
  return rows
}

/** A row of each table that can be written; as what it is found, an insertion copies it. */
async function makeRows(client: pg.Client): Promise<void> {
  await makeRole(client, admin, 'editor')
  await actAs(
    client,
    admin,
    `insert into public.themes (workspace_id, name, version, colors, radius) values ($1, $2, $3, $4, $5)`,
    [ours, contractTheme.name, contractTheme.version, contractTheme.colors, contractTheme.radius],
  )
  const view = await makeView(client, admin, { visibility: 'workspace' })
  const widget = await insertWidget(client, { view_id: view }, admin)
  await insertShare(client, { view_id: view, user_id: ids.viewer }, admin)
  await actAs(
    client,
    admin,
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
     values ($1, 'widget', $2, $3, 'view')`,
    [ours, widget, ids.viewer],
  )
}

/** Writes a value into one column, of a row that is there or of a copy of it. */
function statementFor({ table, column, operation, columns }: Column, place: string): string {
  const chosen = `from public.${table} where ${table === 'workspace_roles' ? "key = 'editor'" : 'true'} limit 1`
  if (operation === 'insert')
    return `insert into public.${table} (${columns.join(', ')})
      select ${columns.map((each) => (each === column ? place : each)).join(', ')} ${chosen}`
  return `update public.${table} set ${column} = ${place} where ctid = (select ctid ${chosen})`
}

describe('a megabyte', () => {
  it(
    'is refused in every argument of every function for clients',
    story(async (client) => {
      const view = await makeView(client, admin)
      await storeValues(client)
      await client.query("set local statement_timeout = '2s'")
      const wrong: string[] = []
      for (const method of await functionsOf(client))
        for (const { name, type } of method.parameters)
          for (const [what] of largeValues[type] ?? []) {
            const { sql, values } = callOf(method, { view_id: view, expected_version: 1 }, [
              name,
              storedValue(type, what),
            ])
            const code = await refusalOf(actAs(client, admin, sql, values))
            if (!isRegistered(code)) wrong.push(`${method.name}(${name} => ${what}): ${code}`)
          }
      expect(wrong).toEqual([])
    }),
    300_000,
  )

  it(
    'is refused in every column that people may write',
    story(async (client) => {
      await makeRows(client)
      await storeValues(client)
      await client.query("set local statement_timeout = '2s'")
      const wrong: string[] = []
      for (const column of await writableColumns(client))
        for (const [what] of largeValues[column.type] ?? []) {
          const sql = statementFor(column, storedValue(column.type, what))
          const code = await refusalOf(actAs(client, admin, sql))
          // A row of another workspace is what the policies refuse.
          if (!isRegistered(code) && !(column.column === 'workspace_id' && code.startsWith('42501')))
            wrong.push(`${column.operation} ${column.table}.${column.column} (${what}): ${code}`)
        }
      expect(wrong).toEqual([])
    }),
    300_000,
  )
})
