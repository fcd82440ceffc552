/*
 * The functions of pg_jsonschema: each keyword by example, the texts of errors, what an invalid schema does, and
 * input that tries to crash or stall the server.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'

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

const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#' }
const tree = {
  $defs: { node: { properties: { next: { $ref: '#/$defs/node' } }, required: ['id'] } },
  $ref: '#/$defs/node',
}

/** What is tried, the schema, instances it accepts, instances it refuses. */
const cases: [string, unknown, unknown[], unknown[]][] = [
  ['true', true, [1, null], []],
  ['false', false, [], [1, null]],
  ['type', { type: 'integer' }, [1, 1.0, -3], [1.5, '1', true]],
  ['type: several', { type: ['string', 'null'] }, ['', null], [0, [], {}]],
  [
    'enum',
    { enum: ['a', 1, [1, 2], { b: 1 }] },
    ['a', 1, [1, 2], { b: 1 }],
    ['b', [1], [[1, 2]], {}, { b: 1, c: 1 }],
  ],
  ['const', { const: { a: [1, null] } }, [{ a: [1, null] }], [{ a: [null, 1] }, null]],
  ['multipleOf', { multipleOf: 0.01 }, [19.99, 0, 'x'], [0.005]],
  ['minimum, maximum', { minimum: 1, maximum: 3 }, [1, 3, '9'], [0.9, 3.1]],
  ['exclusiveMinimum, exclusiveMaximum', { exclusiveMinimum: 1, exclusiveMaximum: 3 }, [2], [1, 3]],
  ['minLength, maxLength', { minLength: 2, maxLength: 3 }, ['😀😀', 'abc', 5], ['😀', 'abcd']],
  ['pattern is not anchored', { pattern: 'b+' }, ['abc', 1], ['ac']],
  ['pattern: \\d and \\w are ASCII', { pattern: '^\\d\\w$' }, ['1_'], ['٣a', '1é']],
  ['pattern: \\b', { pattern: '\\bcat\\b' }, ['a cat.'], ['concat']],
  ['pattern: dot and line feed', { pattern: '^a.b$' }, ['a😀b'], ['a\nb']],
  ['pattern: a bracket in a class', { pattern: '^[[a]+$' }, ['[a['], [']']],
  ['pattern: shorthand and hyphen in a class', { pattern: '^[\\w-.]+$' }, ['a-b.c'], ['a b']],
  ['pattern: escapes', { pattern: '^\\u{1F600}\\x41B\\/$' }, ['😀AB/'], ['😀A/']],
  [
    'pattern: many repetitions',
    { pattern: '^[ab]{300,600}$' },
    ['a'.repeat(600)],
    ['a'.repeat(299), 'a'.repeat(601)],
  ],
  ['pattern: a named group', { pattern: '^(?<year>[0-9]{4})$' }, ['2026'], ['26']],
  ['pattern: looking around', { pattern: '^(?!x)a(?=b)' }, ['ab'], ['ac', 'xab']],
  ['pattern: a letter of any language', { pattern: '^\\p{L}+$' }, ['añb'], ['a1']],
  ['format: date', { format: 'date' }, ['2024-02-29', 7], ['2023-02-29', '2024-2-1', '24-01-01']],
  ['format: time', { format: 'time' }, ['08:30:06.28Z', '08:30:06+01:30'], ['08:30:06', '24:00:00Z']],
  [
    'format: date-time',
    { format: 'date-time' },
    ['1963-06-19t08:30:06.28z'],
    ['1963-02-30T08:30:06Z', '1963-06-19'],
  ],
  [
    'format: email',
    { format: 'email' },
    ['joe+x@example.com'],
    ['joe', '.joe@example.com', 'joe@', 'a b@c.d'],
  ],
  [
    'format: hostname',
    { format: 'hostname' },
    ['a-b.example'],
    ['-a', 'a..b', 'a_b', 'ä.de', 'x'.repeat(64)],
  ],
  ['format: ipv4', { format: 'ipv4' }, ['192.168.0.1'], ['256.0.0.1', '1.2.3', '01.2.3.4']],
  [
    'format: ipv6',
    { format: 'ipv6' },
    ['::1', '::ffff:1.2.3.4'],
    ['1::2::3', '::1/64', '127.0.0.1', '12345::'],
  ],
  [
    'format: uuid',
    { format: 'uuid' },
    ['2EB8AA08-aa98-11ea-b4aa-73b441d16380'],
    ['2eb8aa08aa9811eab4aa73b441d16380'],
  ],
  [
    'format: uri',
    { format: 'uri' },
    ['https://a.b/c?d#e', 'urn:x:y'],
    ['//a.b', 'http://', 'a b', 'http://x/%zz'],
  ],
  ['format: uri-reference', { format: 'uri-reference' }, ['/a?b', ''], ['\\a', 'a b']],
  ['format: json-pointer', { format: 'json-pointer' }, ['/a~1b/~0', ''], ['a', '/~2']],
  ['format: duration', { format: 'duration' }, ['P1DT12H', 'P4W'], ['P', 'PT', '1D']],
  ['format: regex', { format: 'regex' }, ['^a$'], ['(']],
  ['format: an unknown one', { format: 'colour' }, ['x'], []],
  ['minItems, maxItems', { minItems: 1, maxItems: 2 }, [[1], {}], [[], [1, 2, 3]]],
  [
    'uniqueItems',
    { uniqueItems: true },
    [[1, '1', [1]], []],
    [
      [1, 1.0],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  ['items', { items: { type: 'number' } }, [[], [1, 2], 'x'], [[1, 'x']]],
  [
    'prefixItems, items',
    { prefixItems: [{ const: 1 }], items: { const: 2 } },
    [[], [1, 2, 2]],
    [[2], [1, 2, 3]],
  ],
  ['items: a list', { items: [{ const: 1 }], additionalItems: { const: 2 } }, [[], [1, 2]], [[2], [1, 1]]],
  ['contains', { contains: { const: 1 } }, [[0, 1], {}], [[], [0]]],
  [
    'minContains, maxContains',
    { contains: { const: 1 }, minContains: 2, maxContains: 3 },
    [[1, 1, 0]],
    [[1], [1, 1, 1, 1]],
  ],
  ['minContains: 0', { contains: { const: 1 }, minContains: 0 }, [[], [2]], []],
  ['unevaluatedItems', { allOf: [{ prefixItems: [true] }], unevaluatedItems: false }, [[1]], [[1, 2]]],
  ['properties', { properties: { a: { type: 'number' } } }, [{}, { a: 1, b: 'x' }, []], [{ a: 'x' }]],
  [
    'patternProperties',
    { patternProperties: { '^n': { type: 'number' } } },
    [{ n1: 1, x: 'x' }],
    [{ n1: 'x' }],
  ],
  [
    'additionalProperties',
    { properties: { a: true }, patternProperties: { '^n': true }, additionalProperties: false },
    [{ a: 1, n1: 1 }],
    [{ a: 1, b: 1 }],
  ],
  ['propertyNames', { propertyNames: { maxLength: 2 } }, [{ ab: 1 }, {}], [{ abc: 1 }]],
  ['required', { required: ['a', 'b'] }, [{ a: 1, b: null }, []], [{ a: 1 }]],
  ['minProperties, maxProperties', { minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 1 }]],
  ['dependentRequired', { dependentRequired: { a: ['b'] } }, [{}, { a: 1, b: 1 }, ['a']], [{ a: 1 }]],
  ['dependentSchemas', { dependentSchemas: { a: { maxProperties: 1 } } }, [{ a: 1 }], [{ a: 1, b: 1 }]],
  ['dependencies', { dependencies: { a: ['b'], c: false } }, [{ a: 1, b: 1 }], [{ a: 1 }, { c: 1 }]],
  [
    'unevaluatedProperties',
    { anyOf: [{ properties: { a: { const: 1 } }, required: ['a'] }, true], unevaluatedProperties: false },
    [{ a: 1 }],
    [{ a: 2 }, { b: 1 }],
  ],
  ['allOf', { allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1], [0, 3]],
  ['anyOf', { anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['a', 5], [4]],
  ['oneOf', { oneOf: [{ minimum: 5 }, { multipleOf: 3 }] }, [3, 5], [6, 1]],
  ['not', { not: { type: 'string' } }, [1], ['']],
  [
    'if, then, else',
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    { if: { type: 'string' }, then: { minLength: 1 }, else: { minimum: 1 } },
    ['a', 1],
    ['', 0],
  ],
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  ['then without if', { then: false, else: false }, [1], []],
  ['$ref into itself', tree, [{ id: 1 }, { id: 1, next: { id: 2 } }], [{}, { id: 1, next: {} }]],
  [
    '$ref to the root',
    { properties: { a: { $ref: '#' } }, additionalProperties: false },
    [{ a: { a: {} } }],
    [{ a: { b: 1 } }],
  ],
  [
    '$ref with escapes',
    { $defs: { 'a/b~c%d': false }, properties: { x: { $ref: '#/$defs/a~1b~0c%25d' } } },
    [{}],
    [{ x: 1 }],
  ],
  ['$ref to an $anchor', { $defs: { a: { $anchor: 'here', type: 'string' } }, $ref: '#here' }, ['a'], [1]],
  [
    '$ref to an $id',
    {
      $id: 'https://example.com/a.json',
      $defs: { b: { $id: 'b.json', $defs: { c: { const: 1 } }, $ref: '#/$defs/c' } },
      $ref: 'b.json',
    },
    [1],
    [2],
  ],
  ['$ref beside others', { $defs: { a: true }, $ref: '#/$defs/a', maximum: 1 }, [1], [2]],
  [
    '$ref hides others in draft 7',
    { ...draft7, definitions: { a: true }, allOf: [{ $ref: '#/definitions/a', maximum: 1 }] },
    [2],
    [],
  ],
  [
    'a property named as a keyword',
    { properties: { type: { type: 'string' }, $ref: { type: 'number' } } },
    [{ $ref: 1 }],
    [{ type: 1 }],
  ],
  ['an unknown keyword', { 'x-unit': 'px', default: 5 }, [1], []],
]

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
    await expect(matches(schema, 'anything')).rejects.toMatchObject({
      message: `Invalid schema: ${fault}`,
      code: 'XX000',
    })
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
