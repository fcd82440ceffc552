import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { policySuite } from '../../support/database/policy-suite.ts'

// What stands at the edge of a limit, and just beyond it.

const story = policySuite()

const answer = async (client: pg.Client, call: string, values: unknown[]) =>
  (await client.query<{ answer: unknown }>(`select private.${call} as answer`, values)).rows[0]?.answer

const marks = (length: number) => `a${'\u0301'.repeat(length - 1)}`
const address = (last: number) => `${'x'.repeat(64)}@${'x'.repeat(63)}.${'x'.repeat(63)}.${'x'.repeat(last)}`
const skipped = (count: number) => JSON.stringify(Array.from({ length: count }, (_, path) => ({ path })))
/** A list whose last entry has a key too many, and its shape. */
const listOf = (length: number) => [
  { a: Array.from({ length }, (_, n) => (n === length - 1 ? { x: 1 } : {})) },
  { a: [{}] },
]

describe('at its edge', () => {
  it.each<[string, string, unknown[], unknown]>([
    ['a short text keeps its marks', 'capped_marks($1)', [marks(200)], marks(200)],
    ['a long text keeps thirty', 'capped_marks($1)', [marks(201)], marks(31)],
    ['an address has 254 characters', 'is_email($1)', [address(61)], true],
    ['and no more', 'is_email($1)', [address(62)], false],
    ['a run of four is looked for', 'searched_words($1)', ['東京都庁'], ['東京都庁']],
    [
      'of many the eight longest are',
      'searched_words($1)',
      ['a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii jjjjjjjjjj'],
      ['jjjjjjjjjj', 'iiiiiiiii', 'hhhhhhhh', 'ggggggg', 'ffffff', 'eeeee', 'dddd', 'ccc'],
    ],
    ['of five each four are', 'searched_words($1)', ['東京都庁前'], ['京都庁前', '東京都庁']],
    ['a word is looked for by forty letters', 'search_pieces($1)', ['x'.repeat(41)], 'x'.repeat(40)],
    ['a hundred entries are named', 'first_skipped($1)', [skipped(100)], JSON.parse(skipped(100))],
    [
      'of one more it is counted',
      'first_skipped($1)',
      [skipped(101)],
      [...JSON.parse(skipped(100)), expect.objectContaining({ message: '1 more were left out.' })],
    ],
    ['a number that is too large', "json_problem('x', $1)", [`18${'0'.repeat(307)}`], { path: 'x' }],
    ['is none where a schema is', "value_problem('x', $1, $2)", ['1e400', { type: 'number' }], { path: 'x' }],
    [
      'a text has at most so many characters',
      "value_problem('x', $1, $2)",
      ['"abc"', { type: 'string', maxLength: 2 }],
      { path: 'x', hint: 'Give 0 to 2 characters.' },
    ],
    [
      'or at least so many',
      "value_problem('x', $1, $2)",
      ['"abc"', { type: 'string', minLength: 4 }],
      { path: 'x', hint: 'Give 4 to any number of characters.' },
    ],
    ['a list of 200 is looked through', 'unknown_keys($1, $2)', listOf(200), [['a', '199', 'x']]],
    ['a longer one is not', 'unknown_keys($1, $2)', listOf(201), []],
    [
      'a property is required once',
      "schema_problem('x', $1)",
      [
        {
          type: 'object',
          properties: { a: { type: 'string' } },
          required: ['a', 'a'],
          additionalProperties: false,
        },
      ],
      { path: 'x.required' },
    ],
  ])('%s', (_, call, values, expected) =>
    story(async (client) => {
      const found = await answer(client, call, values)
      if (typeof expected === 'object' && !Array.isArray(expected))
        expect(found).toMatchObject(expected ?? {})
      else expect(found).toEqual(expected)
    })(),
  )
})

it(
  'the project’s API takes its address and a key, or is not called',
  story(async (client) => {
    await client.query("delete from vault.secrets where name in ('project_url', 'secret_key')")
    const api = async () =>
      (await client.query("select url, key from private.project_api('It waits')")).rows[0]
    await client.query("select vault.create_secret('https://project.test/', 'project_url')")
    expect(await api()).toEqual({ url: null, key: null })
    await client.query("select vault.create_secret('secret', 'secret_key')")
    expect(await api()).toEqual({ url: 'https://project.test', key: 'secret' })
  }),
)
