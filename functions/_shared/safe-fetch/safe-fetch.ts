import { request } from 'undici'
import { type SafeConnectionOptions, safeConnections } from './connection.ts'
import { SourceError } from './source-error.ts'

// Requests to addresses that tenants choose.
//
// Threats: our own network, in whatever spelling (addresses are read by the URL parser, and nothing but public ones is
// connected to); a name that points elsewhere at the second look (there is one: the connection goes to the addresses
// that were looked at); a redirect (an answer like any other failure); answers that are slow, endless, huge or
// compressed (each has its limit, and what is encoded is refused before it is unpacked); a scan of ports (whatever
// cannot be reached is one error, with one text).

export type SafeFetchOptions = SafeConnectionOptions

export interface FetchedText {
  text: string
  bytes: number
}

/** Gets a text by https. @throws {SourceError} for everything that does not work */
export type SafeFetch = (url: URL, headers: Record<string, string>) => Promise<FetchedText>

export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const { limits, mayBeAsked, open } = safeConnections(options)

  return async (url, headers) => {
    if (!mayBeAsked(url)) throw unreachable()
    const agent = open()
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
