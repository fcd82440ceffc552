/*
 * Filters, trees of logic, and what by GET is an argument.
 */
import { describe, expect, it } from 'vitest'
import type { Condition, Operation } from '../../../../local/services/data-api/request/index.ts'
import { read, refusal } from './read.ts'

const where = (name: string, operation: Operation, isNegated = false): Condition => ({
  kind: 'filter',
  isNegated,
  field: { name, path: [] },
  operation,
})
const eq = (name: string, value: string) => where(name, { operator: 'eq', value })
const logic = (operator: 'and' | 'or', conditions: Condition[], isNegated = false): Condition => ({
  kind: 'logic',
  isNegated,
  operator,
  conditions,
})

async function conditions(name: string, value: string) {
  const query = new URLSearchParams([[name, value]])
  return (await read(`/t?${query}`)).conditions
}

describe('a filter', () => {
  it.each<[string, Operation]>([
    ['eq.5', { operator: 'eq', value: '5' }],
    ['eq.', { operator: 'eq', value: '' }],
    ['eq."quoted", as it is', { operator: 'eq', value: '"quoted", as it is' }],
    ['neq.a.b,c', { operator: 'neq', value: 'a.b,c' }],
    ['gte.1', { operator: 'gte', value: '1' }],
    ['like.*a*', { operator: 'like', value: '*a*' }],
    ['imatch.^a', { operator: 'imatch', value: '^a' }],
    ['like(any).{a*,*b}', { operator: 'like', quantifier: 'any', value: '{a*,*b}' }],
    ['gt(all).{1,2}', { operator: 'gt', quantifier: 'all', value: '{1,2}' }],
    ['in.(1,2)', { operator: 'in', values: ['1', '2'] }],
    ['in.( 1, 2 )', { operator: 'in', values: ['1', ' 2 '] }],
    ['in.("a,b","c)d","e\\"f","g\\\\h")', { operator: 'in', values: ['a,b', 'c)d', 'e"f', 'g\\h'] }],
    ['in.("a"b)', { operator: 'in', values: ['"a"b'] }],
    ['in.()', { operator: 'in', values: [] }],
    ['in.(,)', { operator: 'in', values: ['', ''] }],
    ['in.(1)rest', { operator: 'in', values: ['1'] }],
    ['is.null', { operator: 'is', value: 'null' }],
    ['is.NULL', { operator: 'is', value: 'null' }],
    ['is.not_null', { operator: 'is', value: 'not_null' }],
    ['is.Unknown', { operator: 'is', value: 'unknown' }],
    ['isdistinct.3', { operator: 'isdistinct', value: '3' }],
    ['cs.{a,b}', { operator: 'cs', value: '{a,b}' }],
    ['ov.[1,5)', { operator: 'ov', value: '[1,5)' }],
    ['adj.(1,10)', { operator: 'adj', value: '(1,10)' }],
    ['fts.cat & dog', { operator: 'fts', value: 'cat & dog' }],
    ['wfts(french).chat', { operator: 'wfts', language: 'french', value: 'chat' }],
  ])('%s', async (value, operation) => {
    expect(await conditions('a', value)).toEqual([{ path: [], value: where('a', operation) }])
    expect(await conditions('a', `not.${value}`)).toEqual([{ path: [], value: where('a', operation, true) }])
  })

  it('stands at an embed, at a place in JSON, and under a name in quotes', async () => {
    expect(await conditions('a.b.c', 'eq.1')).toEqual([{ path: ['a', 'b'], value: eq('c', '1') }])
    expect(await conditions('a.data->x->>0', 'eq.1')).toEqual([
      {
        path: ['a'],
        value: {
          ...eq('data', '1'),
          field: {
            name: 'data',
            path: [
              { key: 'x', asText: false },
              { key: 0, asText: true },
            ],
          },
        },
      },
    ])
    expect(await conditions('"a.b"', 'eq.1')).toEqual([{ path: [], value: eq('a.b', '1') }])
    expect(await conditions('Unit Price', 'eq.1')).toEqual([{ path: [], value: eq('Unit Price', '1') }])
    expect(await conditions('__proto__', 'eq.1')).toEqual([{ path: [], value: eq('__proto__', '1') }])
  })

  it.each([
    ['0', 1, 'unexpected "0" expecting "not" or operator (eq, gt, ...)'],
    ['noop.0', 1, 'unexpected "o" expecting "not" or operator (eq, gt, ...)'],
    ['val', 1, 'unexpected "v" expecting "not" or operator (eq, gt, ...)'],
    ['', 1, 'unexpected end of input expecting "not" or operator (eq, gt, ...)'],
    ['fts().value', 5, 'unexpected ")" expecting operator (eq, gt, ...)'],
    ['eq().value', 4, 'unexpected ")" expecting operator (eq, gt, ...)'],
    ['is().value', 3, 'unexpected "(" expecting operator (eq, gt, ...)'],
    ['in().value', 3, 'unexpected "(" expecting operator (eq, gt, ...)'],
    ['in.1,2', 4, 'unexpected "1" expecting "("'],
    ['is.nil', 5, 'unexpected "i" expecting isVal: (null, not_null, true, false, unknown)'],
    ['in.(1,2', 8, 'unexpected end of input expecting "," or ")"'],
    ['in.("x"', 8, 'unexpected end of input expecting "," or ")"'],
    ['in.("x"y', 9, 'unexpected end of input expecting "," or ")"'],
    // What does not print is shown by its number.
    ['~', 1, 'unexpected "~" expecting "not" or operator (eq, gt, ...)'],
    ['\x7f', 1, 'unexpected "\\127" expecting "not" or operator (eq, gt, ...)'],
    ['\x1f', 1, 'unexpected "\\31" expecting "not" or operator (eq, gt, ...)'],
    [' ', 1, 'unexpected " " expecting "not" or operator (eq, gt, ...)'],
  ])('%s fails where PostgREST does', async (value, at, details) => {
    const error = await refusal(`/t?id=${encodeURIComponent(value)}`)
    expect(error).toMatchObject({ status: 400, code: 'PGRST100', details })
    expect(error.message).toBe(`"failed to parse filter (${value})" (line 1, column ${at})`)
  })

  it('has a name, and says where it ends', async () => {
    expect(await refusal('/t?a.=eq.1')).toMatchObject({
      message: '"failed to parse tree path (a.)" (line 1, column 3)',
      details: 'unexpected end of input expecting field name (* or [a..z0..9_$])',
    })
    expect(await refusal('/t?.and=(a.eq.1)')).toMatchObject({
      message: '"failed to parse logic path (.and)" (line 1, column 1)',
      details: 'unexpected "." expecting field name (* or [a..z0..9_$])',
    })
  })
})

describe('a tree of logic', () => {
  it.each<[string, string, Condition]>([
    [
      'or',
      '(age.lt.18,age.gt.21)',
      logic('or', [
        where('age', { operator: 'lt', value: '18' }),
        where('age', { operator: 'gt', value: '21' }),
      ]),
    ],
    [
      'and',
      '( and ( id.in.( 1, 2 ) , id.eq.3 ) , or ( id.eq.2 , not.and(a.is.null) ) )',
      logic('and', [
        logic('and', [where('id', { operator: 'in', values: ['1', ' 2 '] }), eq('id', '3 ')]),
        // Space before a comma is of the value, as in PostgREST.
        logic('or', [eq('id', '2 '), logic('and', [where('a', { operator: 'is', value: 'null' })], true)]),
      ]),
    ],
    ['not.or', '(a.not.eq.1)', logic('or', [where('a', { operator: 'eq', value: '1' }, true)], true)],
    [
      'or',
      '(a.eq."x,y)",b.cs.{1,2},c.eq.z)',
      logic('or', [eq('a', 'x,y)'), where('b', { operator: 'cs', value: '{1,2}' }), eq('c', 'z')]),
    ],
    ['or', '(a.eq.,b.eq.)', logic('or', [eq('a', ''), eq('b', '')])],
    [
      'or',
      '(a.fts(english).x,b.like(any).{*a*,b})',
      logic('or', [
        where('a', { operator: 'fts', language: 'english', value: 'x' }),
        where('b', { operator: 'like', quantifier: 'any', value: '{*a*,b}' }),
      ]),
    ],
    ['and', '(not.eq.1)', logic('and', [eq('not', '1')])],
  ])('%s=%s', async (name, value, expected) => {
    expect(await conditions(name, value)).toEqual([{ path: [], value: expected }])
  })

  it('stands at an embed', async () => {
    expect(await conditions('a.b.or', '(x.eq.1)')).toEqual([
      { path: ['a', 'b'], value: logic('or', [eq('x', '1')]) },
    ])
    expect(await conditions('a.not.and', '(x.eq.1)')).toEqual([
      { path: ['a'], value: logic('and', [eq('x', '1')], true) },
    ])
  })

  it.each([
    [
      'or',
      '()',
      4,
      'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
    ],
    ['or', '(id.in.1,2,id.eq.3)', 10, 'unexpected "1" expecting "("'],
    ['or', ')(', 3, 'unexpected ")" expecting "("'],
    ['and', '(a.eq.1', 11, 'unexpected end of input expecting "," or ")"'],
    ['and', '(a.eq."x"', 13, 'unexpected end of input expecting "," or ")"'],
    ['and', '(not.and(a.eq.1)', 20, 'unexpected end of input expecting "," or ")"'],
    ['and', '(a)', 6, 'unexpected ")" expecting letter, digit, "-", "->>", "->" or delimiter (.)'],
    ['and', '(ord(id.eq.1,id.eq.1),id.eq.2)', 7, 'unexpected "d" expecting "("'],
    ['or', '(id.eq.1,not.xor(id.eq.2,id.eq.3))', 16, 'unexpected "x" expecting logic operator (and, or)'],
  ])('%s=%s fails where PostgREST does', async (name, value, at, details) => {
    const error = await refusal(`/t?${name}=${encodeURIComponent(value)}`)
    expect(error).toMatchObject({ status: 400, code: 'PGRST100', details })
    expect(error.message).toBe(`"failed to parse logic tree (${value})" (line 1, column ${at})`)
  })

  it('goes no deeper than a hundred levels', async () => {
    const nested = (levels: number) => `${'(and'.repeat(levels)}(a.eq.1)${')'.repeat(levels)}`
    expect(await conditions('or', nested(99))).toHaveLength(1)
    expect(await refusal(`/t?or=${nested(50_000)}`)).toMatchObject({ status: 400, code: 'PGRST100' })
  })
})

describe('a call by GET', () => {
  it('takes as an argument what begins with no operator', async () => {
    const { parameters, conditions: filters } = await read('/rpc/f?a=1&a=2&b=eq.3')
    expect(parameters).toEqual([
      ['a', '1'],
      ['a', '2'],
    ])
    expect(filters).toEqual([{ path: [], value: eq('b', '3') }])
  })

  it.each(['not.so', 'in.the.house', 'is.it'])('%s begins with one, and fails', async (value) => {
    expect(await refusal(`/rpc/f?a=${value}`)).toMatchObject({ status: 400, code: 'PGRST100' })
  })

  it('by POST takes none', async () => {
    expect(await refusal('/rpc/f?a=1', { method: 'POST', body: '{}' })).toMatchObject({ code: 'PGRST100' })
  })
})
