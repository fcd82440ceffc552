import type pg from 'pg'
import { expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { committedStory } from '../../support/database/policy-suite.ts'
import { member, ours } from '../../support/people/cast.ts'

const committed = committedStory()

/** How much of the history a save reads, in tables and indexes. */
async function readBySave(client: pg.Client, view: string): Promise<number> {
  const read = async () =>
    (
      await client.query<{ read: number }>(
        `select sum(pg_stat_get_xact_tuples_returned(o.oid))::integer as read
         from (
           select 'private.view_versions'::regclass::oid as oid
           union all select indexrelid from pg_index where indrelid = 'private.view_versions'::regclass
         ) as o`,
      )
    ).rows[0]?.read ?? Number.NaN
  const before = await read()
  await actAs(client, member, "update public.dashboard_views set name = 'Saved' where id = $1", [view])
  return (await read()) - before
}

it.each(['is_lasting', 'is_needed'])(
  'on the free plan a save passes over no version that stays, however many there are: %s',
  async (mark) => {
    await committed(async (client) => {
      const view = await insertView(client)
      await client.query(
        `insert into private.view_versions (workspace_id, view_id, version, saved_at, ${mark})
         select $1, $2, 1 + n, now() - interval '30 days', n < 5000 from generate_series(1, 5060) as n`,
        [ours, view],
      )
      await client.query('update public.dashboard_views set version = 5061 where id = $1', [view])
      await client.query('commit; analyze private.view_versions; begin')
      expect(await readBySave(client, view)).toBeLessThan(200)
      const { rows } = await client.query(
        `select count(*)::integer as stay from private.view_versions where ${mark} and view_id = $1`,
        [view],
      )
      expect(rows).toEqual([{ stay: 4999 }])
    })()
  },
)
