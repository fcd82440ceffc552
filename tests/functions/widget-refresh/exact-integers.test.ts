import fc from 'fast-check'
import { expect, it } from 'vitest'
import { askSource } from '../../../functions/widget-refresh/ask-source.ts'
import { withExactIntegers } from '../../../functions/widget-refresh/exact-integers.ts'

// Numbers of a source that JSON.parse would change come as they were sent.

const asked = (text: string, mapping: string | null = null) =>
  askSource(
    async () => ({ text, bytes: text.length }),
    { url: 'https://shop.example.test/sales', headers: {}, mapping, parameters: [] },
    { type: 'table', query: {} },
  )

it('an integer beyond 2^53 is a text, before the mapping and in it', async () => {
  const source = '{"id": 9007199254740993, "refund": -12345678901234567890, "most": 9007199254740991}'
  const exact = { id: '9007199254740993', refund: '-12345678901234567890', most: 9007199254740991 }
  expect(await asked(source)).toMatchObject({ answer: exact, data: exact })
  const mapping = '{"rows": [[id, $number(id) / 2, most - 1]]}'
  expect(await asked(source, mapping)).toMatchObject({
    answer: exact,
    data: { rows: [['9007199254740993', 4503599627370496, 9007199254740990]] },
  })
})

it.each([
  '[1e20, 1.5e300, -1234567890123456789.5, 0.12345678901234567890, 1e+0000000000000000020]',
  '["9007199254740993", "\\"9007199254740993", "\\\\", "a\\\\\\" 9007199254740993,"]',
  '{"9007199254740993": {"a \\" 9007199254740993": true}}',
  '[9007199254740991, -9007199254740991, 1000000000000000]',
])('whatever else has many digits is as it was: %s', async (source) => {
  expect((await asked(source)).data).toEqual(JSON.parse(source))
})

it('whatever a source says is the same, but for such integers', () => {
  const part = fc.constantFrom(
    '"',
    '\\',
    '9007199254740993',
    '{',
    '}',
    ':',
    ',',
    '[',
    ']',
    ' ',
    '-',
    '.',
    'e5',
  )
  const text = fc.array(part).map((parts) => parts.join(''))
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      text,
      // Beyond this a double is written as an integer, or with an exponent.
      fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
      fc.array(tie('any')),
      fc.dictionary(text, tie('any')),
    ),
  })).any
  const written = (each: unknown, integer: (value: bigint) => string): string => {
    if (typeof each === 'bigint') return integer(each)
    if (Array.isArray(each)) return `[${each.map((item) => written(item, integer)).join()}]`
    if (typeof each !== 'object' || each === null) return JSON.stringify(each)
    return `{${Object.entries(each).map(([key, item]) => `${JSON.stringify(key)}:${written(item, integer)}`)}}`
  }
  const kept = (integer: bigint) => (Number.isSafeInteger(Number(integer)) ? `${integer}` : `"${integer}"`)
  fc.assert(
    fc.property(value, (each) => {
      expect(JSON.parse(withExactIntegers(written(each, String)))).toEqual(JSON.parse(written(each, kept)))
    }),
  )
})

it('what is no JSON does not become it', async () => {
  for (const source of [
    '{9007199254740993: 1}',
    '[09007199254740993]',
    '9007199254740993"',
    '"9007199254740993',
  ])
    await expect(asked(source), source).rejects.toThrow('did not answer with JSON')
})
