import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { mapped } from '../../../functions/widget-refresh/mapping.ts'
import { mappingSuite, refused } from '../../support/functions/mapping-suite.ts'

// Functions of a mapping, which are called and nothing else. All mappings of a process share JSONata, and what one does
// to it another workspace is shown.

const map = mappingSuite()

/** Turns a function into an object like any other. */
const opened = (name: string, flag = '_jsonata_lambda') => `{"x": 1} ~> | $${name} | {}, ["${flag}"] |; `

describe('what mappings share', () => {
  const victim =
    '($both := $uppercase ~> $trim; {"value": $both(name), "most": $max([1, 2]), "all": $sum([1, 2])})'
  const answer = { name: 'acme ', secretToken: 'VICTIM' }
  const honest = { value: 'ACME', most: 2, all: 3 }

  const chain = `$clone := function($x) {$x}; $c := $uppercase ~> $lowercase; ${opened('c')}`
  const body = '{"type": "string", "value": "pwned", "thunk": false}'
  it.each([
    ['the text of a chain', `(${chain} {"x": 1} ~> | $c.body | ${body} |; 1)`],
    ['a chain, as a whole', `(${chain} $c ~> | $ | {"body": ${body}} |; 1)`],
    [
      'the signature of a function',
      '($s := $spread([$max]).signature; {"x": 1} ~> | $s | {"validate": 1} |; 1)',
    ],
    ['a function', `($clone := function($x) {$x}; ${opened('sum', '_jsonata_function')} 1)`],
    [
      'a function by its name',
      '($clone := function($x) {$x}; {"x": 1} ~> | $sum | {"implementation": 1} |; 1)',
    ],
  ])('is not changed: %s', async (_, mapping) => {
    await expect(map(mapping)).rejects.toMatchObject(refused)
    expect(await map(victim, answer)).toEqual(honest)
    expect(await jsonata(victim).evaluate(answer)).toMatchObject(honest)
  })
})

describe('a function', () => {
  const one = 'function($x) {$x}'
  it.each([
    ['in a list', `[${one}]`],
    ['in a list, as what is built in', '[1, $sum]'],
    ['in a list of several', `$append(${one}, ${one})`],
    ['in a list of results', `$map([1, 2], function($n) {${one}})`],
    ['in a list of steps', `[1, 2].(${one})`],
    ['in an object', `{"a": ${one}}`],
    ['in an object in an object', `{"a": {"b": [${one}]}}`],
    ['in a group', `[{"a": "x"}]{a: ${one}}`],
    ['as what prints', `(function($f) {{"toJSON": $f}})(function($k) {$error("x")})`],
    ['as what is waited for', '(function($f) {{"then": $f}})(function($a, $b) {1})'],
    ['as what is waited for in a group', '(function($f) {[{"a": "then"}]{a: $f}})(function($a, $b) {1})'],
    [
      'as what is waited for in a change',
      '(function($f) {{"x": 1} ~> | $ | {"then": $f} |})(function($a) {1})',
    ],
    [
      'as what is waited for further on',
      '(function($f) {$append([], {"then": $f})})(function($a) {1}) ~> $count',
    ],
    ['asked for its parts', `($f := ${one}; $f.body)`],
    ['asked for all of its parts', `($f := ${one}; $f.*)`],
    ['asked for whatever is in it', `($f := ${one}; $f.**)`],
    ['asked for what it knows', `($f := ${one}; $f.(environment))`],
    ['asked as what is handed on', `(function($f) {$f.constructor})(${one})`],
    ['filtered', `($f := ${one}; $f[body])`],
    ['changed', `($f := ${one}; {"x": 1} ~> | $f | {"a": 1} |)`],
    ['spread', '{"a": $spread([function($x) {$x}])}'],
    ['of a chain, spread', '$spread([$uppercase ~> $trim])'],
  ])('%s is refused, and nothing waits for it', async (_, mapping) => {
    const began = performance.now()
    await expect(map(mapping)).rejects.toMatchObject(refused)
    expect(performance.now() - began).toBeLessThan(400)
  })

  it('is not handed on unwrapped to what looks into objects', async () => {
    const handed = (does: string) =>
      `($p := $each(?, ?); $l := function($a) {1}; $g := ${does}; $q := $p(?, $g); $l ~> $p($q))`
    for (const name of ['each', 'sift', 'keys', 'lookup', 'merge', 'spread', 'map', 'append', 'count'])
      await expect(
        map(`($p := $${name}(?, ?); $l := function($a) {1}; $l ~> $p(1))`),
        name,
      ).rejects.toMatchObject({ path: 'mapping' })
    await expect(
      map(handed('function($v, $k) {$k = "global" ? ($v ~> |$|{"loot": "secret"}|; "w")}')),
    ).rejects.toMatchObject(refused)
    await expect(map(handed('function($v, $k) {$k = "global" ? $v}'))).rejects.toMatchObject(refused)
    const rewritten = 'function($v, $k) {$k = "body" ? $v ~> |$|{"type": "variable", "value": "type"}|}'
    await expect(map(handed(rewritten))).rejects.toMatchObject(refused)
  })

  it.each([
    ['has a name', `($double := function($n) {$n * 2}; $map([1, 2], $double))`, [2, 4]],
    ['is chosen', '(true ? $sum : $max)([1, 2])', 3],
    ['makes another', '(function($n) {function($m) {$n + $m}})(1)(2)', 3],
    ['is one of two', '($f := $uppercase ~> $trim; $f("a "))', 'A'],
    ['calls itself', '($f := function($n) {$n < 2 ? 1 : $n * $f($n - 1)}; $f(5))', 120],
    [
      'calls itself at its end',
      '($f := function($n, $all) {$n < 1 ? $all : $f($n - 1, $all + $n)}; $f(50, 0))',
      1275,
    ],
    ['lacks an argument', '($by := $multiply; $add := function($a, $b) {$a + $b}; $add(?, 2)(1))', 3],
    ['is asked whether it is there', '$exists($sum) and $boolean($exists($nothing)) = false', true],
    ['is an argument of several', '$reduce([1, 2, 3], function($a, $b) {$a + $b})', 6],
    ['is all that there is', one, null],
    ['changes an answer', '$ ~> | a | {"b": $sum([1, 2])}, "c" |', { a: { b: 3 } }],
  ])('is called as in JSONata where it %s', async (_, mapping, expected) => {
    expect(await map(mapping, { a: { c: 1 } })).toEqual(expected)
  })
})

it.each(['_jsonata_lambda', '_jsonata_function'])('no answer passes for a function, by %s', async (flag) => {
  const forged = {
    f: { [flag]: true, arguments: [{ value: 'x' }], body: { type: 'wildcard' }, input: { a: 1 } },
  }
  for (const [mapping, answer] of [
    ['($f := f; $g := $f(?); $g(1))', forged],
    ['1', [forged]],
    [`{"_jsonata_" & "${flag.slice(9)}": true}`, {}],
    [`{"a": 1} ~> | $ | {"${flag}": true} |`, {}],
  ] as const)
    await expect(map(mapping, answer)).rejects.toMatchObject(refused)
  await expect(mapped('$query.f', {}, { type: 'stats', query: forged })).rejects.toMatchObject(refused)
})

it('of values that are equal the first is kept', async () => {
  const list = [
    1,
    '1',
    true,
    'true',
    null,
    [],
    {},
    [1],
    { a: 1, b: [2] },
    { b: [2], a: 1 },
    1,
    [1],
    {},
    { a: 1 },
    -0,
    0,
    'é',
    'é',
  ]
  for (const mapping of [
    '$distinct($)',
    '$distinct($[[0..5]])',
    '$distinct(a)',
    '$count($distinct($))',
    '$distinct([])',
  ])
    for (const answer of [list, { a: list }, { a: [1] }, { a: 1 }, []])
      expect(await map(mapping, answer)).toEqual(
        JSON.parse(JSON.stringify((await jsonata(mapping).evaluate(answer)) ?? null)),
      )
})

it('a long list of large values is made distinct in time', async () => {
  const wide = Array.from({ length: 220 }, () => ({}))
  const list = Array.from({ length: 1_450 }, (_, n) => [...wide, n])
  const began = process.cpuUsage()
  // Or it is told that it is late, where the machine is busy.
  expect(await map('$count($distinct($))', list).catch(({ name }) => name)).toBeOneOf([1_450, refused.name])
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_500)
})

it.each([
  '($clone := function($x) {$x}; 1)',
  '(function($clone) {{"a": 1} ~> | $ | {"b": 1} |})(function($x) {$x})',
  '[1].(function($o) {$o})@$clone.($$.x ~> |$|{"n": 2}|)',
  '[1]#$clone.($clone)',
])('what a transform changes is a copy: %s', async (mapping) => {
  await expect(map(mapping)).rejects.toMatchObject(refused)
})

it.each([
  ['lists', `${'['.repeat(1_500)}1${']'.repeat(1_500)}`, {}],
  ['parentheses', `${'('.repeat(1_500)}1${')'.repeat(1_500)}`, {}],
  ['an answer', '$', JSON.parse(`${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`)],
])('what is too deep is refused as a mapping: %s', async (_, mapping, answer) => {
  await expect(map(mapping, answer)).rejects.toMatchObject(refused)
})

it.each([
  ['a change', '[{"q": 1} ~> |$|{$join($keys($o := $)): $big}|, ($o; MANY 1)]'],
  ['a change with a deletion', '[{"q": 1} ~> |$|{$join($keys($o := $)): $big}, "a"|, ($o; MANY 1)]'],
])('what grows while others measure it is measured anew: %s', async (_, step) => {
  const began = process.cpuUsage()
  const many = '$o; '.repeat(300)
  await map(`($big := [1..90000]; $l := ${step.replace('MANY', many)}; $string($l); 7)`).catch(
    (error: unknown) => expect(error).toMatchObject(refused),
  )
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_500)
})

it.each([
  ['a list made long', '{"a": [[1], [2]]} ~> |a|{"length": 400000000}, **|'],
  ['a list made long, and its keys', '{"a": [[1], [2]]} ~> |a|{"length": 400000000}, $keys()|'],
  ['a list made almost as long as may be', '{"a": [[1], [2]]} ~> |a|{"length": 6200000}|'],
  ['what passes for a list', '$reverse(?)({"length": 90000000})'],
  ['what passes for a list, shuffled', '$shuffle(?)({"length": 30000000})'],
  ['what passes for numbers', '$max(?)({"length": 60000000})'],
  ['what passes for a list, mapped', '$map(?, ?)({"length": 1000000000}, |$|{}|)'],
  ['what passes for a list, filtered', '$filter(?, ?)({"length": 1000000000}, |$|{}|)'],
  ['what passes for a list of one', '$single(?, ?)({"length": 1000000000}, |$|{}|)'],
  [
    'a list as separator',
    '($b := $pad("中", -1000, "中"); $c := $b & $b & $b & $b; $join(?, [$c])([1..8000]))',
  ],
  ['an endless number', '$formatNumber(1/0, "0e0")'],
  ['an endless number in letters', '$formatInteger(-1/0, "A")'],
  ['an endless number, as a text', '$formatNumber(?, "0e0")(a)'],
  ['an endless number in letters, as a text', '$formatInteger(?, "A")(b)'],
])('takes no time: %s', async (_, mapping) => {
  const began = process.cpuUsage()
  await map(mapping, { a: 'Infinity', b: '1e999' }).catch((error: unknown) =>
    expect(error).toMatchObject(refused),
  )
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000)
})

it.each([
  ['$sum(?)([1, 2])', 3],
  ['$map(?, function($n) {$n * 2})([1, 2])', [2, 4]],
  ['$substring(?, 1, 2)("abcd")', 'bc'],
  ['$substring(?, 1)("abcd")', 'bcd'],
  ['$join(?, "-")(["a", "b"])', 'a-b'],
  ['$reduce(?, function($a, $b) {$a + $b}, 10)([1, 2])', 13],
  ['$formatNumber(?, "#.00")(2)', '2.00'],
  ['$sort(?)([2, 1])', [1, 2]],
  ['$distinct(?)([2, 2, 1])', [2, 1]],
  ['$lookup(?, "a")({"a": 1})', 1],
  ['$contains(?, "b")("abc")', true],
  ['$round(?, 1)(1.26)', 1.3],
  ['$merge(?)([{"a": 1}, {"b": 2}])', { a: 1, b: 2 }],
])('a function with arguments left open does what it does: %s', async (mapping, expected) => {
  expect(await map(mapping)).toEqual(expected)
})
