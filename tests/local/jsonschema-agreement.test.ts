/*
 * pg_jsonschema gives the verdict of ajv, an independent validator, on random schemas and random instances.
 */
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

// Few names and few values, so that schemas and instances often meet.
const name = fc.constantFrom('a', 'b', 'ab', 'c1')
const count = fc.integer({ min: 0, max: 3 })
const number = fc.constantFrom(-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 6, 1e15)
const string = fc.constantFrom('', 'a', 'ab', 'abc', 'c1', 'é', '😀', 'a\nb', '1-2', '[x]', '_.-')
const pattern = fc.constantFrom(
  '^a',
  'b$',
  '^.b?$',
  '\\d',
  '^\\w+$',
  '[[x]',
  '^[^a]*$',
  '\\S-\\d',
  '^(a|b){1,2}$',
  '\\bb',
  'a.b',
  '^[\\w.\\-]+$',
)
const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object')

const { instance } = fc.letrec<{ instance: unknown }>((tie) => ({
  instance: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(number, string, fc.boolean(), fc.constant(null)),
    fc.array(tie('instance'), { maxLength: 4 }),
    fc.dictionary(name, tie('instance'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))

const { schema } = fc.letrec<{ schema: object | boolean; list: unknown[]; map: unknown }>((tie) => ({
  list: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
  map: fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.boolean(),
      fc.record({ type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })) }),
      fc.record({
        enum: fc.uniqueArray(instance, {
          minLength: 1,
          maxLength: 3,
          selector: (value) => JSON.stringify(value),
        }),
      }),
      fc.record({ const: instance }),
      fc.record({ minimum: number, exclusiveMaximum: number }, { requiredKeys: [] }),
      fc.record({ maximum: number, exclusiveMinimum: number }, { requiredKeys: [] }),
      fc.record({ multipleOf: fc.constantFrom(0.5, 1, 2, 3) }),
      fc.record({ minLength: count, maxLength: count, pattern }, { requiredKeys: [] }),
      fc.record({ minItems: count, maxItems: count, uniqueItems: fc.boolean() }, { requiredKeys: [] }),
      fc.record(
        { minProperties: count, maxProperties: count, required: fc.uniqueArray(name) },
        { requiredKeys: [] },
      ),
      fc.record({ dependentRequired: fc.dictionary(name, fc.uniqueArray(name), { noNullPrototype: true }) }),
    ),
    fc.record(
      {
        properties: tie('map'),
        patternProperties: fc.dictionary(pattern, tie('schema'), { maxKeys: 2, noNullPrototype: true }),
        additionalProperties: tie('schema'),
      },
      { requiredKeys: [] },
    ),
    fc.record({ prefixItems: tie('list'), items: tie('schema') }, { requiredKeys: [] }),
    fc.record(
      { contains: tie('schema'), minContains: count, maxContains: count },
      { requiredKeys: ['contains'] },
    ),
    fc.record({ propertyNames: tie('schema'), dependentSchemas: tie('map') }, { requiredKeys: [] }),
    fc.record(
      { allOf: tie('list'), anyOf: tie('list'), oneOf: tie('list'), not: tie('schema') },
      { requiredKeys: [] },
    ),
    fc.record(
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      { if: tie('schema'), then: tie('schema'), else: tie('schema'), type },
      { requiredKeys: ['if'] },
    ),
    fc.record(
      { $ref: fc.constantFrom('#/$defs/list', '#/$defs/map', '#leaf'), type },
      { requiredKeys: ['$ref'] },
    ),
  ),
}))

// Definitions that contain themselves, but only further inside the instance.
const definitions = {
  leaf: { $anchor: 'leaf', type: ['string', 'integer', 'null'] },
  list: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/list' } }, { $ref: '#leaf' }] },
  map: { properties: { a: { $ref: '#/$defs/map' }, b: { $ref: '#/$defs/list' } }, required: ['a'] },
}
const document = schema.map((body) => (typeof body === 'object' ? { ...body, $defs: definitions } : body))

it('agrees with ajv on 1,500 pairs, and has errors exactly where it refuses', async () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  // Not compared: ajv counts what `contains` and a failed `if` have looked at, and its code for that can be faulty.
  ajv.opts.unevaluated = false
  const verdicts = { true: 0, false: 0 }
  await fc.assert(
    fc.asyncProperty(
      document,
      fc.array(instance, { minLength: 6, maxLength: 6 }),
      async (schema, instances) => {
        const accepts = ajv.compile(schema)
        const expected = instances.map((value) => accepts(value))
        const { rows } = await sql.query(
          `select extensions.jsonb_matches_schema($1, instance) as verdict,
           extensions.jsonschema_validation_errors($1, instance::json) = '{}' as is_free_of_errors
         from jsonb_array_elements($2) as instance`,
          [JSON.stringify(schema), JSON.stringify(instances)],
        )
        expect(rows).toEqual(expected.map((verdict) => ({ verdict, is_free_of_errors: verdict })))
        for (const verdict of expected) verdicts[`${verdict}`]++
      },
    ),
    { numRuns: 250, seed: 20_260_101 },
  )
  expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(300)
}, 120_000)
