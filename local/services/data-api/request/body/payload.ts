import { invalidBody } from '../errors.ts'
import { readQueryString } from '../query-string.ts'
import type { ApiRequest, MediaType, Method, Payload, Target } from '../request.ts'
import { readCsv } from './csv.ts'
import { shapeOfJson } from './json-shape.ts'

export interface Body {
  payload: Payload
  /** Of a form that a function is called with. */
  parameters: ApiRequest['parameters']
}

const noBody: Body = { payload: { kind: 'none' }, parameters: [] }

interface Head {
  method: Method
  target: Target
  contentType: MediaType
  columns: readonly string[] | undefined
}

/** The body of what writes or calls; nobody else's is looked at. */
export async function readBody(
  request: Request,
  { method, target, contentType, columns }: Head,
): Promise<Body> {
  if (method !== 'POST' && method !== 'PATCH' && method !== 'PUT') return noBody
  const isCall = target.kind === 'function'
  const bytes = new Uint8Array(await request.arrayBuffer())
  switch (contentType.name) {
    case 'application/json':
      return {
        payload: readJson(decode(bytes), { columns: method === 'PUT' ? undefined : columns, isCall }),
        parameters: [],
      }
    case 'text/csv':
      return { payload: csvPayload(decode(bytes)), parameters: [] }
    case 'application/x-www-form-urlencoded':
      return formBody(decode(bytes), isCall)
    case 'text/plain':
    case 'text/xml':
      if (isCall) return { payload: { kind: 'raw', bytes, text: decode(bytes) }, parameters: [] }
      break
    case 'application/octet-stream':
      if (isCall) return { payload: { kind: 'raw', bytes, text: '' }, parameters: [] }
  }
  throw invalidBody(`Content-Type not acceptable: ${contentType.name}`)
}

function readJson(
  text: string,
  { columns, isCall }: { columns: readonly string[] | undefined; isCall: boolean },
): Payload {
  if (columns) {
    const isArray = text.trimStart().startsWith('[')
    return { kind: 'json', text, isArray, isEmpty: false, keys: columns }
  }
  if (text === '' && isCall) return { kind: 'json', text: '{}', isArray: false, isEmpty: false, keys: [] }
  requireJson(text)
  const shape = shapeOfJson(text)
  if (shape === undefined) throw invalidBody('All object keys must match')
  return { kind: 'json', text: shape.isEmpty ? '[]' : text, ...shape }
}

function requireJson(text: string): void {
  try {
    JSON.parse(text)
  } catch {
    throw invalidBody('Empty or invalid json')
  }
}

/** Every value is a text, but for `NULL`. */
function csvPayload(text: string): Payload {
  const { header, lines } = readCsv(text)
  const keys = [...new Set(header)]
  const rows = lines.map((line) => {
    if (line.length < header.length) throw invalidBody('All lines must have same number of fields')
    return jsonObject(header.map((name, at) => [name, line[at] === 'NULL' ? null : (line[at] ?? '')]))
  })
  const isEmpty = rows.length === 0
  return { kind: 'json', text: `[${rows.join(',')}]`, isArray: true, isEmpty, keys: isEmpty ? [] : keys }
}

/** A row to write; to a function its fields are arguments. */
function formBody(text: string, isCall: boolean): Body {
  const fields = readQueryString(text).map(([name, value]) => [name, value ?? ''] as const)
  if (isCall) return { payload: { kind: 'none' }, parameters: fields }
  const keys = [...new Map(fields).keys()]
  const payload: Payload = { kind: 'json', text: jsonObject(fields), isArray: false, isEmpty: false, keys }
  return { payload, parameters: [] }
}

/** As text, so that no name becomes the key of an object; the last of a name counts. */
function jsonObject(entries: readonly (readonly [name: string, value: string | null])[]): string {
  const members = [...new Map(entries)].map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  )
  return `{${members.join(',')}}`
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalidBody('The body is not a text in UTF-8')
  }
}
