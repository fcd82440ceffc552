import { isIP } from 'node:net'
import type { Context } from 'hono'
import type { Peer } from '../shared/index.ts'

/** The routes' environment: who is at the other end of the connection. */
export interface PeerEnv {
  Bindings: Peer
}

/** From where somebody signs in, as their session remembers it. */
export interface SessionClient {
  userAgent: string | null
  ip: string | null
}

export function clientOf(c: Context<PeerEnv>): SessionClient {
  // An IPv4 peer of a socket that listens for both families.
  const address = c.env.address?.replace(/^::ffff:/, '') ?? ''
  return { userAgent: c.req.header('user-agent') ?? null, ip: isIP(address) ? address : null }
}
