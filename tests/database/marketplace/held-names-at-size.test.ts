import type pg from 'pg'
import { expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ours, outsider, theirs } from '../../support/people/cast.ts'
import { componentBundle, type Published, publishListing, submit } from '../../support/people/marketplace.ts'

// In a database of its own: what is taken back of so many rows lies in tables and indexes all the same.
const story = onPremium(policySuite((client) => createCast(client)))

/** Copies of a listing in as many workspaces, each with a copy of no other. */
async function insertCopies(client: pg.Client, { id, hash }: Published, name: string, number: number) {
  const tables = ['public.workspaces', 'public.marketplace_installs']
  for (const table of tables) await client.query(`alter table ${table} disable trigger user`)
  await client.query(
    `with made as (
       insert into public.workspaces (id, name)
       select 'WK-' || upper(left($2, 1)) || lpad(n::text, 8, '0'), 'Crowd' from generate_series(1, $4) as n
       returning id
     )
     insert into public.marketplace_installs (workspace_id, listing_id, kind, name, author, version, content_hash)
     select m.id, $1, 'view', $2, 'Studio', '1.0.0', $3 from made m`,
    [id, name, hash, number],
  )
  for (const table of tables) await client.query(`alter table ${table} enable trigger user`)
}

/** How much of the installed copies is read meanwhile, in tables and indexes. */
async function readDuring(client: pg.Client, work: () => Promise<unknown>): Promise<number> {
  const read = async () =>
    (
      await client.query<{ read: number }>(
        `select sum(pg_stat_get_xact_tuples_returned(o.oid))::integer as read
         from (
           select 'public.marketplace_installs'::regclass::oid as oid
           union all select indexrelid from pg_index where indrelid = 'public.marketplace_installs'::regclass
         ) as o`,
      )
    ).rows[0]?.read ?? Number.NaN
  const before = await read()
  await work()
  return (await read()) - before
}

it(
  'what is submitted is compared with copies of others without reading those of its author',
  story(async (client) => {
    const listing = await publishListing(client)
    const next = await publishListing(client, componentBundle({ id: 'knob' }), { document: { name: 'Knob' } })
    await insertCopies(client, listing, 'Dial', 3000)
    await insertCopies(client, next, 'Knob', 1000)
    await client.query('analyze public.marketplace_installs')
    const bundle = componentBundle({ version: '1.1.0' })
    expect(
      await readDuring(client, () => submit(client, listing.id, bundle, { version: '1.1.0' })),
    ).toBeLessThan(20)
    await call(client, outsider, 'withdraw_listing', [theirs, listing.id])

    // A copy of another listing is found beside them wherever its id is, and so is one whose listing is gone.
    const [lower = ''] = [listing.id, next.id].toSorted()
    const others = [
      '00000000-0000-4000-8000-000000000001',
      `${lower.slice(0, -12)}ffffffffffff`,
      'ffffffff-ffff-4fff-bfff-ffffffffffff',
    ]
    await client.query(
      `insert into public.marketplace_listings (id, kind, name, author, description, category, licence)
       select id, 'view', 'Another', 'Another', 'Made for tests.', 'sales', 'MIT' from unnest($1::uuid[]) as id`,
      [others],
    )
    const withCopy = async (id: string | null, name: string, author: string) => {
      await client.query('savepoint before')
      await client.query(
        `insert into public.marketplace_installs (workspace_id, listing_id, kind, name, author, version, content_hash)
         values ($1, $2, 'view', $3, $4, '1.0.0', $5)`,
        [ours, id, name, author, listing.hash],
      )
      const offered = await call(client, outsider, 'submit_listing', [theirs, listing.id]).catch(
        (error: Error) => clientError(Promise.reject(error)),
      )
      await client.query('rollback to savepoint before')
      return offered
    }
    for (const id of [...others, null]) {
      for (const name of ['Dia', 'Dialz'])
        expect(await withCopy(id, name, 'Another'), `${id}`).toMatchObject({ state: 'in_review' })
      for (const author of ['Studi', 'Studioz'])
        expect(await withCopy(id, 'Another', author), `${id}`).toMatchObject({ state: 'in_review' })
      expect(await withCopy(id, 'Dial', 'Another'), `${id}`).toMatchObject({ details: 'name' })
      expect(await withCopy(id, 'Another', 'Studio'), `${id}`).toMatchObject({ details: 'author' })
    }
    // Another listing of one's own may have the same author, and not the same name.
    expect(await withCopy(next.id, 'Another', 'Studio')).toMatchObject({ state: 'in_review' })
    expect(await withCopy(next.id, 'Dial', 'Studio')).toMatchObject({ details: 'name' })
  }),
)
