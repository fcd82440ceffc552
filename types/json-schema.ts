import * as z from 'zod'
import { isDistinct } from './distinct.ts'
import { isKeepable } from './json-values.ts'
import { plainText } from './text.ts'

// The part of JSON Schema (draft 7) in which components describe their configuration and their data. Schemas come from
// people, so there is no pattern, no reference and no combination in it: checking a value takes time in proportion to
// its size. private.schema_problem and private.config_problem hold the same rules.

const largestText = 16_384
const deepestSchema = 8
const deepestConfig = 15
/** No name that every object of JavaScript has, which a careless look would find where nobody gave it. */
const propertyName =
  /^(?!(?:constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|prototype|toLocaleString|toString|valueOf)$)[A-Za-z][A-Za-z0-9_-]{0,49}$/

type Scalar = string | number | boolean | null

/** No interface, so that what holds one can be given to the Data API as `Json`. */
export type JsonSchema = {
  type?: JsonType | JsonType[] | undefined
  title?: string | undefined
  description?: string | undefined
  default?: Scalar | Scalar[] | undefined
  enum?: Scalar[] | undefined
  const?: Scalar | undefined
  minimum?: number | undefined
  maximum?: number | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  minItems?: number | undefined
  maxItems?: number | undefined
  items?: JsonSchema | undefined
  properties?: Record<string, JsonSchema> | undefined
  required?: string[] | undefined
  additionalProperties?: boolean | undefined
}

const jsonTypeSchema = z.enum(['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'])
type JsonType = z.infer<typeof jsonTypeSchema>

const scalar = z.union([plainText({ max: 200 }), z.number(), z.boolean(), z.null()])
const scalars = z.array(scalar).max(100).refine(isDistinct, 'There is a value twice.')
const count = z.int().min(0).max(largestText)

const partSchema: z.ZodType<JsonSchema, Record<string, unknown>> = z
  .strictObject({
    type: z
      .union([jsonTypeSchema, z.array(jsonTypeSchema).min(1).refine(isDistinct, 'There is a type twice.')])
      .optional(),
    title: plainText({ max: 100 }).optional(),
    description: plainText({ max: 500 }).optional(),
    default: z.union([scalar, scalars]).optional(),
    enum: scalars.min(1).optional(),
    const: scalar.optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: count.optional(),
    maxLength: count.optional(),
    minItems: count.optional(),
    maxItems: count.optional(),
    get items() {
      return partSchema.optional()
    },
    get properties() {
      return propertiesSchema.optional()
    },
    required: z.array(z.string()).max(100).refine(isDistinct, 'A property is named twice.').optional(),
    additionalProperties: z.boolean().optional(),
  })
  .refine(({ properties = {}, required = [] }) => required.every((name) => Object.hasOwn(properties, name)), {
    error: 'A property is required that is not described.',
    path: ['required'],
  })

const propertiesSchema: z.ZodType<Record<string, JsonSchema>> = z
  .custom<Record<string, unknown>>(isObject, 'This must be a JSON object.')
  // Before it is read as a record, which leaves out __proto__.
  .refine((properties) => Object.keys(properties).every((name) => propertyName.test(name)), {
    error: 'A property begins with a letter and has at most 50 letters, digits, "-" and "_".',
    abort: true,
  })
  .refine((properties) => Object.keys(properties).length <= 100, 'There are too many properties.')
  .pipe(
    z.record(
      z.string(),
      z.lazy(() => partSchema),
    ),
  )

/**
 * A schema as a person writes one for a component.
 *
 * @example
 * const schema = jsonSchemaSchema.parse({ type: 'object', properties: { unit: { type: 'string' } } })
 */
export const jsonSchemaSchema = z
  .custom<Record<string, unknown>>(isObject, 'This must be a JSON object.')
  .refine((schema) => sizeOf(schema) <= largestText, { error: 'This is larger than 16 KiB.', abort: true })
  .refine((schema) => depthOf(schema) <= deepestSchema, {
    error: `This is nested deeper than ${deepestSchema} schemas.`,
    abort: true,
  })
  .refine(({ type }) => type === 'object', { error: 'This must describe an object.', path: ['type'] })
  .pipe(partSchema)

/**
 * The configuration of a component, whatever its schema says.
 *
 * @example
 * const config = configSchema.parse({ dateRange: '30d', limit: 5 })
 */
export const configSchema = z
  .custom<Record<string, unknown>>(isObject, 'This must be a JSON object.')
  .refine((config) => isKeepable(config, deepestConfig), {
    error: 'This contains what cannot be kept, or is nested too deeply.',
    abort: true,
  })
  // The database measures its own spelling, which has a space after each separator.
  .refine((config) => sizeOf(config) <= largestText, 'This is larger than 16 KiB.')
  .pipe(z.record(z.string(), z.json()))

export type ComponentConfig = z.infer<typeof configSchema>

/**
 * What a zod schema says, as far as JSON Schema has a word for it.
 *
 * @example
 * const schema = jsonSchemaOf(componentConfigSchemas['total-users'])
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...document } = z.toJSONSchema(schema, {
    target: 'draft-7',
    // Alternatives of plain types are a list of types, beside the bounds of each.
    override({ jsonSchema }) {
      // Whatever else there is may be there: a schema says that by silence.
      if (typeof jsonSchema.additionalProperties === 'object') {
        delete jsonSchema.additionalProperties
        if (Object.keys(jsonSchema.properties ?? {}).length === 0) delete jsonSchema.properties
      }
      if (!jsonSchema.anyOf) return
      const branches = jsonSchema.anyOf
      delete jsonSchema.anyOf
      Object.assign(jsonSchema, ...branches, { type: branches.map(({ type }) => type) })
    },
  })
  return jsonSchemaSchema.parse(document)
}

/**
 * Whether a value is as a schema says; the schema is one that `jsonSchemaSchema` takes.
 *
 * @example
 * const isValid = conforms({ limit: 5 }, { type: 'object', properties: { limit: { type: 'integer', maximum: 20 } } })
 */
export function conforms(value: unknown, schema: JsonSchema): boolean {
  const types = [schema.type ?? []].flat()
  const type = typeOf(value)
  if (
    types.length > 0 &&
    !types.includes(type) &&
    !(type === 'number' && types.includes('integer') && Number.isInteger(value))
  )
    return false
  if (schema.enum && !schema.enum.some((each) => each === value)) return false
  if (schema.const !== undefined && schema.const !== value) return false

  const { minLength = 0, maxLength = Infinity, minItems = 0, maxItems = Infinity } = schema
  if (typeof value === 'string') return isWithin([...value].length, minLength, maxLength)
  if (typeof value === 'number')
    return Number.isFinite(value) && isWithin(value, schema.minimum ?? -Infinity, schema.maximum ?? Infinity)
  if (Array.isArray(value))
    return (
      isWithin(value.length, minItems, maxItems) &&
      value.every((item) => !schema.items || conforms(item, schema.items))
    )
  if (!isObject(value)) return true
  const { properties = {}, required = [] } = schema
  return (
    required.every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, member]) => {
      const described = Object.hasOwn(properties, key) ? properties[key] : undefined
      return described ? conforms(member, described) : schema.additionalProperties !== false
    })
  )
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return jsonTypeSchema.parse(typeof value)
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

/** How many schemas lie inside each other, counted no further than is needed to refuse them. */
function depthOf(schema: object, depth = 1): number {
  if (depth > deepestSchema) return depth
  const { items, properties } = { items: null, properties: {}, ...schema }
  const inner = [items, ...Object.values(properties ?? {})].filter(isObject)
  return Math.max(depth, ...inner.map((each) => depthOf(each, depth + 1)))
}
