import { describe, expect, it } from 'vitest'
import { mappingSuite, refused } from '../../support/functions/mapping-suite.ts'

// Mappings that wait for what never comes, write where nothing looks, or take one step that takes for ever. Each is
// refused, and the next mapping of the process has its answer.

const map = mappingSuite()

const rows = (count: number) => ({ a: Array.from({ length: count }, (_, n) => ({ n })) })
const named = (count: number) => `$count(${Array.from({ length: count }, (_, n) => `$@$n${n}`).join('.')}.a)`
const doubled = `( $c := $pad("a", 1000, "a"); ${'$c := $c & $c; '.repeat(7)}$d := $c & $c; $p := "aaaaaaaaaaaab" & $c; `
const levels = (first: string, second: string) =>
  Array.from({ length: 12 }, (_, n) => `~> ${n % 2 ? second : first}`).join(' ')

describe('a mapping is refused', () => {
  it.each<[string, string, unknown?]>([
    [
      'a row that has a function as `then`',
      '(function($f){ a.($f)@$then[0] })(function($a,$b){$error("boom")})',
      { a: 1 },
    ],
    ['a row that has a place as `then`', 'a#$then.b', rows(3)],
    [
      'a function in a group behind an order',
      '(function($f) {[{"a":"then"}]^(a){a: $f}})(function($a, $b) {$error("x")})',
    ],
    [
      'a digit for zero that is none',
      '$formatNumber(1.5, "`$``", {"zero-digit":"", "decimal-separator":"$`", "grouping-separator":"$", "digit":"`"})',
    ],
    ['a sign of two', '$formatNumber(1.5, "0.0", {"decimal-separator": "::"})'],
    [
      'what is written to a list',
      `( $arr := function($v) { ({"a":[[0],[0]]} ~> |a|{"x": $v, "y": $v}|).a[0] };
         $obj := function($v) { {"length": 1, "0": 0, "x": $v, "y": $v} };
         $p := 1 ${levels('$arr', '$obj')}; $q := 1 ${levels('$obj', '$arr')}; {"n": $p = $q} )`,
    ],
    [
      'a list that passes for one of JSONata’s own',
      `($s := $filter([{},{}], function($x){true});
        $t := {"a":[[1],[2]]} ~> |a|{"tupleStream":true,"0":$s}|; $x := $t.a[0]; $s;
        $$@$q.$x.($push($s)); $count($spread($s)))`,
    ],
    ['many names of many rows', named(250), rows(60_000)],
    ['a long text that is looked for', `${doubled}$substringBefore($d, $p) = $d )`],
    ['a long text that is split by', `${doubled}$count($split($d, $p)) )`],
    ['a long text that is replaced', `${doubled}$replace($d, $p, "x") )`],
    ['a width with spaces in it', '$now("[Y,3 0 0 0 0 0 0 0]")'],
    ['a width in hexadecimal', '$now("[Y,*-0x1ffffff]")'],
    ['words behind a space', `$toMillis("${'-'.repeat(39)}x", "[Y w]-[M w]-[D w]-[H w]-[m w]-[s w]-[d w]")`],
    ['a zone with a pattern in it', `$toMillis("${'1'.repeat(39)}x", "${'[Z01|01]'.repeat(8)}")`],
  ])('for %s', async (_, mapping, answer) => {
    // Before it takes its time, and not for that.
    await expect(map(mapping, answer)).rejects.toMatchObject({
      ...refused,
      message: expect.not.stringContaining('D1012'),
    })
    expect(await map('{"value": 1 + 1}')).toEqual({ value: 2 })
  })
})

describe('a mapping goes on', () => {
  it.each<[string, string, unknown, unknown]>([
    [
      'with names',
      'a@$row#$n.{"n": $row.n, "at": $n}',
      rows(2),
      [
        { n: 0, at: 0 },
        { n: 1, at: 1 },
      ],
    ],
    ['with a group behind an order', 'a^(>n){"n" & n: n}', rows(2), { n1: 1, n0: 0 }],
    [
      'with signs of its own',
      '$formatNumber(1234.5, "#.##0,00", {"decimal-separator": ",", "grouping-separator": "."})',
      {},
      '1.234,50',
    ],
    ['with a transform', '$ ~> |a|{"n": n + 1}|', rows(2), { a: [{ n: 1 }, { n: 2 }] }],
    [
      'with parts of a moment',
      '$fromMillis(0, "[Y0001]-[M01]-[D01] [H01]:[m01] [Z]")',
      {},
      '1970-01-01 00:00 +00:00',
    ],
    [
      'with a moment that is read',
      '$toMillis("1970-01-02 00:00", "[Y0001]-[M01]-[D01] [H01]:[m01]")',
      {},
      86_400_000,
    ],
  ])('%s', async (_, mapping, answer, expected) => {
    expect(await map(mapping, answer)).toEqual(expected)
  })

  it('with hundreds of groups, each of several parts', async () => {
    const sales = Array.from({ length: 1_000 }, (_, n) => ({ id: `c${n % 250}`, v: n }))
    const mapping = 'rows{id: {"total": $sum(v), "average": $round($average(v), 1), "count": $count($)}}'
    const groups = (await map(mapping, { rows: sales })) as Record<string, unknown>
    expect(Object.keys(groups)).toHaveLength(250)
    expect(groups.c7).toEqual({ total: 7 + 257 + 507 + 757, average: 382, count: 4 })
  })
})

it.each([
  ['calls itself', '($f := function($n) { 1 + $f($n + 1) }; $f(1))'],
  ['calls itself at its end', '($f := function($n) { $f($n + 1) }; $f(1))'],
  ['calls itself in a list', '($f := function($n) { [$f($n + 1)] }; $f(1))'],
  [
    'calls another that calls it',
    '($f := function($n) { 1 + $g($n) }; $g := function($n) { 1 + $f($n) }; $f(1))',
  ],
])('a function that %s without end has one', async (_, mapping) => {
  await expect(map(mapping)).rejects.toMatchObject(refused)
  expect(await map('{"value": 1 + 1}')).toEqual({ value: 2 })
})
