import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { generate } from 'selfsigned'

/** Somebody's HTTPS server, which answers `/sales` and misbehaves at every other path. */
export interface SourceServer extends AsyncDisposable {
  port: number
  /** Its own authority. */
  ca: string
  /** The paths that were asked for, with the headers and the body that came. */
  seen: { path: string; headers: Record<string, unknown>; body: string }[]
  /** What `/sales` says. */
  answer: { status: number; body: unknown; delay: number }
}

/** Starts one for these names. */
export async function startSourceServer(names: string[]): Promise<SourceServer> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) }],
  })
  const seen: SourceServer['seen'] = []
  const answer: SourceServer['answer'] = { status: 200, body: { total: 42 }, delay: 0 }
  const server = createServer({ cert, key }, async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://localhost')
    const body = await text(request)
    seen.push({ path: request.url ?? '', headers: request.headers, body })
    const chunk = Buffer.alloc(65_536, ' ')
    const json = { 'content-type': 'application/json' }
    switch (pathname) {
      case '/sales':
        setTimeout(
          () => response.writeHead(answer.status, json).end(JSON.stringify(answer.body)),
          answer.delay,
        )
        break
      case '/redirect':
        response.writeHead(302, { location: '/sales' }).end()
        break
      case '/endless': {
        response.writeHead(200, json)
        const pour = () => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once('drain', pour)
        }
        pour()
        break
      }
      case '/drip': {
        response.writeHead(200, json)
        const timer = setInterval(() => response.write(' '), 100)
        response.once('close', () => clearInterval(timer))
        break
      }
      case '/silent':
        break
      case '/half':
        response.writeHead(200, json).write('{')
        break
      case '/lying':
        response.writeHead(200, { ...json, 'content-length': '100000' }).write('{"total": 1}')
        setTimeout(() => response.destroy(), 50)
        break
      case '/huge':
        response.writeHead(200, json).end(JSON.stringify({ total: 'x'.repeat(1_100_000) }))
        break
      case '/compressed':
        response
          .writeHead(200, { ...json, 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(2_000_000, ' ')))
        break
      case '/headers':
        response.writeHead(200, { ...json, 'x-long': 'x'.repeat(60_000) }).end('{}')
        break
      case '/html':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<p>the secret of the page</p>')
        break
      default:
        response.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    ca: cert,
    seen,
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
