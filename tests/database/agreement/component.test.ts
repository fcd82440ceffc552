import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customComponentSchema } from '../../../types/component.ts'
import { componentTypes } from '../../../types/component-data.ts'
import { type JsonSchema, jsonSchemaSchema } from '../../../types/json-schema.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { mutated, mutationWith, verdictsOf } from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of zod and of the database on every component that people publish, and on every schema in one. The
// seed is fixed, so a failure can be seen again.

const story = policySuite()
const seed = 20_261_122

const scalar = fc.constantFrom<string | number | boolean | null>('', 'a', '😀', 0, -1, 1.5, 1e15, true, null)
const name = fc.constantFrom('a', 'b', 'limit', 'show-me', 'Z_9', 'toStrings')
const schema: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    fc.record<JsonSchema>(
      {
        type: fc.constantFrom<JsonSchema['type']>('string', 'integer', ['number', 'null'], 'boolean'),
        title: fc.constantFrom('', 'Limit', '<b>'),
        description: fc.constantFrom('', '😀', 'How many\nat most'),
        default: fc.oneof(scalar, fc.uniqueArray(scalar, { maxLength: 3 })),
        enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }),
        const: scalar,
        minimum: fc.constantFrom(-1.5, 0, 0.1, 1e15),
        maximum: fc.integer(),
        minLength: fc.nat(16_384),
        maxLength: fc.nat(100),
      },
      { requiredKeys: [] },
    ),
    fc.record<JsonSchema>(
      {
        type: fc.constant('array'),
        items: tie('schema'),
        minItems: fc.nat(3),
        maxItems: fc.nat(16_384),
      },
      { requiredKeys: ['type'] },
    ),
    objectSchema(tie('schema')),
  ),
})).schema
const rootSchema = objectSchema(schema)

function objectSchema(inner: fc.Arbitrary<JsonSchema>): fc.Arbitrary<JsonSchema> {
  return fc
    .record({
      properties: fc.dictionary(name, inner, { maxKeys: 4, noNullPrototype: true }),
      isStrict: fc.boolean(),
      isRequired: fc.boolean(),
    })
    .map(({ properties, isStrict, isRequired }) => ({
      type: 'object',
      properties,
      ...(isStrict ? { additionalProperties: false } : {}),
      ...(isRequired ? { required: Object.keys(properties) } : {}),
    }))
}

const junk: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.constantFrom<unknown>(
    [],
    {},
    ['a'],
    ['a', 'a'],
    [1, 1],
    [null, {}],
    [[]],
    { type: 'object' },
    { a: {} },
  ),
  fc.constantFrom<unknown>('object', 'array', 'any', ['string', 'string'], ['any'], [[]], '😀'.repeat(201)),
  fc.constantFrom<unknown>(-1, 16_385, 1.5, Array(101).fill('a'), { $ref: '#' }, { pattern: 'a' }, '\u0000'),
  fc.constantFrom<unknown>(
    ...['a-b', 'A', '1.0', '01.0.0', '1.0.0', 'viewer', 'Viewer', '\u200b', 'x'.repeat(101)],
  ),
  fc.constantFrom<unknown>(
    { constructor: {} },
    { prototype: {} },
    { '1a': {} },
    { 'a b': {} },
    { toString: {} },
  ),
  fc.constantFrom<unknown>(JSON.parse('{"__proto__": {}}'), { properties: JSON.parse('{"__proto__": {}}') }),
)
const keywords = [
  '$ref',
  'pattern',
  'anyOf',
  'format',
  'required',
  'items',
  'properties',
  'enum',
  'type',
  'const',
]

const component = fc
  .record({
    id: fc.constantFrom('gauge', '0', '-', 'x'.repeat(50)),
    type: fc.constantFrom(...componentTypes),
    version: fc.constantFrom('0.0.0', '1.2.3', '999999999.0.10'),
    title: fc.constantFrom('Gauge', ' x < y\u202e ', '😀'.repeat(100)),
    description: fc.constantFrom('', 'Two\nlines'),
    icon: fc.constantFrom('Gauge', 'bar-chart-3'),
    allowedRoles: fc.uniqueArray(fc.constantFrom('viewer', 'manager', 'role_2', 'a-b'), { minLength: 1 }),
    width: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
    dataSchema: fc.option(rootSchema, { nil: undefined }),
    keys: fc.record(
      {
        titleKey: fc.constantFrom('widgets.gauge.title', 'x', 'A_1-b'),
        descriptionKey: fc.constantFrom('x'.repeat(200), '.'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ width, dataSchema, keys, ...rest }) => {
    const [minWidth = 1, defaultWidth = 1, maxWidth = 1] = width.toSorted((a, b) => a - b)
    return {
      ...gauge,
      ...rest,
      ...keys,
      sizeConfig: { minWidth, maxWidth, defaultWidth, minHeight: 2_000 },
      ...(dataSchema ? { dataSchema } : {}),
    }
  })

function countOf(verdicts: boolean[]) {
  const valid = verdicts.filter(Boolean).length
  return { valid, broken: verdicts.length - valid }
}

function disagreements(texts: string[], some: boolean[], others: boolean[]): string[] {
  return texts.filter((_, index) => some[index] !== others[index]).map((text) => text.slice(0, 2_000))
}

describe('zod and the database', () => {
  it(
    'agree on 1,000 schemas and 1,500 changed ones',
    story(async (client) => {
      const documents = [
        ...fc.sample(rootSchema, { seed, numRuns: 1_000 }),
        ...fc
          .sample(fc.tuple(rootSchema, mutationWith(junk, keywords)), { seed, numRuns: 1_500 })
          .map(([document, change]) => mutated(document, change)),
        ...fc.sample(junk, { seed, numRuns: 50 }),
      ]
      const texts = documents.map((document) => JSON.stringify(document))
      const byDatabase = await verdictsOf(client, "private.schema_problem('', d.value)", texts)
      const byZod = texts.map((text) => jsonSchemaSchema.safeParse(JSON.parse(text)).success)
      expect(disagreements(texts, byDatabase, byZod)).toEqual([])
      expect(countOf(byZod).valid).toBeGreaterThan(1_000)
      expect(countOf(byZod).broken).toBeGreaterThan(500)
    }),
  )

  it(
    'agree on the edges of a schema: its depth, its size and its names',
    story(async (client) => {
      const nested = (levels: number): object =>
        levels === 1 ? { type: 'object' } : { type: 'object', properties: { a: nested(levels - 1) } }
      const inList = (levels: number): object => (levels === 0 ? {} : { items: inList(levels - 1) })
      const named = (text: string) => `{"type": "object", "properties": {${JSON.stringify(text)}: {}}}`
      const many = (count: number) =>
        JSON.stringify({
          type: 'object',
          properties: Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, {}])),
        })
      const cases: [boolean, string][] = [
        [true, JSON.stringify(nested(8))],
        [false, JSON.stringify(nested(9))],
        [false, JSON.stringify(nested(500))],
        [true, JSON.stringify({ type: 'object', ...inList(7) })],
        [false, JSON.stringify({ type: 'object', ...inList(1_500) })],
        [true, many(100)],
        [false, many(101)],
        [true, JSON.stringify({ type: 'object', description: '😀'.repeat(500) })],
        [false, JSON.stringify({ type: 'object', description: '😀'.repeat(501) })],
        [false, JSON.stringify({ type: 'object', description: 'x'.repeat(20_000) })],
        [true, JSON.stringify({ type: 'object', enum: ['😀'.repeat(200)] })],
        ...['a', 'constructors', 'x'.repeat(50)].map((text): [boolean, string] => [true, named(text)]),
        ...[
          '__proto__',
          'constructor',
          'prototype',
          'toString',
          'valueOf',
          '',
          '1',
          'a.b',
          'ä',
          'a\n',
          'x'.repeat(51),
        ].map((text): [boolean, string] => [false, named(text)]),
        [false, '{"type": "object", "__proto__": {}}'],
        [false, '{"type": "object", "minimum": 1e400}'],
      ]
      const texts = cases.map(([, text]) => text)
      const expected = cases.map(([valid]) => valid)
      expect(await verdictsOf(client, "private.schema_problem('', d.value)", texts)).toEqual(expected)
      expect(texts.map((text) => jsonSchemaSchema.safeParse(JSON.parse(text)).success)).toEqual(expected)
    }),
  )

  it(
    'agree on 500 components and 1,000 changed ones',
    story(async (client) => {
      const documents = [
        ...fc.sample(component, { seed, numRuns: 500 }),
        ...fc
          .sample(fc.tuple(component, mutationWith(junk, keywords)), { seed, numRuns: 1_000 })
          .map(([document, change]) => mutated(document, change)),
      ]
      const texts = documents.map((document) => JSON.stringify(document))
      const byDatabase = await verdictsOf(client, 'private.component_problem(d.value)', texts)
      const byZod = texts.map((text) => customComponentSchema.safeParse(JSON.parse(text)).success)
      expect(disagreements(texts, byDatabase, byZod)).toEqual([])
      expect(countOf(byZod).valid).toBeGreaterThan(500)
      expect(countOf(byZod).broken).toBeGreaterThan(500)
    }),
  )
})
