/*
 * `select` and `order`, with cases of PostgREST's documentation and of its own tests.
 */
import { describe, expect, it } from 'vitest'
import type { OrderTerm, SelectItem } from '../../../../local/services/data-api/request/index.ts'
import { read, refusal } from './read.ts'

const column = (name: string, more: object = {}): SelectItem => ({
  kind: 'field',
  field: { name, path: [] },
  ...more,
})
const embed = (name: string, select: SelectItem[], more: object = {}): SelectItem => ({
  kind: 'relation',
  relation: { name },
  isSpread: false,
  select,
  ...more,
})
const key = (name: string | number, asText = false) => ({ key: name, asText })
const all: SelectItem = { kind: 'all' }

async function select(value: string) {
  return (await read(`/t?select=${encodeURIComponent(value)}`)).select
}

describe('select', () => {
  it.each<[string, SelectItem[]]>([
    ['', []],
    ['*', [all]],
    ['id, full_name', [column('id'), column('full_name')]],
    [' id ,name ', [column('id'), column('name')]],
    [
      'fullName:full_name,birthDate:birth_date',
      [column('full_name', { alias: 'fullName' }), column('birth_date', { alias: 'birthDate' })],
    ],
    ['salary::text', [column('salary', { cast: 'text' })]],
    ['salary::double precision', [column('salary', { cast: 'double precision' })]],
    ['"information.cpe"', [column('information.cpe')]],
    ['"a\\"b\\\\c"', [column('a"b\\c')]],
    ['":"', [column(':')]],
    ['Unit Price', [column('Unit Price')]],
    ['identifier-with-dashes', [column('identifier-with-dashes')]],
    ['123', [column('123')]],
    ['$,_', [column('$'), column('_')]],
    ['موارد,été,字', [column('موارد'), column('été'), column('字')]],
    ['" spaces "', [column(' spaces ')]],
    ['__proto__,constructor', [column('__proto__'), column('constructor')]],
    ['data->a', [{ kind: 'field', field: { name: 'data', path: [key('a')] } }]],
    ['data->0->>b-c', [{ kind: 'field', field: { name: 'data', path: [key(0), key('b-c', true)] } }]],
    ['data->-1', [{ kind: 'field', field: { name: 'data', path: [key(-1)] } }]],
    ['data->1a', [{ kind: 'field', field: { name: 'data', path: [key('1a')] } }]],
    ['data->"a.b"', [{ kind: 'field', field: { name: 'data', path: [key('a.b')] } }]],
    [
      'x:data->!@#$%^&*_a::int',
      [{ kind: 'field', field: { name: 'data', path: [key('!@#$%^&*_a')] }, alias: 'x', cast: 'int' }],
    ],
    ['amount.sum()', [column('amount', { aggregate: { name: 'sum' } })]],
    [
      'total:amount::int.avg()::text',
      [column('amount', { alias: 'total', cast: 'int', aggregate: { name: 'avg', cast: 'text' } })],
    ],
    [
      'data->>a::int.max(),b.min(),c.count()',
      [
        {
          kind: 'field',
          field: { name: 'data', path: [key('a', true)] },
          cast: 'int',
          aggregate: { name: 'max' },
        },
        column('b', { aggregate: { name: 'min' } }),
        column('c', { aggregate: { name: 'count' } }),
      ],
    ],
    ['count()', [{ kind: 'count' }]],
    ['n:count()::text', [{ kind: 'count', alias: 'n', cast: 'text' }]],
    ['count', [column('count')]],
    ['*,clients(*,nested(id))', [all, embed('clients', [all, embed('nested', [column('id')])])]],
    ['clients()', [embed('clients', [])]],
    ['buyer:people!left(name)', [embed('people', [column('name')], { alias: 'buyer', join: 'left' })]],
    [
      'people!orders_buyer_fkey!inner(name)',
      [
        embed('people', [column('name')], {
          relation: { name: 'people', hint: 'orders_buyer_fkey' },
          join: 'inner',
        }),
      ],
    ],
    [
      'a:people!inner!hint(*)',
      [embed('people', [all], { relation: { name: 'people', hint: 'hint' }, alias: 'a', join: 'inner' })],
    ],
    [
      '...clients(name,...c!h(id))',
      [
        embed(
          'clients',
          [
            column('name'),
            embed('c', [column('id')], { relation: { name: 'c', hint: 'h' }, isSpread: true }),
          ],
          { isSpread: true },
        ),
      ],
    ],
    ['clients( id , name ) , *', [embed('clients', [column('id'), column('name')]), all]],
    // As PostgREST has it: what stands behind is not looked at, and before a parenthesis an index is a key.
    ['id)rest', [column('id')]],
    ['data->0::int', [{ kind: 'field', field: { name: 'data', path: [key(0)] }, cast: 'int' }]],
    ['data->/', [{ kind: 'field', field: { name: 'data', path: [key('/')] } }]],
    ['...count(id)', [embed('count', [column('id')], { isSpread: true })]],
    ['a(data->0)', [embed('a', [{ kind: 'field', field: { name: 'data', path: [key('0')] } }])]],
  ])('%s', async (value, expected) => {
    expect(await select(value)).toEqual(expected)
  })

  it('is the first of several, and everything where it says nothing', async () => {
    expect((await read('/t?select=a&select=b')).select).toEqual([column('a')])
    expect((await read('/t')).select).toEqual([])
    expect((await read('/t?select')).select).toEqual([])
  })

  it.each([
    [
      'id,clients(name[])',
      16,
      'unexpected \'[\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    ],
    ['data->>-78xy', 11, 'unexpected \'x\' expecting digit, "->", "::", ".", "," or end of input'],
    ['data->>--34', 9, 'unexpected "-" expecting digit'],
    [
      'data->(!@#$%^&*_d->>!@#$%^&*_e::integer',
      7,
      'unexpected "(" expecting "-", digit or any non reserved character different from: .,>()',
    ],
    [
      'name!hint',
      5,
      'unexpected \'!\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    ],
    ['name::', 7, 'unexpected end of input expecting letter or digit'],
    [
      'clients(id',
      11,
      'unexpected end of input expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    ],
    ['id,*x', 5, `unexpected 'x' expecting ")", "," or end of input`],
    ['"open', 6, 'unexpected end of input expecting "\\\\" or "\\""'],
    ['"a\\', 4, 'unexpected end of input'],
    ['"a\\\\', 5, 'unexpected end of input expecting "\\\\" or "\\""'],
    [
      'a->',
      4,
      'unexpected end of input expecting "-", digit or any non reserved character different from: .,>()',
    ],
    [
      'a!inner!(id)',
      2,
      'unexpected \'!\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    ],
  ])('%s fails where PostgREST does', async (value, at, details) => {
    const error = await refusal(`/t?select=${encodeURIComponent(value)}`)
    expect(error).toMatchObject({ status: 400, code: 'PGRST100' })
    expect(error.hint).toBeUndefined()
    expect(error.message).toBe(`"failed to parse select parameter (${value})" (line 1, column ${at})`)
    if (value !== 'clients(id') expect(error.details).toBe(details)
  })

  it.each(['count()x', 'count()::', 'n:count()::text.sum()', 'count():x', 'id::int.', 'id.sum()x'])(
    '%s is no item, though it begins as one',
    async (value) => {
      for (const select of [value, `id,${value}`, `a(${value})`])
        expect(await refusal(`/t?select=${encodeURIComponent(select)}`)).toMatchObject({
          status: 400,
          code: 'PGRST100',
        })
    },
  )

  it('says in which line and column it fails, where a tab leads to the next eighth', async () => {
    const value = '"a\n\tb"!'
    const { message } = await refusal(`/t?select=${encodeURIComponent(value)}`)
    expect(message).toBe(`"failed to parse select parameter (${value})" (line 2, column 11)`)
  })

  it('goes no deeper than a hundred levels', async () => {
    const nested = (levels: number) => `${'a('.repeat(levels)}id${')'.repeat(levels)}`
    expect(await select(nested(100))).toHaveLength(1)
    expect(await refusal(`/t?select=${nested(101)}`)).toMatchObject({ status: 400, code: 'PGRST100' })
    expect(await refusal(`/t?select=${nested(50_000)}`)).toMatchObject({ status: 400, code: 'PGRST100' })
  })
})

describe('order', () => {
  const by = (name: string, more: object = {}): OrderTerm => ({ field: { name, path: [] }, ...more })

  it.each<[string, OrderTerm[]]>([
    ['age', [by('age')]],
    ['age.desc,height.asc', [by('age', { direction: 'desc' }), by('height', { direction: 'asc' })]],
    ['age.nullsfirst', [by('age', { nulls: 'first' })]],
    ['age.desc.nullslast', [by('age', { direction: 'desc', nulls: 'last' })]],
    ['data->>a.asc', [{ field: { name: 'data', path: [key('a', true)] }, direction: 'asc' }]],
    ['data->0.desc', [{ field: { name: 'data', path: [key(0)] }, direction: 'desc' }]],
    ['clients(name).desc', [by('name', { relation: { name: 'clients' }, direction: 'desc' })]],
    [
      'name , clients(data->k), id',
      [by('name'), { field: { name: 'data', path: [key('k')] }, relation: { name: 'clients' } }, by('id')],
    ],
  ])('%s', async (value, expected) => {
    expect((await read(`/t?order=${encodeURIComponent(value)}`)).order).toEqual([
      { path: [], value: expected },
    ])
  })

  it('of embeds stands at their places, of each the first', async () => {
    const { order } = await read('/t?a.b.order=x&order=y&a.b.order=z')
    expect(order).toEqual([
      { path: ['a', 'b'], value: [by('x')] },
      { path: [], value: [by('y')] },
    ])
  })

  it.each([
    ['id.ac', 4, 'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
    ['id.descc', 8, 'unexpected \'c\' expecting delimiter (.), "," or end of input'],
    ['id.nulsfist', 4, 'unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
    ['id.nullslasttt', 13, 'unexpected \'t\' expecting "," or end of input'],
    ['id.asc.nlsfst', 8, 'unexpected "l" expecting "nullsfirst" or "nullslast"'],
    ['id.asc.nullslasttt', 17, 'unexpected \'t\' expecting "," or end of input'],
    [
      'clients(name,id)',
      8,
      'unexpected \'(\' expecting letter, digit, "-", "->>", "->", delimiter (.), "," or end of input',
    ],
  ])('%s fails where PostgREST does', async (value, at, details) => {
    const error = await refusal(`/t?order=${encodeURIComponent(value)}`)
    expect(error).toMatchObject({ status: 400, code: 'PGRST100', details })
    expect(error.message).toBe(`"failed to parse order (${value})" (line 1, column ${at})`)
  })
})
