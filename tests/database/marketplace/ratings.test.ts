import { describe, expect, it } from 'vitest'
import { type Listing, listingToReviewSchema, reportPageSchema } from '../../../types/marketplace.ts'
import { type Actor, clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import {
  browse,
  componentBundle,
  details,
  install,
  installs,
  publishListing,
  publishVersion,
  rollBack,
  saveListing,
  submit,
  upgrade,
} from '../../support/people/marketplace.ts'

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
      expect(await clientError(rate(client, listing.id, 6))).toMatchObject({
        code: 'invalid_input',
        details: 'stars',
      })
      expect((await rate(client, listing.id, 5)).rating).toEqual({ count: 1, average: 5 })
      expect((await rate(client, listing.id, 2)).rating).toEqual({ count: 1, average: 2 })
      expect(await details(client, admin, listing.id, ours)).toMatchObject({ stars: 2, installs: 1 })
      expect(await details(client, member, listing.id, ours)).toMatchObject({ stars: null, install: null })
      expect(await clientError(rate(client, listing.id, 5, member))).toMatchObject({
        code: 'permission_denied',
      })
      const part = await call<{ rows: unknown[] }>(client, admin, 'export_my_data', ['marketplaceRatings'])
      expect(part.rows).toMatchObject([{ listingId: listing.id, stars: 2 }])
      await client.query('delete from public.workspaces where id = $1', [ours])
      expect((await browse(client, outsider)).listings).toMatchObject([
        { installs: 0, rating: { count: 0, average: null } },
      ])
    }),
  )

  it(
    'of one’s own listing is refused, and that of a workspace of the same people does not count',
    story(async (client) => {
      const listing = await publishListing(client)
      // Somebody of theirs is a member here, which nobody is told.
      await join(client, ours, ids.outsider)
      await install(client, listing)
      expect((await rate(client, listing.id, 5)).rating).toEqual({ count: 0, average: null })
      expect((await details(client, admin, listing.id)).installs).toBe(0)
      await client.query('delete from public.workspace_members where workspace_id = $1 and user_id = $2', [
        ours,
        ids.outsider,
      ])
      await client.query('select private.recount_marketplace()')
      expect(await details(client, admin, listing.id)).toMatchObject({ installs: 1, rating: { count: 1 } })
      // Who is in both is told what they know.
      await join(client, theirs, ids.admin, 'viewer')
      expect(await clientError(rate(client, listing.id, 1))).toMatchObject({
        code: 'conflict',
        details: 'listing_id',
      })
    }),
  )

  it(
    'that two workspaces give each other counts for neither',
    story(async (client) => {
      const first = await publishListing(client)
      const second = await publishListing(client, componentBundle({ id: 'other' }), {
        actor: admin,
        workspaceId: ours,
        document: { name: 'Other', author: 'Us' },
      })
      await install(client, first)
      await install(client, second, { actor: outsider, workspaceId: theirs })
      expect((await rate(client, first.id, 5)).rating.count).toBe(1)
      expect((await rate(client, second.id, 5, outsider, theirs)).rating.count).toBe(0)
      const { listings } = await browse(client, member)
      expect(listings.map(({ rating }) => rating.count)).toEqual([0, 0])
    }),
  )
})

describe('what operators do', () => {
  it(
    'reports are theirs to read, one open of each person',
    story(async (client) => {
      const { id } = await publishListing(client)
      const report = (reason: string, body = '', actor: Actor = member) =>
        call(client, actor, 'report_listing', [id, reason, body])
      expect(await clientError(report('ugly'))).toMatchObject({ code: 'invalid_input', details: 'reason' })
      await report('broken')
      await report('malicious', 'It lies.')
      await report('other', '', admin)
      const { reports } = reportPageSchema.parse(await call(client, service, 'list_listing_reports', []))
      expect(reports).toMatchObject([
        { reason: 'malicious', body: 'It lies.' },
        { reason: 'other', body: '' },
      ])
      expect(JSON.stringify(reports)).not.toContain(ids.member)
      await call(client, service, 'close_listing_report', [reports[0]?.id])
      const seen = listingToReviewSchema.parse(await call(client, service, 'get_listing_to_review', [id]))
      expect(seen).toMatchObject({ openReports: 1, workspaceId: theirs })
      await client.query(
        `insert into private.marketplace_reports (listing_id, reason, body, reported_by, closed_at)
         select $1, 'other', '', $2, now() from generate_series(1, 20)`,
        [id, ids.member],
      )
      expect(await clientError(report('broken'))).toMatchObject({ code: 'rate_limited' })
      for (const name of ['list_listing_reports', 'list_listings_to_review'])
        await expect(call(client, admin, name, [])).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'a takedown leaves what is installed working, with a notice, and is taken back',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      const next = await publishVersion(client, listing, '1.1.0', componentBundle({ version: '1.1.0' }))
      await upgrade(client, copy, next)
      await messagesOf(client)
      const takeDown = (...rest: unknown[]) =>
        call(client, service, 'take_down_listing', [listing.id, ...rest])
      expect(await clientError(takeDown(''))).toMatchObject({ code: 'invalid_input', details: 'reason' })
      await takeDown('It was somebody else’s.')
      expect((await messagesOf(client)).map(({ topic }) => topic)).toContain(`workspace:${ours}`)
      expect((await browse(client, admin)).listings).toEqual([])
      expect(await installs(client)).toMatchObject([
        {
          version: '1.1.0',
          upgrade: null,
          notice: { kind: 'taken_down', reason: 'It was somebody else’s.' },
        },
      ])
      expect(await call<object[]>(client, member, 'available_components', [ours])).toContainEqual(
        expect.objectContaining({ id: 'dial', version: '1.1.0' }),
      )
      // Rolling back needs no listing; installing and offering again do.
      await rollBack(client, copy)
      expect(
        await clientError(install(client, next, { actor: outsider, workspaceId: theirs })),
      ).toMatchObject({
        code: 'not_found',
      })
      const later = componentBundle({ version: '1.2.0' })
      for (const attempt of [
        () => saveListing(client, outsider, undefined, { id: listing.id }),
        () => submit(client, listing.id, later, { version: '1.2.0' }),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'conflict', details: 'state' })
      await takeDown('', false)
      expect(await installs(client)).toMatchObject([{ notice: { kind: 'withdrawn' } }])
      await submit(client, listing.id, later, { version: '1.2.0' })
    }),
  )

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
})
