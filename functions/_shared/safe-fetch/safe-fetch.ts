import { Agent, request } from 'undici'
import { type IsAllowed, isPublic, literalAddress, type Resolve, resolveName } from './address.ts'
import { SourceError } from './source-error.ts'

// Requests to addresses that tenants choose.
//
// Threats: our own network, in whatever spelling (addresses are read by the URL parser, and nothing but public ones is
// connected to); a name that points elsewhere at the second look (there is one: the connection goes to the addresses
// that were looked at); a redirect (an answer like any other failure); answers that are slow, endless, huge or
// compressed (each has its limit, and what is encoded is refused before it is unpacked); a scan of ports (whatever
// cannot be reached is one error, with one text).

export interface SafeFetchOptions {
  /** Other ports than 443 that an operator allows. */
  ports?: readonly number[]
  resolve?: Resolve
  isAllowed?: IsAllowed
  /** Authorities beside those of the system, for tests. */
  ca?: string
  limits?: Partial<Limits>
}

interface Limits {
  connectMilliseconds: number
  /** Until the headers are there, and between two parts of the body. */
  silenceMilliseconds: number
  totalMilliseconds: number
  headerBytes: number
  bodyBytes: number
}

export interface FetchedText {
  text: string
  bytes: number
}

/** Gets a text by https. @throws {SourceError} for everything that does not work */
export type SafeFetch = (url: URL, headers: Record<string, string>) => Promise<FetchedText>

const defaultLimits: Limits = {
  connectMilliseconds: 3_000,
  silenceMilliseconds: 8_000,
  totalMilliseconds: 15_000,
  headerBytes: 16_384,
  bodyBytes: 1_048_576,
}

export function createSafeFetch({
  ports = [],
  resolve = resolveName,
  isAllowed = isPublic,
  ca,
  limits: chosen = {},
}: SafeFetchOptions = {}): SafeFetch {
  const limits = { ...defaultLimits, ...chosen }

  return async (url, headers) => {
    if (!mayBeAsked(url, ports, isAllowed)) throw unreachable()
    const agent = new Agent({
      connect: {
        timeout: limits.connectMilliseconds,
        lookup: guarded(resolve, isAllowed),
        ...(ca !== undefined && { ca }),
      },
      headersTimeout: limits.silenceMilliseconds,
      bodyTimeout: limits.silenceMilliseconds,
      maxHeaderSize: limits.headerBytes,
      maxResponseSize: limits.bodyBytes,
      pipelining: 0,
    })
    try {
      const response = await request(url, {
        dispatcher: agent,
        method: 'GET',
        headers: { ...headers, accept: 'application/json', 'accept-encoding': 'identity' },
        signal: AbortSignal.timeout(limits.totalMilliseconds),
      })
      if (response.statusCode < 200 || response.statusCode > 299)
        throw new SourceError(`The data source answered with the status ${response.statusCode}.`)
      if ((response.headers['content-encoding'] ?? 'identity') !== 'identity')
        throw new SourceError('The data source answered in a compressed form, which is not taken.')
      return await readAll(response.body, limits.bodyBytes)
    } catch (error) {
      throw error instanceof SourceError ? error : unreachable()
    } finally {
      // It must not keep waiting for what nobody reads any more.
      await agent.destroy().catch(() => undefined)
    }
  }
}

const unreachable = () => new SourceError('The data source could not be reached, or did not answer in time.')

function mayBeAsked(url: URL, ports: readonly number[], isAllowed: IsAllowed): boolean {
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
  if (url.port !== '' && !ports.includes(Number(url.port))) return false
  // A literal address is connected to without a look-up.
  const address = literalAddress(url.hostname)
  return address === undefined || isAllowed(address)
}

type LookupAnswer = (error: Error | null, addresses: { address: string; family: number }[]) => void

/** A look-up that gives what is allowed or nothing: one bad address among several spoils them all. */
function guarded(resolve: Resolve, isAllowed: IsAllowed) {
  return (name: string, _options: unknown, answer: LookupAnswer) => {
    resolve(name).then(
      (addresses) => {
        if (addresses.length === 0 || !addresses.every(isAllowed)) return answer(unreachable(), [])
        answer(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
      },
      () => answer(unreachable(), []),
    )
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, most: number): Promise<FetchedText> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > most) throw new SourceError('The data source answered with more than 1 MiB.')
    text += decoder.decode(chunk, { stream: true })
  }
  return { text: text + decoder.decode(), bytes }
}
