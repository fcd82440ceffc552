import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { cleanText, personNameSchema, singleLine, textLines } from '../../../types/text.ts'
import { agreementOn, verdictsOf } from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// What people type is cleaned, judged and cut in the same way by the database and by a front end. The seed is fixed, so
// a failure can be seen again.

const story = policySuite()
const seed = 20_261_125

const invisible = [
  '\u200b',
  '\u200c',
  '\u200d',
  '\ufe0e',
  '\ufe0f',
  '\ufe00',
  '\u{e0100}',
  '\u{e0041}',
  '\u{e007f}',
]
const rare = [
  '\u034f',
  '\u00ad',
  '\u202e',
  '\ufeff',
  '\u115f',
  '\u3164',
  '\u2800',
  '\u180b',
  '\u180e',
  '\u0085',
]
const space = [' ', '\t', '\n', '\u00a0', '\u2003', '\u3000', '\u2028']
const letters = [
  'a',
  'Z',
  'é',
  'e\u0301',
  '\u0301',
  '\u0323',
  '<',
  '/',
  '!',
  '1',
  '#',
  '\u20e3',
  'ß',
  '\u212b',
  '\u1100\u1161',
]
const scripts = ['می', 'ها', '\u064b', 'क', '\u094d', 'ष', 'ර', '\u0dca', 'ය', 'ᠠ', '葛', '\uf900', '\u0600']
const emoji = ['👩', '💻', '❤', '🔥', '☺', '🏽', '🏳', '🌈', '🏴', '🇩', '🇪', '😀', '👁', '🗨', '©']
const flag = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'
const drawn = fc
  .array(
    fc.constantFrom(...invisible, ...invisible, ...rare, ...space, ...letters, ...scripts, ...emoji, flag),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''))

const storable = (texts: string[]) => texts.filter((text) => text.isWellFormed() && !text.includes('\0'))

const samples = storable([
  ...fc.sample(drawn, { seed, numRuns: 4_000 }),
  ...fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { seed, numRuns: 1_000 }),
  ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 30 }), { seed, numRuns: 1_000 }),
])

/** What a function of the database makes of texts. */
async function answers<Answer>(client: pg.Client, expression: string, texts: string[]): Promise<Answer[]> {
  const { rows } = await client.query<{ answer: Answer }>(
    `select ${expression} as answer from unnest($1::text[]) with ordinality as x (t, n) order by n`,
    [texts],
  )
  return rows.map(({ answer }) => answer)
}

describe('a clean text', () => {
  it(
    'is the same to zod and to the database, and clean already',
    story(async (client) => {
      const cleaned = await answers<string>(client, 'private.clean_text(t)', samples)
      expect(cleaned).toEqual(samples.map(cleanText))
      expect(cleaned.map(cleanText)).toEqual(cleaned)
      expect(cleaned.map((text) => text.normalize('NFC'))).toEqual(cleaned)
    }),
  )

  it.each([
    ['a variation selector alone', '\ufe0f', ''],
    ['a tag alone', '\u{e0041}', ''],
    ['joiners and fillers alone', '\u200d\u3164\u200c \u115f\u2800', ''],
    ['invisible characters in a name', '\u{e0041}A\ufe0fd\u200d\u034fa\u200c\ufe0f', 'Ada'],
    ['a letter and its accent', 'Zoe\u0308', 'Zoë'],
    ['an accent behind an invisible character', 'Zoe\u034f\u0308', 'Zoë'],
    ['what turns the direction', 'a\u202eb\u2066c', 'abc'],
    ['white space of every kind', ' a\t\u2003\nb\u0085', 'a b'],
    ['a joined emoji', '👩🏽‍💻 ❤️‍🔥', '👩🏽‍💻 ❤️‍🔥'],
    ['a keycap', '1️⃣ 1\ufe0f', '1️⃣ 1'],
    ['a flag of tags, and tags that draw none', `${flag} \u{1f3f4}\u{e0061}\u{e007f}`, `${flag} 🏴`],
    ['a selector twice, and one without effect', '☺\ufe0f\ufe0f 😀\ufe0f', '☺\ufe0f 😀'],
    ['a joiner between Persian letters', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['joiners twice and at the end', 'می\u200c\u200cخواهم\u200c', 'میخواهم'],
    ['a joiner in Sinhala', 'ශ්\u200dරී', 'ශ්\u200dරී'],
    ['the variant of an ideograph', '葛\u{e0100}城', '葛\u{e0100}城'],
  ])('is made from %s', (_, text, expected) =>
    story(async (client) => {
      expect(cleanText(text)).toBe(expected)
      expect(await answers(client, 'private.clean_text(t)', [text])).toEqual([expected])
    })(),
  )
})

describe('a line', () => {
  it(
    'gets the same verdict from zod and from the database',
    story(async (client) => {
      const long = ['x', '\u200b', '😀', 'e\u0301'].flatMap((part) =>
        [5, 6, 7, 1_024, 1_025, 1_365, 1_366, 4_096, 4_097].map((times) => part.repeat(times)),
      )
      const { valid, invalid, disagreements } = await agreementOn(
        client,
        "private.single_line_problem('', d.value, 1, 6)",
        singleLine({ min: 1, max: 6 }),
        [...samples, ...long, '<b>', '<\u200b/', 'a < b', 1, null].map((value) => JSON.stringify(value)),
      )
      expect(disagreements).toEqual([])
      expect(valid).toBeGreaterThan(1_000)
      expect(invalid).toBeGreaterThan(1_000)
    }),
  )

  it(
    'is what a new account gets for a name, whatever the metadata say',
    story(async (client) => {
      const names = await answers<string>(
        client,
        "private.profile_name(jsonb_build_object('name', t || '<' || t || '<<b'), 'ada@example.com')",
        samples,
      )
      expect(names.map((name) => personNameSchema.safeParse(name).data)).toEqual(names)
    }),
  )

  it('of megabytes is refused by zod at once', () => {
    const started = performance.now()
    for (const part of ['x', ' ', '\u200d', '😀', 'a\u0301'])
      expect(singleLine({ min: 1, max: 50 }).safeParse(part.repeat(5_000_000)).success).toBe(false)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

it(
  'a text of several lines gets the same verdict from zod and from the database, and is the same',
  story(async (client) => {
    const schema = textLines({ min: 1, max: 12 })
    const ends = ['\r\n', '\r', '\n\n\n\n', '\u0085', '\u2028', '\v', ' \n ']
    const texts = [
      ...samples.map((text, index) => `${text}${ends[index % ends.length]}${samples.at(-index - 1)}`),
      ...[199, 200].map((times) => `x${'\n'.repeat(times)}`),
      ...[4_096, 4_097, 32_768, 32_769].map((times) => `x${' '.repeat(times - 1)}`),
      ...['a\n<b>', '<\nb', ''],
    ]
    const { valid, invalid, disagreements } = await agreementOn(
      client,
      "private.lines_problem('', d.value #>> '{}', 1, 12)",
      schema,
      texts.map((text) => JSON.stringify(text)),
    )
    expect(disagreements).toEqual([])
    expect([valid > 1_000, invalid > 1_000]).toEqual([true, true])
    const clean = texts.filter((text) => schema.safeParse(text).success)
    expect(await answers<string>(client, 'private.clean_lines(t)', clean)).toEqual(
      clean.map((text) => schema.parse(text)),
    )
  }),
)

it(
  'a text of one long line has as many characters as a text of many, of whatever script',
  story(async (client) => {
    const schema = textLines({ min: 1, max: 5_000 })
    const marks = (count: number) => '\u0316'.repeat(count)
    const [fits, doesNot] = [
      ['x', 'ش', '東', '\u{1F600}'].map((character) => character.repeat(5_000)),
      ['x', 'ش', '東', '\u{1F600}'].map((character) => character.repeat(5_001)),
    ]
    const joined = (count: number) => 'می\u200cخ'.repeat(count)
    fits.push(`${'x'.repeat(4_096)}${marks(30)}`, `x${marks(2_000)}`, joined(500), joined(400))
    doesNot.push(`${'x'.repeat(4_096)}${marks(31)}`, `x${marks(4_900)}`, joined(501))
    // Refused, and not worked on.
    doesNot.push('a\u200d'.repeat(8_000), '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}'.repeat(1_600))
    for (const [texts, verdict] of [
      [fits, true],
      [doesNot, false],
    ] as const) {
      const problem = "private.lines_problem('', d.value #>> '{}', 1, 5000)"
      const verdicts = await verdictsOf(
        client,
        problem,
        texts.map((text) => JSON.stringify(text)),
      )
      expect(verdicts).toEqual(texts.map(() => verdict))
      expect(texts.map((text) => schema.safeParse(text).success)).toEqual(verdicts)
    }
  }),
)

describe('a text that is cut', () => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

  /** The most whole characters, as a person counts them, that fit; of a single one that does not, its beginning. */
  function cut(text: string, max: number): string {
    let result = ''
    for (const { segment } of segmenter.segment(text)) {
      if ([...result, ...segment].length > max) break
      result += segment
    }
    return result || [...text].slice(0, max).join('')
  }

  it(
    'ends where a character ends, as Intl.Segmenter sees it',
    story(async (client) => {
      const texts = samples.map(cleanText)
      for (const max of [1, 2, 3, 5, 8])
        expect(await answers(client, `private.cut_text(t, ${max})`, texts)).toEqual(
          texts.map((text) => cut(text, max)),
        )
    }),
  )
})
