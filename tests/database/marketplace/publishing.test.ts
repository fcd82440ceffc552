import { describe, expect, it } from 'vitest'
import { type ListingInput, listingToReviewSchema } from '../../../types/marketplace.ts'
import { gauge, publish } from '../../support/dashboards/components.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
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
  review,
  saveListing,
  submit,
  themeBundle,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

const story = onPremium(policySuite())
const refusal = (code: string, details?: string) => (details === undefined ? { code } : { code, details })

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
        actAs(client, admin, 'select public.review_listing($1, $2)', [id, 'publish']),
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

describe('a version', () => {
  it(
    'is the bundle and its hash, whoever says otherwise',
    story(async (client) => {
      const { id } = await saveListing(client)
      const bundle = componentBundle()
      for (const hash of [hashOf({ ...bundle, extra: 1 }), 'a'.repeat(64)])
        expect(await clientError(submit(client, id, bundle, { hash }))).toMatchObject(
          refusal('invalid_input', 'content_hash'),
        )
      expect(await clientError(submit(client, id, bundle, { hash: 'none' }))).toMatchObject(
        refusal('invalid_input', 'content_hash'),
      )
      const { versions } = await submit(client, id, bundle)
      expect(versions).toMatchObject([{ contentHash: hashOf(bundle) }])
      expect((await client.query('select from private.marketplace_bundles')).rowCount).toBe(1)
      await expect(
        client.query("update public.marketplace_versions set content_hash = repeat('1', 64)"),
      ).rejects.toThrow('never changes')
    }),
  )

  const { content } = componentBundle()
  it.each<[string, Record<string, unknown>]>([
    ['bundle.content.icon', { content: { ...content, icon: 'https://x.example/i.svg' } }],
    ['bundle.content', { content: { ...content, description: 'See https://x.example' } }],
    ['bundle.content', { content: { ...content, defaultConfig: { unit: '//x.ex' } } }],
    ['bundle.content', { content: { ...content, defaultConfig: { unit: 'data:a' } } }],
    ['bundle.content', { content: { ...content, title: 'java\tscript:alert(1)' } }],
    ['bundle.content', { content: { ...content, description: '/\\tx.example' } }],
    ['bundle.content', { content: { ...content, defaultConfig: { unit: '\u0001blob:a' } } }],
    ['bundle.content.script', { content: { ...content, script: 'alert(1)' } }],
    ['bundle.content.id', { content: { ...content, id: 'total-users' } }],
    ['bundle.content.version', { content: { ...content, version: '2.0.0' } }],
    ['bundle.kind', { kind: 'theme', content: themeBundle().content }],
    ['bundle.sources.0.url', { sources: [{ key: 'a', name: 'A', url: 'http://x.example' }] }],
    [
      'bundle.sources.0.headers',
      { sources: [{ key: 'a', name: 'A', url: 'https://x.example', headers: { A: 'secret' } }] },
    ],
    [
      'bundle.content',
      {
        content: {
          ...content,
          configSchema: { type: 'object' },
          defaultConfig: { source: '00000000-0000-4000-8000-000000000001' },
        },
      },
    ],
    ['bundle.mapping', { mapping: { code: 'x' } }],
    ['bundle.extra', { extra: 1 }],
  ])('holds no %s: %o', (path, change) =>
    story(async (client) => {
      const { id } = await saveListing(client)
      const error = await clientError(submit(client, id, { ...componentBundle(), ...change }))
      expect(error).toMatchObject({ code: 'invalid_input' })
      expect(String(error.details).startsWith(path.split('.').slice(0, 2).join('.'))).toBe(true)
      expect((await client.query('select from private.marketplace_bundles')).rowCount).toBe(0)
    })(),
  )

  it.each([
    ['half a megabyte', JSON.stringify({ ...componentBundle(), x: 'a'.repeat(530_000) })],
    ['a number of gigabytes', `{"kind": "theme", "content": [${Array(5_000).fill('1e131071').join()}]}`],
    ['five thousand levels', `{"kind": "theme", "content": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    [
      'a configuration of three thousand levels',
      JSON.stringify(componentBundle()).replace('80', `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`),
    ],
    [
      'a number beyond JavaScript',
      JSON.stringify(componentBundle()).replace('80', '80.00000000000000000001'),
    ],
  ])('of %s is refused before any work', (_, text) =>
    story(async (client) => {
      const { id } = await saveListing(client)
      const begun = performance.now()
      const attempt = call(client, outsider, 'submit_listing', [theirs, id, '1.0.0', text, 'a'.repeat(64)])
      expect(await clientError(attempt)).toMatchObject({ code: 'invalid_input' })
      expect(performance.now() - begun).toBeLessThan(5_000)
    })(),
  )

  it(
    'follows on lower ones of the same component, one in review at a time',
    story(async (client) => {
      const listing = await publishListing(client)
      expect(await clientError(submit(client, listing.id, componentBundle()))).toMatchObject(
        refusal('conflict', '1.0.0'),
      )
      const other = componentBundle({ version: '1.1.0', id: 'other' })
      expect(await clientError(submit(client, listing.id, other, { version: '1.1.0' }))).toMatchObject(
        refusal('conflict', 'bundle'),
      )
      await submit(client, listing.id, componentBundle({ version: '1.1.0' }), { version: '1.1.0' })
      const next = componentBundle({ version: '1.2.0' })
      expect(await clientError(submit(client, listing.id, next, { version: '1.2.0' }))).toMatchObject(
        refusal('conflict', 'state'),
      )
      expect((await details(client, admin, listing.id)).versions.map(({ version }) => version)).toEqual([
        '1.0.0',
      ])
      for (const notes of ['x'.repeat(501), 'See https://x.example'])
        expect(
          await clientError(
            call(client, outsider, 'submit_listing', [
              theirs,
              (await saveListing(client, outsider, { ...dial, name: 'Noted' })).id,
              '1.2.0',
              JSON.stringify(next),
              hashOf(next),
              notes,
            ]),
          ),
        ).toMatchObject(refusal('invalid_input', 'notes'))
      await call(client, outsider, 'withdraw_listing', [theirs, listing.id])
      expect((await browse(client, admin)).listings).toEqual([])
    }),
  )

  it(
    'is prepared of what is there, without what is the workspace’s alone',
    story(async (client) => {
      const view_id = await insertView(client, { name: 'Sales', workspace_id: ours })
      await insertWidget(client, { view_id, config: { source: 'metrics', limit: 5 } })
      const prepared = await call<{ bundle: { content: object }; contentHash: string }>(
        client,
        admin,
        'prepare_bundle',
        [ours, 'view', view_id],
      )
      expect(prepared.contentHash).toBe(hashOf(prepared.bundle))
      expect(prepared.bundle.content).toMatchObject({
        name: 'Sales',
        layout: { widgets: [{ config: { limit: 5 } }] },
      })
      expect(JSON.stringify(prepared)).not.toContain(view_id)
      for (const [actor, code] of [
        [outsider, 'not_found'],
        [member, 'permission_denied'],
      ] as const)
        expect(
          await clientError(call(client, actor, 'prepare_bundle', [ours, 'view', view_id])),
        ).toMatchObject({
          code,
        })
      // A view of elsewhere is not there, whoever asks from here.
      const foreign = call(client, outsider, 'prepare_bundle', [theirs, 'view', view_id])
      expect(await clientError(foreign)).toMatchObject(refusal('not_found'))
      await publishListing(client, themeBundle(), { actor: admin, workspaceId: ours })
    }),
  )
})

describe('what is wanted of a listing', () => {
  it(
    'has to fit its state, and a version or a change is needed for a review',
    story(async (client) => {
      const { id } = await saveListing(client)
      const act = (name: string, ...more: unknown[]) =>
        clientError(call(client, outsider, name, [theirs, id, ...more]))
      expect(await act('withdraw_listing')).toMatchObject(refusal('conflict', 'state'))
      expect(await act('submit_listing')).toMatchObject(refusal('invalid_input', 'version'))
      const theme = { ...dial, kind: 'theme' as const }
      expect(await clientError(saveListing(client, outsider, theme, { id }))).toMatchObject(
        refusal('conflict', 'kind'),
      )
      await submit(client, id, componentBundle())
      await review(client, id)
      expect(await act('delete_listing')).toMatchObject(refusal('conflict', 'state'))
      expect(await act('submit_listing')).toMatchObject(refusal('invalid_input', 'version'))
      // Taken back it is offered again as it was.
      await call(client, outsider, 'withdraw_listing', [theirs, id])
      expect(await call(client, outsider, 'submit_listing', [theirs, id])).toMatchObject({
        state: 'in_review',
      })
    }),
  )

  it(
    'has room for a hundred versions, and for twenty submissions of a workspace a day',
    story(async (client) => {
      const listing = await publishListing(client)
      const insert = (from: number, to: number) =>
        client.query(
          `insert into public.marketplace_versions (listing_id, version, state, content_hash, size)
           select $1, '1.0.' || n, 'published', $2, 2 from generate_series($3::integer, $4) as n`,
          [listing.id, listing.hash, from, to],
        )
      const next = (version: string) => submit(client, listing.id, componentBundle({ version }), { version })
      await insert(1, 98)
      await next('2.0.0')
      await review(client, listing.id)
      expect(await clientError(next('2.1.0'))).toMatchObject(refusal('conflict', '100'))
      // Of a day each submission takes the twentieth part.
      for (const [day, refused] of [
        [0.949, refusal('conflict', '100')],
        [0.951, refusal('rate_limited', 'workspace_id')],
      ] as const) {
        const { rowCount } = await client.query(
          `update private.rate_limit_buckets set full_at = clock_timestamp() + interval '1 day' * $2
           where bucket = 'marketplace/submit/' || $1`,
          [theirs, day],
        )
        expect(rowCount).toBe(1)
        expect(await clientError(next('2.1.0'))).toMatchObject(refused)
      }
      // Of another workspace nothing is counted.
      const { id } = await saveListing(
        client,
        admin,
        { ...dial, name: 'Mine', author: 'Me' },
        {
          workspaceId: ours,
        },
      )
      await submit(client, id, componentBundle({ id: 'mine' }), { actor: admin, workspaceId: ours })
    }),
  )

  it(
    'is prepared of a component in a version, and of a theme that one sees',
    story(async (client) => {
      for (const version of ['1.0.0', '1.9.0', '1.10.0']) await insertVersion(client, version)
      const prepare = (kind: unknown, id: string, version: string | null = null, actor = admin, at = ours) =>
        call<{ bundle: { content: { version: string } } }>(client, actor, 'prepare_bundle', [
          at,
          kind,
          id,
          version,
        ])
      const versionOf = async (version?: string) =>
        (await prepare('component', 'gauge', version)).bundle.content.version
      expect([await versionOf(), await versionOf('1.9.0')]).toEqual(['1.10.0', '1.9.0'])
      for (const kind of [null, 'widget'])
        expect(await clientError(prepare(kind, 'gauge'))).toMatchObject(refusal('invalid_input', 'kind'))
      const [own, others, shared] = [
        await makeTheme(client, admin, 'personal'),
        await makeTheme(client, member, 'personal'),
        await makeTheme(client, admin, 'workspace'),
      ]
      for (const id of [own, shared]) await prepare('theme', id)
      for (const attempt of [
        () => prepare('theme', others),
        () => prepare('theme', shared, null, outsider, theirs),
        () => prepare('component', 'gauge', null, outsider, theirs),
        () => prepare('component', 'gauge', '3.0.0'),
        () => prepare('view', 'gauge'),
      ])
        expect(await clientError(attempt())).toMatchObject(refusal('not_found'))
      await giveCustomRole(client, 'publisher', ['marketplace.publish'], [ids.viewer])
      expect(await clientError(prepare('theme', shared, null, viewer))).toMatchObject(
        refusal('permission_denied', 'themes.read'),
      )
    }),
  )
})

const insertVersion = (client: Parameters<typeof submit>[0], version: string) =>
  publish(client, admin, { ...gauge, id: 'gauge', version })

describe('names', () => {
  it.each([
    ['another script', 'D\u0456\u0430l'],
    ['case and spaces', 'd I A l'],
    ['what is invisible', 'Di\u00ADal'],
    ['marks and width', '\uFF24\u00EF\u00E1l'],
    ['digits for letters', 'D1al'],
    ['mathematical letters', '\u{1D403}\u{1D422}\u{1D41A}\u{1D425}'],
  ])('that imitate another’s by %s are refused', (_, name) =>
    story(async (client) => {
      await publishListing(client)
      await setPlan(client, 'premium', ours)
      const { id } = await saveListing(client, admin, { ...dial, name, author: 'Me' }, { workspaceId: ours })
      const bundle = componentBundle({ id: 'mine' })
      const attempt = submit(client, id, bundle, { actor: admin, workspaceId: ours })
      expect(await clientError(attempt)).toMatchObject(refusal('conflict', 'name'))
    })(),
  )

  it(
    'of another author are refused, and a withdrawn listing keeps its own',
    story(async (client) => {
      const listing = await publishListing(client)
      await call(client, outsider, 'withdraw_listing', [theirs, listing.id])
      const bundle = componentBundle({ id: 'mine' })
      for (const [document, what] of [
        [{ ...dial, name: 'Other', author: 'STUD10' }, 'author'],
        [{ ...dial, author: 'Me' }, 'name'],
      ] as const) {
        const { id } = await saveListing(client, admin, document, { workspaceId: ours })
        expect(
          await clientError(submit(client, id, bundle, { actor: admin, workspaceId: ours })),
        ).toMatchObject(refusal('conflict', what))
      }
      // The workspace itself offers more by its author's name.
      await publishListing(client, componentBundle({ id: 'other' }), { document: { name: 'Other' } })
    }),
  )

  it(
    'are held while an operator looks at another one, and so is that',
    story(async (client) => {
      const { id } = await publishListing(client)
      await saveListing(client, outsider, { ...dial, name: 'Meter', author: 'Atelier' }, { id })
      await call(client, outsider, 'submit_listing', [theirs, id])
      const attempt = async (document: Partial<ListingInput>) => {
        const saved = await saveListing(client, admin, { ...dial, ...document }, { workspaceId: ours })
        const bundle = componentBundle({ id: 'mine' })
        return clientError(submit(client, saved.id, bundle, { actor: admin, workspaceId: ours }))
      }
      for (const name of ['Dial', 'Meter'])
        expect(await attempt({ name, author: 'Me' })).toMatchObject(refusal('conflict', 'name'))
      for (const author of ['Studio', 'Atelier'])
        expect(await attempt({ name: 'Other', author })).toMatchObject(refusal('conflict', 'author'))
      await review(client, id, 'refuse')
      expect(await attempt({ author: 'Me' })).toMatchObject(refusal('conflict', 'name'))
      await publishListing(client, componentBundle({ id: 'mine' }), {
        actor: admin,
        workspaceId: ours,
        document: { name: 'Meter', author: 'Atelier' },
      })
      const again = call(client, outsider, 'submit_listing', [theirs, id])
      expect(await clientError(again)).toMatchObject(refusal('conflict', 'name'))
    }),
  )

  it(
    'that are only similar are shown to who reviews',
    story(async (client) => {
      await publishListing(client, themeBundle(), { document: { name: 'Cash flow', author: 'Studio' } })
      await publishListing(client, themeBundle(), { document: { name: 'Weather', author: 'Studio' } })
      const similarTo = async (name: string, author: string) => {
        const document = { ...dial, name, author }
        const { id } = await saveListing(client, admin, document, { workspaceId: ours })
        const seen = await call(client, service, 'get_listing_to_review', [id])
        const { similarListings } = listingToReviewSchema.parse(seen)
        return similarListings.map((one) => [one.name, ...one.alike])
      }
      for (const name of [
        'Cash fow',
        'Csah flow',
        'Ca5h flow',
        'Cashflow Pro',
        'The official CASH FLOW',
        'Cash',
      ])
        expect(await similarTo(name, 'Me'), name).toEqual([['Cash flow', 'name']])
      expect(await similarTo('Weather map', 'Studjo')).toEqual([
        ['Weather', 'name', 'author'],
        ['Cash flow', 'author'],
      ])
      for (const name of ['Revenue', 'Wet', 'Crashes'])
        expect(await similarTo(name, 'Somebody else'), name).toEqual([])
    }),
  )

  it(
    'tell letters that nobody takes for each other',
    story(async (client) => {
      const names = ['Umsatz', 'Umsätze', '売上', '売上高', 'Revenue chart', 'Revenue chart 2', '🔥', '🚀']
      const { rows } = await client.query<{ form: string }>(
        'select private.name_form(n) as form from unnest($1::text[]) as n',
        [names],
      )
      expect(new Set(rows.map(({ form }) => form)).size).toBe(names.length)
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
  'what becomes of a listing is told to its workspace and to those who installed it, by ids',
  story(async (client) => {
    const listing = await publishListing(client)
    await install(client, listing)
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
