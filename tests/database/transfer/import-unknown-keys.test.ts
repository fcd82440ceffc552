import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { gauge } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import {
  dashboardOf,
  exportDashboard,
  importDashboard,
  importView,
  preferencesOf,
  withoutIds,
} from '../../support/dashboards/transfer.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { member, ours } from '../../support/people/cast.ts'

// Keys that nobody knows here: an import brings the rest and names them, and a write refuses them.

const story = policySuite()
const premiumStory = onPremium(story)
const seed = 20_261_122

/** The objects of an export that have fixed keys, by their paths. */
function objectsOf(value: unknown, path: string[] = []): [string[], object][] {
  if (typeof value !== 'object' || value === null) return []
  const open = ['config', 'defaultConfig', 'configSchema', 'extras']
  const children = Object.entries(value).flatMap(([key, child]) =>
    open.includes(key) ? [] : objectsOf(child, [...path, key]),
  )
  return Array.isArray(value) ? children : [[path, value], ...children]
}

/** A copy of a document with keys more, and where these stand. */
function withKeys(document: object, additions: { place: number; key: string; value: unknown }[]) {
  const copy: object = structuredClone(document)
  const objects = objectsOf(copy)
  const paths = additions.map(({ place, key, value }) => {
    const [path, target] = objects[place % objects.length] ?? [[], copy]
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
    return (/[< ]/.test(key) || key.length > 50 ? path : [...path, key]).join('.')
  })
  return { document: copy, paths }
}

const additions = fc.uniqueArray(
  fc.record({
    place: fc.nat(),
    key: fc.constantFrom(
      '$schema',
      'x-y',
      '__proto__',
      'constructor',
      'app:x',
      '<b>',
      'two words',
      'k'.repeat(51),
    ),
    value: fc.constantFrom<unknown>(null, 1, 'secret', { deep: [{ secret: 1 }] }, []),
  }),
  { minLength: 1, maxLength: 6, selector: ({ key }) => key },
)

const countAll = async (client: pg.Client) =>
  (await client.query('select count(*)::int from public.dashboard_views')).rows[0]

describe('keys that are unknown', () => {
  it(
    'are named wherever they stand in a dashboard, and the rest comes in as if they were not there',
    premiumStory(async (client) => {
      const known = dashboardOf()
      await importDashboard(client, member, known)
      const plain = withoutIds(await exportDashboard(client, member))
      for (const added of fc.sample(additions, { seed, numRuns: 40 })) {
        await client.query('savepoint before')
        await client.query('delete from public.dashboard_views')
        await client.query('delete from public.themes')
        const { document, paths } = withKeys(known, added)
        const report = await importDashboard(client, member, document)
        expect(report.skipped.map(({ path }) => path).sort()).toEqual(paths.sort())
        expect(report.skipped.every(({ code }) => code === 'invalid_input')).toBe(true)
        expect(JSON.stringify(report)).not.toMatch(/secret|<b>|kkkk/)
        expect(withoutIds(await exportDashboard(client, member))).toEqual(plain)
        await client.query('rollback to savepoint before')
      }
    }),
  )

  it(
    'are named in a view by itself',
    story(async (client) => {
      for (const added of fc.sample(additions, { seed, numRuns: 20 })) {
        const { document, paths } = withKeys(contractView, added)
        const report = await importView(client, member, document)
        expect(report.skipped.map(({ path }) => path).sort()).toEqual(paths.sort())
      }
    }),
  )

  it(
    'are named up to 100, and then counted; more than 1,000 are refused',
    story(async (client) => {
      const widgets = (count: number) =>
        Array.from({ length: count }, () => ({ ...widget(), one: 1, two: 2, three: 3, four: 4, five: 5 }))
      const view = (count: number) => ({ name: 'Many', layout: { ...layoutOf(), widgets: widgets(count) } })
      const { skipped } = await importView(client, member, view(200))
      expect(skipped).toHaveLength(101)
      expect(skipped.map(({ path }) => path).slice(0, 6)).toEqual([
        ...['one', 'two', 'five', 'four', 'three'].map((key) => `layout.widgets.0.${key}`),
        'layout.widgets.1.one',
      ])
      expect(skipped.at(-1)).toMatchObject({
        path: '',
        code: 'invalid_input',
        message: '900 more were left out.',
      })

      const before = await countAll(client)
      const error = await clientError(importView(client, member, { ...view(200), more: true }))
      expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: 'more' })
      expect(await countAll(client)).toEqual(before)
    }),
  )

  it.each([
    ['a view', importView, contractView],
    ['a dashboard', importDashboard, dashboardOf()],
  ] as const)('are left out of %s of 4 MiB, and refused in one of more', (_, attempt, known) =>
    premiumStory(async (client) => {
      const { rows } = await client.query('select octet_length(($1::jsonb)::text) as bytes', [
        JSON.stringify({ ...known, more: '' }),
      ])
      const ofBytes = (bytes: number) => ({ ...known, more: 'x'.repeat(bytes - rows[0]?.bytes) })
      const before = await countAll(client)
      expect(await clientError(attempt(client, member, ofBytes(4_194_305)))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'more',
      })
      expect(await countAll(client)).toEqual(before)
      expect((await attempt(client, member, ofBytes(4_194_304))).skipped).toMatchObject([{ path: 'more' }])
    })(),
  )

  it(
    'are refused where a document is written and not imported',
    premiumStory(async (client) => {
      const { id } = await call<{ id: string }>(client, member, 'create_view', [ours, 'V', '', layoutOf()])
      const writes: [string, string, unknown[]][] = [
        ['create_view', 'layout.$schema', [ours, 'V', '', { ...layoutOf(), $schema: 1 }]],
        ['save_view', '$schema', [id, { name: 'V', layout: layoutOf(), $schema: 1 }, 1]],
        ['publish_component', '$schema', [ours, { ...gauge, $schema: 1 }]],
        ['patch_preferences', '$schema', [ours, { $schema: 1 }]],
      ]
      for (const [name, details, values] of writes) {
        const error = await clientError(call(client, member, name, values))
        expect(error, name).toMatchObject({ status: 400, code: 'invalid_input' })
        expect(String(error.details), name).toContain(details.split('.').at(-1))
      }
    }),
  )

  it(
    'of another version of the format are not looked for',
    story(async (client) => {
      const document = { ...dashboardOf(), version: 2, preferences: { ...preferencesOf(), more: 1 } }
      expect(await clientError(importDashboard(client, member, document))).toMatchObject({
        details: 'version',
      })
    }),
  )
})

it(
  'views and themes of a dashboard keep the order of the document',
  story(async (client) => {
    const names = ['Zebra', 'apple', 'Mango', 'banana', 'Yak', 'kiwi', 'Xylo', 'cherry']
    const [theme] = dashboardOf().themes
    const document = dashboardOf({
      components: [],
      views: names.map((name, n) => ({ id: `v${n}`, name, layout: layoutOf() })),
      themes: names.flatMap((name, n) => (theme ? [{ ...theme, id: `t${n}`, name }] : [])),
      preferences: undefined,
    })
    await importDashboard(client, member, document)
    const again = await exportDashboard(client, member)
    expect(again.views.map(({ name }) => name)).toEqual(names)
    expect(again.themes.map(({ name }) => name)).toEqual(names)
    expect(await call(client, member, 'active_view', [ours])).toMatchObject({ source: 'own', name: 'Zebra' })
  }),
)
