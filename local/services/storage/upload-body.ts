import { headerText, invalidMimeType, invalidRequest, tooLarge } from './errors.ts'

/** An upload as a request carries it. */
export interface UploadBody {
  bytes: AsyncIterable<Uint8Array>
  mimetype: string
  cacheControl: string
  userMetadata: Record<string, unknown>
}

const uploadPath = /^\/storage\/v1\/object\/(?!(?:list|list-v2|move|copy|sign)(?:\/|$))[^/]+\/./

/** Whether a request brings a file, which is held to the bucket's limit and never to one for JSON. */
export function isUpload({ method, url }: Request): boolean {
  const { pathname } = new URL(url)
  if (method === 'POST') return uploadPath.test(pathname) && !pathname.startsWith(signPath)
  return method === 'PUT' && uploadPath.test(pathname)
}

/** Asks for a URL to upload with, and brings nothing. */
const signPath = '/storage/v1/object/upload/sign/'

const defaultType = 'application/octet-stream'
/** What a form adds around a file: boundaries, headers and small fields. */
const formOverhead = 64 * 1024

/**
 * Reads how a body is sent: raw bytes with headers, or a form with one file.
 *
 * @param limit bytes that the file may have; a form is held in memory, and no more of it is read than that
 */
export async function readUpload(request: Request, limit: number): Promise<UploadBody> {
  const type = request.headers.get('content-type') ?? defaultType
  const isForm = type.startsWith('multipart/form-data')
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limit + (isForm ? formOverhead : 0)) throw tooLarge()
  const body = isForm ? await readForm(request, type, limit + formOverhead) : readRaw(request, type)
  // Both go out again as headers with every download, which they would break.
  if (!headerText.test(body.mimetype)) throw invalidMimeType(body.mimetype)
  if (!headerText.test(body.cacheControl))
    throw invalidRequest('Invalid character in response header "cache-control"', 'invalid_header_char')
  return body
}

function readRaw(request: Request, type: string): UploadBody {
  return {
    bytes: request.body ?? emptyBody(),
    mimetype: type,
    cacheControl: request.headers.get('cache-control') ?? 'no-cache',
    userMetadata: userMetadataOf(request) ?? {},
  }
}

async function readForm(request: Request, type: string, limit: number): Promise<UploadBody> {
  const limited = ReadableStream.from(limitedTo(limit, request.body ?? emptyBody()))
  const form = await new Response(limited, { headers: { 'content-type': type } }).formData()
  const file = [...form.values()].find((value) => typeof value !== 'string')
  if (!file) throw invalidRequest('No content provided')
  const seconds = textField(form, 'cacheControl')
  const [fileType = ''] = file.type.split(';')
  return {
    bytes: file.stream(),
    mimetype: textField(form, 'contentType') || fileType || defaultType,
    cacheControl: seconds ? `max-age=${seconds}` : 'no-cache',
    userMetadata: parseMetadata(textField(form, 'metadata') ?? textField(form, 'userMetadata') ?? '') ?? {},
  }
}

function textField(form: FormData, name: string): string | undefined {
  const value = form.get(name)
  return typeof value === 'string' ? value : undefined
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

/** What a client says about an object in the header `x-metadata`, which is base64. */
export function userMetadataOf(request: Request): Record<string, unknown> | undefined {
  return parseMetadata(Buffer.from(request.headers.get('x-metadata') ?? '', 'base64').toString('utf8'))
}

const longestMetadata = 1024 * 1024

/** Metadata that is no JSON object counts as none, as on Supabase. */
function parseMetadata(text: string): Record<string, unknown> | undefined {
  if (text === '') return undefined
  if (Buffer.byteLength(text) > longestMetadata) throw tooLarge('user_metadata')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return undefined
}
