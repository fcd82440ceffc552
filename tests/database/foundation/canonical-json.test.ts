import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policySuite } from '../../support/database/policy-suite.ts'

// The form of RFC 8785: its own vectors, and what a library in TypeScript makes of any document. The seed is fixed, so
// a failure can be seen again.

const story = policySuite()
const seed = 20_261_126

/** Appendix B of the RFC: doubles by their bits, and as they are written. */
const numbers: [bits: string, text: string][] = [
  ['0000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
]

const doubleOf = (bits: string) => Buffer.from(bits, 'hex').readDoubleBE()

describe('RFC 8785', () => {
  it(
    'numbers are those of its appendix',
    story(async (client) => {
      const { rows } = await client.query<{ text: string }>(
        `select private.canonical_json(to_jsonb(n.value::numeric)) as text
         from unnest($1::text[]) with ordinality as n (value, place) order by n.place`,
        [numbers.map(([bits]) => String(doubleOf(bits)))],
      )
      expect(rows.map(({ text }) => text)).toEqual(numbers.map(([, text]) => text))
    }),
  )

  it(
    'of numbers with more digits than a double keeps, and of zeros, what JavaScript reads is written',
    story(async (client) => {
      const text =
        '[9007199254740993, -900719925474099.3, 0.1234567890123456, 123456789012345.6, 0.0, -0, 0e5]'
      const { rows } = await client.query('select private.canonical_json($1::jsonb) as text', [text])
      expect(rows[0].text).toBe(canonicalize(JSON.parse(text)))
    }),
  )

  it(
    'keys stand in the order of UTF-16, and texts and numbers are those of its examples',
    story(async (client) => {
      const examples = [
        {
          numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
          string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f',
          literals: [null, true, false],
        },
        {
          '\u20ac': 'Euro Sign',
          '\r': 'Carriage Return',
          '\ufb33': 'Hebrew Letter Dalet With Dagesh',
          '1': 'One',
          '\u{1f600}': 'Emoji: Grinning Face',
          '\u0080': 'Control',
          '\u00f6': 'Latin Small Letter O With Diaeresis',
        },
        {
          '\u{10ffff}': 1,
          '\ue000': 2,
          '\u{10ffff}\uf000': 3,
          '\u{10ffff}a': 4,
          '\ud7ff': 5,
          '\uffff\u{10000}': 6,
        },
      ]
      const { rows } = await client.query<{ text: string; hash: string }>(
        `select private.canonical_json(d.value) as text from unnest($1::jsonb[]) with ordinality as d (value, place)
         order by d.place`,
        [examples.map((example) => JSON.stringify(example))],
      )
      expect(rows.map(({ text }) => text)).toEqual(examples.map((example) => canonicalize(example)))
      expect(rows[0]?.text).toBe(
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
          '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
      )
    }),
  )

  it(
    'any document has the form that the library gives it',
    story(async (client) => {
      const text = fc.string({ unit: 'binary' }).filter((each) => each.isWellFormed() && !each.includes('\0'))
      const number = fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.constantFrom(1e21, 1e-7, 1e23, 2 ** 70, 5e-324, 0.1 + 0.2),
      )
      const { tree } = fc.letrec((tie) => ({
        tree: fc.oneof(
          { maxDepth: 4 },
          text,
          number,
          fc.constantFrom(null, true, false),
          fc.array(tie('tree'), { maxLength: 4 }),
          fc.dictionary(text, tie('tree'), { maxKeys: 5 }),
        ),
      }))
      const documents = fc.sample(tree, { seed, numRuns: 2_000 })
      const { rows } = await client.query<{ text: string }>(
        `select private.canonical_json(d.value::jsonb) as text
         from unnest($1::text[]) with ordinality as d (value, place) order by d.place`,
        [documents.map((document) => JSON.stringify(document))],
      )
      // What PostgreSQL reads of -0 has no sign, and neither has the form.
      expect(rows.map(({ text }) => text)).toEqual(documents.map((document) => canonicalize(document)))
    }),
  )

  it.each(['"\\ud800"', '{"\\udead": 1}', '["\\ude00\\ud83d"]', '"\\u0000"'])(
    'half a character, or none, has no form: %s',
    (text) =>
      story(async (client) => {
        if (!text.includes('u0000')) expect(() => canonicalize(JSON.parse(text))).toThrow('surrogate')
        await expect(
          client.query('select private.canonical_json($1::text::jsonb)', [text]),
        ).rejects.toMatchObject({ code: expect.stringMatching(/^22P0[25]$/) })
      })(),
  )

  it(
    'a number that JavaScript reads as another one is not safe, and one that it reads as none is refused',
    story(async (client) => {
      const { rows } = await client.query<{ safe: boolean }>(
        `select private.is_canonical_safe(d.value) as safe
         from unnest('{0.1,9007199254740993,0.10000000000000000001,1e21}'::jsonb[]) with ordinality as d (value, place)
         order by d.place`,
      )
      expect(rows.map(({ safe }) => safe)).toEqual([true, false, false, true])
      await expect(client.query("select private.canonical_json('1e400')")).rejects.toMatchObject({
        code: 'PGRST',
      })
    }),
  )
})
