import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An envelope as it came, read as https://develop.sentry.dev/sdk/foundations/envelopes/ says. */
export interface ReceivedEnvelope {
  method: string
  path: string
  headers: IncomingHttpHeaders
  header: Record<string, unknown>
  items: { header: Record<string, unknown>; payload: Record<string, unknown> }[]
  /** All that was sent, for what must not be in it. */
  text: string
}

/** A server that takes error reports. */
export interface SentryServer extends AsyncDisposable {
  /** `http://<key>@127.0.0.1:<port>/<path>` */
  dsn(path: string): string
  envelopes: ReceivedEnvelope[]
  /** Leaves reports without an answer until what is returned is called. */
  hold(): () => void
}

export async function startSentryServer(): Promise<SentryServer> {
  const envelopes: ReceivedEnvelope[] = []
  let released: Promise<void> = Promise.resolve()
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    envelopes.push({ method, path: url, headers, text, ...readEnvelope(text) })
    await released
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    dsn: (path) => `http://publickey@127.0.0.1:${port}/${path}`,
    envelopes,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      released = promise
      return resolve
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** @throws for what is no envelope */
function readEnvelope(text: string): Pick<ReceivedEnvelope, 'header' | 'items'> {
  const bytes = Buffer.from(text)
  let place = 0
  const take = (length: number) => {
    const taken = bytes.subarray(place, place + length).toString('utf8')
    if (Buffer.byteLength(taken) !== length) throw new Error('The envelope ends too early.')
    place += length
    if (place < bytes.length && bytes[place++] !== 10) throw new Error('A line break is missing.')
    return taken
  }
  const lineLength = () => {
    const end = bytes.indexOf(10, place)
    return (end < 0 ? bytes.length : end) - place
  }
  const header = JSON.parse(take(lineLength()))
  const items: ReceivedEnvelope['items'] = []
  while (place < bytes.length) {
    const itemHeader = JSON.parse(take(lineLength()))
    items.push({ header: itemHeader, payload: JSON.parse(take(itemHeader.length ?? lineLength())) })
  }
  return { header, items }
}
