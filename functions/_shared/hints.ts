import type * as z from 'zod'

// What would be right, for who sent what a schema refuses: zod says what is wrong, and in the words of its own types.

/** How a value is called that zod calls otherwise. */
const values: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const formats: Record<string, string> = {
  guid: 'Give a UUID.',
  uuid: 'Give a UUID.',
  url: 'Give a URL.',
  email: 'Give an address such as ada@example.com.',
  date: 'Give a day such as 2026-01-31.',
  datetime: 'Give a time such as 2026-01-31T12:00:00Z.',
}

/**
 * What would be right where a pattern, a key or a condition of a contract is not met, by the place; the words are those
 * of the database. A pattern itself is for machines.
 */
const places: [code: z.core.$ZodIssue['code'], place: RegExp, hint: string][] = [
  [
    'invalid_format',
    /^document[.]url$/,
    'Give an https address without a name and password, such as https://api.example.com/sales.',
  ],
  [
    'invalid_format',
    /^document[.]headers[.]/,
    'Give 1 to 4,096 printable ASCII characters, or null to remove it.',
  ],
  [
    'invalid_key',
    /^document[.]headers[.]/,
    'Give names of letters, digits and "-", such as Authorization; how the request is sent is not for headers.',
  ],
  ['custom', /^document[.]headers$/, 'Give at most 20 headers.'],
  ['invalid_union', /^document[.]kind$/, 'Give "http_json" or "static".'],
]

/** Zod's own sentences, of which a contract has none. */
const wordsOfZod = /^Invalid |must match pattern/

/** What a size counts, by whose size it is. */
const units: Record<string, string> = { string: ' characters', array: ' entries', set: ' entries' }

/**
 * What would be right in place of what an issue is about. The issue has to know what was given (`reportInput`).
 *
 * @example
 * const { error } = schema.safeParse(value, { reportInput: true })
 * const hints = error?.issues.map(hintOf)
 */
export function hintOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const value = values[issue.expected] ?? `a value of the type ${issue.expected}`
      return issue.input === undefined ? `This is needed: give ${value}.` : `Give ${value}.`
    }
    case 'invalid_format':
      return formats[issue.format] ?? ofPlace(issue)
    case 'invalid_value': {
      const choices = issue.values.map((value) => JSON.stringify(value)).join(', ')
      return issue.values.length === 1 ? `Give ${choices}.` : `Give one of ${choices}.`
    }
    case 'unrecognized_keys':
      return `Leave out ${issue.keys.join(', ')}.`
    case 'too_small':
      return issue.minimum === 1 && issue.origin in units
        ? 'This must not be empty.'
        : `Give ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${units[issue.origin] ?? ''}.`
    case 'too_big':
      return `Give ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${units[issue.origin] ?? ''}.`
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'custom':
      return ofPlace(issue)
  }
}

function ofPlace({ code, path, message }: z.core.$ZodIssue): string {
  if (!wordsOfZod.test(message)) return message
  const place = path.map(String).join('.')
  const [, , hint] = places.find(([of, where]) => of === code && where.test(place)) ?? []
  return hint ?? 'This does not have the form that is asked for.'
}
