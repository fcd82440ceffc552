import { Agent } from 'undici'
import { type IsAllowed, isPublic, literalAddress, type Resolve, resolveName } from './address.ts'

// A connection to an address that a tenant chose: to a public one on 443, whatever its name says a moment later.

export interface SafeConnectionOptions {
  /** Ports beside 443 that may be asked: those of request_ports, which the database holds addresses to. */
  ports?: readonly number[]
  resolve?: Resolve
  isAllowed?: IsAllowed
  /** Authorities beside those of the system, for tests. */
  ca?: string
  limits?: Partial<Limits>
}

export interface Limits {
  connectMilliseconds: number
  /** Until the headers are there, and between two parts of the body. */
  silenceMilliseconds: number
  totalMilliseconds: number
  headerBytes: number
  bodyBytes: number
}

const defaultLimits: Limits = {
  connectMilliseconds: 3_000,
  silenceMilliseconds: 8_000,
  totalMilliseconds: 15_000,
  headerBytes: 16_384,
  bodyBytes: 1_048_576,
}

export interface SafeConnections {
  limits: Limits
  mayBeAsked(url: URL): boolean
  /** Connections to what may be asked: to be destroyed when they are no longer needed. */
  open(connections?: number): Agent
}

export function safeConnections({
  ports = [],
  resolve = resolveName,
  isAllowed = isPublic,
  ca,
  limits: chosen = {},
}: SafeConnectionOptions): SafeConnections {
  const limits = { ...defaultLimits, ...chosen }
  return {
    limits,
    mayBeAsked(url) {
      if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
      if (url.port !== '' && !ports.includes(Number(url.port))) return false
      // A literal address is connected to without a look-up.
      const address = literalAddress(url.hostname)
      return address === undefined || isAllowed(address)
    },
    open: (connections) =>
      new Agent({
        connect: {
          timeout: limits.connectMilliseconds,
          lookup: guarded(resolve, isAllowed),
          ...(ca !== undefined && { ca }),
        },
        headersTimeout: limits.silenceMilliseconds,
        bodyTimeout: limits.silenceMilliseconds,
        maxHeaderSize: limits.headerBytes,
        maxResponseSize: limits.bodyBytes,
        // One request after the other, and without a limit of connections none is kept for another.
        ...(connections === undefined ? { pipelining: 0 } : { pipelining: 1, connections }),
      }),
  }
}

type LookupAnswer = (error: Error | null, addresses: { address: string; family: number }[]) => void

/** A look-up that gives what is allowed or nothing: one bad address among several spoils them all. */
function guarded(resolve: Resolve, isAllowed: IsAllowed) {
  return (name: string, _options: unknown, answer: LookupAnswer) => {
    resolve(name).then(
      (addresses) => {
        if (addresses.length === 0 || !addresses.every(isAllowed)) return answer(notAllowed(), [])
        answer(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
      },
      () => answer(notAllowed(), []),
    )
  }
}

/** Seen by the one who asked for the connection alone, who says the same of whatever cannot be reached. */
const notAllowed = () => new Error('The name leads to no address that may be asked.')
