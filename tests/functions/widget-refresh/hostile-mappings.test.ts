import { describe, expect, it } from 'vitest'
import { mappingSuite, refused } from '../../support/functions/mapping-suite.ts'

// Mappings that wait for what never comes, write where nothing looks, or take one step that takes for ever. Each is
// refused, and the next mapping of the process has its answer.

const map = mappingSuite()

const rows = (count: number) => ({ a: Array.from({ length: count }, (_, n) => ({ n })) })
const named = (count: number) => `$count(${Array.from({ length: count }, (_, n) => `$@$n${n}`).join('.')}.a)`
const keyed = (count: number) => Array.from({ length: count }, (_, n) => `"${n}":0`).join(',')
const passing = {
  o: { tupleStream: true, ...JSON.parse(`{${keyed(100)}}`) },
  z: Array.from({ length: 16_000 }, () => 0),
}
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
    ['an answer that passes for rows with names', '($o:=o;$z:=z;$o[$z]{"a":1})', passing],
    [
      'an object that is made to',
      `($z:=z;$merge([{"tupleStream":true},[1..50].{"k"&$:0}])[$z]{"a":1})`,
      passing,
    ],
    ['one that is written so', `{"tupleStream":true,${keyed(100)}}[$$.z]{"a":1}`, passing],
    ['a text of a function', '$replace("abc", "b", $sum)'],
    ['what is 256 KiB in parts and more in bytes', '[1..131072].("中")'],
    ['many names of many rows', named(250), rows(60_000)],
    ['names that are copied for each row of the last step', named(190), rows(30_000)],
    [
      'a list under the name of each row, in thousands of groups',
      '($z:=z;[[1..49999]].($z@$a#$i{$string($floor($i/2)):1}))',
      { z: Array(1_000).fill(0) },
    ],
    [
      'lists under names in one group',
      'z@$a#$i{"k":$count($a)}',
      { z: Array(8_000).fill(Array(12).fill(0)) },
    ],
    ['long lists in hundreds of groups', `z{${keyed(280)}}`, { z: Array(2).fill(Array(49_990).fill(0)) }],
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

/** What it takes for a mapping to be refused, in microseconds of the processor. */
async function processorTime(refusal: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await expect(refusal()).rejects.toMatchObject(refused)
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function deep(count: number): unknown {
  let answer: unknown = 'x'.repeat(900_000)
  for (let n = 0; n < count; n += 1) answer = { a: answer, b: 1 }
  return answer
}

/** An object that holds the same one twice, eighteen times over. */
const twice = '$f:=function($n){$n=0?{}:($x:=$f($n-1);{"a":$x,"b":$x})};$p:=$f(18);$q:=$f(18);'
const zeros = (count: number) => ({ z: Array.from({ length: count }, () => 0) })
const times = (count: number, what: string) => Array.from({ length: count }, () => what).join(',')

it.each<[string, string, unknown?]>([
  ['long lists in groups', '[1..900]{$string($): [1..1e5]}'],
  ['long lists in a list', `[${times(200, '1..1e5')}]`],
  ['the items of a list, in groups', '($a:=z;[1..900]{$string($):[$a,1]})', zeros(99_000)],
  [
    'all parts of an object',
    `[${times(901, '*')}]`,
    Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, [n]])),
  ],
  ['texts of what is large', `(${twice}[1..60]{$string($):$p&1})`],
  [
    'letters of a text',
    `($s:=$pad("", 1000, "x"); ${'$s := $s & $s; '.repeat(7)}[${times(200, '$split($s,"")')}])`,
  ],
  ['comparisons of what is large', `(${twice}[1..100]{$string($):$p=$q};1)`],
  ['questions about a list', '($a:=z;[1..900]{$string($):$a?1})', zeros(500_000)],
  ['sums of a list', '($a:=z;[1..900]{$string($):$sum($a)})', zeros(500_000)],
  [
    'arguments of a signature',
    `($a:=z;$f:=function($w,$x,$y,$z)<a<n>a<n>a<n>a<n>:n>{1};[${times(200, '$f($a,$a,$a,$a)')}])`,
    zeros(99_000),
  ],
  ['what is deep', '$count($distinct([$,$,$,$,$,$]))', deep(1_500)],
])('side by side, %s take no more time than what never ends', async (_, mapping, answer) => {
  const asked = await processorTime(() => map(mapping, answer))
  const endless = await processorTime(() => map('($f := function($n) { $f($n + 1) }; $f(1))'))
  expect(asked / endless).toBeLessThan(7)
  expect(await map('{"value": 1 + 1}')).toEqual({ value: 2 })
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
