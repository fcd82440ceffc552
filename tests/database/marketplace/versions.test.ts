import { describe, expect, it } from 'vitest'
import { gauge, insertComponent, publish } from '../../support/dashboards/components.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import {
  browse,
  componentBundle,
  details,
  dial,
  hashOf,
  install,
  publishListing,
  refusal,
  review,
  saveListing,
  submit,
  themeBundle,
  upgrade,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// What a version may hold, how one follows on another, and what is wanted before it is reviewed.

const story = onPremium(policySuite())

const insertVersion = (client: Parameters<typeof submit>[0], version: string) =>
  publish(client, admin, { ...gauge, id: 'gauge', version })

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
    ['bundle.content', { content: { ...content, defaultConfig: { unit: 'HTTP:/x' } } }],
    ['bundle.content', { content: { ...content, defaultConfig: { unit: 'https:x' } } }],
    ['bundle.content', { content: { ...content, defaultConfig: { unit: 'ftp:x' } } }],
    ['bundle.content', { content: { ...content, description: 'javascript: alert(1)' } }],
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

  const many = (count: number, each: (n: number) => unknown) =>
    Array.from({ length: count }, (_, n) => each(n))
  const source = (n: number) => ({ key: `s${n}`, name: `Source ${n}`, url: `https://x.example/${n}` })
  const names = (count: number) => ({
    rename: Object.fromEntries(many(count, (n) => [`a${n}`, `b${n}`]) as []),
  })
  it.each<[string | null, string, Record<string, unknown>]>([
    ['bundle.sources', 'an object', { sources: {} }],
    ['bundle.sources', 'six', { sources: many(6, source) }],
    [null, 'five', { sources: many(5, source) }],
    ['bundle.mapping.rename', 'to nothing', { mapping: { rename: { a: '' } } }],
    ['bundle.mapping.rename', 'to a long name', { mapping: { rename: { a: 'x'.repeat(101) } } }],
    [null, 'to a name as long as may be', { mapping: { rename: { a: 'x'.repeat(100) } } }],
    [null, 'to a letter', { mapping: { rename: { a: 'b' } } }],
    ['bundle.mapping.rename', 'to a number', { mapping: { rename: { a: 5 } } }],
    ['bundle.mapping.rename', 'fifty-one keys', { mapping: names(51) }],
    [null, 'fifty keys', { mapping: names(50) }],
  ])('is refused for %s by how much it holds: %s', (details, _, change) =>
    story(async (client) => {
      const { id } = await saveListing(client)
      const given = submit(client, id, { ...componentBundle(), ...change })
      if (details) expect(await clientError(given)).toMatchObject({ code: 'invalid_input', details })
      else expect(await given).toMatchObject({ state: 'in_review' })
    })(),
  )

  it(
    'of a theme has no field too many, which is said before anything else of it',
    story(async (client) => {
      const { id } = await saveListing(client, outsider, { ...dial, kind: 'theme' })
      const theme = themeBundle()
      const bundle = { ...theme, content: { ...theme.content, radius: 'round', id: 'mine' } }
      expect(await clientError(submit(client, id, bundle))).toMatchObject(
        refusal('invalid_input', 'bundle.content.id'),
      )
    }),
  )

  it.each([
    ['submitted', []],
    ['refused', ['refuse', 'No.']],
  ])('that is %s alone is neither shown, installed nor previewed', (_, decision) =>
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      const bundle = componentBundle({ version: '2.0.0' })
      await submit(client, listing.id, bundle, { version: '2.0.0' })
      if (decision.length > 0) await review(client, listing.id, ...decision)
      const next = { id: listing.id, version: '2.0.0', hash: hashOf(bundle) }
      for (const attempt of [
        () => call(client, viewer, 'get_listing_bundle', [listing.id, '2.0.0']),
        () => install(client, next, { actor: outsider, workspaceId: theirs }),
        () => upgrade(client, copy, next),
        () => call(client, admin, 'preview_upgrade', [ours, copy.id, '2.0.0']),
      ])
        expect(await clientError(attempt())).toMatchObject(refusal('not_found', 'version'))
      const seen = await actAs(client, viewer, 'select version from public.marketplace_versions')
      expect(seen.rows).toEqual([{ version: '1.0.0' }])
      // Nor is one of a listing that is offered no more.
      await call(client, outsider, 'withdraw_listing', [theirs, listing.id])
      expect((await actAs(client, viewer, 'select from public.marketplace_versions')).rowCount).toBe(0)
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
      expect(await clientError(foreign)).toMatchObject(refusal('not_found', 'id'))
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
      // A component that is for other roles is not there.
      await insertComponent(client, ours, { id: 'hidden' })
      expect(await clientError(prepare('component', 'hidden', null, viewer))).toMatchObject(
        refusal('not_found'),
      )
    }),
  )
})
