/** Whether a request says that its body has more than a number of bytes. */
export function announcesMore({ headers }: Request, limit: number): boolean {
  return Number(headers.get('content-length') ?? 0) > limit
}

/**
 * Holds a request to a number of bytes that it does not announce more than; null where it has more. A length that is
 * announced is the length that the HTTP parser reads; a body without one is counted as it comes, and no more of it is
 * held than may be.
 */
export async function limitBody(request: Request, limit: number): Promise<Request | null> {
  if (request.headers.has('content-length') || !request.headers.has('transfer-encoding') || !request.body)
    return request
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > limit) return null
    chunks.push(chunk)
  }
  const { url, method, headers, signal } = request
  return new Request(url, { method, headers, signal, body: Buffer.concat(chunks) })
}
