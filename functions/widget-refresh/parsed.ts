import jsonata from 'jsonata'
import { DataNotValidError } from './data-not-valid.ts'

/** What is on the left of all `?:` and `??`, as JSON: of an honest mapping some kilobytes. */
const mostCopied = 1_048_576

/**
 * Reads a mapping.
 *
 * Threat: `(((a ?: 1) ?: 1) ?: 1)`. JSONata copies what is on the left of `?:` and `??`, with the copies in it, so that
 * forty of them in one another take all memory. It copies by `JSON`, and waits for nothing while it reads: until it has
 * read, what it copies is counted.
 *
 * @throws what JSONata does, and {DataNotValidError}
 */
export function parsed(mapping: string, limits: jsonata.JsonataOptions): jsonata.Expression {
  const { stringify } = JSON
  let copied = 0
  JSON.stringify = (value: unknown) => {
    const text = stringify(value)
    copied += text.length
    if (copied > mostCopied)
      throw new DataNotValidError('A mapping has too many "?:" or "??" in one another.', 'mapping')
    return text
  }
  try {
    return jsonata(mapping, limits)
  } finally {
    JSON.stringify = stringify
  }
}
