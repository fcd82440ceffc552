import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request as send } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

/** What concerns one connection, and not the message. */
const ofConnection = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const withoutBody = [204, 205, 304]

const agent = new Agent({ keepAlive: true })

export interface ForwardOptions {
  socketPath: string
  /** Path and query, as the function sees them. */
  path: string
  /** Ends the request, as when the client is gone. */
  signal: AbortSignal
  /** Called once when the answer has been passed on in full, or was cut. */
  done(complete: boolean): void
}

/**
 * Sends a request to the socket of a function and gives its answer as soon as it begins; bodies flow both ways as they
 * come.
 *
 * @throws where there is no answer
 */
export async function forward(request: Request, options: ForwardOptions): Promise<Response> {
  const { socketPath, path, signal, done } = options
  const { method } = request
  const headers = headersOf(request)
  // A function that refuses a body closes the connection: while that is written to, its answer would be lost, and after
  // it, what the agent sends over it next.
  const isAwaited = request.body !== null && headers['content-length'] !== '0'
  if (isAwaited) headers.expect = '100-continue'
  const outgoing = send({ agent, socketPath, path, method, headers, signal })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  if (isAwaited) outgoing.once('continue', () => pipeBody(request, outgoing)).flushHeaders()
  else pipeBody(request, outgoing)
  const [answer] = await answered
  // What breaks from here on breaks the answer.
  outgoing.on('error', () => undefined)
  answer.once('close', () => {
    done(answer.complete)
    if (!outgoing.writableEnded) outgoing.destroy()
  })
  return responseOf(request, answer)
}

function pipeBody({ body }: Request, outgoing: ClientRequest): void {
  if (!body) return void outgoing.end()
  const sent = Readable.fromWeb(body as ReadableStream)
  sent.once('error', (error) => outgoing.destroy(error))
  sent.pipe(outgoing)
}

function headersOf(request: Request): Record<string, string> {
  const host = request.headers.get('host') ?? new URL(request.url).host
  const headers = [...request.headers].filter(
    // What GET and HEAD announce is sent to nobody, and would be waited for.
    ([name]) => !ofConnection.has(name) && (name !== 'content-length' || request.body !== null),
  )
  return {
    ...Object.fromEntries(headers),
    host,
    'x-forwarded-host': host,
    'x-forwarded-proto': 'http',
  }
}

function responseOf(request: Request, answer: IncomingMessage): Response {
  const headers = new Headers()
  for (let place = 0; place < answer.rawHeaders.length; place += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(place, place + 2)
    if (!ofConnection.has(name.toLowerCase())) headers.append(name, value)
  }
  // On Supabase nobody can open a page that a function serves.
  if (request.method === 'GET' && headers.get('content-type')?.startsWith('text/html'))
    headers.set('content-type', 'text/plain')
  const status = answer.statusCode ?? 500
  const isEmpty = request.method === 'HEAD' || withoutBody.includes(status)
  if (isEmpty) answer.resume()
  return new Response(isEmpty ? null : (Readable.toWeb(answer) as globalThis.ReadableStream), {
    status,
    headers,
  })
}
