declare global {
  interface JSON {
    /** Text that `JSON.stringify` writes as it is; primitives only. */
    rawJSON(text: string): object
  }
}

/** A JSON number that a JavaScript number would round: it stays the text that Postgres wrote. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }

  toJSON(): object {
    return JSON.rawJSON(this.text)
  }
}

type SourceReviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** `JSON.parse`, whose revivers see the source text of primitives. */
const parseWithSource: (text: string, reviver: SourceReviver) => unknown = JSON.parse

/** More digits than a double holds, or an exponent of three digits: worth a closer look. */
const suspicious = /[\d.]{16}|\d[eE][+-]?\d{3}/

/** Whether parsing the text as usual could lose a digit. */
export function isLossy(text: string): boolean {
  return suspicious.test(text)
}

/** Parses JSON without losing a digit of any number. */
export function parseExactJson(text: string): unknown {
  if (!isLossy(text)) return JSON.parse(text)
  return parseWithSource(text, (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? new ExactNumber(context.source)
      : value,
  )
}
