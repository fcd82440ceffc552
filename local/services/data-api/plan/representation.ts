import type { MediaType } from '../request/request.ts'
import { RequestError } from '../request-error.ts'
import { isSameName, type MediaHandler, type QualifiedName, type SchemaCache } from '../schema/index.ts'

/** In which form the rows are answered; Postgres writes it. */
export type Representation = { contentType: string } & (
  | { kind: 'none' }
  | { kind: 'array'; stripsNulls: boolean }
  | { kind: 'object'; stripsNulls: boolean }
  | { kind: 'csv' }
  | { kind: 'handler'; handler: MediaHandler }
)

/** What the handlers of a database can be meant by. */
export interface Represented {
  /** The rows' type, or the function that gives a value. */
  of: QualifiedName | undefined
  /** Handlers of one type take its rows as they are. */
  isWhole: boolean
}

const charset = '; charset=utf-8'
const json: Representation = { kind: 'array', stripsNulls: false, contentType: `application/json${charset}` }

/**
 * The first accepted form that there is.
 *
 * @throws RequestError PGRST107
 */
export function chooseRepresentation(
  cache: SchemaCache,
  accept: readonly MediaType[],
  represented: Represented,
): Representation {
  for (const mediaType of accept) {
    const found =
      vendorRepresentation(mediaType) ??
      handled(cache, mediaType.name, represented) ??
      usualRepresentation(mediaType.name)
    if (found) return found
  }
  const names = accept.map(shown).join(', ')
  throw new RequestError(406, 'PGRST107', `None of these media types are available: ${names}`)
}

/** Forms with parameters, whose names no handler takes. */
function vendorRepresentation({ name, parameters }: MediaType): Representation | undefined {
  const stripsNulls = parameters.get('nulls') === 'stripped'
  const parameter = stripsNulls ? ';nulls=stripped' : ''
  switch (name.replace(/\+json$/, '')) {
    case 'application/vnd.pgrst.object':
      return {
        kind: 'object',
        stripsNulls,
        contentType: `application/vnd.pgrst.object+json${parameter}${charset}`,
      }
    case 'application/vnd.pgrst.array':
      return stripsNulls
        ? {
            kind: 'array',
            stripsNulls,
            contentType: `application/vnd.pgrst.array+json${parameter}${charset}`,
          }
        : json
    default:
      return undefined
  }
}

function usualRepresentation(name: string): Representation | undefined {
  switch (name) {
    case '*/*':
    case 'application/json':
      return json
    case 'text/csv':
      return { kind: 'csv', contentType: `text/csv${charset}` }
    default:
      return undefined
  }
}

function handled(cache: SchemaCache, name: string, { of, isWhole }: Represented): Representation | undefined {
  const handlers = cache.mediaHandlers()
  if (handlers.length === 0) return undefined
  const isOfThese = ({ kind, routine, rows }: MediaHandler) => {
    const target = kind === 'function' ? routine : rows
    return of !== undefined && target !== undefined && isSameName(target, of)
  }
  const ofThese = isWhole ? handlers.filter(isOfThese) : []
  const handler =
    ofThese.find(({ mediaType }) => mediaType === '*/*') ??
    ofThese.find(({ mediaType }) => mediaType === name) ??
    handlers.find(({ kind, mediaType, rows }) => kind === 'aggregate' && !rows && mediaType === name)
  return handler && { kind: 'handler', handler, contentType: contentTypeOf(handler.mediaType) }
}

const textual = new Set(['application/json', 'application/geo+json', 'text/csv', 'text/plain', 'text/xml'])

function contentTypeOf(mediaType: string): string {
  if (mediaType === '*/*') return 'application/octet-stream'
  return textual.has(mediaType) ? `${mediaType}${charset}` : mediaType
}

function shown({ name, parameters }: MediaType): string {
  return [name, ...[...parameters].map(([key, value]) => `${key}=${value}`)].join(';')
}
