import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { installUsesSchema } from '../../../types/marketplace.ts'
import { bundleSchema } from '../../../types/marketplace-bundle.ts'
import { gauge, insertComponent, publish } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import {
  componentBundle,
  details,
  install,
  installs,
  preview,
  publishListing,
  publishVersion,
  rollBack,
  submit,
  themeBundle,
  upgrade,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, overLimit, setPlan } from '../../support/people/plan.ts'

const story = onPremium(policySuite())
const committed = committedStory()

/** The next version of the component: `limit` is called `most` now, and a tenth of what it was at most. */
const renamed = componentBundle(
  {
    version: '2.0.0',
    defaultConfig: { unit: 'l', most: 8 },
    configSchema: {
      type: 'object',
      properties: { unit: { type: 'string', maxLength: 10 }, most: { type: 'integer', maximum: 50 } },
      required: ['unit'],
      additionalProperties: false,
    },
  },
  { mapping: { rename: { limit: 'most' } } },
)

describe('installing', () => {
  it(
    'makes a component of the workspace, fixed by the hash that was looked at',
    story(async (client) => {
      const listing = await publishListing(client)
      const wrong = { ...listing, hash: '0'.repeat(64) }
      expect(await clientError(install(client, wrong))).toMatchObject({
        code: 'conflict',
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
      await install(client, theme, { actor: viewer })
      await install(client, component, { actor: member })
    }),
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
      const next = await publishVersion(client, component, '2.0.0', renamed)
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
      const view = await publishListing(client, templateOf([one]), { document: { name: 'Board' } })
      const { viewId } = await install(client, view)
      const shown = await call<object>(client, viewer, 'get_view', [viewId])
      expect(shown).toMatchObject({ name: 'Board', layout: { widgets: [{ instanceId: one.instanceId }] } })
    }),
  )
})

const templateOf = (widgets: ReturnType<typeof widget>[], name = 'Board') =>
  bundleSchema.parse({
    format: 'b-dashboard-bundle',
    version: 1,
    kind: 'view',
    content: { name, description: '', layout: layoutOf(...widgets) },
  })

describe('a mapping', () => {
  it.each([
    [{ rename: { a: 'b', b: 'a' } }, { a: 1, b: 2 }, { a: 2, b: 1 }],
    [{ rename: { a: 'b', b: 'c' } }, { a: 1, b: 2 }, { b: 1, c: 2 }],
    [{ rename: { a: 'a' } }, { a: 1 }, { a: 1 }],
    [{ rename: { a: 'b' } }, { a: 1, b: 2 }, { b: 2 }],
    [{ rename: { a: 'c', b: 'c' } }, { a: 1, b: 2 }, { c: 2 }],
    [{ rename: { a: 'b' }, remove: ['b'], defaults: { b: 3, d: null } }, { a: 1 }, { b: 3, d: null }],
    [{ remove: ['a', 'x'] }, { a: 1, b: { a: 1 } }, { b: { a: 1 } }],
    [{ defaults: { a: 9 } }, { a: 1 }, { a: 1 }],
    [{}, {}, {}],
  ])('%o makes of %o %o', (mapping, config, mapped) =>
    story(async (client) => {
      const { rows } = await client.query(
        'select private.mapped_configs(array[$1, $2]::jsonb[], array[$3]::jsonb[]) as mapped',
        [config, { z: 1 }, mapping],
      )
      expect(rows[0]?.mapped[0]).toEqual(mapped)
      expect(rows[0]?.mapped).toHaveLength(2)
    })(),
  )
})

describe('upgrading a component', () => {
  it(
    'says of many configurations at once what it says of each',
    story(async (client) => {
      const schema = {
        type: 'object',
        properties: {
          text: { type: 'string', minLength: 1, maxLength: 5 },
          whole: { type: 'integer', minimum: 0, maximum: 9 },
          any: { title: 'Anything' },
          either: { type: ['number', 'null', 'boolean'] },
          one: { enum: ['a', 'b'] },
          list: { type: 'array', items: { type: 'string' } },
        },
        required: ['text'],
        additionalProperties: false,
      }
      const value = fc.oneof(
        fc.constantFrom<unknown>(
          '',
          'a',
          '🦒🦒🦒',
          'abcdef',
          'x'.repeat(400),
          null,
          true,
          [],
          ['a'],
          [1],
          {},
        ),
        fc.constantFrom(0, 9, 10, -1, 1.5, 1e300, -5e-324),
      )
      const record = fc.dictionary(
        fc.constantFrom(...Object.keys(schema.properties), 'other', '__proto__'),
        value,
      )
      const configs = fc
        .sample(record, { seed: 20_261_126, numRuns: 500 })
        .map((each) => JSON.stringify(each))
      for (const of of [schema, { ...schema, additionalProperties: true }, { type: 'object' }]) {
        const { rows } = await client.query<{ many: unknown[]; each: unknown[] }>(
          `select to_jsonb(private.config_problems($1::jsonb[], $2)) as many,
             (select jsonb_agg(private.config_problem('config', c.config, $2) order by c.n)
              from unnest($1::jsonb[]) with ordinality as c (config, n)) as each`,
          [configs, JSON.stringify(of)],
        )
        expect(rows[0]?.many).toEqual(rows[0]?.each)
        expect(new Set(rows[0]?.each.map((problem) => problem === null)).size).toBe(2)
      }
    }),
  )

  it(
    'says what it changes before, does that, and is taken back',
    committed(async (client) => {
      await setPlan(client, 'premium')
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      const shared = await insertView(client, { name: 'Shared' })
      const secret = await insertView(client, {
        name: 'Secret',
        visibility: 'personal',
        owner_id: ids.member,
      })
      const of = (view_id: string, config: object, x: number) =>
        insertWidget(client, { view_id, component_key: 'dial', component_version: '1.0.0', config, x })
      const mapped = await of(shared, { unit: 'l', limit: 20 }, 0)
      const same = await of(shared, { unit: 'l' }, 3)
      const invalid = await of(secret, { unit: 'l', limit: 80 }, 0)
      await commit(client)
      const next = await publishVersion(client, listing, '2.0.0', renamed)
      expect((await installs(client))[0]?.upgrade).toMatchObject({ version: '2.0.0', contentHash: next.hash })
      const expected = { total: 3, unchanged: 1, mapped: 1, invalid: 1 }
      const before = await preview(client, copy)
      expect(before.component).toEqual({
        widgets: expected,
        viewCount: 2,
        // What is somebody's own is a number.
        views: [
          { id: null, name: null, widgets: 1, mapped: 0, invalid: 1 },
          { id: shared, name: 'Shared', widgets: 2, mapped: 1, invalid: 0 },
        ],
        problems: [],
      })
      expect(JSON.stringify(before)).not.toContain('Secret')
      // Who installs without reading dashboards is told numbers alone.
      await giveCustomRole(client, 'buyer', ['marketplace.install'], [ids.viewer])
      const bought = await preview(client, copy, viewer)
      expect(bought.component).toMatchObject({ viewCount: 2, views: [{ id: null, name: null, widgets: 3 }] })
      await commit(client)
      expect((await upgrade(client, copy, next)).widgets).toEqual(expected)
      await commit(client)
      const widgets = async () =>
        Object.fromEntries(
          (
            await client.query<{ id: string; component_version: string; config: object }>(
              'select id, component_version, config from public.widgets where component_key = $1',
              ['dial'],
            )
          ).rows.map(({ id, component_version, config }) => [id, [component_version, config]]),
        )
      expect(await widgets()).toEqual({
        [mapped]: ['2.0.0', { unit: 'l', most: 20 }],
        [same]: ['2.0.0', { unit: 'l' }],
        [invalid]: ['1.0.0', { unit: 'l', limit: 80 }],
      })
      await client.query('update public.widgets set config = $2 where id = $1', [
        same,
        { unit: 'm', most: 3 },
      ])
      await commit(client)
      const { install: back, widgets: turned } = await rollBack(client, copy)
      expect(back).toMatchObject({ version: '1.0.0', contentHash: listing.hash, canRollBack: false })
      expect(turned).toEqual({ total: 2, unchanged: 0, mapped: 2, invalid: 0 })
      expect(await widgets()).toEqual({
        [mapped]: ['1.0.0', { unit: 'l', limit: 20 }],
        // Edited since: what the earlier version had then is the nearest that is valid.
        [same]: ['1.0.0', { unit: 'l' }],
        [invalid]: ['1.0.0', { unit: 'l', limit: 80 }],
      })
      await commit(client)
      // What was rolled back can be upgraded again.
      expect((await upgrade(client, copy, next)).widgets).toEqual(expected)
    }),
  )

  it(
    'is refused where the copy is pinned, the hash another, or the version no higher',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      expect(await clientError(rollBack(client, copy))).toMatchObject({
        code: 'conflict',
        details: 'version',
      })
      const next = await publishVersion(client, listing, '2.0.0', renamed)
      await call(client, admin, 'pin_install', [ours, copy.id])
      expect(await clientError(upgrade(client, copy, next))).toMatchObject({ details: 'is_pinned' })
      await call(client, admin, 'pin_install', [ours, copy.id, false])
      for (const [what, field] of [
        [{ ...next, hash: listing.hash }, 'content_hash'],
        [listing, 'version'],
      ] as const)
        expect(await clientError(upgrade(client, copy, what))).toMatchObject({
          code: 'conflict',
          details: field,
        })
      for (const [actor, code] of [
        [member, 'permission_denied'],
        [outsider, 'not_found'],
      ] as const)
        for (const attempt of [
          () => upgrade(client, copy, next, { actor }),
          () => rollBack(client, copy, actor),
          () => preview(client, copy, actor),
          () => call(client, actor, 'remove_install', [ours, copy.id]),
          () => call(client, actor, 'pin_install', [ours, copy.id]),
        ])
          expect(await clientError(attempt())).toMatchObject({ code })
      // A copy of ours is none of theirs.
      expect(await clientError(call(client, outsider, 'remove_install', [theirs, copy.id]))).toMatchObject({
        code: 'not_found',
        details: 'install_id',
      })
    }),
  )
})

it(
  'a theme is upgraded and rolled back, whatever becomes of its listing',
  story(async (client) => {
    const listing = await publishListing(client, themeBundle())
    const copy = await install(client, listing)
    const next = await publishVersion(client, listing, '1.1.0', themeBundle('1.1.0', 'black'))
    expect((await preview(client, copy)).theme).toEqual({
      changes: ['colors.light.background'],
      people: 0,
      isWorkspaceDefault: false,
    })
    const background = async () =>
      (
        await client.query<{ color: string }>(
          "select colors #>> '{light,background}' as color from public.themes where id = $1",
          [copy.themeId],
        )
      ).rows[0]?.color
    await upgrade(client, copy, next)
    expect(await background()).toBe('black')
    await client.query('delete from public.workspaces where id = $1', [theirs])
    expect((await rollBack(client, copy)).install).toMatchObject({ version: '1.0.0', listingId: null })
    expect(await background()).toBe('white')
    await call(client, admin, 'remove_install', [ours, copy.id])
    expect(await installs(client)).toEqual([])
  }),
)

it(
  'a view template is upgraded around what people changed since',
  committed(async (client) => {
    await setPlan(client, 'premium')
    const [one, two, three] = [widget(), widget({ position: { x: 3, y: 0, width: 3, height: 2 } }), widget()]
    const listing = await publishListing(client, templateOf([one, two]))
    const copy = await install(client, listing)
    await commit(client)
    await client.query('update public.widgets set config = $2 where instance_id = $1', [
      one.instanceId,
      { limit: 9 },
    ])
    await commit(client)
    const next = await publishVersion(
      client,
      listing,
      '1.1.0',
      templateOf(
        [
          { ...one, config: { limit: 7 } },
          { ...two, config: { limit: 7 } },
          { ...three, position: { x: 6, y: 0, width: 3, height: 2 } },
        ],
        'Better board',
      ),
    )
    const { changes = [] } = (await preview(client, copy)).view ?? {}
    expect(changes.filter(({ stays }) => stays).map(({ key }) => key)).toEqual([
      `widgets.${one.instanceId}.content`,
    ])
    await upgrade(client, copy, next)
    const configs = async () =>
      (
        await client.query<{ config: { limit: number } }>(
          'select config from public.widgets where view_id = $1 order by x',
          [copy.viewId],
        )
      ).rows.map(({ config }) => config.limit)
    expect(await configs()).toEqual([9, 7, 5])
    await commit(client)
    await rollBack(client, copy)
    expect(await configs()).toEqual([9, 5])
    // The view is the workspace's, and stays.
    await call(client, admin, 'remove_install', [ours, copy.id])
    expect(await configs()).toEqual([9, 5])
  }),
)

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
