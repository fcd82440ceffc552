import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { colorPattern } from '../../../types/color.ts'
import { cleanText } from '../../../types/text.ts'
import { themeSchema, themeTokens } from '../../../types/theme.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import {
  agreementOn,
  mutated,
  mutationWith,
  noTimestamps,
  timestamps,
  verdictsOf,
} from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of zod and of the database on every document: valid ones, and ones with a part changed, taken away
// or added. The seed is fixed, so a failure can be seen again.

const story = policySuite()
const seed = 20_261_122
const problem = "private.theme_problem(coalesce(d.value, 'null'))"

const digits = fc.oneof(
  fc.constantFrom('0', '0.5', '.25', '1', '12.5', '100', '359.999', '0.0000000001'),
  fc.double({ min: 0, max: 400, noNaN: true }).map(String),
)
const exponent = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.nat(999))
    .map((parts) => parts.join('')),
)
const number = fc
  .tuple(fc.constantFrom('', '', '-', '+'), digits, exponent)
  .map(([sign, n, e]) => (/e/.test(n) ? `${sign}${n}` : `${sign}${n}${e}`))
const share = fc.oneof(
  number,
  number.map((n) => `${n}%`),
  fc.constant('none'),
)
const hue = fc.oneof(
  number,
  number.map((n) => `${n}deg`),
  number.map((n) => `${n}turn`),
)
/** White space of CSS between two parts, and where there need be none. */
const gap = fc.string({ unit: fc.constantFrom(' ', ' ', '\t', '\n', '\r', '\f'), minLength: 1, maxLength: 3 })
const slack = fc.oneof(fc.constant(''), fc.constant(' '), gap)
const spaced = (name: fc.Arbitrary<string>, first: fc.Arbitrary<string>, third: fc.Arbitrary<string>) =>
  fc
    .record({ name, first, second: share, third, alpha: fc.option(share), gap, slack, before: slack })
    .map((part) => {
      const alpha = part.alpha === null ? '' : `${part.slack}/${part.before}${part.alpha}`
      return `${part.name}(${part.before}${part.first}${part.gap}${part.second}${part.gap}${part.third}${alpha}${part.slack})`
    })
const listed = (name: fc.Arbitrary<string>, parts: fc.Arbitrary<string[]>) =>
  fc
    .tuple(name, parts, slack, slack)
    .map(([name, list, before, after]) => `${name}(${before}${list.join(`${before},${after}`)}${after})`)
const percent = number.map((n) => `${n}%`)
const color = fc
  .oneof(
    spaced(fc.constantFrom('oklch', 'OKLCH'), share, hue),
    spaced(fc.constantFrom('hsl', 'HSLA'), hue, share),
    spaced(fc.constantFrom('rgb', 'rgba'), share, share),
    listed(
      fc.constantFrom('hsl', 'hsla'),
      fc.tuple(
        hue.filter((each) => each !== 'none'),
        percent,
        percent,
      ),
    ),
    listed(
      fc.constantFrom('rgb', 'RGBA'),
      fc.oneof(fc.tuple(number, number, number, percent), fc.tuple(number, percent, number)),
    ),
    fc.constantFrom(
      '#fff',
      '#FFFA',
      '#a0b1c2',
      '#A0B1C2D3',
      'red',
      'RebeccaPurple',
      'transparent',
      'currentColor',
    ),
    fc.constantFrom(
      'oklch(1 5.6e-17 106)',
      'oklch(0.21000000000000002 0.006000000000000001 285.88500000000005)',
    ),
  )
  .filter((text) => text.length <= 128)
const nearColor = fc.constantFrom(
  ...['', ' red', 'red ', 'red\n', 'redd', '#ff', '#fffff', '#ggg', 'rgb(1,2)', 'rgb(1 2,3)', 'blac\u212a'],
  ...['rgb(1,2,3);', 'url(x)', 'red;}', 'var(--x)', 'red/**/', 'oklch(1 0 0 / )', 'hsl(1,2,3)', 'red|red'],
  ...[
    'oklch(1\v0 0)',
    'oklch(1\u00a00 0)',
    'oklch(1\u20280 0)',
    'oklch(1\t0)',
    'o\tklch(1 0 0)',
    'oklch (1 0 0)',
  ],
  ...[
    'oklch(1e 0 0)',
    'oklch(1e+ 0 0)',
    'oklch(1e1000 0 0)',
    'oklch(1e1.5 0 0)',
    'oklch(e1 0 0)',
    'oklch(1.e1 0 0)',
  ],
  ...['currentcolors', 'current color', 'inherit', 'expression(1)', 'rgb(٣,2,3)', `rgb(${'1'.repeat(60)})`],
  ...[`rgb(${'1'.repeat(120)},2,3)`, `rgb(1, 2,${' '.repeat(120)}3)`],
)
const line = (minLength: number, maxLength: number) =>
  fc.oneof(
    fc
      .string({ minLength, maxLength, unit: 'grapheme' })
      .filter((text) => !/<[A-Za-z/!?]/.test(cleanText(text))),
    fc.constantFrom('1 < 2 <3> 0', "'; drop table themes", 'a\u202eb', 'Größe', '👩‍💻'),
  )
const whole = fc.constantFrom('0', '1', '10', '999999999')
const theme = fc.record(
  {
    id: fc.oneof(fc.uuid(), fc.constantFrom('default', 'my_theme-1')),
    name: line(1, 20).filter((name) => cleanText(name) !== '' && [...name].length <= 50),
    version: fc.tuple(whole, whole, whole).map((parts) => parts.join('.')),
    isDefault: fc.boolean(),
    colors: fc.record({ light: modeOf(color), dark: modeOf(color) }),
    radius: fc.record({ base: fc.constantFrom('0rem', '0.625rem', '.5rem', '12rem') }),
    metadata: fc.record(
      {
        author: line(0, 50),
        description: line(0, 100),
        createdAt: fc.constantFrom(...timestamps),
        updatedAt: fc.constantFrom(...timestamps),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name', 'version', 'colors', 'radius'] },
)

function modeOf(colors: fc.Arbitrary<string>) {
  return fc.record(Object.fromEntries(themeTokens.map((token) => [token, colors])))
}

const junk: fc.Arbitrary<unknown> = fc.oneof(
  nearColor,
  color,
  fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text.isWellFormed()),
  fc.constantFrom<unknown>(null, true, 0, 1.5, [], {}, ['red'], { red: 1 }, 'x'.repeat(51), 'x'.repeat(600)),
  fc.constantFrom(
    '\u200b',
    ' \u00a0\u2003',
    '\ufeffx\ufeff',
    ...['<script>alert(1)</script>', '<\u200bb>', 'a</p', '<!--', '<?x', '<1', '< b', '<é'],
    '1.0',
    '01.0.0',
    '1.0.0-beta',
    '1.0.0.0',
    '٣.0.0',
  ),
  fc.constantFrom(
    '1',
    '1px',
    '1 rem',
    '-1rem',
    '1.rem',
    '1REM',
    '2026-13-01T00:00:00Z',
    '2026-01-31',
    'true',
  ),
)
const mutation = mutationWith(junk, ['Background', 'background '])

describe('zod and the database', () => {
  it(
    'agree on 1,000 valid themes and 1,000 changed ones',
    story(async (client) => {
      const documents = [
        ...fc.sample(theme, { seed, numRuns: 1_000 }),
        ...fc
          .sample(fc.tuple(theme, mutation), { seed, numRuns: 1_000 })
          .map(([document, change]) => mutated(document, change)),
        ...fc.sample(junk, { seed, numRuns: 50 }),
      ]
      const texts = documents.map((document) => JSON.stringify(document))
      const { valid, invalid, disagreements } = await agreementOn(client, problem, themeSchema, texts)
      expect(disagreements).toEqual([])
      expect(valid).toBeGreaterThan(1_000)
      expect(invalid).toBeGreaterThan(900)
    }),
  )

  it(
    'agree on its dates, such as days that do not exist',
    story(async (client) => {
      const dated = fc.tuple(theme, fc.constantFrom('createdAt', 'updatedAt'))
      const themes = (dates: string[]) =>
        fc
          .sample(fc.tuple(dated, fc.constantFrom(...dates)), { seed, numRuns: 100 })
          .map(([[document, key], date]) => ({
            ...document,
            metadata: { ...document.metadata, [key]: date },
          }))
      const texts = [...themes(timestamps), ...themes(noTimestamps)].map((document) =>
        JSON.stringify(document),
      )
      expect(await agreementOn(client, problem, themeSchema, texts)).toEqual({
        valid: 100,
        invalid: 100,
        disagreements: [],
      })
    }),
  )

  it(
    'agree on what cannot be stored: half a character, and the character zero',
    story(async (client) => {
      const documents = ['a\ud800', 'a\0b'].map((name) => ({ ...contractTheme, name }))
      const verdicts = await verdictsOf(
        client,
        problem,
        documents.map((document) => JSON.stringify(document)),
      )
      expect(verdicts).toEqual([false, false])
      expect(documents.map((document) => themeSchema.safeParse(document).success)).toEqual([false, false])
    }),
  )

  it(
    'have the same grammar of colors, the same tokens and the same idea of a clean text',
    story(async (client) => {
      const texts = fc
        .sample(fc.string({ unit: 'binary', maxLength: 30 }), { seed, numRuns: 500 })
        .filter((text) => text.isWellFormed() && !text.includes('\0'))
      const { rows } = await client.query(
        `select private.color_pattern() as pattern, private.theme_tokens() as tokens,
           array(select private.clean_text(t) from unnest($1::text[]) with ordinality as x (t, n) order by n) as cleaned`,
        [texts],
      )
      expect(rows).toEqual([
        { pattern: colorPattern, tokens: [...themeTokens], cleaned: texts.map(cleanText) },
      ])
    }),
  )
})
