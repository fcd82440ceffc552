import { describe, expect, it } from 'vitest'
import { inChild } from '../../support/functions/child.ts'

// The largest answers, in a process with less memory than a function has: what was one step of JSONata ended it, and with
// it the widgets of every workspace. Where time stands still, the limit of a mapping's time has no part in it.

interface Outcome {
  data?: unknown
  error?: string
  cpu: number
  rss: number
}
const applied = (mapping: string, kind: string, length: number, isTimeless = true) =>
  inChild<Outcome>('widget-refresh/mapped-in-child.ts', mapping, kind, length, isTimeless)

const summary = '[$s[0], $s[5000], $s[-1], $count($s)]'

describe('a long list', () => {
  it.each([
    ['10,000 numbers', '$sort($)', 'numbers', 10_000],
    ['90,000 numbers', '$sort($)', 'numbers', 90_000],
    ['10,000 texts', '$sort($).$number()', 'texts', 10_000],
    ['10,000 numbers by the order-by', '$^($)', 'numbers', 10_000],
    ['10,000 rows', '$sort($, function($l, $r) { $l.a > $r.a }).a', 'rows', 10_000],
    ['10,000 rows by the order-by', '$^(a).a', 'rows', 10_000],
    ['90,000 rows by the order-by', '$^(a).a', 'rows', 90_000],
  ])('of %s is sorted', async (_, sorted, kind, length) => {
    // "5499" is the text at 5,000, as texts are sorted.
    const expected = kind === 'texts' ? [0, 5_499, 9_999, length] : [0, 5_000, length - 1, length]
    expect(await applied(`($s := ${sorted}; ${summary})`, kind, length)).toMatchObject({ data: expected })
  })

  it.each([
    ['spread', '$count($spread($))', 'rows', 30_000],
    ['spread, of one object', '$count($spread($))', 'keysOfLists', 60_000],
    ['taken out of its lists', '$count(*)', 'keysOfLists', 60_000],
    ['copied', '$count($clone($))', 'rows', 90_000],
  ])('is %s', async (_, mapping, kind, length) => {
    expect(await applied(mapping, kind, length)).toMatchObject({ data: length })
  })

  it.each([
    ['$count($sort($))', 'numbers'],
    ['$count($spread($))', 'rows'],
    ['$count(*)', 'keysOfLists'],
  ])('takes no more than its share of time: %s', async (mapping, kind) => {
    const [one, four] = [await applied(mapping, kind, 22_000), await applied(mapping, kind, 88_000)]
    expect(four.cpu / Math.max(one.cpu, 10)).toBeLessThan(12)
  })
})

describe('a mapping', () => {
  const longest = '$s := $reduce([1..17], function($a, $b) { $a & $a }, "ab")'
  it.each([
    [
      'fills up a moment',
      '$now("[Y,30000000][M,30000000]")',
      'A part of a moment is at most 99 characters wide.',
    ],
    ['has a long picture', `$now("${'[Y]'.repeat(40)}")`, 'A picture has at most 100 characters.'],
    [
      'declares what can be called in many ways',
      `(function($a)<${'n?'.repeat(40)}s:n>{ 1 })(${'1,'.repeat(40)}1)`,
      'A signature has at most 100 characters, of which one is "+" and 8 are "?" or "-".',
    ],
    [
      'hides a repetition in a choice',
      `(function($a)<(n]*)${'([n]*)'.repeat(12)}s:n>{ 1 })(${'1,'.repeat(40)}1)`,
      'A signature has at most 100 characters, of which one is "+" and 8 are "?" or "-".',
    ],
    [
      'doubles itself as it is read',
      `${'('.repeat(40)}a${' ?: 1)'.repeat(40)}`,
      'A mapping has too many "?:" or "??" in one another.',
    ],
    [
      'doubles itself as it is read, with the other operator',
      `${'('.repeat(40)}a${' ?? 1)'.repeat(40)}`,
      'A mapping has too many "?:" or "??" in one another.',
    ],
    [
      'keeps many long texts',
      `(${longest}; $count($map([1..5000], function() { $uppercase($s) })))`,
      'The mapping makes more on its way than it may.',
    ],
    [
      'keeps many long lists',
      '$count($map([1..2000], function() { [1..90000] }))',
      'The mapping makes more on its way than it may.',
    ],
    [
      'lets an object grow after it was measured',
      `(${longest}; $x := {"a": 1} ~> |$|{"x": [$s, $s]}|; $length($string([1..2000].$x)))`,
      'The mapping makes more on its way than it may.',
    ],
  ])('that %s is refused', async (_, mapping, error) => {
    expect(await applied(mapping, 'nothing', 0)).toMatchObject({ error })
  })

  it.each([
    ['looks into lists of lists', '$count(**.a)', 'nestedRows', 20_000],
    ['finds their keys', '$count($keys($))', 'nestedRows', 20_000],
    ['puts a list beside itself', `$count($zip(${'$,'.repeat(200)}$))`, 'numbers', 90_000],
    ['writes what is deep', '$length($string($, true))', 'deep', 3_000],
    ['orders many rows by name', '$count($@$r^($r.a))', 'rows', 10_000],
    ['groups many rows by name', '$@$r{"all": $count($r)}', 'rows', 20_000],
  ])('that %s is refused', async (_, mapping, kind, length) => {
    const { error, cpu } = await applied(mapping, kind, length)
    expect(error).not.toContain('JSONata')
    expect(cpu).toBeLessThan(4_000)
  })

  it('is asked for the time by each call of what is built in', async () => {
    const { error, cpu } = await applied('$count($reduce($, $append))', 'numbers', 90_000, false)
    expect(error).toMatch(/JSONata says D1012|makes more on its way/)
    expect(cpu).toBeLessThan(4_000)
  })
})
