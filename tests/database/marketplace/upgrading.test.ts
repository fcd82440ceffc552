import { describe, expect, it } from 'vitest'
import { upgradePreviewSchema } from '../../../types/marketplace.ts'
import { widget } from '../../support/dashboards/layouts.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
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

// A copy in its next version: who may have it, what is said before, and what becomes of themes and views.

const story = onPremium(policySuite())
const committed = committedStory()

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

describe('an upgrade', () => {
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
