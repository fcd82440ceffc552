import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import WebSocket from 'ws'
import type { Stack } from '../../local/stack.ts'

/** Clients of one server, all of them in this process, each on one topic. */
export interface Clients {
  /** Calls back with what comes: the text of a message, to one of the clients. */
  onMessage(listener: (text: string) => void): void
  close(): Promise<void>
}

const atOnce = 20

/** Connects clients to Realtime as `realtime-js` would, without what that does beside: the time is the server's. */
export async function joinRealtime(stack: Stack, topics: string[]): Promise<Clients> {
  const { urls, keys } = stack
  const server = urls.api.replace('http', 'ws')
  const url = `${server}/realtime/v1/websocket?apikey=${keys.publishableKey}&vsn=1.0.0`
  return connectAll(topics, async (topic) => {
    const socket = new WebSocket(url)
    await once(socket, 'open')
    socket.send(JSON.stringify({ topic: `realtime:${topic}`, event: 'phx_join', payload: {}, ref: '1' }))
    await once(socket, 'message')
    return socket
  })
}

/** Connects clients to the bare server. */
export function joinBare(port: number, topics: string[]): Promise<Clients> {
  return connectAll(topics, async (topic) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${topic}`)
    await once(socket, 'open')
    return socket
  })
}

/** Starts the bare server. */
export async function startBare(databaseUrl: string): Promise<{ port: number; stop(): void }> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'), { execArgv: [] })
  child.send({ databaseUrl })
  const [port] = (await once(child, 'message')) as [number]
  return { port, stop: () => child.kill() }
}

async function connectAll(
  topics: string[],
  connect: (topic: string) => Promise<WebSocket>,
): Promise<Clients> {
  const sockets: WebSocket[] = []
  for (let first = 0; first < topics.length; first += atOnce)
    sockets.push(...(await Promise.all(topics.slice(first, first + atOnce).map(connect))))
  return {
    onMessage(listener) {
      for (const socket of sockets) socket.on('message', (data: Buffer) => listener(data.toString('utf8')))
    },
    async close() {
      await Promise.all(
        sockets.map((socket) => {
          const closed = once(socket, 'close')
          socket.close()
          return closed
        }),
      )
    },
  }
}
