/*
 * Keys of a body that lead to what all objects of JavaScript share, in bodies of every form.
 */
import { describe, expect, it } from 'vitest'
import { unsafeKey } from '../../../local/services/shared/index.ts'

const deep = (inner: string, levels = 50_000) => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`

describe('a body', () => {
  it.each([
    'null',
    '[null]',
    '[[null]]',
    '{"a": null}',
    '[{"a": [null, {"b": null}]}, null]',
    '1',
    '"__proto__"',
    '["constructor"]',
    '[{"a": {"constructor": 1}}]',
    deep('null'),
  ])('%.40s has none', (json) => {
    expect(unsafeKey(JSON.parse(json))).toBeUndefined()
  })

  it.each([
    ['{"constructor": 1}', 'constructor'],
    ['[null, {"prototype": null}]', 'prototype'],
    ['[null, {"a": [null, {"__proto__": null}]}]', '__proto__'],
    [deep('{"__proto__": 1}'), '__proto__'],
  ])('%.40s has one', (json, name) => {
    expect(unsafeKey(JSON.parse(json))).toBe(name)
  })
})
