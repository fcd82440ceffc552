import { describe, expect, it } from 'vitest'
import type { AvailableComponent } from '../../../types/component.ts'
import { installUsesSchema } from '../../../types/marketplace.ts'
import { gauge, insertComponent, publish } from '../../support/dashboards/components.ts'
import { widget } from '../../support/dashboards/layouts.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import {
  componentBundle,
  details,
  install,
  installs,
  publishListing,
  publishVersion,
  renamedBundle,
  rollBack,
  submit,
  themeBundle,
  upgrade,
  viewBundle,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, overLimit, setPlan } from '../../support/people/plan.ts'

// What is installed, by whom, for how long, and how it goes.

const story = onPremium(policySuite())

describe('installing', () => {
  it(
    'makes a component of the workspace, fixed by the hash that was looked at',
    story(async (client) => {
      const listing = await publishListing(client)
      // One that the workspace has made itself is no hindrance.
      await insertComponent(client, ours, { id: 'gauge' })
      const wrong = { ...listing, hash: '0'.repeat(64) }
      expect(await clientError(install(client, wrong))).toMatchObject({
        code: 'conflict',
        details: 'content_hash',
      })
      const unread = { ...listing, hash: null as unknown as string }
      expect(await clientError(install(client, unread))).toMatchObject({
        code: 'invalid_input',
        details: 'content_hash',
      })
      expect(await install(client, listing)).toMatchObject({
        componentKey: 'dial',
        version: '1.0.0',
        contentHash: listing.hash,
        canRollBack: false,
        upgrade: null,
        notice: null,
      })
      expect(await clientError(install(client, listing))).toMatchObject({
        code: 'conflict',
        details: 'listing_id',
      })
      expect((await details(client, admin, listing.id, ours)).install?.version).toBe('1.0.0')
      // Nobody changes it but by upgrading: not a version on top, nor a deletion.
      for (const attempt of [
        () => publish(client, admin, { ...gauge, id: 'dial', version: '9.0.0' }),
        () => call(client, admin, 'delete_component', [ours, 'dial']),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'conflict', details: 'marketplace' })
      // What the hint proposes: another one, of what it says of itself.
      const { kind, isManaged, titleKey, descriptionKey, ...dial } = await call<AvailableComponent>(
        client,
        admin,
        'get_component',
        [ours, 'dial'],
      )
      expect({ kind, isManaged, titleKey, descriptionKey }).toEqual({
        kind: 'custom',
        isManaged: false,
        titleKey: null,
        descriptionKey: null,
      })
      await publish(client, admin, { ...dial, id: 'dial-of-ours' })
    }),
  )

  it(
    'takes marketplace.install and what the same takes by hand',
    story(async (client) => {
      const listing = await publishListing(client)
      await giveCustomRole(client, 'buyer', ['marketplace.install'], [ids.viewer])
      for (const [actor, code, what] of [
        [outsider, 'not_found', 'workspace_id'],
        [suspended, 'not_found', 'workspace_id'],
        [member, 'permission_denied', 'marketplace.install'],
        [viewer, 'permission_denied', 'components.write'],
        [await machine(client, ['components.write']), 'permission_denied', 'marketplace.install'],
      ] as const)
        expect(await clientError(install(client, listing, { actor }))).toMatchObject({ code, details: what })
      await insertComponent(client, ours, { id: 'dial' })
      expect(await clientError(install(client, listing))).toMatchObject({
        code: 'conflict',
        details: 'component',
      })
      expect((await client.query('select from public.marketplace_installs')).rowCount).toBe(0)
      for (const actor of [outsider, member])
        expect((await actAs(client, actor, 'select from public.marketplace_installs')).rowCount).toBe(0)
    }),
  )

  it(
    'of a theme takes themes.write, and of another kind something else',
    story(async (client) => {
      const [component, theme] = [
        await publishListing(client),
        await publishListing(client, themeBundle(), { document: { name: 'Dusk' } }),
      ]
      await giveCustomRole(client, 'painter', ['marketplace.install', 'themes.write'], [ids.viewer])
      await giveCustomRole(client, 'builder', ['marketplace.install', 'components.write'], [ids.member])
      const refusal = (what: string) => ({ code: 'permission_denied', details: what })
      const refused = (listing: typeof theme, actor: typeof viewer) =>
        clientError(install(client, listing, { actor }))
      expect(await refused(component, viewer)).toMatchObject(refusal('components.write'))
      expect(await refused(theme, member)).toMatchObject(refusal('themes.write'))
      const copy = await install(client, theme, { actor: viewer })
      await install(client, component, { actor: member })
      // Nothing else is asked of who changes or removes it.
      await call(client, viewer, 'pin_install', [ours, copy.id])
      await call(client, viewer, 'remove_install', [ours, copy.id])
    }),
  )

  it(
    'is told beside the listing to who installs, and to nobody else',
    story(async (client) => {
      const listing = await publishListing(client)
      const { id } = await install(client, listing)
      await giveCustomRole(client, 'buyer', ['marketplace.install'], [ids.viewer])
      await giveCustomRole(client, 'author', ['marketplace.publish'], [ids.member])
      expect((await details(client, viewer, listing.id, ours)).install).toMatchObject({ id })
      expect((await details(client, member, listing.id, ours)).install).toBeNull()
    }),
  )

  it.each([
    ['component', componentBundle(), 'components.write'],
    ['theme', themeBundle(), 'themes.write'],
    ['view', viewBundle([widget()]), 'dashboards.write'],
  ])('a %s is changed later by who may install it alone', (_, bundle, permission) =>
    story(async (client) => {
      const listing = await publishListing(client, bundle)
      const copy = await install(client, listing)
      await giveCustomRole(client, 'buyer', ['marketplace.install'], [ids.viewer])
      for (const attempt of [
        () => call(client, viewer, 'pin_install', [ours, copy.id]),
        () => call(client, viewer, 'remove_install', [ours, copy.id]),
        () => upgrade(client, copy, { ...listing, version: '2.0.0' }, { actor: viewer }),
        () => rollBack(client, copy, viewer),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'permission_denied', details: permission })
    })(),
  )

  it(
    'pins the copy that is named and no other',
    story(async (client) => {
      const copy = await install(client, await publishListing(client))
      const theme = await publishListing(client, themeBundle(), { document: { name: 'Dusk' } })
      const other = await install(client, theme)
      expect(await call(client, admin, 'pin_install', [ours, copy.id])).toMatchObject({
        id: copy.id,
        isPinned: true,
      })
      const pinned = (await installs(client)).map(({ id, isPinned }) => [id, isPinned])
      expect(Object.fromEntries(pinned)).toEqual({ [copy.id]: true, [other.id]: false })
    }),
  )

  it.each([
    ['theme', { componentKey: 'dial', themeId: null }],
    ['view', { componentKey: 'dial', themeId: null }],
    ['component', { componentKey: null, themeId: null }],
    ['view', { componentKey: null, themeId: 'theme' }],
    ['theme', { componentKey: null, themeId: null }],
    ['component', { componentKey: 'dial', themeId: null, viewId: 'view' }],
  ])('makes no %s of another kind, whoever writes it: %o', (kind, of: Record<string, string | null>) =>
    story(async (client) => {
      const [component, theme, view] = [
        await install(client, await publishListing(client)),
        await install(client, await publishListing(client, themeBundle(), { document: { name: 'Dusk' } })),
        await insertView(client),
      ]
      const written = client.query(
        `insert into public.marketplace_installs (workspace_id, kind, name, author, version, content_hash,
           component_key, theme_id, view_id)
         select workspace_id, $2, name, author, version, content_hash, $3, $4, $5
         from public.marketplace_installs where id = $1`,
        [component.id, kind, of.componentKey, of.themeId && theme.themeId, of.viewId && view],
      )
      await expect(written).rejects.toMatchObject({ constraint: 'marketplace_installs_of_one_kind' })
    })(),
  )

  it(
    'has room for as many as the plan says, and a free workspace for no component',
    story(async (client) => {
      const themes = []
      for (let n = 0; n < 6; n++)
        themes.push(await publishListing(client, themeBundle(), { document: { name: `Dusk no ${n + 3}` } }))
      const component = await publishListing(client)
      await setPlan(client, 'free', ours)
      expect(await clientError(install(client, component))).toMatchObject({ code: 'payment_required' })
      for (const theme of themes.slice(0, 5)) await install(client, theme)
      expect(await clientError(install(client, themes[5] ?? component))).toMatchObject(
        overLimit('marketplace_installs', 5, 6),
      )
    }),
  )

  it(
    'is kept when the plan ends: it is rolled back and removed, and upgraded as far as there is room',
    story(async (client) => {
      const [component, theme] = [
        await publishListing(client),
        await publishListing(client, themeBundle(), { document: { name: 'Dusk' } }),
      ]
      const [copy, dusk] = [await install(client, component), await install(client, theme)]
      const next = await publishVersion(client, component, '2.0.0', renamedBundle)
      await upgrade(client, copy, next)
      const later = await publishVersion(client, component, '2.1.0', componentBundle({ version: '2.1.0' }))
      const darker = await publishVersion(client, theme, '1.1.0', themeBundle('1.1.0', 'black'))
      await setPlan(client, 'free')
      expect(await call<object[]>(client, member, 'available_components', [ours])).toContainEqual(
        expect.objectContaining({ id: 'dial', version: '2.0.0' }),
      )
      expect(await clientError(upgrade(client, copy, later))).toMatchObject({ code: 'payment_required' })
      await upgrade(client, dusk, darker)
      expect((await rollBack(client, copy)).install.version).toBe('1.0.0')
      for (const { id } of [copy, dusk]) await call(client, admin, 'remove_install', [ours, id])
      // Who offers it withdraws it, and submits no more.
      expect(
        await clientError(submit(client, theme.id, themeBundle('1.2.0'), { version: '1.2.0' })),
      ).toMatchObject(lacksFeature('marketplace_publishing'))
      await call(client, outsider, 'withdraw_listing', [theirs, theme.id])
    }),
  )

  it(
    'of an address outside takes that it is allowed, by who manages integrations',
    story(async (client) => {
      const url = 'https://rates.example.com/today'
      const bundle = componentBundle(
        {
          defaultConfig: { source: '$rates' },
          configSchema: { type: 'object', properties: { source: { type: 'string' } } },
        },
        { sources: [{ key: 'rates', name: 'Rates', url }] },
      )
      const listing = await publishListing(client, bundle)
      for (const addresses of [[], ['https://rates.example.com']])
        expect(await clientError(install(client, listing, { addresses }))).toMatchObject({
          code: 'conflict',
          details: `{"addresses": ["${url}"]}`,
        })
      for (const [count, code] of [
        [100, 'conflict'],
        [101, 'invalid_input'],
      ] as const)
        expect(
          await clientError(install(client, listing, { addresses: Array(count).fill('https://x.example') })),
        ).toMatchObject({ code })
      const { sources } = await install(client, listing, { addresses: [url] })
      const { rows } = await client.query(
        `select s.url, v.default_config ->> 'source' = s.id::text as named
         from private.data_sources s, public.component_versions v where s.workspace_id = $1 and s.id = $2`,
        [ours, sources.rates],
      )
      expect(rows).toEqual([{ url, named: true }])
    }),
  )

  it(
    'makes a shared theme and a shared view, and nobody changes the theme by hand',
    story(async (client) => {
      const theme = await install(client, await publishListing(client, themeBundle()))
      expect(theme).toMatchObject({ kind: 'theme', componentKey: null })
      for (const sql of [
        "update public.themes set name = 'Mine' where id = $1",
        'delete from public.themes where id = $1',
      ])
        expect(await clientError(actAs(client, admin, sql, [theme.themeId]))).toMatchObject({
          code: 'conflict',
          details: 'marketplace',
        })
      const one = widget()
      const view = await publishListing(client, viewBundle([one]), { document: { name: 'Board' } })
      const { viewId } = await install(client, view)
      const shown = await call<object>(client, viewer, 'get_view', [viewId])
      expect(shown).toMatchObject({ name: 'Board', layout: { widgets: [{ instanceId: one.instanceId }] } })
    }),
  )
})

it(
  'what is used is not removed, and what uses it is listed',
  story(async (client) => {
    const component = await install(client, await publishListing(client))
    const theme = await install(
      client,
      await publishListing(client, themeBundle(), { document: { name: 'Dusk' } }),
    )
    const view_id = await insertView(client, { name: 'Shared' })
    const secret = await insertView(client, { name: 'Secret', visibility: 'personal', owner_id: ids.member })
    for (const view of [view_id, secret])
      await insertWidget(client, { view_id: view, component_key: 'dial', config: { unit: 'l' } })
    await call(client, admin, 'set_default_theme', [ours, theme.themeId])
    await call(client, member, 'activate_theme', [ours, theme.themeId])
    const remove = (id: string) => call(client, admin, 'remove_install', [ours, id])
    const usesOf = async (id: string) =>
      installUsesSchema.parse(JSON.parse(String((await clientError(remove(id))).details)))
    expect(await usesOf(component.id)).toEqual({
      total: 2,
      uses: [
        { kind: 'view', id: view_id, name: 'Shared', count: 1 },
        { kind: 'view', id: null, name: null, count: 1 },
      ],
    })
    expect((await usesOf(theme.id)).uses.map(({ kind }) => kind)).toEqual(['people', 'workspace'])
    await client.query('delete from public.widgets')
    await call(client, admin, 'set_default_theme', [ours])
    await call(client, member, 'activate_theme', [ours])
    for (const { id } of [component, theme]) await remove(id)
    expect(await installs(client)).toEqual([])
    expect((await client.query('select from public.components')).rowCount).toBe(0)
    expect((await client.query('select from public.themes')).rowCount).toBe(0)
    expect((await details(client, admin, component.listingId ?? '', ours)).install).toBeNull()
  }),
)
