import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { componentConfigSchemas } from '../../../types/component-config.ts'
import { componentDataSchemas } from '../../../types/component-data.ts'
import { configSchema, conforms, type JsonSchema, jsonSchemaOf } from '../../../types/json-schema.ts'
import { contractComponents } from '../../support/dashboards/components.ts'
import { mutated, mutationWith, valuesOf, verdictsOf } from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of zod and of the database on every configuration, of each component and of schemas that people
// might write. The seed is fixed, so a failure can be seen again.

const story = policySuite()
const seed = 20_261_122

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, 1, 1.5, -1, 12, 101, 1e300, [], {}, ['all'], ['all', 1], {
    all: 1,
  }),
  fc.constantFrom('', 'asc', '30d', 'revenue', 'all', 'ALL', '30d ', '\u0000', 'a\ud800', '😀'.repeat(100)),
  fc.constantFrom('x'.repeat(100), 'x'.repeat(101), '😀'.repeat(101), Array(13).fill('settings')),
)
const everyConfig = Object.entries(componentConfigSchemas).map(([key, schema]) => ({
  key,
  schema,
  valid: valuesOf(jsonSchemaOf(schema)),
}))

describe('the catalog', () => {
  it(
    'has the schema of each type’s data and of each component’s configuration as zod has it',
    story(async (client) => {
      const types = await client.query('select key, data_schema from public.component_types')
      expect(Object.fromEntries(types.rows.map((row) => [row.key, row.data_schema]))).toEqual(
        Object.fromEntries(
          Object.entries(componentDataSchemas).map(([key, schema]) => [key, jsonSchemaOf(schema)]),
        ),
      )
      const components = await client.query('select key, config_schema from public.built_in_components')
      expect(Object.fromEntries(components.rows.map((row) => [row.key, row.config_schema]))).toEqual(
        Object.fromEntries(
          Object.entries(componentConfigSchemas).map(([key, schema]) => [key, jsonSchemaOf(schema)]),
        ),
      )
      for (const { id, defaultConfig } of contractComponents)
        expect(everyConfig.find(({ key }) => key === id)?.schema.safeParse(defaultConfig), id).toMatchObject({
          success: true,
          data: defaultConfig,
        })
    }),
  )
})

describe('zod and the database', () => {
  it(
    'agree on 100 valid configurations of each component and 150 changed ones',
    story(async (client) => {
      const documents = everyConfig.flatMap(({ key, schema, valid }) =>
        [
          ...fc.sample(valid, { seed, numRuns: 100 }),
          ...fc
            .sample(fc.tuple(valid, mutationWith(junk, ['limit', 'title', 'metric'])), { seed, numRuns: 150 })
            .map(([config, change]) => mutated(config, change)),
          ...fc.sample(junk, { seed, numRuns: 10 }),
        ].map((document) => ({ key, schema, text: JSON.stringify(document) })),
      )
      const byDatabase = await verdictsOf(
        client,
        `private.config_problem('', coalesce(d.value, 'null'),
           (select config_schema from public.built_in_components where key = ($2::text[])[d.n]))`,
        documents.map(({ text }) => text),
        [documents.map(({ key }) => key)],
      )
      const byZod = documents.map(({ schema, text }) => schema.safeParse(JSON.parse(text)).success)
      expect(
        documents
          .filter((_, index) => byDatabase[index] !== byZod[index])
          .map(({ key, text }) => [key, text]),
      ).toEqual([])
      const valid = byZod.filter(Boolean).length
      expect(valid).toBeGreaterThan(1_100)
      expect(documents.length - valid).toBeGreaterThan(1_000)
    }),
  )

  it(
    'agree on configurations of schemas with every word there is',
    story(async (client) => {
      const scalar = fc.constantFrom<string | number | boolean | null>('a', 'b', 0, 1, 1.5, true, null)
      const schemas: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
        schema: fc.oneof(
          { maxDepth: 4 },
          fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null') }),
          fc.record({ type: fc.constant('string'), minLength: fc.nat(3), maxLength: fc.nat(9) }),
          fc.record({ type: fc.constant('number'), minimum: fc.nat(1), maximum: fc.nat(5) }),
          fc.constant<JsonSchema>({ type: ['integer', 'null', 'array'] }),
          fc.record({ enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }) }),
          fc.record({ const: scalar }),
          fc.constant({}),
          fc.record(
            { type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(2), maxItems: fc.nat(4) },
            { requiredKeys: ['type'] },
          ),
          fc.record(
            {
              type: fc.constant('object'),
              properties: fc.record(
                { a: tie('schema'), b: tie('schema'), c: tie('schema') },
                { requiredKeys: ['a'] },
              ),
              required: fc.constantFrom<string[]>(['a'], []),
              additionalProperties: fc.boolean(),
            },
            { requiredKeys: ['type', 'properties'] },
          ),
        ),
      })).schema
      const plain = fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof(
          { maxDepth: 3 },
          scalar,
          fc.constantFrom('', 'abcd', '😀', 2, -1, '__proto__'),
          fc.array(tie('value'), { maxLength: 4 }),
          fc.record({ a: tie('value'), b: tie('value'), toString: tie('value') }, { requiredKeys: [] }),
        ),
      })).value
      const cases = fc
        .sample(fc.tuple(schemas, plain), { seed, numRuns: 3_000 })
        .map(([schema, value]) => ({ schema, text: JSON.stringify({ value }) }))
      const wrapped = cases.map(({ schema }) => ({ type: 'object', properties: { value: schema } }) as const)
      const byDatabase = await verdictsOf(
        client,
        "private.config_problem('', d.value, $2::jsonb -> (d.n - 1))",
        cases.map(({ text }) => text),
        [JSON.stringify(wrapped)],
      )
      const byZod = cases.map(({ text }, index) => conforms(JSON.parse(text), wrapped[index] ?? {}))
      expect(cases.filter((_, index) => byDatabase[index] !== byZod[index])).toEqual([])
      // And with a validator of the whole of JSON Schema, so that the words mean what they mean elsewhere.
      const ajv = new Ajv({ strict: false, validateSchema: false })
      const byAjv = cases.map(({ text }, index) => ajv.validate(wrapped[index] ?? {}, JSON.parse(text)))
      expect(cases.filter((_, index) => byAjv[index] !== byZod[index])).toEqual([])
      expect(byZod.filter(Boolean).length).toBeGreaterThan(300)
      expect(byZod.filter((valid) => !valid).length).toBeGreaterThan(300)
    }),
  )

  it(
    'agree on what no configuration may be: large, deep, or with a prototype',
    story(async (client) => {
      const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
      const texts = [
        '{}',
        JSON.stringify({ a: 'x'.repeat(16_000) }),
        JSON.stringify({ a: 'x'.repeat(16_400) }),
        nested(15),
        nested(16),
        nested(1_500),
        '{"a": {"__proto__": {"b": 1}}}',
        '{"__proto__": 1}',
        '{"a": "\\"__proto__\\": 1"}',
        '{"a": ["__proto__"], "constructor": 1}',
        '[]',
        'null',
      ]
      const byDatabase = await verdictsOf(
        client,
        "private.config_problem('', coalesce(d.value, 'null'), null)",
        texts,
      )
      expect(byDatabase).toEqual([
        true,
        true,
        false,
        true,
        false,
        false,
        false,
        false,
        true,
        true,
        false,
        false,
      ])
      expect(texts.map((text) => configSchema.safeParse(JSON.parse(text)).success)).toEqual(byDatabase)
    }),
  )
})
