import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  type ImportedTheme,
  importedThemeSchema,
  type ThemeToken,
  themeSchema,
  themeTokens,
} from '../../../types/theme.ts'
import { inKebab, preset, registryItem, renamed } from '../../support/dashboards/ecosystem-themes.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import { dashboardOf, importDashboard } from '../../support/dashboards/transfer.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { member, ours } from '../../support/people/cast.ts'

// Themes that people bring: what is known is kept, what is not is named, and what is missing is refused.

const story = policySuite()

const importTheme = async (client: pg.Client, document: unknown): Promise<ImportedTheme> =>
  importedThemeSchema.parse(await call(client, member, 'import_theme', [ours, JSON.stringify(document)]))
const pathsOf = ({ skipped }: Pick<ImportedTheme, 'skipped'>) => skipped.map(({ path }) => path)

describe('a theme of the ecosystem', () => {
  it(
    'of the registry of shadcn/ui comes in, and what has no place here is named',
    story(async (client) => {
      const made = await importTheme(client, registryItem())
      expect(made).toMatchObject({
        name: 'Modern Minimal',
        version: '1.0.0',
        colors: contractTheme.colors,
        radius: { base: '0.375rem' },
        metadata: { description: 'A theme of straight lines.' },
      })
      expect(pathsOf(made).sort()).toEqual([
        ...['$schema', 'author', 'css', 'cssVars.dark.shadow-sm', 'cssVars.light.destructive-foreground'],
        ...['cssVars.light.shadow-sm', 'cssVars.light.spacing', 'cssVars.theme.font-mono'],
        ...['cssVars.theme.font-sans', 'cssVars.theme.tracking-normal', 'dependencies', 'name', 'type'],
      ])
      // The name is known, and the title counts.
      expect(made.skipped.filter(({ code }) => code !== 'invalid_input')).toEqual([
        { path: 'name', code: 'conflict', message: 'Another key gives the name.' },
      ])
      // What came in goes out as a document of ours.
      themeSchema.parse(await call(client, member, 'export_theme', [ours, made.id]))
    }),
  )

  it(
    'of tweakcn comes in, its radius in rem',
    story(async (client) => {
      const made = await importTheme(client, preset())
      expect(made).toMatchObject({
        name: 'Candyland',
        colors: contractTheme.colors,
        radius: { base: '0.5rem' },
      })
      expect(pathsOf(made).sort()).toEqual([
        ...['styles.dark.letter-spacing', 'styles.light.font-mono', 'styles.light.font-sans'],
        'styles.light.shadow-color',
      ])
    }),
  )

  it(
    'says for dark what it says for light where it says nothing else, as in a style sheet',
    story(async (client) => {
      const made = await importTheme(client, {
        name: 'Half',
        light: renamed('light'),
        dark: { primary: '#123456' },
      })
      const { light } = contractTheme.colors
      expect(made.colors).toEqual({ light, dark: { ...light, primary: '#123456' } })
      expect(made).toMatchObject({ radius: { base: '0.625rem' }, skipped: [] })
      const own = { ...contractTheme, colors: { light, dark: { primary: '#123456' } } }
      expect(await clientError(importTheme(client, own))).toMatchObject({ details: 'colors.dark.background' })
    }),
  )

  it.each([
    ['of a registry', 'cssVars.dark', { name: 'N', cssVars: { light: renamed('light') } }],
    ['by itself', 'dark', { name: 'N', light: renamed('light') }],
  ])('%s that has no dark colors shows the light ones there, and says so', (_, path, document) =>
    story(async (client) => {
      const made = await importTheme(client, document)
      const { light } = contractTheme.colors
      expect(made.colors).toEqual({ light, dark: light })
      expect(made.skipped).toEqual([{ path, code: 'not_found', message: expect.any(String) }])
      const own = { ...contractTheme, colors: { light } }
      expect(await clientError(importTheme(client, own))).toMatchObject({
        code: 'invalid_input',
        details: 'colors.dark',
      })
    })(),
  )

  it(
    'goes by any spelling of a token, and the plain one counts',
    story(async (client) => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('cssVars', 'styles'),
          fc.array(fc.constantFrom('', '--', '--color-'), { minLength: 31, maxLength: 31 }),
          async (container, prefixes) => {
            const nameOf = (token: ThemeToken) => {
              const prefix = prefixes[themeTokens.indexOf(token)] ?? ''
              return `${prefix}${inKebab(token)}`
            }
            const light = { ...renamed('light', nameOf), 'SIDEBAR-BACKGROUND': 'red' }
            const made = await importTheme(client, {
              name: 'N',
              [container]: { light, dark: renamed('dark', nameOf) },
            })
            expect(made.colors.dark).toEqual(contractTheme.colors.dark)
            expect(pathsOf(made)).toHaveLength(1)
          },
        ),
        { seed: 20_261_122, numRuns: 30 },
      )
    }),
  )

  const without = (mode: 'light' | 'dark', ...tokens: string[]) => {
    const item = registryItem()
    for (const token of tokens) Reflect.deleteProperty(item.cssVars[mode], token)
    return item
  }
  const withColor = (value: unknown) => {
    const item = registryItem()
    return { ...item, cssVars: { ...item.cssVars, light: { ...item.cssVars.light, 'chart-1': value } } }
  }
  it.each<[string, string, unknown]>([
    ['lacks colors', 'cssVars.light.chart1', without('light', 'chart-1', 'sidebar-ring')],
    ['has no name', 'name', { ...preset(), label: undefined }],
    ['has a title of nothing', 'title', { ...registryItem(), title: ' ' }],
    ['refers to another color', 'cssVars.light.chart-1', withColor('var(--primary)')],
    ['breaks out of the style sheet', 'cssVars.light.chart-1', withColor('red;}body{x:url(//evil)')],
    [
      'has a radius that is no length',
      'cssVars.theme.radius',
      {
        ...registryItem(),
        cssVars: {
          ...preset().styles,
          light: renamed('light'),
          dark: renamed('dark'),
          theme: { radius: 'calc(1px)' },
        },
      },
    ],
    ['is too large', '', { ...registryItem(), css: 'x'.repeat(300_000) }],
  ])('that %s is refused where it stands', (_name, path, document) =>
    story(async (client) => {
      const error = await clientError(importTheme(client, document))
      expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: path })
      expect((await client.query('select from public.themes')).rowCount).toBe(0)
      if (path === 'cssVars.light.chart1') expect(error.message).toMatch(/: chart1, sidebarRing\.$/)
    })(),
  )
})

describe('a theme document of ours', () => {
  it(
    'with what is unknown comes in without it, which is named at every level',
    story(async (client) => {
      const { light } = contractTheme.colors
      const made = await importTheme(client, {
        ...contractTheme,
        $schema: 'x',
        ...JSON.parse('{"<script>": 1}'),
        metadata: { author: 'Ada', license: 'MIT' },
        radius: { base: '10PX', large: '2rem' },
        colors: {
          ...contractTheme.colors,
          sepia: light,
          light: { ...light, ring: ' currentColor\t', warning: 'red' },
        },
      })
      expect(made).toMatchObject({ radius: { base: '0.625rem' }, metadata: { author: 'Ada' } })
      expect(made.colors.light).toEqual({ ...light, ring: 'currentColor' })
      expect(pathsOf(made).sort()).toEqual(
        ['', '$schema', 'colors.light.warning', 'colors.sepia', 'metadata.license', 'radius.large'].sort(),
      )
    }),
  )

  it(
    'as it is read goes in again, and nothing of it is left out',
    story(async (client) => {
      const made = await importTheme(client, contractTheme)
      const again = await importTheme(client, await call(client, member, 'get_theme', [ours, made.id]))
      expect(again).toMatchObject({ colors: made.colors, skipped: [] })
      expect((await importTheme(client, again)).skipped).toEqual([])
    }),
  )

  it(
    'names at most 100 keys, and counts the others',
    story(async (client) => {
      const extra = Object.fromEntries(Array.from({ length: 137 }, (_value, n) => [`x-${n}`, 1]))
      const { skipped } = await importTheme(client, { ...contractTheme, ...extra })
      expect(skipped).toHaveLength(101)
      expect(skipped.at(-1)).toMatchObject({ path: '', message: '37 more were left out.' })
    }),
  )

  it(
    'is taken strictly where it is written',
    story(async (client) => {
      const made = await importTheme(client, contractTheme)
      const write = (column: string, value: unknown) =>
        clientError(
          actAs(client, member, `update public.themes set ${column} = $1 where id = $2`, [
            JSON.stringify(value),
            made.id,
          ]),
        )
      expect(await write('radius', { base: '10px' })).toMatchObject({ details: 'radius.base' })
      const { light, dark } = contractTheme.colors
      expect(await write('colors', { light: { ...light, '--warning': 'red' }, dark })).toMatchObject({
        code: 'invalid_input',
        details: 'colors.light.--warning',
      })
    }),
  )
})

it(
  'a dashboard’s themes are read as themes are',
  story(async (client) => {
    const themes = [
      { ...registryItem(), id: 'paper' },
      { ...contractTheme, id: 'own', glow: 1 },
    ]
    const document = {
      ...dashboardOf({ components: [], views: [] }),
      themes,
      preferences: { active_theme_id: 'paper' },
    }
    const report = await importDashboard(client, member, document)
    expect(report.themes.map(({ from, name }) => [from, name])).toEqual([
      ['paper', 'Modern Minimal'],
      ['own', contractTheme.name],
    ])
    expect(report.preferences.active_theme_id).toBe(report.themes[0]?.id)
    const paths = report.skipped.map(({ path }) => path)
    expect(paths).toContain('themes.0.cssVars.light.spacing')
    expect(paths).toContain('themes.1.glow')
    const broken = {
      ...document,
      themes: [{ ...registryItem(), id: 'paper', cssVars: { light: {}, dark: {} } }],
    }
    expect(await clientError(importDashboard(client, member, broken))).toMatchObject({
      code: 'invalid_input',
      details: 'themes.0.cssVars.light.background',
    })
  }),
)

describe('a part of a theme that is brought', () => {
  const spaced = (text: string, length: number) => text.padStart(length)
  const themeOf = (bytes: number) => ({ css: 'x'.repeat(bytes - '{"css": ""}'.length) })
  it.each<[string, string, unknown[], unknown]>([
    ['a color of 256 bytes is trimmed', 'imported_color($1)', [spaced('#fff', 256)], '#fff'],
    ['a longer one is not looked at', 'imported_color($1)', [spaced('#fff', 257)], spaced('#fff', 257)],
    ['channels', 'imported_color($1)', ['120 50% 50%'], 'hsl(120 50% 50%)'],
    ['are no channels with commas', 'imported_color($1)', ['120, 50%, 50%'], '120, 50%, 50%'],
    ['a radius of 64 bytes is read', 'imported_radius($1)', [spaced('16PX', 64)], '1rem'],
    ['a longer one is not looked at', 'imported_radius($1)', [spaced('16PX', 65)], spaced('16PX', 65)],
    ['999 rem', 'imported_radius($1)', ['15984px'], '999rem'],
    ['1,000 rem are none', 'imported_radius($1)', ['16000px'], '16000px'],
    ['nothing has no unit', 'imported_radius($1)', [0], '0rem'],
    ['something has one', 'imported_radius($1)', ['1'], '1'],
    ['no colors for light', "imported_colors($1, '', false)", [{ light: 'x' }], { colors: { light: 'x' } }],
    [
      'nor for dark',
      "imported_colors($1, '', false)",
      [{ light: 'x', dark: { card: '#fff' } }],
      { colors: { light: 'x', dark: { card: '#fff' } } },
    ],
    [
      'a name beside metadata',
      'imported_metadata($1, $2)',
      [{ tags: [] }, { author: 'Ada' }],
      { metadata: { tags: [], author: 'Ada' }, skipped: [] },
    ],
    [
      'of which that in the metadata counts',
      'imported_metadata($1, $2)',
      [{ author: 'Bob' }, { author: 'Ada' }],
      { metadata: { author: 'Bob' }, skipped: [{ path: 'author', code: 'conflict' }] },
    ],
    [
      'metadata that are none',
      'imported_metadata($1, $2)',
      [['x'], { author: 'Ada' }],
      { metadata: ['x'], skipped: [{ path: 'author', code: 'conflict' }] },
    ],
    ['a theme of 256 KiB is read', 'imported_theme($1)', [themeOf(262_144)], { problem: { path: 'name' } }],
    ['a larger one is not', 'imported_theme($1)', [themeOf(262_145)], { problem: { path: '' } }],
    [
      'of two radii the first',
      "imported_base_radius($1, $2, '')",
      [{ radius: '1rem' }, { light: { radius: '2rem' } }],
      { radius: { base: '1rem' }, place: 'radius', skipped: [{ path: 'light.radius', code: 'conflict' }] },
    ],
  ])('%s', (_, name, values, expected) =>
    story(async (client) => {
      const { rows } = await client.query<{ answer: unknown }>(
        `select to_jsonb(private.${name}) as answer`,
        values.map((value) => JSON.stringify(value)),
      )
      if (typeof expected === 'object') expect(rows[0]?.answer).toMatchObject(expected ?? {})
      else expect(rows[0]?.answer).toBe(expected)
    })(),
  )

  it(
    'its version stays where it has one',
    story(async (client) => {
      expect(await importTheme(client, { ...registryItem(), version: '2.1.0' })).toMatchObject({
        version: '2.1.0',
      })
    }),
  )
})
