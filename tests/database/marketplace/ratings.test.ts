import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../../types/marketplace.ts'
import { type Actor, actAs, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import {
  browse,
  componentBundle,
  crowd,
  details,
  insertListings,
  install,
  installs,
  publishListing,
  publishVersion,
  saveListing,
  themeBundle,
  upgrade,
} from '../../support/people/marketplace.ts'

// What people think of a listing, and the numbers that are told of it.

const story = onPremium(policySuite())
const rate = (
  client: Parameters<typeof install>[0],
  id: string,
  stars: number,
  actor: Actor = admin,
  at = ours,
) => call<Listing>(client, actor, 'rate_listing', [at, id, stars])

const join = (client: Parameters<typeof install>[0], workspaceId: string, userId: string, role = 'member') =>
  client.query('insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, $3)', [
    workspaceId,
    userId,
    role,
  ])

describe('a rating', () => {
  it(
    'is one of a workspace that has installed the listing, and the last counts',
    story(async (client) => {
      const listing = await publishListing(client)
      expect(await clientError(rate(client, listing.id, 5))).toMatchObject({
        code: 'conflict',
        details: 'listing_id',
      })
      await install(client, listing)
      for (const stars of [0, 6, null as unknown as number])
        expect(await clientError(rate(client, listing.id, stars))).toMatchObject({
          code: 'invalid_input',
          details: 'stars',
        })
      await rate(client, listing.id, 1)
      // What others have installed and rated is nothing of this workspace.
      const other = await publishListing(client, componentBundle({ id: 'other' }), {
        document: { name: 'Other' },
      })
      await crowd(client, other, [5, 4])
      expect(await clientError(rate(client, other.id, 5))).toMatchObject({
        code: 'conflict',
        details: 'listing_id',
      })
      expect(await details(client, admin, other.id, ours)).toMatchObject({ stars: null, install: null })
      expect(await installs(client)).toHaveLength(1)
      await client.query('delete from private.marketplace_ratings where workspace_id <> $1', [ours])
      await rate(client, listing.id, 5)
      await rate(client, listing.id, 2)
      expect((await client.query('select stars from private.marketplace_ratings')).rows).toEqual([
        { stars: 2 },
      ])
      expect(await details(client, admin, listing.id, ours)).toMatchObject({ stars: 2 })
      expect(await details(client, member, listing.id, ours)).toMatchObject({ stars: null, install: null })
      expect(await clientError(rate(client, listing.id, 5, member))).toMatchObject({
        code: 'permission_denied',
      })
      const part = await call<{ rows: unknown[] }>(client, admin, 'export_my_data', ['marketplaceRatings'])
      expect(part.rows).toMatchObject([{ listingId: listing.id, stars: 2 }])
      // It stays when the copy is gone, and can be changed.
      const [{ id = '' } = {}] = await installs(client)
      await call(client, admin, 'remove_install', [ours, id])
      await rate(client, listing.id, 4)
      expect(await details(client, admin, listing.id, ours)).toMatchObject({ stars: 4, install: null })
    }),
  )

  it(
    'of one’s own listing is refused to who is in both workspaces, and to nobody else',
    story(async (client) => {
      const listing = await publishListing(client)
      await install(client, listing)
      await join(client, ours, ids.outsider)
      // Who offers something themselves rates what others offer.
      await saveListing(client, admin, undefined, { workspaceId: ours })
      await rate(client, listing.id, 5)
      await join(client, theirs, ids.admin, 'viewer')
      expect(await clientError(rate(client, listing.id, 1))).toMatchObject({
        code: 'conflict',
        details: 'listing_id',
      })
    }),
  )
})

describe('the numbers of a listing', () => {
  const recount = (client: pg.Client) => client.query('select private.recount_marketplace()')
  const numbers = async (client: pg.Client, id: string) => {
    const { installs, rating } = await details(client, viewer, id)
    return [installs, rating.count, rating.average]
  }

  it(
    'are told in steps, from three on, once a day',
    story(async (client) => {
      const listing = await publishListing(client)
      await crowd(client, listing, [5, 5])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([0, 0, null])
      await crowd(client, listing, [4])
      expect(await numbers(client, listing.id)).toEqual([0, 0, null])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([3, 3, 4.5])
      const { rows } = await client.query<{ told: number[] }>(
        'select array_agg(private.told_number(n) order by n) as told from unnest($1::bigint[]) as n',
        [[0, 1, 2, 3, 4, 5, 9, 10, 19, 20, 39, 40, 49, 50, 99, 100, 200, 250, 1_234_567]],
      )
      expect(rows[0]?.told).toEqual([
        0, 0, 0, 3, 3, 5, 5, 10, 10, 20, 20, 20, 20, 50, 50, 100, 200, 200, 1_000_000,
      ])
      // Of two there is no average, nor where there were three before.
      await client.query('delete from private.marketplace_ratings where stars = 4')
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([3, 0, null])
      await client.query("delete from public.workspaces where name = 'Crowd'")
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([0, 0, null])
    }),
  )

  it(
    'leave out workspaces of the same people, those that rate each other, and those that are new',
    story(async (client) => {
      const listing = await publishListing(client)
      const [first = '', second = '', third = ''] = await crowd(client, listing, [5, 5, 5, 1, 1, 1])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([5, 5, 3])
      await join(client, first, ids.outsider)
      await client.query('update public.workspaces set created_at = now() where id = $1', [second])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([3, 3, 2])
      // What they rate of the third takes the rating of the third from them.
      const [other = ''] = await insertListings(client, 1, { workspaceId: third })
      await client.query(
        'insert into private.marketplace_ratings (workspace_id, listing_id, stars) values ($1, $2, 5)',
        [theirs, other],
      )
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([3, 3, 2])
      await crowd(client, listing, [1, 1])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([5, 5, 1])
      // Of many the average follows each day.
      const many = await crowd(client, listing, Array(20).fill(1))
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([20, 20, 1])
      await client.query('update private.marketplace_ratings set stars = 5 where workspace_id = any ($1)', [
        many,
      ])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([20, 20, 4])
    }),
  )

  it(
    'count a person once, however many workspaces they make, install in or rate in',
    story(async (client) => {
      const listing = await publishListing(client)
      const workspaces = await crowd(client, listing, [1, 2, 5, 3, 3, 3])
      const [, , third = ''] = workspaces
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([5, 5, 3])
      const told = async (change: string, ...values: unknown[]) => {
        await client.query('savepoint before')
        await client.query(change, values)
        await recount(client)
        const seen = await numbers(client, listing.id)
        await client.query('rollback to savepoint before')
        return seen
      }
      // Other people's workspaces count beside the one that is left of a person's.
      const made = 'update public.workspaces set created_by = $1 where id = any ($2)'
      expect(await told(made, ids.admin, workspaces)).toEqual([0, 0, null])
      expect((await told(made, ids.admin, workspaces.slice(0, 4))).slice(0, 2)).toEqual([3, 3])
      const installed = `
        insert into private.marketplace_steps (workspace_id, install_id, number, version, content_hash, installed_by)
        select i.workspace_id, i.id, 1, i.version, i.content_hash, $1
        from public.marketplace_installs i
        where i.workspace_id = any ($2)`
      expect(await told(installed, ids.admin, workspaces)).toEqual([0, 5, 3])
      expect(await told(installed, ids.admin, workspaces.slice(0, 4))).toEqual([3, 5, 3])
      // The rating that was given last is the person's.
      await client.query(
        "update private.marketplace_ratings set updated_at = updated_at - interval '1 day' where workspace_id <> $1",
        [third],
      )
      const rated = 'update private.marketplace_ratings set rated_by = $1 where workspace_id = any ($2)'
      expect(await told(rated, ids.admin, workspaces)).toEqual([5, 0, null])
      expect(await told(rated, ids.admin, workspaces.slice(0, 4))).toEqual([5, 3, 3.5])
      expect(await told(made, ids.admin, workspaces.slice(0, 4))).toEqual([3, 3, 3.5])
      // Who has run the workspaces of an account that is gone for longest is who counts.
      const run = (since: string) => `
        insert into public.workspace_members (workspace_id, user_id, role_key, created_at)
        select w.id, $1, 'admin', '${since}' from public.workspaces w where w.id = any ($2)`
      expect(await told(run('2020-01-01'), ids.admin, workspaces)).toEqual([0, 0, null])
      expect(await told(run('infinity'), ids.admin, workspaces)).toEqual([5, 5, 3])
    }),
  )

  it(
    'are not made by one person with many workspaces',
    story(async (client) => {
      const listing = await publishListing(client, themeBundle(), { document: { name: 'Dusk' } })
      for (let made = 0; made < 5; made++) {
        const { rows } = await actAs(client, member, "select id from public.create_workspace('Made')")
        const [{ id: workspaceId }] = rows as [{ id: string }]
        await install(client, listing, { actor: member, workspaceId })
        await rate(client, listing.id, 5, member, workspaceId)
      }
      await client.query("update public.workspaces set created_at = now() - interval '1 year'")
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([0, 0, null])
      await crowd(client, listing, [1, 1])
      await recount(client)
      expect(await numbers(client, listing.id)).toEqual([3, 3, 2.5])
    }),
  )

  it(
    'remember who installs and upgrades',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      await rate(client, listing.id, 5)
      const next = await publishVersion(client, listing, '1.1.0', componentBundle({ version: '1.1.0' }))
      await join(client, ours, ids.outsider, 'admin')
      await upgrade(client, copy, next, { actor: outsider })
      const { rows } = await client.query(
        'select installed_by as who from private.marketplace_steps order by number',
      )
      expect(rows).toEqual([{ who: ids.admin }, { who: ids.outsider }])
    }),
  )

  it(
    'put what has no rating between what is liked and what is not',
    story(async (client) => {
      const listing = (name: string) =>
        publishListing(client, componentBundle({ id: name.toLowerCase() }), { document: { name } })
      const [bad, unrated, good] = [await listing('Bad'), await listing('New'), await listing('Good')]
      await crowd(client, bad, [1, 1, 1])
      await crowd(client, good, [5, 5, 5])
      const order = async () => (await browse(client, viewer, 'rating')).listings.map(({ name }) => name)
      await recount(client)
      expect(await order()).toEqual(['Good', 'New', 'Bad'])
      // Nor does it lose that place where it is installed.
      await crowd(client, unrated, [1, 1, 1])
      await client.query('delete from private.marketplace_ratings where listing_id = $1', [unrated.id])
      await recount(client)
      expect(await numbers(client, unrated.id)).toEqual([3, 0, null])
      expect(await order()).toEqual(['Good', 'New', 'Bad'])
    }),
  )

  it(
    'do not tell whether a workspace that installs and rates shares people with the one behind the listing',
    story(async (client) => {
      const listing = await publishListing(client)
      await client.query("update public.workspaces set created_at = now() - interval '1 year'")
      await crowd(client, listing, [5, 5, 4])
      await recount(client)
      /** What anybody but the publisher reads, before and after the numbers are told again. */
      const read = async () => {
        const seen = []
        for (const actor of [admin, member]) {
          const rows = await actAs(
            client,
            actor,
            `select to_jsonb(l) as row from public.marketplace_listings l
             union all select to_jsonb(i) - '{id,component_key}'::text[] from public.marketplace_installs i`,
          )
          seen.push(rows.rows, await browse(client, actor), await browse(client, actor, 'rating'))
        }
        return seen
      }
      const told = async (isShared: boolean) => {
        await client.query('savepoint before')
        if (isShared) await join(client, ours, ids.outsider)
        await install(client, listing)
        const answer = await rate(client, listing.id, 5)
        const atOnce = await read()
        await recount(client)
        const later = await read()
        await client.query('rollback to savepoint before')
        return [answer, atOnce, later]
      }
      expect(await told(true)).toEqual(await told(false))
    }),
  )
})

it(
  'an account that is gone leaves its ratings and reports by nobody',
  story(async (client) => {
    const { id, ...rest } = await publishListing(client)
    await install(client, { id, ...rest })
    await rate(client, id, 4)
    await call(client, member, 'report_listing', [id, 'other'])
    await join(client, ours, ids.outsider, 'admin')
    for (const gone of [ids.admin, ids.member]) await call(client, person(gone), 'delete_my_account', [])
    const { rows } = await client.query(
      `select rated_by as who from private.marketplace_ratings
         union all select reported_by from private.marketplace_reports`,
    )
    expect(rows).toEqual([{ who: null }, { who: null }])
  }),
)
