import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insertComponent, publishedVersions } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { ids, ours, viewer } from '../../support/people/cast.ts'
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
  upgrade,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

// A component in its next version: what becomes of the configurations of its widgets, and how that is taken back.

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
      expect(await clientError(rollBack(client, copy))).toMatchObject({
        code: 'conflict',
        details: 'version',
        message: 'This copy has the version that was installed first.',
      })
      // What was rolled back can be upgraded again.
      expect((await upgrade(client, copy, next)).widgets).toEqual(expected)
    }),
  )
})

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
