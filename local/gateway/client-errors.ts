import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ErrorBody, errorResponse } from '../services/shared/index.ts'
import { allowCrossOrigin } from './cors.ts'

const refusals: Record<string, readonly [status: number, error: ErrorBody]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    {
      code: 'headers_too_large',
      message: 'The URL and the headers are too large.',
      hint: 'Give 16 KiB of both at most: name fewer columns, or filter by fewer values at once.',
    },
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    413,
    { code: 'payload_too_large', message: 'The body has too many chunk extensions.' },
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    { code: 'request_timeout', message: 'The request took too long to arrive.' },
  ],
}

const notHttp = [400, { code: 'bad_request', message: 'This is no HTTP request.' }] as const

/** Answers what no request could be read from, in the form of every other error, and hangs up. */
export function answerClientErrors(server: Server): void {
  const exchanges = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>()
  server.on('request', (request, response) => exchanges.set(request.socket, { request, response }))
  server.on('clientError', async (error: NodeJS.ErrnoException, socket) => {
    const { request, response } = exchanges.get(socket) ?? {}
    // Whoever sent a whole request before it would take this for the answer to that one.
    if (request?.complete && response && !response.headersSent) await once(response, 'close')
    const [status, body] = refusals[error.code ?? ''] ?? notHttp
    const answer = await written(allowCrossOrigin(errorResponse(status, body)))
    // What a client has read of a response must not go on with another one.
    const isAnswering = response?.headersSent && !response.writableFinished
    if (!socket.writable || isAnswering) socket.destroy()
    else socket.end(answer, () => socket.destroy())
  })
}

async function written(response: Response): Promise<string> {
  const body = await response.text()
  response.headers.set('Content-Length', String(Buffer.byteLength(body)))
  response.headers.set('Connection', 'close')
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}\r\n${lines.join('')}\r\n${body}`
}
