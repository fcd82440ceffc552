import type * as z from 'zod'
import { dataSourceInputSchema } from '../../types/data-source.ts'
import { functionError } from '../_shared/errors.ts'
import { hintOf } from '../_shared/hints.ts'

const addedByReading = 'id version failingSince error closedUntil widgets createdAt updatedAt'.split(' ')
/** What a source of a kind has of the other one as it is read: nothing. */
const ofOtherKind: Record<string, Map<string, unknown>> = {
  http_json: new Map([['data', null]]),
  static: new Map<string, unknown>([
    ['url', null],
    ['mapping', null],
    ['parameters', []],
  ]),
}

/**
 * Refuses what is no data source, before the database is asked about it: what it is called with is read here too.
 *
 * @throws {FunctionError} invalid_input, with the path inside the document as the database gives it
 */
export function requireDocument(document: unknown): void {
  const { error } = dataSourceInputSchema.safeParse(written(document), { reportInput: true })
  const issue = error?.issues[0]
  if (!issue) return
  throw functionError('invalid_input', 'This is no data source.', {
    details: pathOf(issue).map(String).join('.').slice(0, 300),
    hint: hintOf({ ...issue, path: ['document', ...issue.path] }).slice(0, 300),
  })
}

const pathOf = (issue: z.core.$ZodIssue): PropertyKey[] =>
  issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path

/** A document as it is written; private.data_source_to_save is the same of the database, which a test demands. */
function written(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document
  const entries = Object.entries(document)
  const kind: unknown = entries.find(([key]) => key === 'kind')?.[1]
  const others = kind === 'http_json' || kind === 'static' ? ofOtherKind[kind] : undefined
  return Object.fromEntries(
    entries.filter(
      ([key, value]) =>
        !addedByReading.includes(key) &&
        // Reading names them, without their values.
        !(key === 'headers' && Array.isArray(value)) &&
        !(others?.has(key) && JSON.stringify(value) === JSON.stringify(others.get(key))),
    ),
  )
}
