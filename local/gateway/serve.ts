import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { answerClientErrors } from './client-errors.ts'
import type { Gateway } from './gateway.ts'

/** Serves a gateway on a port of this machine. */
export function serveGateway(gateway: Gateway, port: number): Server {
  const server = serve({
    hostname: '127.0.0.1',
    port,
    fetch: (request, { incoming, outgoing }) => {
      // Hono throws away what no service has read of a body, within a bound, so that the connection takes the next
      // request. The web stream through which a service looked at the body holds the rest back from that.
      outgoing.once('finish', () => incoming.removeAllListeners('data'))
      return gateway.fetch(request, { address: incoming.socket.remoteAddress ?? null })
    },
  }) as Server
  answerClientErrors(server)
  return server.on('upgrade', gateway.upgrade)
}
