import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { listingToReviewSchema, reportPageSchema } from '../../../types/marketplace.ts'
import { notificationPayloadSchemas } from '../../../types/notification.ts'
import { type Actor, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { toldTo } from '../../support/database/notifications.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import {
  browse,
  componentBundle,
  dial,
  install,
  installs,
  publishListing,
  publishVersion,
  rollBack,
  saveListing,
  submit,
  upgrade,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// What operators do: they read reports, decide about what was submitted, and take down.

const story = onPremium(policySuite())

const letReportsAge = (client: pg.Client, interval: string) =>
  client.query('update private.marketplace_reports set created_at = created_at - $1::interval', [interval])

describe('what operators do', () => {
  it(
    'reports say what is wrong with what everybody sees, in one line, and come page by page',
    story(async (client) => {
      const { id } = await publishListing(client)
      const draft = await saveListing(client, admin, undefined, { workspaceId: ours })
      const report = (listing: string, body: string | null, actor: Actor = member) =>
        call(client, actor, 'report_listing', [listing, 'other', body])
      for (const body of ['x'.repeat(1_001), '<b>bold', 'two\nlines<br>'])
        expect(await clientError(report(id, body))).toMatchObject({ code: 'invalid_input', details: 'body' })
      expect(await clientError(report(draft.id, ''))).toMatchObject({
        code: 'not_found',
        details: 'listing_id',
      })
      const key = await machine(client, ['dashboards.read'])
      expect(await clientError(report(id, '', key))).toMatchObject({
        code: 'permission_denied',
        details: 'person',
      })
      for (const [actor, body] of [
        [member, 'first'],
        [admin, 'second'],
        [viewer, null],
      ] as const)
        await report(id, body, actor)
      const list = async (...page: unknown[]) =>
        reportPageSchema.parse(await call(client, service, 'list_listing_reports', page))
      const page = await list(null, 2)
      expect(page.reports.map(({ body }) => body)).toEqual(['first', 'second'])
      const rest = await list(page.next, 2)
      expect(rest.reports).toMatchObject([{ body: '', listingId: id, name: 'Dial', closedAt: null }])
      expect(rest.next).toBeNull()
      for (const perPage of [0, 101])
        expect(await clientError(list(null, perPage))).toMatchObject({ details: 'per_page' })
      const close = (report: string) => call(client, service, 'close_listing_report', [report])
      expect(await clientError(close(id))).toMatchObject({ code: 'not_found', details: 'report_id' })
      await close(rest.reports[0]?.id ?? '')
      expect((await list()).reports).toHaveLength(2)
      // Closed again it is closed since then.
      await client.query(
        "update private.marketplace_reports set closed_at = '2026-01-01' where closed_at is not null",
      )
      await close(rest.reports[0]?.id ?? '')
      const closed =
        'select closed_at::date::text as day from private.marketplace_reports where closed_at < now()'
      expect((await client.query(closed)).rows).toEqual([{ day: '2026-01-01' }])
      const seen = listingToReviewSchema.parse(await call(client, service, 'get_listing_to_review', [id]))
      expect(seen.reports.map(({ body }) => body)).toEqual(['', 'second', 'first'])
      expect(seen.reports.map(({ closedAt }) => closedAt !== null)).toEqual([true, false, false])
    }),
  )

  it(
    'a review decides about what was submitted, first come first, with a line for its author',
    story(async (client) => {
      const first = await saveListing(client)
      const second = await saveListing(client, outsider, { ...dial, name: 'Other' })
      const decide = async (id: string, decision: string | null = 'publish', note: string | null = '') =>
        call<{ state: string; reviewNote: string | null }>(client, service, 'review_listing', [
          id,
          decision,
          (
            await client.query(
              'select submitted_at from private.marketplace_publishers where listing_id = $1',
              [id],
            )
          ).rows[0]?.submitted_at,
          note,
        ])
      expect(await clientError(decide(first.id))).toMatchObject({ code: 'conflict', details: 'state' })
      expect(await clientError(decide(ids.admin))).toMatchObject({ code: 'not_found' })
      await submit(client, second.id, componentBundle({ id: 'other' }))
      await submit(client, first.id, componentBundle())
      const queue = async (...page: unknown[]) =>
        call<{ listings: { id: string }[]; next: string | null }>(
          client,
          service,
          'list_listings_to_review',
          page,
        )
      const page = await queue(null, 1)
      expect(page.listings).toMatchObject([{ id: second.id }])
      expect(await queue(page.next, 1)).toMatchObject({ listings: [{ id: first.id }], next: null })
      expect(await clientError(queue(null, 0))).toMatchObject({ details: 'per_page' })
      for (const [decision, note, details] of [
        ['keep', '', 'decision'],
        [null, '', 'decision'],
        ['publish', 'x'.repeat(501), 'note'],
        ['refuse', '<b>', 'note'],
      ] as const)
        expect(await clientError(decide(first.id, decision, note))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      expect(await decide(first.id, 'refuse', 'x'.repeat(500))).toMatchObject({
        state: 'draft',
        reviewNote: 'x'.repeat(500),
      })
      expect(await decide(second.id, 'publish', null)).toMatchObject({ state: 'published', reviewNote: null })
      // Of the other one nothing has changed.
      const { rows } = await client.query(
        'select state from public.marketplace_versions where listing_id = $1',
        [first.id],
      )
      expect(rows).toEqual([{ state: 'refused' }])
      await call(client, outsider, 'withdraw_listing', [theirs, second.id])
      await call(client, outsider, 'submit_listing', [theirs, second.id])
      expect(await decide(second.id, 'refuse')).toMatchObject({ state: 'withdrawn' })
    }),
  )

  it(
    'each decision is told to those who may publish for the workspace, in the words of the operator',
    story(async (client) => {
      await giveCustomRole(client, 'publisher', ['workspace.read', 'marketplace.publish'], [ids.viewer])
      const here = { actor: admin, workspaceId: ours }
      const { id } = await publishListing(client, componentBundle(), here)
      await submit(client, id, componentBundle({ version: '1.1.0' }), { ...here, version: '1.1.0' })
      const waits = listingToReviewSchema.parse(await call(client, service, 'get_listing_to_review', [id]))
      await call(client, service, 'review_listing', [id, 'refuse', waits.submittedAt, 'Say what it shows.'])
      await call(client, service, 'take_down_listing', [id, 'It broke.'])
      await call(client, service, 'take_down_listing', [id, '', false])
      const ofListing = async (user: string | undefined) =>
        (await toldTo(client, user)).filter(({ kind }) => kind === 'listing_reviewed').reverse()
      const told = await ofListing(ids.viewer)
      const titles = [
        'Dial was published in the marketplace',
        'Dial was not accepted for the marketplace',
        'Dial was taken down from the marketplace',
        'Dial may be submitted to the marketplace again',
      ]
      expect(told.map(({ title }) => title)).toEqual(titles)
      const payloads = told.map(({ payload }) => notificationPayloadSchemas.listing_reviewed.parse(payload))
      expect(payloads).toMatchObject([
        {
          actor: null,
          outcome: 'published',
          note: '',
          listing: { id, name: 'Dial' },
          workspace: { id: ours },
        },
        { outcome: 'refused', note: 'Say what it shows.' },
        { outcome: 'taken_down', note: 'It broke.' },
        { outcome: 'allowed_again', note: '' },
      ])
      expect(new Set(told.map(({ link }) => link))).toEqual(
        new Set([`/workspaces/${ours}/marketplace/${id}`]),
      )
      expect((await ofListing(ids.admin)).map(({ title }) => title)).toEqual(titles)
      expect(await ofListing(ids.member)).toEqual([])
    }),
  )

  it(
    'a takedown is of what was published, once, and closes the reports of that alone',
    story(async (client) => {
      const listing = await publishListing(client)
      const other = await publishListing(client, componentBundle({ id: 'other' }), {
        document: { name: 'Other' },
      })
      const draft = await saveListing(
        client,
        admin,
        { ...dial, name: 'Mine', author: 'Me' },
        {
          workspaceId: ours,
        },
      )
      for (const { id } of [listing, other]) await call(client, member, 'report_listing', [id, 'other'])
      const takeDown = (id: string, reason: string | null, ...rest: unknown[]) =>
        call<{ openReports: number }>(client, service, 'take_down_listing', [id, reason, ...rest])
      for (const [reason, isTakenDown, details] of [
        ['x'.repeat(501), true, 'reason'],
        [null, true, 'reason'],
        ['x', null, 'is_taken_down'],
        ['x'.repeat(501), false, 'reason'],
      ] as const)
        expect(await clientError(takeDown(listing.id, reason, isTakenDown))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      const refused = { code: 'conflict', details: 'state' }
      expect(await clientError(takeDown(draft.id, 'x'))).toMatchObject(refused)
      expect(await clientError(takeDown(listing.id, '', false))).toMatchObject(refused)
      await submit(client, other.id, componentBundle({ id: 'other', version: '1.1.0' }), { version: '1.1.0' })
      expect(await takeDown(listing.id, 'x')).toMatchObject({ openReports: 0, takedownReason: 'x' })
      expect(await clientError(takeDown(listing.id, 'x'))).toMatchObject(refused)
      const left = await call(client, service, 'get_listing_to_review', [other.id])
      expect(listingToReviewSchema.parse(left)).toMatchObject({
        openReports: 1,
        state: 'published',
        versions: [{ state: 'in_review' }, { state: 'published' }],
        submittedAt: expect.any(String),
      })
    }),
  )

  it(
    'reports are theirs to read, one open of each person',
    story(async (client) => {
      const { id } = await publishListing(client)
      const report = (reason: string, body = '', actor: Actor = member) =>
        call(client, actor, 'report_listing', [id, reason, body])
      for (const reason of ['ugly', null as unknown as string])
        expect(await clientError(report(reason))).toMatchObject({ code: 'invalid_input', details: 'reason' })
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
      // A day of one's own.
      await report('broken', '', admin)
      await letReportsAge(client, '23 hours')
      expect(await clientError(report('broken'))).toMatchObject({ code: 'rate_limited', details: 'person' })
      await letReportsAge(client, '2 hours')
      await report('broken', 'x'.repeat(1_000))
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
      const end = async (name: string) =>
        clientError(call(client, outsider, name, [theirs, listing.id])).then(({ hint }) => hint)
      expect(await end('delete_listing')).toBe('It is offered to nobody already: leave it as it is.')
      expect(await end('withdraw_listing')).toBe('It is withdrawn already; submit_listing offers it again.')
      await submit(client, listing.id, later, { version: '1.2.0' })
      expect(await end('delete_listing')).toBe('Withdraw it.')
      expect(await call(client, outsider, 'withdraw_listing', [theirs, listing.id])).toMatchObject({
        state: 'withdrawn',
      })
    }),
  )
})
