/*
 * The functions of pg_jsonschema: each keyword by example, the texts of errors, what an invalid schema does, and
 * input that tries to crash or stall the server.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { cases, tree } from './jsonschema-cases.ts'

let database: TestDatabase
let sql: pg.Client

beforeAll(async () => {
  database = await createDatabase('platform')
  sql = new pg.Client({ connectionString: database.url('postgres') })
  await sql.connect()
  await sql.query('create extension if not exists pg_jsonschema with schema extensions')
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

async function ask<T>(expression: string, ...values: unknown[]): Promise<T> {
  const { rows } = await sql.query<{ answer: T }>(`select ${expression} as answer`, values)
  const [row] = rows
  if (!row) throw new Error(`${expression} gave no row`)
  return row.answer
}

const matchesText = (schema: string, instance: string) =>
  ask<boolean>('extensions.jsonb_matches_schema($1, $2)', schema, instance)
const errorsOfText = (schema: string, instance: string) =>
  ask<string[]>('extensions.jsonschema_validation_errors($1, $2)', schema, instance)
const matches = (schema: unknown, instance: unknown) =>
  matchesText(JSON.stringify(schema), JSON.stringify(instance))
const errors = (schema: unknown, instance: unknown) =>
  errorsOfText(JSON.stringify(schema), JSON.stringify(instance))
const isValid = (schema: unknown) =>
  ask<boolean>('extensions.jsonschema_is_valid($1)', JSON.stringify(schema))

describe('keywords', () => {
  it.each(cases)('%s', async (_, schema, accepted, refused) => {
    expect(await isValid(schema)).toBe(true)
    for (const instance of accepted) {
      expect.soft(await matches(schema, instance), JSON.stringify(instance)).toBe(true)
      expect.soft(await errors(schema, instance), JSON.stringify(instance)).toEqual([])
    }
    for (const instance of refused) {
      expect.soft(await matches(schema, instance), JSON.stringify(instance)).toBe(false)
      expect.soft(await errors(schema, instance), JSON.stringify(instance)).not.toEqual([])
    }
  })
})

describe('error texts', () => {
  it.each<[unknown, unknown, string[]]>([
    [{ type: 'string' }, { b: 1, a: [] }, ['{"a":[],"b":1} is not of type "string"']],
    [{ type: ['string', 'number'] }, null, ['null is not of types "number", "string"']],
    [{ enum: [1, 'a'] }, 2, ['2 is not one of [1,"a"]']],
    [{ const: 1 }, 2, ['1 was expected']],
    [{ minimum: 3, multipleOf: 2 }, 1, ['1 is less than the minimum of 3', '1 is not a multiple of 2']],
    [{ maxLength: 1 }, 'ab', ['"ab" is longer than 1 character']],
    [{ pattern: '^a' }, 'b', ['"b" does not match "^a"']],
    [{ format: 'date' }, 'x', ['"x" is not a "date"']],
    [{ required: ['a', 'b'] }, {}, ['"a" is a required property', '"b" is a required property']],
    [
      { additionalProperties: false },
      { a: 1, b: 1 },
      ["Additional properties are not allowed ('a', 'b' were unexpected)"],
    ],
    [
      { items: { minimum: 2 } },
      [1, 2, 0],
      ['1 is less than the minimum of 2', '0 is less than the minimum of 2'],
    ],
    [
      { items: [true], additionalItems: false },
      [1, 'x'],
      ['Additional items are not allowed ("x" was unexpected)'],
    ],
    [
      { uniqueItems: true, maxItems: 1 },
      [1, 1],
      ['[1,1] has more than 1 item', '[1,1] has non-unique elements'],
    ],
    [{ contains: false }, [1], ['None of [1] are valid under the given schema']],
    [{ minProperties: 2 }, {}, ['{} has less than 2 properties']],
    [{ not: { type: 'null' } }, null, ['{"type":"null"} is not allowed for null']],
    [{ anyOf: [false] }, 1, ["1 is not valid under any of the schemas listed in the 'anyOf' keyword"]],
    [
      { oneOf: [true, true] },
      1,
      ["1 is valid under more than one of the schemas listed in the 'oneOf' keyword"],
    ],
    [{ properties: { a: false } }, { a: 1 }, ['False schema does not allow 1']],
    [tree, { id: 1, next: {} }, ['"id" is a required property']],
    [
      { unevaluatedProperties: false },
      { a: 1 },
      ["Unevaluated properties are not allowed ('a' was unexpected)"],
    ],
    [{ type: 'strin' }, 1, [`"strin" is not valid under any of the schemas listed in the 'anyOf' keyword`]],
  ])('%j', async (schema, instance, expected) => {
    expect(await errors(schema, instance)).toEqual(expected)
  })
})

describe('an invalid schema', () => {
  it.each<[unknown, string]>([
    [{ type: 'strin' }, `"strin" is not valid under any of the schemas listed in the 'anyOf' keyword`],
    [[], '[] is not of types "boolean", "object"'],
    [{ properties: { a: { minLength: -1 } } }, '-1 is less than the minimum of 0'],
    [{ items: { maxItems: 1.5 } }, '1.5 is not of type "integer"'],
    [{ multipleOf: 0 }, '0 is less than or equal to the minimum of 0'],
    [{ required: 'a' }, '"a" is not of type "array"'],
    [{ required: ['a', 1] }, '1 is not of type "string"'],
    [{ required: ['a', 'a'] }, '["a","a"] has non-unique elements'],
    [{ allOf: [] }, '[] has less than 1 item'],
    [{ anyOf: [{ not: 1 }] }, '1 is not of types "boolean", "object"'],
    [{ properties: { a: 'x' } }, '"x" is not of types "boolean", "object"'],
    [{ pattern: '(' }, '"(" is not a "regex"'],
    [{ pattern: '\\a' }, '"\\\\a" is not a "regex"'],
    [{ patternProperties: { '[': true } }, '"[" is not a "regex"'],
    [{ $ref: '#/$defs/none' }, 'the reference "#/$defs/none" leads nowhere in the schema'],
    [
      { not: { $ref: 'https://example.com/x.json' } },
      'the reference "https://example.com/x.json" leads nowhere in the schema',
    ],
  ])('%j', async (schema, fault) => {
    expect(await isValid(schema)).toBe(false)
    expect(await errors(schema, 'anything')).toEqual([fault])
    // A pattern that cannot be compiled is refused in Postgres's own words.
    await expect(matches(schema, 'anything')).rejects.toMatchObject(
      fault.endsWith('"regex"')
        ? { message: expect.stringMatching(/^invalid regular expression: /), code: '2201B' }
        : { message: `Invalid schema: ${fault}`, code: 'XX000' },
    )
  })

  it('may have anything where no schema stands', async () => {
    expect(await isValid({ const: { type: 5 }, enum: [{ minLength: 'x' }], default: { required: 1 } })).toBe(
      true,
    )
  })
})

describe('the extension', () => {
  it('owns immutable, strict, parallel safe functions with the real parameter names', async () => {
    const { rows } = await sql.query(`
      select format('%s(%s) %s', proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)) as signature
      from pg_proc p join pg_depend d on d.objid = p.oid and d.deptype = 'e'
      join pg_extension e on e.oid = d.refobjid
      where e.extname = 'pg_jsonschema' and proname !~ '^_' and provolatile = 'i' and proisstrict and proparallel = 's'
        and p.pronamespace = 'extensions'::regnamespace order by 1`)
    expect(rows.map(({ signature }) => signature)).toEqual([
      'json_matches_schema(schema json, instance json) boolean',
      'jsonb_matches_schema(schema json, instance jsonb) boolean',
      'jsonschema_is_valid(schema json) boolean',
      'jsonschema_validation_errors(schema json, instance json) text[]',
    ])
  })

  it('answers null for null, and takes json as well as jsonb', async () => {
    expect(await ask('extensions.jsonb_matches_schema($1, null)', '{}')).toBeNull()
    expect(
      await ask('extensions.json_matches_schema(schema := $1, instance := $2)', '{"type":"null"}', ' null '),
    ).toBe(true)
  })

  it('guards a column, whatever the search path of the writer', async () => {
    await sql.query(`create table public.themes (
      body jsonb check (extensions.jsonb_matches_schema('{"properties": {"size": {"type": "number"}}}', body)))`)
    await sql.query(`set search_path = ''`)
    await sql.query(`insert into public.themes values ('{"size": 1}')`)
    await expect(sql.query(`insert into public.themes values ('{"size": "x"}')`)).rejects.toMatchObject({
      code: '23514',
    })
    await sql.query('reset search_path')
  })
})

describe('hostile input', () => {
  const nested = (levels: number, inside = '') => '['.repeat(levels) + inside + ']'.repeat(levels)
  const list = '{"items": {"$ref": "#"}}'

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['an instance nested 10,000 levels', () => matchesText(list, nested(10_000)), /nests deeper|stack depth/],
    [
      'a text of an instance nested 4,000 levels',
      () => errorsOfText('{"type": "object"}', nested(4_000)),
      /is not of type/,
    ],
    [
      'a schema nested 4,000 levels',
      () => matchesText(`${'{"not":'.repeat(4_000)}{}${'}'.repeat(4_000)}`, '1'),
      /nests deeper|stack depth/,
    ],
    [
      'a schema that refers to itself',
      () => matches({ allOf: [{ $ref: '#' }, { $ref: '#' }] }, 1),
      /nests deeper/,
    ],
    [
      'schemas that refer to each other',
      () => errors({ $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, 1),
      /nests deeper/,
    ],
  ])('%s is an error or an answer, and the session lives', async (_, attempt, outcome) => {
    const said = await attempt().then(String, (error: Error) => error.message)
    expect(said).toMatch(outcome)
    expect(await ask('1')).toBe(1)
  })

  it('validates a document of 60 levels', async () => {
    expect(await matchesText(list, nested(60, '1'))).toBe(true)
  })

  it.each<[string, unknown, unknown]>([
    ['a pattern that backtracks elsewhere', { pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`],
    [
      'a large array of distinct items',
      { items: { type: 'integer' }, uniqueItems: true },
      Array.from({ length: 50_000 }, (_, i) => i),
    ],
  ])('%s takes seconds at most', async (_, schema, instance) => {
    const started = performance.now()
    await matches(schema, instance)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('stops when the statement is cancelled', async () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `d${i}`,
        { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    )
    await sql.query(`set statement_timeout = '300ms'`)
    await expect(
      matches({ $defs: { ...doubling, d40: false }, $ref: '#/$defs/d0' }, 1),
    ).rejects.toMatchObject({ code: '57014' })
    await sql.query('reset statement_timeout')
  })
})
