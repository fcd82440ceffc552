import type { SafeFetch } from '../_shared/safe-fetch/index.ts'
import { SourceError } from '../_shared/safe-fetch/index.ts'
import { withExactIntegers } from './exact-integers.ts'
import { mapped } from './mapping.ts'

/** A request to an http_json source, as the database gives it to the server. */
export interface SourceRequest {
  url: string
  headers: Record<string, string>
  mapping: string | null
  parameters: string[]
}

export interface SourceAnswer {
  /** What came, before the mapping. */
  answer: unknown
  data: unknown
  bytes: number
}

/**
 * Asks a source, and makes a component's data of what it says.
 *
 * @throws {SourceError | DataNotValidError}
 */
export async function askSource(
  safeFetch: SafeFetch,
  { url, headers, mapping, parameters }: SourceRequest,
  about: { type: string; query: Record<string, unknown> },
): Promise<SourceAnswer> {
  const { text, bytes } = await safeFetch(withParameters(url, parameters, about.query), headers)
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw new SourceError('The data source did not answer with JSON.')
  }
  const json = withExactIntegers(text)
  if (json !== text) answer = JSON.parse(json)
  // Of its own: JSONata adds to an empty list that it groups.
  const data = mapping === null ? answer : await mapped(mapping, JSON.parse(json), about)
  return { answer, data, bytes }
}

/** What a widget asks goes into the address as far as the source says so, and never into its host or path. */
function withParameters(address: string, names: string[], query: Record<string, unknown>): URL {
  if (!URL.canParse(address)) throw new SourceError('The address of the data source cannot be read.')
  const url = new URL(address)
  const given = query.parameters
  if (typeof given !== 'object' || given === null) return url
  for (const [name, value] of Object.entries(given))
    if (names.includes(name) && ['string', 'number', 'boolean'].includes(typeof value))
      url.searchParams.set(name, String(value).slice(0, 200))
  return url
}
