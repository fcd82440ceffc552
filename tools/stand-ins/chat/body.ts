import type { Context } from 'hono'

/** The JSON of a request; undefined where it is none, says that it is none, or has more bytes than the chat takes. */
export async function bodyOf({ req }: Context, mostBytes: number): Promise<unknown> {
  if (!req.header('content-type')?.startsWith('application/json')) return undefined
  const text = await req.text()
  if (Buffer.byteLength(text) > mostBytes) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
