import type pg from 'pg'
import { expect, it } from 'vitest'
import { requirementsSchema } from '../../../types/marketplace.ts'
import { type BundleRequirement, bundleSchema } from '../../../types/marketplace-bundle.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import {
  componentBundle,
  hashOf,
  install,
  type Published,
  preview,
  publishListing,
  publishVersion,
  rollBack,
  saveListing,
  submit,
  upgrade,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// View templates that show components of other listings, each fixed by its hash.

const story = onPremium(policySuite())
const committed = committedStory()

const dialWidget = (config: object, x = 0) =>
  widget({ widgetId: 'dial', config: { ...config }, position: { x, y: 0, width: 3, height: 2 } })
const requirement = ({ id, version, hash }: Published): BundleRequirement => ({
  listingId: id,
  version,
  contentHash: hash,
  componentKey: 'dial',
})
const template = (widgets: ReturnType<typeof widget>[], requires: unknown[]) => ({
  format: 'b-dashboard-bundle',
  version: 1,
  kind: 'view',
  content: { name: 'Board', description: '', layout: layoutOf(...widgets) },
  requires,
})
const board = { document: { name: 'Board' } }

const shown = async (client: pg.Client, viewId: string | null) =>
  (
    await client.query<{ version: string; config: object }>(
      'select component_version as version, config from public.widgets where view_id = $1 order by x',
      [viewId],
    )
  ).rows.map(({ version, config }) => [version, config])

it(
  'a template names a published version of each component by its hash, and configures it as that takes it',
  story(async (client) => {
    const dial = await publishListing(client)
    const draft = await saveListing(client, outsider, { ...draftOf(), name: 'Draft' })
    const waiting = componentBundle({ version: '2.0.0' })
    await submit(client, dial.id, waiting, { version: '2.0.0' })
    const right = requirement(dial)
    const { id } = await saveListing(client, outsider, { ...draftOf(), kind: 'view' })
    const one = dialWidget({ unit: 'l', limit: 20 })
    for (const [bundle, path] of [
      [template([one], []), 'bundle.content.layout.widgets.0.widgetId'],
      [template([one], [{ ...right, contentHash: '0'.repeat(64) }]), 'bundle.requires.0'],
      [template([one], [{ ...right, version: '2.0.0' }]), 'bundle.requires.0'],
      [template([one], [{ ...right, listingId: draft.id }]), 'bundle.requires.0'],
      [template([one], [{ ...right, componentKey: 'other' }]), 'bundle.requires.0'],
      [template([one], [{ ...right, extra: 1 }]), 'bundle.requires.0.extra'],
      [template([one], [{ ...right, version: '2.0.0', contentHash: hashOf(waiting) }]), 'bundle.requires.0'],
      [template([one], [right, right]), 'bundle.requires'],
      [{ ...template([one], []), requires: {} }, 'bundle.requires'],
      [template([one], Array(21).fill({ ...right, extra: 1 })), 'bundle.requires'],
      [template([one], Array(20).fill({ ...right, extra: 1 })), 'bundle.requires.0.extra'],
      [
        template([dialWidget({ unit: 'l', limit: 900 })], [right]),
        'bundle.content.layout.widgets.0.config.limit',
      ],
      [template([dialWidget({ limit: 9 })], [right]), 'bundle.content.layout.widgets.0.config.unit'],
      [
        template([{ ...one, componentVersion: '1.0.0' }], [right]),
        'bundle.content.layout.widgets.0.componentVersion',
      ],
      [{ ...componentBundle(), requires: [right] }, 'bundle.requires'],
    ] as const)
      expect(await clientError(submit(client, id, bundle)), path).toMatchObject({
        code: 'invalid_input',
        details: path,
      })
    await submit(client, id, bundleSchema.parse(template([one], [right])))
  }),
)

const draftOf = () => ({
  kind: 'component' as const,
  name: 'Board',
  author: 'Studio',
  description: 'A board.',
  category: 'analytics',
  licence: 'MIT' as const,
})

it(
  'a template is installed once what it requires is, and holds that',
  story(async (client) => {
    const dial = await publishListing(client)
    const one = dialWidget({ unit: 'l', limit: 20 })
    const listing = await publishListing(
      client,
      bundleSchema.parse(template([one, widget()], [requirement(dial)])),
      board,
    )
    // A component that only has the same name is another one.
    await client.query('savepoint named')
    await insertComponent(client, ours, { id: 'dial' })
    for (const prepare of [async () => {}, () => client.query('rollback to savepoint named')]) {
      await prepare()
      const refused = await clientError(install(client, listing))
      expect(refused.code).toBe('conflict')
      expect(requirementsSchema.parse(JSON.parse(String(refused.details)))).toEqual({
        requires: [requirement(dial)],
      })
    }
    expect((await client.query("select from public.dashboard_views where name = 'Board'")).rowCount).toBe(0)

    const component = await install(client, dial)
    const { viewId } = await install(client, listing)
    expect((await shown(client, viewId)).toSorted()).toEqual(
      [
        ['1.0.0', { unit: 'l', limit: 20 }],
        [null, { limit: 5 }],
      ].toSorted(),
    )
    const removed = call(client, admin, 'remove_install', [ours, component.id])
    expect(await clientError(removed)).toMatchObject({ code: 'conflict' })
    // It stays what it is when the listing of its component goes.
    await call(client, outsider, 'withdraw_listing', [theirs, dial.id])
    expect(await call<object>(client, member, 'get_view', [viewId])).toMatchObject({ name: 'Board' })
  }),
)

it(
  'what a template requires is installed from that listing in that workspace, or offered by the workspace itself',
  story(async (client) => {
    const dial = await publishListing(client)
    const bundle = template([dialWidget({ unit: 'l' })], [requirement(dial)])
    const listing = await publishListing(client, bundleSchema.parse(bundle), board)
    const other = await publishListing(client, componentBundle(), { document: { name: 'Another' } })
    const atTheirs = { actor: outsider, workspaceId: theirs }
    for (const [what, prepare, where, isThere] of [
      ['another workspace has it', () => install(client, dial, atTheirs), {}, false],
      ['another listing of that component', () => install(client, other), {}, false],
      [
        'one made by hand beside a listing of its own',
        async () => {
          await saveListing(client, admin, { ...draftOf(), name: 'Mine' }, { workspaceId: ours })
          await insertComponent(client, ours, { id: 'dial' })
        },
        {},
        false,
      ],
      ['its own is not there', () => insertComponent(client, theirs, { id: 'gauge' }), atTheirs, false],
      ['its own', () => insertComponent(client, theirs, { id: 'dial' }), atTheirs, true],
      ['installed', () => install(client, dial), {}, true],
    ] as const) {
      await client.query('savepoint prepared')
      await prepare()
      if (isThere) expect((await install(client, listing, where)).kind, what).toBe('view')
      else {
        const refused = await clientError(install(client, listing, where))
        expect(requirementsSchema.parse(JSON.parse(String(refused.details))), what).toEqual({
          requires: [requirement(dial)],
        })
      }
      await client.query('rollback to savepoint prepared')
    }
  }),
)

it(
  'what a template required before it has to be there again when it is rolled back',
  committed(async (client) => {
    await setPlan(client, 'premium')
    const dial = await publishListing(client)
    const bundle = template([dialWidget({ unit: 'l' })], [requirement(dial)])
    const listing = await publishListing(client, bundleSchema.parse(bundle), board)
    const component = await install(client, dial)
    const copy = await install(client, listing)
    await commit(client)
    const plain = await publishVersion(client, listing, '1.1.0', bundleSchema.parse(template([widget()], [])))
    await upgrade(client, copy, plain)
    await commit(client)
    await call(client, admin, 'remove_install', [ours, component.id])
    const refused = await clientError(rollBack(client, copy))
    expect(refused).toMatchObject({ code: 'conflict' })
    expect(requirementsSchema.parse(JSON.parse(String(refused.details))).requires).toEqual([
      requirement(dial),
    ])
    await install(client, dial)
    expect((await rollBack(client, copy)).install.version).toBe('1.0.0')
  }),
)

it(
  'an upgrade says what is to be upgraded before, and what is rolled back needs it no more',
  committed(async (client) => {
    await setPlan(client, 'premium')
    const dial = await publishListing(client)
    const one = dialWidget({ unit: 'l', limit: 20 })
    const listing = await publishListing(
      client,
      bundleSchema.parse(template([one], [requirement(dial)])),
      board,
    )
    const component = await install(client, dial)
    const copy = await install(client, listing)
    await commit(client)
    const next = await publishVersion(
      client,
      dial,
      '2.0.0',
      componentBundle(
        {
          version: '2.0.0',
          defaultConfig: { unit: 'l' },
          configSchema: {
            type: 'object',
            properties: { unit: { type: 'string' }, most: { type: 'integer' } },
            additionalProperties: false,
          },
        },
        { mapping: { rename: { limit: 'most' } } },
      ),
    )
    const better = await publishVersion(
      client,
      listing,
      '1.1.0',
      bundleSchema.parse(
        template(
          [{ ...one, config: { unit: 'l', most: 20 } }, dialWidget({ unit: 'm', most: 3 }, 6)],
          [requirement(next)],
        ),
      ),
    )
    await commit(client)
    expect((await preview(client, copy)).requires).toEqual([requirement(next)])
    expect(await clientError(upgrade(client, copy, better))).toMatchObject({ code: 'conflict' })
    await upgrade(client, component, next)
    await commit(client)
    // The widget followed its component, which is nobody's change of the view.
    expect(await preview(client, copy)).toMatchObject({
      requires: [],
      view: { changes: [{ stays: false }] },
    })
    await upgrade(client, copy, better)
    await commit(client)
    const first = ['2.0.0', { unit: 'l', most: 20 }]
    expect(await shown(client, copy.viewId)).toEqual([first, ['2.0.0', { unit: 'm', most: 3 }]])
    // What the component does not take stays, until that is rolled back too.
    await rollBack(client, copy)
    expect(await shown(client, copy.viewId)).toEqual([first])
    await commit(client)
    await rollBack(client, component)
    expect(await shown(client, copy.viewId)).toEqual([['1.0.0', { unit: 'l', limit: 20 }]])
  }),
)

it(
  'is prepared with what it requires, of what is installed and of what the workspace offers itself',
  story(async (client) => {
    const dial = await publishListing(client)
    await install(client, dial)
    await insertComponent(client, theirs, { id: 'dial' })
    for (const [actor, workspace_id] of [
      [admin, ours],
      [outsider, theirs],
    ] as const) {
      const view_id = await insertView(client, { name: 'Tank', workspace_id })
      for (const x of [0, 3])
        await insertWidget(client, {
          view_id,
          workspace_id,
          component_key: 'dial',
          config: { unit: 'l', limit: 9 },
          x,
        })
      const { bundle } = await call<{ bundle: unknown }>(client, actor, 'prepare_bundle', [
        workspace_id,
        'view',
        view_id,
      ])
      expect(bundleSchema.parse(bundle)).toMatchObject({ requires: [requirement(dial)] })
    }
    // One that is nowhere offered is in no template, whatever another workspace has installed by that name.
    await insertComponent(client, ours, { id: 'own' })
    await insertComponent(client, theirs, { id: 'own' })
    await client.query(
      `insert into public.marketplace_installs (workspace_id, kind, name, author, version, content_hash, listing_id,
         component_key)
       select $2, kind, name, author, version, content_hash, listing_id, 'own'
       from public.marketplace_installs where workspace_id = $1`,
      [ours, theirs],
    )
    // Nor is one that another workspace offers.
    await publishListing(client, componentBundle({ id: 'own' }), { document: { name: 'Own' } })
    const view_id = await insertView(client, { name: 'Own' })
    await insertWidget(client, { view_id, component_key: 'own', config: { unit: 'l' } })
    expect(await clientError(call(client, admin, 'prepare_bundle', [ours, 'view', view_id]))).toMatchObject({
      code: 'invalid_input',
      details: 'bundle.content.layout.widgets.0.widgetId',
    })
  }),
)
