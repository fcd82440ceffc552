import type pg from 'pg'
import { ours } from '../../people/cast.ts'
import { asIfAlways, change, moveBack, type TenantTable, tenantTables } from './tenant-tables.ts'

/** How the ids of siblings begin. */
export const sibling = 'c0ffee00'

/** What there cannot be two of, and what says no more than that there are two. */
const without = ['workspaces', 'marketplace_installs', 'private.destination_states', 'private.deliveries']

/** The same text with the ids and hashes of siblings in it. */
const ofSiblings = (expression: string) =>
  `regexp_replace(${expression}, '\\m[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\M|[0-9a-f]{56}\\M)',
    '${sibling}', 'g')`

/** Whether a row is a sibling, by its key. */
export const isSibling = ({ key }: TenantTable) =>
  `(${key.map((column) => `${column}::text like '${sibling}%'`).join(' or ')})`

/** Other people with the ids of siblings. */
async function makeOthers(client: pg.Client): Promise<void> {
  await client.query(
    `insert into auth.users (id, email, raw_user_meta_data, created_at, updated_at)
     select ${ofSiblings('id::text')}::uuid, 's.' || email, raw_user_meta_data, created_at, updated_at from auth.users`,
  )
}

/**
 * Gives everything in `ours` a sibling of its kind: a row with other ids and values, that hangs on the siblings of what
 * the row hangs on, and belongs to the same people or to others. To be run as `postgres`.
 *
 * @returns the tables that have siblings
 */
export async function makeSiblings(
  client: pg.Client,
  owners: 'the same people' | 'others',
): Promise<string[]> {
  const { rows: people } = await client.query<{ id: string; other: string }>(
    `select id, ${ofSiblings('id::text')} as other from auth.users`,
  )
  if (owners === 'others') await makeOthers(client)
  const siblingOf = (expression: string) =>
    owners === 'others'
      ? ofSiblings(expression)
      : people.reduce(
          (text, { id, other }) => `replace(${text}, '${other}', '${id}')`,
          ofSiblings(expression),
        )
  return asIfAlways(client, async () => {
    const tables: string[] = []
    for (const table of await tenantTables(client)) {
      const { name, workspace, columns } = table
      if (without.includes(name)) continue
      const { rowCount } = await client.query(
        `insert into ${name} (${columns.join(', ')}) overriding system value
         select ${columns.map((column) => `r.${column}`).join(', ')}
         from ${name} t, jsonb_populate_record(null::${name}, ${siblingOf('to_jsonb(t)::text')}::jsonb) r
         where t.${workspace} = '${ours}' on conflict do nothing`,
      )
      if (!rowCount) continue
      tables.push(name)
      await change(client, table, isSibling(table))
      await moveBack(client, table, `${workspace} = '${ours}' and not ${isSibling(table)}`)
    }
    return tables
  })
}
