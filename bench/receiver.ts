import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

/** An HTTPS server that takes every post. */
export interface Receiver extends AsyncDisposable {
  port: number
  /** Its own authority. */
  ca: string
  /** How many requests have come. */
  count: number
}

/** Starts one under a name. */
export async function startReceiver(name: string): Promise<Receiver> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  })
  const server = createServer({ cert, key }, (request, response) => {
    request.resume().once('end', () => {
      receiver.count += 1
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const receiver: Receiver = {
    port: (server.address() as AddressInfo).port,
    ca: cert,
    count: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
