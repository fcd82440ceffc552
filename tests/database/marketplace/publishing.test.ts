import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ListingInput, listingToReviewSchema, OwnListing } from '../../../types/marketplace.ts'
import { actAs, clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import {
  browse,
  componentBundle,
  details,
  dial,
  hashOf,
  insertListings,
  install,
  publishListing,
  publishVersion,
  refusal,
  review,
  saveListing,
  submit,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// A listing from its draft to its end: who writes it, what it says, and who sees and hears of it.

const story = onPremium(policySuite())

describe('a listing', () => {
  it(
    'is written, reviewed and published, and shows nothing of the workspace behind it',
    story(async (client) => {
      const draft = await saveListing(client, outsider, { ...dial, name: '  Dial  ' })
      expect(draft).toMatchObject({ name: 'Dial', state: 'draft', version: null, workspaceId: theirs })
      expect((await browse(client, admin)).listings).toEqual([])
      const bundle = componentBundle()
      const given = await submit(client, draft.id, bundle)
      expect(given).toMatchObject({
        state: 'in_review',
        versions: [{ version: '1.0.0', state: 'in_review' }],
      })
      expect(await clientError(details(client, admin, draft.id))).toMatchObject(refusal('not_found'))
      const queue = await call<{ listings: { id: string }[] }>(client, service, 'list_listings_to_review', [])
      expect(queue.listings.map(({ id }) => id)).toEqual([draft.id])
      const { bundle: seen } = await call<{ bundle: unknown }>(client, service, 'get_listing_to_review', [
        draft.id,
      ])
      expect(seen).toEqual(bundle)
      expect(await review(client, draft.id)).toMatchObject({
        state: 'published',
        contentHash: hashOf(bundle),
      })

      const { listings } = await browse(client, admin)
      expect(listings).toMatchObject([{ id: draft.id, author: 'Studio', installs: 0, rating: { count: 0 } }])
      const shown = await actAs(
        client,
        viewer,
        'select to_jsonb(l) as row from public.marketplace_listings l',
      )
      const versions = await actAs(
        client,
        viewer,
        'select to_jsonb(v) as row from public.marketplace_versions v',
      )
      const all = JSON.stringify([
        listings,
        await details(client, admin, draft.id, ours),
        await call(client, viewer, 'get_listing_bundle', [draft.id, '1.0.0']),
        shown.rows,
        versions.rows,
      ])
      for (const secret of [theirs, 'Theirs', ids.outsider, 'outsider']) expect(all).not.toContain(secret)
    }),
  )

  it(
    'is for who may publish in its workspace, until it is published',
    story(async (client) => {
      const { id } = await saveListing(client)
      for (const [actor, workspaceId, code] of [
        [admin, theirs, 'not_found'],
        [admin, ours, 'not_found'],
        [suspended, ours, 'not_found'],
        [member, ours, 'permission_denied'],
        [await machine(client, ['components.write']), ours, 'permission_denied'],
      ] as const) {
        for (const attempt of [
          () => saveListing(client, actor, dial, { workspaceId, id }),
          () => submit(client, id, componentBundle(), { actor, workspaceId }),
          () => call(client, actor, 'withdraw_listing', [workspaceId, id]),
          () => call(client, actor, 'delete_listing', [workspaceId, id]),
        ])
          expect(await clientError(attempt())).toMatchObject({ code })
      }
      for (const table of ['marketplace_listings', 'marketplace_versions'])
        expect((await actAs(client, admin, `select from public.${table}`)).rowCount).toBe(0)
      await expect(
        actAs(client, admin, 'select public.review_listing($1, $2, now())', [id, 'publish']),
      ).rejects.toMatchObject({ code: '42501' })
      await call(client, outsider, 'delete_listing', [theirs, id])
      expect((await client.query('select from public.marketplace_listings')).rowCount).toBe(0)
    }),
  )

  it(
    'takes the premium plan, and a workspace has few',
    story(async (client) => {
      await insertListings(client, 100)
      expect(await clientError(saveListing(client))).toMatchObject({ code: 'conflict' })
      await setPlan(client, 'free', theirs)
      expect(await clientError(saveListing(client))).toMatchObject(lacksFeature('marketplace_publishing'))
    }),
  )

  it.each<[string, Partial<Record<keyof ListingInput | 'extra', unknown>>]>([
    ['name', { name: '\u200b' }],
    ['name', { name: '<b>Dial' }],
    ['author', { author: 'B\u2011Dashbo\u0430rd Team' }],
    ['category', { category: 'nothing' }],
    ['licence', { licence: 'WTFPL' }],
    ['tags', { tags: ['a', 'a'] }],
    ['pictures', { pictures: ['../x.png'] }],
    ['pictures.0', { pictures: [`${ids.admin}/${ids.admin}.png`] }],
    ['description', { description: 'See https://x.example' }],
    ['name', { name: 'www.x.example' }],
    ['author', { author: 'mailto:me' }],
    ['author', { author: 'x'.repeat(61) }],
    ['description', { description: 'x'.repeat(501) }],
    ['kind', { kind: 'widget' }],
    ['licence', { licence: ['MIT'] }],
    ['tags', { tags: ['Tank'] }],
    ['tags', { tags: Array.from({ length: 11 }, (_, n) => `tag-${n}`) }],
    ['pictures', { pictures: Array(2).fill(`${ids.admin}/${ids.admin}.png`) }],
    ['extra', { extra: 1 }],
    ['document', { extra: 'x'.repeat(16_384) }],
  ])('with a bad %s is refused: %o', (field, change) =>
    story(async (client) => {
      expect(await clientError(saveListing(client, outsider, { ...dial, ...change }))).toMatchObject(
        refusal('invalid_input', field),
      )
    })(),
  )

  it(
    'that is published says what an operator has seen, until they have seen more',
    story(async (client) => {
      const { id } = await publishListing(client)
      const changed = { ...dial, name: 'Another name', description: 'Buy now.' }
      expect(await saveListing(client, outsider, changed, { id })).toMatchObject({
        name: 'Dial',
        proposed: { name: 'Another name' },
      })
      expect((await browse(client, admin)).listings).toMatchObject([{ name: 'Dial' }])
      await call(client, outsider, 'submit_listing', [theirs, id])
      expect(await clientError(saveListing(client, outsider, dial, { id }))).toMatchObject(
        refusal('conflict', 'state'),
      )
      expect(await review(client, id, 'refuse', 'Too loud.')).toMatchObject({
        state: 'published',
        name: 'Dial',
        reviewNote: 'Too loud.',
      })
      await call(client, outsider, 'submit_listing', [theirs, id])
      expect(await review(client, id)).toMatchObject({ name: 'Another name', proposed: null })
    }),
  )

  it(
    'is decided about as an operator has read it, not as its author has sent it since',
    story(async (client) => {
      const { id } = await publishListing(client)
      const offer = async (name: string) => {
        await saveListing(client, outsider, { ...dial, name }, { id })
        await call(client, outsider, 'submit_listing', [theirs, id])
        const seen = await call<z.infer<typeof listingToReviewSchema>>(
          client,
          service,
          'get_listing_to_review',
          [id],
        )
        return { ...seen, decide: decideOn(seen.submittedAt) }
      }
      const decideOn = (submittedAt: string | null) => (decision: string) =>
        call<OwnListing>(client, service, 'review_listing', [id, decision, submittedAt, ''])
      const nice = await offer('Nice')
      expect(nice.proposed).toMatchObject({ name: 'Nice' })
      await call(client, outsider, 'withdraw_listing', [theirs, id])
      const other = await offer('Not so nice')
      for (const decision of ['publish', 'refuse'])
        for (const [decide, code] of [
          [nice.decide, 'conflict'],
          [decideOn(null), 'invalid_input'],
        ] as const)
          expect(await clientError(decide(decision))).toMatchObject({ code, details: 'submitted_at' })
      expect(await other.decide('publish')).toMatchObject({ state: 'published', name: 'Not so nice' })
    }),
  )

  it(
    'that is offered again under another name is told of under both in the log',
    story(async (client) => {
      const { id } = await publishListing(client)
      await call(client, outsider, 'withdraw_listing', [theirs, id])
      await saveListing(client, outsider, { ...dial, name: 'Meter' }, { id })
      await call(client, outsider, 'submit_listing', [theirs, id])
      await review(client, id)
      const { rows } = await client.query(
        "select changes from public.audit_log where workspace_id = $1 and table_name = 'marketplace_listings'",
        [theirs],
      )
      expect(rows).toContainEqual({
        changes: { name: { old: 'Dial', new: 'Meter' }, state: { old: 'in_review', new: 'published' } },
      })
    }),
  )

  it.each(['version', 'content_hash', 'publication'])(
    'that is published has a %s, whoever writes it',
    (column) =>
      story(async (client) => {
        const { id } = await publishListing(client)
        await expect(
          client.query(`update public.marketplace_listings set ${column} = null where id = $1`, [id]),
        ).rejects.toMatchObject({ constraint: 'marketplace_listings_published_has_version' })
      })(),
  )

  it(
    'goes with its workspace, and what is installed stays',
    story(async (client) => {
      const listing = await publishListing(client)
      await install(client, listing)
      await client.query('delete from public.workspaces where id = $1', [theirs])
      expect((await client.query('select from public.marketplace_listings')).rowCount).toBe(0)
      const left = await call<{ notice: unknown; listingId: unknown }[]>(client, admin, 'list_installs', [
        ours,
      ])
      expect(left).toMatchObject([{ listingId: null, notice: { kind: 'gone' }, componentKey: 'dial' }])
      await client.query("update private.marketplace_bundles set created_at = now() - interval '2 days'")
      await client.query('select private.remove_orphaned_bundles()')
      expect((await client.query('select from private.marketplace_bundles')).rowCount).toBe(1)
    }),
  )
})

describe('browsing', () => {
  it(
    'gives each listing once, by what is asked for, page by page',
    story(async (client) => {
      await insertListings(client, 7)
      await insertListings(client, 3, { kind: 'theme' })
      await insertListings(client, 2, { state: 'withdrawn' })
      for (const sort of ['popularity', 'rating', 'newest']) {
        const seen: string[] = []
        let after: string | null = null
        do {
          const page: Awaited<ReturnType<typeof browse>> = await browse(
            client,
            member,
            sort,
            null,
            null,
            after,
            4,
          )
          seen.push(...page.listings.map(({ id }) => id))
          after = page.next
        } while (after)
        expect(seen).toHaveLength(10)
        expect(new Set(seen).size).toBe(10)
      }
      const popular = await browse(client, member, 'popularity', 'component', 'sales', null, 3)
      expect(popular.listings.map(({ installs }) => installs)).toEqual([7, 6, 5])
      expect((await browse(client, member, 'newest', 'view')).listings).toEqual([])
      expect((await browse(client, member, 'newest', 'component', 'design')).listings).toEqual([])
      for (const [page, field] of [
        [['oldest'], 'sort'],
        [['rating', 'widget'], 'kind'],
        [['rating', null, 'x'], 'category'],
        [['rating', null, null, '["1"]'], 'after'],
        [['rating', null, null, null, 101], 'per_page'],
        [['rating', null, null, null, 0], 'per_page'],
        [[null], 'sort'],
      ] as const)
        expect(await clientError(browse(client, member, ...page))).toMatchObject(
          refusal('invalid_input', field),
        )
      await expect(browse(client, { role: 'anon' })).rejects.toMatchObject({ code: '42501' })
    }),
  )
})

it(
  'a draft is seen by who may publish it, and by nobody else',
  story(async (client) => {
    const { id } = await saveListing(client, admin, dial, { workspaceId: ours })
    await giveCustomRole(client, 'author', ['marketplace.publish'], [ids.viewer])
    await giveCustomRole(client, 'meter', ['metrics.write', 'marketplace.install'], [ids.member])
    const seen = async (actor: typeof member) =>
      (await actAs(client, actor, 'select id from public.marketplace_listings')).rows
    expect(await seen(viewer)).toEqual([{ id }])
    for (const actor of [member, outsider]) expect(await seen(actor)).toEqual([])
  }),
)

it(
  'what becomes of a listing is told to its workspace and to those who installed it, by ids',
  story(async (client) => {
    const listing = await publishListing(client)
    await messagesOf(client)
    const copy = await install(client, listing)
    const ofCopies = async () => (await messagesOf(client)).filter(({ event }) => event === 'install:changed')
    const changed = (change: string, version: number) => ({
      topic: `workspace:${ours}`,
      event: 'install:changed',
      payload: { workspaceId: ours, installs: [{ id: copy.id, version, change }] },
    })
    expect(await ofCopies()).toEqual([changed('added', 1)])
    await client.query('savepoint installed')
    await call(client, admin, 'remove_install', [ours, copy.id])
    expect(await ofCopies()).toEqual([changed('removed', 1)])
    await client.query('rollback to savepoint installed')
    await messagesOf(client)
    await publishVersion(client, listing, '1.1.0', componentBundle({ version: '1.1.0' }))
    // What an author does with a listing that is offered no more is nothing to those who have it.
    await call(client, outsider, 'withdraw_listing', [theirs, listing.id])
    const revision = async () => (await client.query('select revision from public.marketplace_installs')).rows
    const before = await revision()
    await call(client, outsider, 'submit_listing', [theirs, listing.id])
    await call(client, outsider, 'withdraw_listing', [theirs, listing.id])
    expect(await revision()).toEqual(before)
    const told = (await messagesOf(client)).filter(({ event }) => /^(?:install|listing):/.test(event))
    expect(told.map(({ topic, event }) => [topic, event])).toEqual([
      ...Array(2).fill([`workspace:${ours}`, 'install:changed']),
      ...Array(5).fill([`workspace:${theirs}`, 'listing:changed']),
    ])
    expect(JSON.stringify(told)).not.toContain('Dial')
    // Who installs is seen in no log of the publisher's.
    const { rows } = await client.query(
      "select table_name, changes::text as changes from public.audit_log where workspace_id = $1 and table_name ~ 'market'",
      [theirs],
    )
    expect(JSON.stringify(rows)).not.toContain('install_count')
    expect(rows.map(({ table_name }) => table_name)).toContain('marketplace_listings')
  }),
)

it(
  'a person who began a listing is told so, and it stays when they go',
  story(async (client) => {
    const other = '00000000-0000-4000-8000-000000000099'
    await client.query("insert into auth.users (id, email) values ($1, 'o@example.com')", [other])
    await client.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
      [theirs, other],
    )
    const { id } = await saveListing(client, person(other))
    const part = await call<{ rows: unknown[] }>(client, person(other), 'export_my_data', [
      'marketplaceListings',
    ])
    expect(part.rows).toMatchObject([{ id, name: 'Dial' }])
    await call(client, person(other), 'delete_my_account', [])
    expect((await client.query('select created_by from private.marketplace_publishers')).rows).toEqual([
      { created_by: null },
    ])
  }),
)
