import type { SwaggerSchema, SwaggerType } from './swagger.ts'

const typeOf = new Map<string, SwaggerType | undefined>([
  ['boolean', 'boolean'],
  ['smallint', 'integer'],
  ['integer', 'integer'],
  ['bigint', 'integer'],
  ['numeric', 'number'],
  ['real', 'number'],
  ['double precision', 'number'],
  ['json', undefined],
  ['jsonb', undefined],
])

const formatOf = new Map([
  ['smallint', 'int32'],
  ['integer', 'int32'],
  ['bigint', 'int64'],
])

/** Type, format and items; JSON has no type, and what is not known is a string. */
export function swaggerTypeOf(type: string): Pick<SwaggerSchema, 'format' | 'items' | 'type'> {
  const plain = withoutModifier(type)
  const element = elementOf(plain)
  return {
    format: formatOf.get(plain) ?? plain,
    type: plainTypeOf(plain),
    ...(element !== undefined && { items: { type: plainTypeOf(element) } }),
  }
}

/** The same for an argument in a URL: arrays are written in braces, and a type must be named. */
export function parameterTypeOf(type: string): Pick<SwaggerSchema, 'format' | 'type'> {
  const { format, type: swaggerType } = swaggerTypeOf(type)
  return { format: format ?? type, type: swaggerType === 'array' ? 'string' : (swaggerType ?? 'string') }
}

/** A default that is a value, and no expression. */
export function defaultValueOf(type: string, expression: string): unknown {
  const plain = withoutModifier(type)
  if (plainTypeOf(plain) === 'string') return unquoted(expression, plain)
  try {
    return JSON.parse(expression)
  } catch {
    return undefined
  }
}

/** The type of an array's elements. */
export function elementOf(type: string): string | undefined {
  return type.endsWith('[]') ? type.slice(0, -2) : undefined
}

function plainTypeOf(plain: string): SwaggerType | undefined {
  if (elementOf(plain) !== undefined) return 'array'
  return typeOf.has(plain) ? typeOf.get(plain) : 'string'
}

function unquoted(expression: string, type: string): string {
  const suffix = `::${type}`
  if (!expression.endsWith(suffix)) return expression
  const literal = expression.slice(0, -suffix.length)
  return literal.startsWith("'") && literal.endsWith("'") ? literal.slice(1, -1) : literal
}

/** `character varying(20)` is a `character varying`. */
function withoutModifier(type: string): string {
  const opening = type.indexOf('(')
  const closing = type.indexOf(')', opening)
  return opening < 0 || type.includes('"') ? type : type.slice(0, opening) + type.slice(closing + 1)
}
