import { request } from 'undici'
import { secondsOf } from '../retry-after.ts'
import { type SafeConnectionOptions, safeConnections } from './connection.ts'

// Sending to addresses that tenants choose, several times to one of them.
//
// The threats are those of safe-fetch.ts. What is answered is a status: the body is not read, and a receiver that pours
// or drips one has its connection cut. A redirect is an answer like any other.

export interface SafePostOptions extends SafeConnectionOptions {
  /** Origins that the operator chose, and no tenant: they are asked wherever they lead, such as a stand-in. */
  trustedOrigins?: readonly string[]
}

export interface PostAnswer {
  status: number
  /** The seconds after which the receiver wants to be asked again. */
  retryAfter: number | null
}

export interface SafePosts extends AsyncDisposable {
  /** Null where there was no answer, whatever the reason. */
  post(body: string, headers: Record<string, string>): Promise<PostAnswer | null>
}

/** Opens connections to one address. */
export type OpenSafePosts = (url: URL) => SafePosts

/** Of the body of an answer: enough for the connection to be kept after what receivers say. */
const mostDiscardedBytes = 16_384
const longestDiscardMilliseconds = 1_000
const connectionsOfAddress = 5

export function createSafePosts({ trustedOrigins = [], ...options }: SafePostOptions = {}): OpenSafePosts {
  const { limits, mayBeAsked, open } = safeConnections(options)

  return (url) => {
    const isAllowed = trustedOrigins.includes(url.origin) || mayBeAsked(url)
    const agent = open(connectionsOfAddress)
    return {
      async post(body, headers) {
        if (!isAllowed) return null
        try {
          const response = await request(url, {
            dispatcher: agent,
            method: 'POST',
            body,
            headers: { ...headers, 'accept-encoding': 'identity' },
            signal: AbortSignal.timeout(limits.totalMilliseconds),
          })
          const signal = AbortSignal.timeout(Math.min(longestDiscardMilliseconds, limits.silenceMilliseconds))
          await response.body.dump({ limit: mostDiscardedBytes, signal }).catch(() => undefined)
          return {
            status: response.statusCode,
            retryAfter: secondsOf(response.headers['retry-after']),
          }
        } catch {
          return null
        }
      },
      [Symbol.asyncDispose]: () => agent.destroy().catch(() => undefined),
    }
  }
}
