import { ExactNumber } from './json.ts'

/**
 * A value of a request body on its way through lite: it is written to the database as `text`, and stays the
 * JSON that it was wherever lite serializes it.
 */
export class BodyValue {
  readonly value: unknown
  readonly text: string

  constructor(value: unknown, text = JSON.stringify(value)) {
    this.value = value
    this.text = text
  }

  toJSON(): unknown {
    return this.value
  }
}

/**
 * A statement's parameter in Postgres' own text format, so that Postgres alone decides what it means for the
 * type at that place.
 */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof BodyValue || value instanceof ExactNumber) return value.text
  if (Array.isArray(value)) return arrayLiteral(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function arrayLiteral(values: unknown[]): string {
  const elements = values.map((value) => {
    if (Array.isArray(value)) return arrayLiteral(value)
    const text = parameterText(value)
    return text === null ? 'null' : `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${elements.join(',')}}`
}
