import { createServer, type Server, request as sendRequest } from 'node:http'
import type { Socket } from 'node:net'
import WebSocket, { WebSocketServer } from 'ws'
import { freePorts } from '../../../local/stack/index.ts'

/** A broadcast of the server on its way to a client. */
export type Parcel = () => void

/** The line between one person and the project, which a test breaks and on which it holds up what is said. */
export interface Line extends AsyncDisposable {
  url: string
  /** Ends every connection, and lets none be made until it is mended. */
  cut(): void
  mend(): void
  /** Broadcasts wait from here on. */
  hold(): void
  /** Lets broadcasts go through again; those that waited go as the test arranges them, without what it leaves out. */
  release(arrange?: (waiting: Parcel[]) => Parcel[]): void
}

export async function openLine(projectUrl: string): Promise<Line> {
  const { hostname, port: projectPort } = new URL(projectUrl)
  const [port = 0] = await freePorts(1)
  const sockets = new Set<Socket>()
  const ends = new Set<WebSocket>()
  let isCut = false
  let waiting: Parcel[] | undefined

  const server: Server = createServer((request, response) => {
    const { url: path, method, headers } = request
    const onward = sendRequest({ hostname, port: projectPort, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    if (isCut) socket.destroy()
    socket.on('close', () => sockets.delete(socket))
  })

  const upgrades = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const far = new WebSocket(`ws://${hostname}:${projectPort}${request.url}`)
    far.on('error', () => socket.destroy())
    // Also where the client is gone before the project has answered.
    socket.on('close', () => far.terminate())
    far.on('open', () => upgrades.handleUpgrade(request, socket, head, (near) => join(near, far)))
  })
  const join = (near: WebSocket, far: WebSocket) => {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        ends.delete(one)
        other.terminate()
      })
    }
    near.on('message', (data, binary) => far.send(data, { binary }))
    far.on('message', (data, binary) => {
      const pass = () => near.readyState === near.OPEN && near.send(data, { binary })
      // The server says what it says to many in binary frames.
      if (binary && waiting) waiting.push(pass)
      else pass()
    })
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const cut = () => {
    isCut = true
    for (const end of ends) end.terminate()
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend() {
      isCut = false
    },
    hold() {
      waiting ??= []
    },
    release(arrange = (all) => all) {
      const held = arrange(waiting ?? [])
      waiting = undefined
      for (const pass of held) pass()
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
