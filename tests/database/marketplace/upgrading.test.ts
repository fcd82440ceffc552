import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { upgradePreviewSchema } from '../../../types/marketplace.ts'
import { insertComponent, publishedVersions } from '../../support/dashboards/components.ts'
import { widget } from '../../support/dashboards/layouts.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import {
  componentBundle,
  install,
  installs,
  preview,
  publishListing,
  publishVersion,
  renamedBundle,
  review,
  rollBack,
  submit,
  themeBundle,
  upgrade,
  viewBundle,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { overLimit, setPlan } from '../../support/people/plan.ts'

// A copy in its next version: what that changes is said before, done, and taken back.

const story = onPremium(policySuite())
const committed = committedStory()

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
      const next = await publishVersion(client, listing, '2.0.0', renamedBundle)
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
      const next = await publishVersion(client, listing, '2.0.0', renamedBundle)
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
      // Whether there is such a copy or not.
      for (const named of [copy, { ...copy, id: ids.admin }])
        for (const [actor, code, details] of [
          [member, 'permission_denied', 'marketplace.install'],
          [outsider, 'not_found', 'workspace_id'],
          [admin, 'not_found', 'install_id'],
        ] as const)
          for (const attempt of [
            () => upgrade(client, named, next, { actor }),
            () => rollBack(client, named, actor),
            () => preview(client, named, actor),
            () => call(client, actor, 'remove_install', [ours, named.id]),
            () => call(client, actor, 'pin_install', [ours, named.id]),
          ])
            if (actor !== admin || named !== copy)
              expect(await clientError(attempt())).toMatchObject({ code, details })
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
  'of a theme it is said who uses that one, and of no other',
  story(async (client) => {
    const listing = await publishListing(client, themeBundle())
    const copy = await install(client, listing)
    const other = await makeTheme(client, admin, 'workspace')
    await publishVersion(client, listing, '1.1.0', themeBundle('1.1.0', 'black'))
    for (const [themeId, expected] of [
      [other, { people: 0, isWorkspaceDefault: false }],
      [copy.themeId, { people: 1, isWorkspaceDefault: true }],
    ] as const) {
      await call(client, admin, 'set_default_theme', [ours, themeId])
      await call(client, member, 'activate_theme', [ours, themeId])
      expect((await preview(client, copy)).theme).toEqual({
        changes: ['colors.light.background'],
        ...expected,
      })
    }
  }),
)

it(
  'of a component it is said by name which views show it, to who reads dashboards and writes none',
  story(async (client) => {
    const listing = await publishListing(client)
    const copy = await install(client, listing)
    const view_id = await insertView(client, { name: 'Shared' })
    await insertWidget(client, { view_id, component_key: 'dial', config: { unit: 'l' } })
    await publishVersion(client, listing, '2.0.0', renamedBundle)
    await giveCustomRole(client, 'buyer', ['dashboards.read', 'marketplace.install'], [ids.viewer])
    expect((await preview(client, copy, viewer)).component?.views).toMatchObject([
      { id: view_id, name: 'Shared' },
    ])
  }),
)

describe('an upgrade', () => {
  it(
    'of a view brings no widget of a component that is not for the role of who upgrades',
    committed(async (client) => {
      await setPlan(client, 'premium')
      const [stays, comes] = [widget(), widget({ widgetId: 'total-users', config: {} })]
      const listing = await publishListing(client, viewBundle([stays]))
      const copy = await install(client, listing)
      await commit(client)
      const next = await publishVersion(client, listing, '1.1.0', viewBundle([stays, comes]))
      const permissions = ['components.read', 'dashboards.read', 'dashboards.write', 'marketplace.install']
      await giveCustomRole(client, 'buyer', permissions, [ids.viewer])
      const allow = (roles: string) =>
        client.query("update public.built_in_components set allowed_roles = $1 where key = 'total-users'", [
          roles,
        ])
      const { rows } = await client.query(
        "select allowed_roles from public.built_in_components where key = 'total-users'",
      )
      await allow('{admin}')
      expect(await clientError(upgrade(client, copy, next, { actor: viewer }))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: expect.stringMatching(/^bundle\.content\.layout\.widgets\.\d\.widgetId$/),
      })
      await allow(rows[0]?.allowed_roles)
      await upgrade(client, copy, next, { actor: viewer })
      expect((await client.query('select from public.widgets')).rowCount).toBe(2)
    }),
  )

  it(
    'is taken back without what a widget was as another component',
    committed(async (client) => {
      await setPlan(client, 'premium')
      await insertComponent(client, ours, {})
      const id = await insertWidget(client, {
        view_id: await insertView(client),
        component_key: 'gauge',
        config: { unit: 'x', limit: 1 },
      })
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      await upgrade(client, copy, await publishVersion(client, listing, '2.0.0', renamedBundle))
      await commit(client)
      await client.query("update public.widgets set component_key = 'dial', config = $1", [
        { unit: 'm', most: 3 },
      ])
      await commit(client)
      await rollBack(client, copy)
      expect((await client.query('select id, component_version, config from public.widgets')).rows).toEqual([
        { id, component_version: '1.0.0', config: { unit: 'm' } },
      ])
    }),
  )

  it(
    'is previewed to the version that is asked for, with the notes until then',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      for (const version of ['1.1.0', '1.2.0', '1.3.0', '1.4.0']) {
        await submit(client, listing.id, componentBundle({ version }), { version })
        await review(client, listing.id, version === '1.2.0' ? 'refuse' : 'publish')
      }
      const to = async (version: string | null) =>
        upgradePreviewSchema.parse(await call(client, admin, 'preview_upgrade', [ours, copy.id, version]))
      const notes = (...versions: string[]) =>
        versions.map((version) => ({ version, notes: `As of ${version}` }))
      expect(await to('1.3.0')).toMatchObject({ to: '1.3.0', notes: notes('1.1.0', '1.3.0') })
      expect(await to(null)).toMatchObject({ to: '1.4.0', notes: notes('1.1.0', '1.3.0', '1.4.0') })
      expect(await clientError(to('1.0.0'))).toMatchObject({ code: 'conflict', details: 'version' })
    }),
  )

  it(
    'to an address outside takes that it is allowed, as installing does',
    story(async (client) => {
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      const url = 'https://rates.example.com/today'
      const sources = [{ key: 'rates', name: 'Rates', url }]
      const bundle = componentBundle({ version: '1.1.0' }, { sources })
      const next = await publishVersion(client, listing, '1.1.0', bundle)
      expect(await clientError(upgrade(client, copy, next))).toMatchObject({
        code: 'conflict',
        details: `{"addresses": ["${url}"]}`,
      })
      expect((await upgrade(client, copy, next, { addresses: [url] })).install.version).toBe('1.1.0')
    }),
  )

  it.each([
    ['of this workspace', ours, false],
    ['of another workspace', theirs, true],
  ])('beyond the limit counts the older copies %s', (_, at, isTaken) =>
    story(async (client) => {
      const listing = await publishListing(client, themeBundle())
      const copy = await install(client, listing)
      await client.query(
        `insert into public.marketplace_installs (workspace_id, kind, name, author, version, content_hash, created_at)
         select $1, 'view', 'Copy ' || n, 'Somebody', '1.0.0', $2, now() - interval '1 day'
         from generate_series(1, 5) as n`,
        [at, listing.hash],
      )
      const next = await publishVersion(client, listing, '1.1.0', themeBundle('1.1.0', 'black'))
      await setPlan(client, 'free', ours)
      const upgraded = upgrade(client, copy, next)
      if (isTaken) expect((await upgraded).install.version).toBe('1.1.0')
      else expect(await clientError(upgraded)).toMatchObject(overLimit('marketplace_installs', 5, 6))
    })(),
  )

  it(
    'leaves the widgets of deleted views as they are, and maps by what was published alone',
    committed(async (client) => {
      await setPlan(client, 'premium')
      const listing = await publishListing(client)
      const copy = await install(client, listing)
      await insertComponent(client, ours, { id: 'other', version: '3.0.0' })
      await client.query("update public.components set allowed_roles = '{admin}' where key = 'other'")
      const [shared, deleted] = [await insertView(client), await insertView(client, { name: 'Old' })]
      for (const view_id of [shared, deleted])
        await insertWidget(client, {
          view_id,
          component_key: 'dial',
          component_version: '1.0.0',
          config: { unit: 'l', limit: 20 },
        })
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [deleted])
      await commit(client)
      const bad = componentBundle(
        { version: '1.1.0' },
        { mapping: { defaults: { unit: 'm' }, remove: ['unit'] } },
      )
      await submit(client, listing.id, bad, { version: '1.1.0' })
      await review(client, listing.id, 'refuse')
      const next = await publishVersion(client, listing, '2.0.0', renamedBundle)
      await commit(client)
      expect((await upgrade(client, copy, next)).widgets).toMatchObject({ total: 1, mapped: 1 })
      const widgets = async () =>
        (
          await client.query(
            'select component_version as version, config from public.widgets order by view_id = $1',
            [deleted],
          )
        ).rows
      const old = { version: '1.0.0', config: { unit: 'l', limit: 20 } }
      expect(await widgets()).toEqual([{ version: '2.0.0', config: { unit: 'l', most: 20 } }, old])
      await commit(client)
      await rollBack(client, copy)
      expect(await widgets()).toEqual([old, old])
      // What the workspace has made itself is not rolled back.
      expect(await publishedVersions(client)).toEqual(['dial 1.0.0', 'other 3.0.0'])
      expect(
        (await client.query("select allowed_roles from public.components where key = 'other'")).rows,
      ).toEqual([{ allowed_roles: ['admin'] }])
    }),
  )
})

it(
  'a view template is upgraded around what people changed since',
  committed(async (client) => {
    await setPlan(client, 'premium')
    const [one, two, three] = [widget(), widget({ position: { x: 3, y: 0, width: 3, height: 2 } }), widget()]
    const listing = await publishListing(client, viewBundle([one, two]))
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
      viewBundle(
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
