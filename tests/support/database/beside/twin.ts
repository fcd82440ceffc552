import type pg from 'pg'
import { ours } from '../../people/cast.ts'
import { asIfAlways, change, moveBack, tenantTables } from './tenant-tables.ts'

/** The workspace beside `ours` that has the same keys. Its id comes before that of `ours`, as its rows do. */
export const twin = 'WK-000000009'

/** What is found by an id alone, wherever it is: the id says of which workspace it is. */
const foundById = ['dashboard_views', 'widgets']

/**
 * Gives `ours` a twin: a workspace of the same people, with a row of the same key for each of its rows, wherever a key
 * is unique in a workspace alone, and with other values. To be run as `postgres`.
 *
 * @returns the tables that have rows of the twin
 */
export const makeTwin = (client: pg.Client): Promise<string[]> =>
  asIfAlways(client, async () => {
    const mirrored: string[] = []
    for (const table of await tenantTables(client)) {
      const { name, workspace, columns } = table
      if (foundById.includes(name)) continue
      const values = columns.map((column) => (column === workspace ? `'${twin}'` : column))
      const { rowCount } = await client.query(
        `insert into ${name} (${columns.join(', ')}) overriding system value
         select ${values.join(', ')} from ${name} where ${workspace} = '${ours}' on conflict do nothing`,
      )
      if (!rowCount) continue
      mirrored.push(name)
      await change(client, table, `${workspace} = '${twin}'`)
      await moveBack(client, table, `${workspace} = '${ours}'`)
    }
    return mirrored
  })
