import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import jsonata from 'jsonata'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { builtInNames } from '../../../functions/widget-refresh/jsonata-internals.ts'
import { mapped } from '../../../functions/widget-refresh/mapping.ts'

// What stands in for parts of JSONata makes of an answer what JSONata makes of it.

// The limit of time has no part in it.
beforeAll(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterAll(() => vi.useRealTimers())

const asJson = (value: unknown) => (value === undefined ? null : JSON.parse(JSON.stringify(value)))

async function ofJsonata(mapping: string, answer: unknown): Promise<unknown> {
  try {
    return asJson(await jsonata(mapping).evaluate(structuredClone(answer)))
  } catch (error) {
    return codeOf((error as { code?: string }).code)
  }
}

async function ofMapping(mapping: string, answer: unknown): Promise<unknown> {
  try {
    return asJson(await mapped(mapping, answer, { type: 'stats', query: {} }))
  } catch (error) {
    return codeOf(/JSONata says (\w+)/.exec((error as Error).message)?.[1])
  }
}

/** Of two rows that cannot be compared, for two reasons, it depends on the order of comparisons which one is found. */
const codeOf = (code = 'none') => (code === 'T2007' || code === 'T2008' ? 'not comparable' : code)

const key = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom<unknown>('a', 'b', 'ab', '', '2', null, true, undefined, [1, 2], 1.5),
)
const row = fc.record({ a: key, b: fc.integer({ min: 0, max: 9 }), c: key }).map(asJson)
const rows = fc.array(row, { maxLength: 9 })
const list = fc.oneof(
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.array(fc.string({ unit: 'binary', maxLength: 3 })),
  fc.array(fc.integer({ min: 0, max: 5 })),
  fc.array(key.map((each) => each ?? null)),
)
const anything = fc.object({
  maxDepth: 3,
  key: fc.constantFrom('a', 'b', 'rows', '__proto__'),
  withNullPrototype: false,
})

async function expectAsJsonata(mapping: string, answers: fc.Arbitrary<unknown>) {
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      const given = asJson(answer)
      expect(await ofMapping(mapping, given)).toEqual(await ofJsonata(mapping, given))
    }),
    { numRuns: 150 },
  )
}

it.each(['$sort($)', '$sort($, function($l, $r) { $l > $r })', '$sort($)[0]', '$distinct($sort($))'])(
  'a list is sorted as by JSONata: %s',
  (mapping) => expectAsJsonata(mapping, list),
)

it.each([
  '$sort($, function($l, $r) { $l.b > $r.b })',
  '$sort($, function($l, $r) { ($l.b * 7 + $r.b * 3) % 5 > 2 })',
  '$sort($, function($l, $r) { $l.a > $r.a })',
  '($by := $sort(?); $by($.b))',
  '$^(b)',
  '$^(a)',
  '$^(>a, <b)',
  '$^(b, >c).b',
  '$^(b)[0]',
  '$^(b)[-1].b',
  '$^(b)[b > 4].b',
  '$^(b)[b > 4][0]',
  '$^(b)[[0..2]]',
  '$^(b)[]',
  '$[b > 2]^(b)^(>b).c',
  '$^(b){$string(b): $count($)}',
  '{"x": $^(b).a, "y": $^(>b)[0]}',
  '$.[b, a]^($[0])',
  '$.b^($)',
  '$count($^(b))',
  '$map($, function($r) { $$^(>b)[0].b - $r.b })',
  '$@$r^($r.b).b',
  '$#$n^(>b).{"n": $n, "b": b}',
  '$^(b)#$n.{"n": $n, "b": b}',
  '$@$r.{"b": $r.b}^(b){"all": $count($)}',
])('rows are ordered as by JSONata: %s', (mapping) => expectAsJsonata(mapping, rows))

it.each(['rows^(b)', 'rows^(b).a', 'rows.b^($)', 'rows[0]^(b).a', 'rows^(b).%.rows[0].b', 'rows.b^(%.b)'])(
  'rows of an object are ordered as by JSONata: %s',
  (mapping) => expectAsJsonata(mapping, fc.record({ rows: fc.oneof(rows, row) })),
)

it.each([
  '*',
  '*.*',
  '*.a',
  '*[0]',
  '*^($string($))',
  '$spread($)',
  '$spread(*)',
  '$spread([$, 1, "x"])',
  '$count(*)',
  '**.*',
])('parts are found as by JSONata: %s', (mapping) =>
  expectAsJsonata(mapping, fc.oneof(anything, fc.array(anything, { maxLength: 3 }))),
)

it.each(['$pad(a, 5)', '$pad(a, -5, "#")', '$pad(a, 3, "")', '$string($, true)', '$zip(b, c)'])(
  'texts and lists are made as by JSONata: %s',
  (mapping) =>
    expectAsJsonata(
      mapping,
      fc.record({ a: fc.string({ unit: 'grapheme' }), b: fc.array(key), c: fc.array(key) }),
    ),
)

it('defaults stand in for what is missing, many side by side', async () => {
  const fields = Array.from(
    { length: 30 },
    (_, n) => `"f${n}": $sum(rows[a = ${n}].b) ?: (rows[${n}].b ?? ${n})`,
  )
  await expectAsJsonata(`{${fields.join(', ')}}`, fc.record({ rows }))
})

it('the time is the same throughout, and that of now', async () => {
  const [now, millis, read] = (await ofMapping('[$now(), $millis(), $toMillis($now())]', null)) as [
    string,
    number,
    number,
  ]
  expect(now).toBe(new Date(millis).toISOString())
  expect(read).toBe(millis)
  expect(millis).toBe(Date.now())
  expect(await ofMapping('$now("[Y]") = $fromMillis($millis(), "[Y]")', null)).toBe(true)
})

it('every function that JSONata has is guarded', () => {
  const source = readFileSync(fileURLToPath(import.meta.resolve('jsonata')), 'utf8')
  const names = [...source.matchAll(/staticFrame\.bind\('(\w+)'/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(60)
  expect(builtInNames.split(' ').sort()).toEqual(names.sort())
})
