import { invalidRequest, tooLarge } from './errors.ts'

/** An upload as a request carries it. */
export interface UploadBody {
  bytes: AsyncIterable<Uint8Array>
  mimetype: string
  cacheControl: string
  userMetadata: Record<string, unknown> | null
}

const defaultType = 'application/octet-stream'
/** What a form adds around a file: boundaries, headers and small fields. */
const formOverhead = 64 * 1024

/**
 * Reads how a body is sent: raw bytes with headers, or a form with one file.
 *
 * @param limit bytes that the file may have; a form is held in memory, and no more of it is read than that
 */
export async function readUpload(request: Request, limit: number): Promise<UploadBody> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limit + formOverhead) throw tooLarge()
  const type = request.headers.get('content-type') ?? defaultType
  if (type.startsWith('multipart/form-data')) return readForm(request, type, limit + formOverhead)
  return {
    bytes: request.body ?? emptyBody(),
    mimetype: type,
    cacheControl: request.headers.get('cache-control') ?? 'no-cache',
    userMetadata: parseMetadata(
      Buffer.from(request.headers.get('x-metadata') ?? '', 'base64').toString('utf8'),
    ),
  }
}

async function readForm(request: Request, type: string, limit: number): Promise<UploadBody> {
  const limited = ReadableStream.from(limitedTo(limit, request.body ?? emptyBody()))
  const form = await new Response(limited, { headers: { 'content-type': type } }).formData()
  const file = [...form.values()].find((value) => typeof value !== 'string')
  if (!file) throw invalidRequest('The form holds no file')
  const seconds = form.get('cacheControl')
  const metadata = form.get('metadata')
  return {
    bytes: file.stream(),
    mimetype: file.type || defaultType,
    cacheControl: typeof seconds === 'string' ? `max-age=${seconds}` : 'no-cache',
    userMetadata: parseMetadata(typeof metadata === 'string' ? metadata : ''),
  }
}

async function* limitedTo(limit: number, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    yield chunk
  }
}

async function* emptyBody(): AsyncIterable<Uint8Array> {}

function parseMetadata(text: string): Record<string, unknown> | null {
  if (text === '') return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw invalidRequest('The metadata is not a JSON object')
}
