import fc from 'fast-check'
import { expect, it } from 'vitest'
import { changedPaths, isSameJson, merged, prettyJson, unnamedPaths } from '../../../tools/provision/json.ts'

it('a document is written with sorted keys, and reads as what it was', () => {
  expect(prettyJson({ b: [1, { d: null, c: 'x' }], a: {}, e: [] })).toBe(
    '{\n  "a": {},\n  "b": [\n    1,\n    {\n      "c": "x",\n      "d": null\n    }\n  ],\n  "e": []\n}\n',
  )
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(prettyJson(JSON.parse(text)))).toEqual(JSON.parse(text))
    }),
  )
})

it('a key that names a prototype is a key like any other', () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
  expect(JSON.parse(prettyJson(hostile))).toEqual(hostile)
  expect(changedPaths({}, hostile)).toEqual(['__proto__', 'constructor'])
  expect(JSON.parse(prettyJson(merged({ a: 1 }, hostile)))).toEqual({ a: 1, ...hostile })
  expect(unnamedPaths(hostile, {})).toEqual(['__proto__', 'constructor'])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

it('what differs is named by its place, the order of keys is no difference', () => {
  expect(isSameJson({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true)
  expect(changedPaths({ a: [{ x: 1 }, 2], b: 1 }, { a: [{ x: 2 }, 2], c: 1 })).toEqual(['a.0.x', 'b', 'c'])
  expect(changedPaths({ a: 1 }, { a: 1, '\u001b[2J\n::error::': 2 })).toEqual(['?'])
  expect(changedPaths([1, 2, 3, 4, 5, 6, 7], [])).toEqual(['0', '1', '2', '3', '4', '…'])
})

it('what is merged has all that the document says, and lacks nothing of what it does not name', () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3 }), fc.object({ maxDepth: 3 }), (one, other) => {
      const [before, document] = [one, other].map((value) => JSON.parse(JSON.stringify(value)))
      const after = merged(before, document)
      expect(isSameJson(merged(after, document), after)).toBe(true)
      expect(unnamedPaths(after, document)).toEqual(unnamedPaths(before, document))
      expect(unnamedPaths(document, after)).toEqual([])
    }),
  )
})
