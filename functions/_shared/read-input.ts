import type * as z from 'zod'
import { functionError } from './errors.ts'
import { hintOf } from './hints.ts'

/** Bytes that a body may have unless the endpoint says otherwise. */
export const defaultBodyLimit = 64 * 1024

/**
 * A request's body as its schema has it.
 *
 * @throws {FunctionError} payload_too_large, before more than the limit is read; invalid_input
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  limit: number,
): Promise<z.infer<Schema>> {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json')
    throw functionError('invalid_input', 'The body must be JSON.', {
      details: 'content-type',
      hint: 'Send it with Content-Type: application/json.',
    })
  return parsed(schema, jsonOf(await readText(request, limit)), 'body')
}

/** @throws {FunctionError} invalid_input */
export function readQuery<Schema extends z.ZodType>(url: URL, schema: Schema): z.infer<Schema> {
  return parsed(schema, Object.fromEntries(url.searchParams), 'query')
}

/** @throws {FunctionError} payload_too_large, invalid_input for what is no UTF-8 or breaks off */
export async function readText(request: Request, limit: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  // A length that was not told, or not truly, is found out while reading.
  for await (const chunk of chunksOf(request)) {
    bytes += chunk.length
    if (bytes > limit) throw tooLarge(limit)
    text += decoded(decoder, chunk)
  }
  return text + decoded(decoder)
}

async function* chunksOf({ body }: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? []
  } catch {
    // Who leaves in the middle of it has broken nothing here.
    throw functionError('invalid_input', 'The body did not come to its end.', {
      details: 'body',
      hint: 'Send it again.',
    })
  }
}

/** In place of what is no UTF-8 stands nothing that could be stored for it. */
function decoded(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined })
  } catch {
    throw functionError('invalid_input', 'The body is not UTF-8.', {
      details: 'body',
      hint: 'Send it as UTF-8.',
    })
  }
}

function tooLarge(limit: number) {
  return functionError('payload_too_large', `A body may have ${limit} bytes.`, { hint: 'Send it in parts.' })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw functionError('invalid_input', 'The body is not JSON.', {
      details: 'body',
      hint: 'Write it with JSON.stringify.',
    })
  }
}

const longestParticulars = 300
const mostIssues = 5

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, whole: string): z.infer<Schema> {
  const { data, error, success } = schema.safeParse(value, { reportInput: true })
  if (success) return data
  const issues = (error?.issues ?? []).slice(0, mostIssues)
  throw functionError('invalid_input', `The ${whole} is not what this function takes.`, {
    details: issues
      .map(({ path }) => path.map(String).join('.') || whole)
      .join(', ')
      .slice(0, longestParticulars),
    hint: issues.map(hintOf).join(' ').slice(0, longestParticulars),
  })
}
