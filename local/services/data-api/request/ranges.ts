import { RequestError } from '../request-error.ts'
import { unsatisfiableRange } from './errors.ts'
import { parse } from './grammar/parse.ts'
import { readPlace } from './grammar/places.ts'
import type { Method, Placed, RowRange } from './request.ts'

/** Of rows, from nought; both ends are in it. */
interface Bounds {
  lower: number
  upper: number
}

const all: Bounds = { lower: 0, upper: Number.POSITIVE_INFINITY }

interface Limits {
  limit?: number | undefined
  offset?: number | undefined
}

/** Collects `limit`, `offset` and the same of embeds. */
export class RangeReader {
  readonly #limits = new Map<string, Limits>()

  /** What is no number says nothing; the last of a name counts. */
  add(name: string, kind: 'limit' | 'offset', value: string): void {
    const place = name.slice(0, name.length - kind.length)
    const limits = this.#limits.get(place) ?? {}
    limits[kind] = readInteger(value)
    this.#limits.set(place, limits)
  }

  /** Those of embeds as they are; that of the resource within what `Range` asks for. */
  finish(method: Method, rangeHeader: string | null): readonly Placed<RowRange>[] {
    const ranges: Placed<RowRange>[] = []
    for (const [place, limits] of this.#limits) {
      if (place === '' || (limits.limit === undefined && limits.offset === undefined)) continue
      const { path } = parse('tree path', `${place}limit`, readPlace)
      ranges.push({ path, value: { offset: limits.offset ?? 0, limit: limits.limit ?? null } })
    }
    const value = topRange(boundsOf(this.#limits.get('') ?? {}), method === 'GET' ? rangeHeader : null)
    if (value === undefined) return ranges
    if (method !== 'PUT') return [{ path: [], value }, ...ranges]
    throw new RequestError(400, 'PGRST114', 'limit/offset querystring parameters are not allowed for PUT')
  }
}

function topRange(limits: Bounds, rangeHeader: string | null): RowRange | undefined {
  if (limits.upper === -1) return { offset: 0, limit: 0 }
  const asked = rangeHeader === null ? all : readRangeHeader(rangeHeader)
  if (isEmpty(asked))
    throw unsatisfiableRange(
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    )
  const bounds = {
    lower: Math.max(limits.lower, asked.lower),
    upper: Math.min(limits.upper, asked.upper),
  }
  if (isEmpty(limits) || isEmpty(bounds))
    throw unsatisfiableRange('Limit should be greater than or equal to zero.')
  if (bounds.lower === all.lower && bounds.upper === all.upper) return undefined
  const limit = bounds.upper === all.upper ? null : bounds.upper - bounds.lower + 1
  return { offset: bounds.lower, limit }
}

function boundsOf({ limit, offset }: Limits): Bounds {
  const lower = offset ?? 0
  return { lower, upper: limit === undefined ? all.upper : lower + limit - 1 }
}

/** `0-9` or `10-`; anything else asks for nothing. */
function readRangeHeader(header: string): Bounds {
  const dash = header.indexOf('-')
  const lower = readDigits(header.slice(0, dash))
  const upper = readDigits(header.slice(dash + 1))
  if (dash < 1 || lower === undefined) return all
  if (dash === header.length - 1) return { lower, upper: all.upper }
  return upper === undefined ? all : { lower, upper }
}

function readInteger(text: string): number | undefined {
  const trimmed = text.trim()
  const digits = readDigits(trimmed.startsWith('-') ? trimmed.slice(1) : trimmed)
  return digits === undefined ? undefined : trimmed.startsWith('-') ? -digits : digits
}

/** More than twenty digits are no number of rows. */
function readDigits(text: string): number | undefined {
  if (text === '' || text.length > 20) return undefined
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return undefined
  }
  return Number(text)
}

function isEmpty({ lower, upper }: Bounds): boolean {
  return lower > upper
}
