import { readBody } from './body/payload.ts'
import { jsonMediaType, readAccept, readMediaType } from './media-types.ts'
import { readParameters } from './parameters.ts'
import { readPreferences } from './preferences.ts'
import { readProfile } from './profile.ts'
import { readQueryString } from './query-string.ts'
import type { ApiRequest } from './request.ts'
import { readMethod, readTarget } from './target.ts'

export interface ReadRequestOptions {
  /** Before the path: `/rest/v1`. */
  prefix: string
  /** Those that are exposed, the first of which is taken where none is asked for. */
  schemas: readonly string[]
}

/** Where the gateway finds a key too; it is nobody's column, and no answer repeats it. */
const keyParameter = 'apikey'

/**
 * Reads a request as PostgREST does, and looks nothing up.
 *
 * @throws RequestError where it cannot be read
 */
export async function readRequest(
  request: Request,
  { prefix, schemas }: ReadRequestOptions,
): Promise<ApiRequest> {
  const { path, search } = partsOf(request.url, prefix)
  const { headers } = request
  const target = readTarget(path)
  const { schema, isProfiled } = readProfile(request, schemas)
  const method = readMethod(request.method, target)
  const query = readQueryString(search).filter(([name]) => name !== keyParameter)
  const takesArguments = target.kind === 'function' && method !== 'POST'
  const { ranges, columns, ...read } = readParameters(query, takesArguments)
  const placedRanges = ranges.finish(method, headers.get('range'))
  const contentType = readMediaType(headers.get('content-type') ?? jsonMediaType.name)
  const written = method === 'POST' || method === 'PATCH' ? columns : undefined
  const body = await readBody(request, { method, target, contentType, columns: written })
  return {
    method,
    query,
    schema,
    isProfiled,
    target,
    select: read.select,
    parameters: [...read.parameters, ...body.parameters],
    conditions: read.conditions,
    order: read.order,
    ranges: placedRanges,
    columns: written,
    onConflict: read.onConflict,
    preferences: readPreferences(headers.get('prefer')),
    accept: readAccept(headers.get('accept')),
    contentType,
    payload: body.payload,
  }
}

/** What stands behind the prefix, and behind the question mark. */
function partsOf(url: string, prefix: string): { path: string; search: string } {
  const start = url.indexOf(prefix, url.indexOf('//') + 2) + prefix.length
  const hash = url.indexOf('#', start)
  const end = hash < 0 ? url.length : hash
  const question = url.indexOf('?', start)
  if (question < 0 || question > end) return { path: url.slice(start, end) || '/', search: '' }
  return { path: url.slice(start, question) || '/', search: url.slice(question + 1, end) }
}
