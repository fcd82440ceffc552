import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportSchema, mostExportedWidgets } from '../../../types/transfer.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import { dashboardOf, gaugeWidget, preferencesOf } from '../../support/dashboards/transfer.ts'
import { mutated, mutationWith, pathsOf, problemsOf } from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of zod and of the database on every export, and the same place of what is wrong. What stands inside
// of a view, a theme or a component has tests of its own; here it is what holds them together. The seed is fixed, so a
// failure can be seen again.

const story = policySuite()
const seed = 20_261_122

const id = fc.oneof(fc.uuid(), fc.constantFrom('default', 'first', 'my_view-1', 'A', '0'.repeat(100)))
const distinct = <T>(part: fc.Arbitrary<T>, nameOf: (part: T) => unknown, maxLength: number) =>
  fc.uniqueArray(part, { maxLength, selector: nameOf })

const component = fc
  .record({ id: fc.constantFrom('gauge', 'meter'), version: fc.constantFrom('1.0.0', '0.0.1', '10.2.30') })
  .map((named) => ({ ...gauge, ...named }))
const theme = fc
  .record({ id, name: fc.constantFrom('Paper', '1 < 2 <3> 0', 'a\u202eb') })
  .map((named) => ({ ...contractTheme, ...named }))
const view = fc.record(
  {
    id,
    name: fc.constantFrom('Overview', "'; drop table views", '👩‍💻', 'a <- b'),
    description: fc.constantFrom('', 'What I look at'),
    layout: fc.constantFrom(
      layoutOf(),
      layoutOf(widget(), gaugeWidget(), gaugeWidget({ componentVersion: '3.0.0' })),
      contractView.layout,
    ),
    isRoleDefault: fc.boolean(),
    createdAt: fc.constant('2026-01-31T12:00:00.000Z'),
  },
  { requiredKeys: ['id', 'name', 'layout'] },
)
const extras = fc.dictionary(
  fc.constantFrom('app:density', 'a.b-c_d:0', 'x:y'),
  fc.constantFrom<unknown>(null, 1, 'two', [{ three: null }]),
)
const parts = {
  format: fc.constant('b-dashboard'),
  version: fc.constant(1),
  exportedAt: fc.constantFrom('2026-01-31T12:00:00.000Z', '2024-02-29T23:59:59+14:00'),
  components: distinct(component, (each) => `${each.id} ${each.version}`, 2),
}
const viewExport = fc.record({
  ...parts,
  kind: fc.constant('view'),
  themes: fc.constant([]),
  views: fc.tuple(view),
})
const dashboardExport = fc
  .record({
    ...parts,
    kind: fc.constant('dashboard'),
    themes: distinct(theme, (each) => each.id, 1),
    views: distinct(view, (each) => each.id, 3),
    preferences: fc.record(
      {
        locale: fc.constantFrom(null, 'en', 'pt-BR'),
        theme_mode: fc.constantFrom('light', 'dark', 'system'),
        sidebar_collapsed: fc.boolean(),
        extras,
      },
      { requiredKeys: [] },
    ),
    theme: fc.constantFrom('its', null, 'ocean', 'a0', undefined),
    view: fc.constantFrom('its', null, undefined),
    hasPreferences: fc.boolean(),
  })
  .map(({ theme, view, hasPreferences, preferences, ...document }) => ({
    ...document,
    views: document.views.map((each, index) => ({ ...each, isDefault: index === 1 })),
    ...(hasPreferences && {
      preferences: {
        ...preferences,
        active_theme_id: theme === 'its' ? (document.themes[0]?.id ?? null) : theme,
        active_dashboard_view: view === 'its' ? (document.views.at(-1)?.id ?? null) : view,
      },
    }),
  }))
const nothingChosen = {
  ...preferencesOf(),
  active_theme_id: null,
  active_dashboard_view: null,
}
const valid: fc.Arbitrary<Record<string, unknown>> = fc.oneof(viewExport, dashboardExport)

/** What stands in place of a part, or beside it. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 1.5, -1, [], {}, [1], [{}], 1e300),
  fc.constantFrom(
    '',
    'view',
    'dashboard',
    'b-dashboard',
    'b-dashboard\n',
    'B-Dashboard',
    '1',
    'first',
    'Ocean',
  ),
  fc.constantFrom('2026-02-30T12:00:00Z', '2026-01-31', 'en', 'EN', 'sepia', 'a\u200b', 'x'.repeat(101)),
  fc.constantFrom(
    'abcdef01-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-00000000000G',
    '1.0',
    '1.0.0',
  ),
  fc.constantFrom<unknown>(
    { density: 1 },
    { 'app:x': 'x'.repeat(16_400) },
    { '<b>:x': 1 },
    { 'app:x': null },
  ),
  fc.constantFrom<unknown>(
    ...['{"__proto__": 1}', '{"app:x": {"__proto__": {}}}'].map((text) => JSON.parse(text)),
  ),
  fc.constantFrom<unknown>([gauge], [gauge, gauge], Array(201).fill(gauge), [{ ...gauge, version: '2.0.0' }]),
  fc.constantFrom<unknown>([{ ...contractTheme, id: 'a' }], [{ ...contractTheme, id: undefined }]),
  fc.constantFrom<unknown>([contractView], [contractView, contractView], Array(201).fill(contractView)),
  id,
)
/** At the top, where most of the rules are, or anywhere. */
const mutation = mutationWith(junk, ['preferences', 'id', 'version', 'format', 'isDefault', 'locale'])
const changes = fc.oneof(
  fc.tuple(valid, mutation).map(([document, change]) => mutated(document, change)),
  fc
    .tuple(valid, fc.constantFrom('preferences', 'views', 'themes', 'components'), mutation)
    .map(([document, key, change]) => ({ ...document, [key]: mutated(document[key] ?? {}, change) })),
  fc
    .tuple(
      valid,
      fc.constantFrom(
        'kind',
        'version',
        'format',
        'views',
        'themes',
        'components',
        'preferences',
        'exportedAt',
        'x',
      ),
      fc.oneof(junk, fc.constant(undefined)),
    )
    .map(([document, key, value]) => ({ ...document, [key]: value })),
  fc
    .tuple(
      dashboardExport,
      fc.constantFrom('locale', 'theme_mode', 'active_theme_id', 'active_dashboard_view', 'extras', 'x'),
      junk,
    )
    .map(([document, key, value]) => ({
      ...document,
      preferences: { ...nothingChosen, ...document.preferences, [key]: value },
    })),
)

describe('zod and the database', () => {
  it(
    'agree on 1,000 valid exports and 1,500 changed ones, and on where something is wrong',
    story(async (client) => {
      const texts = [
        ...fc.sample(valid, { seed, numRuns: 1_000 }),
        ...fc.sample(changes, { seed, numRuns: 1_500 }),
        ...fc.sample(junk, { seed, numRuns: 50 }),
      ].map((document) => JSON.stringify(document))
      const byDatabase = await problemsOf(client, "private.export_problem(coalesce(d.value, 'null'))", texts)
      const answers = texts.map((text, index) => ({
        text: text.slice(0, 1_000),
        database: byDatabase[index],
        zod: pathsOf(exportSchema.safeParse(JSON.parse(text))),
      }))
      const isShared = ({ database, zod }: (typeof answers)[number]) =>
        database?.valid === (zod.length === 0) &&
        (database.valid || zod.some((path) => lieTogether(partAt(path), partAt(database.path ?? ''))))
      expect(answers.filter((answer) => !isShared(answer)).slice(0, 10)).toEqual([])

      const valids = answers.filter(({ zod }) => zod.length === 0).length
      expect(valids).toBeGreaterThan(1_000)
      expect(texts.length - valids).toBeGreaterThan(1_000)
    }),
  )

  it(
    'agree on how large an export may be',
    story(async (client) => {
      const full = () => widget({ config: { note: 'x'.repeat(15_000) } })
      const ofSize = (bytes: number) =>
        JSON.stringify(
          dashboardOf({
            components: [],
            themes: [],
            views: ['a', 'b'].map((id) => ({
              id,
              name: 'Full',
              layout: layoutOf(...Array.from({ length: bytes / 2 / 15_200 }, full)),
            })),
            preferences: undefined,
          }),
        )
      const texts = [ofSize(3_200_000), ofSize(4_000_000), ofSize(4_300_000), ofSize(5_000_000)]
      const byDatabase = await problemsOf(client, 'private.export_problem(d.value)', texts)
      expect(byDatabase).toEqual([
        { valid: true, path: null },
        { valid: true, path: null },
        { valid: false, path: '' },
        { valid: false, path: '' },
      ])
      expect(texts.map((text) => exportSchema.safeParse(JSON.parse(text)).success)).toEqual([
        true,
        true,
        false,
        false,
      ])
    }),
  )

  it(
    'agree on how many widgets an export may have',
    story(async (client) => {
      const ofWidgets = (...counts: number[]) =>
        JSON.stringify(
          dashboardOf({
            components: [],
            themes: [],
            views: counts.map((length, place) => ({
              id: `view-${place}`,
              name: 'Many',
              layout: layoutOf(...Array.from({ length }, () => widget())),
            })),
            preferences: undefined,
          }),
        )
      const full = Array.from({ length: mostExportedWidgets / 200 }, () => 200)
      const texts = [ofWidgets(...full), ofWidgets(...full, 1)]
      expect(await problemsOf(client, 'private.export_problem(d.value)', texts)).toEqual([
        { valid: true, path: null },
        { valid: false, path: 'views' },
      ])
      expect(texts.map((text) => pathsOf(exportSchema.safeParse(JSON.parse(text))))).toEqual([[], ['views']])
    }),
  )
})

/** The component, the theme or the view that a path leads into, or the path. */
function partAt(path: string): string {
  return /^(?:components|themes|views)\.\d+/.exec(path)?.[0] ?? path
}

/** Whether two places are the same, or one lies in the other: zod and the database may look differently far. */
function lieTogether(one: string, other: string): boolean {
  return `${one}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${one}.`)
}
