import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

/** A local port that is open from the start, in front of a server that starts with the first connection. */
export interface PortOnDemand {
  stop(): Promise<void>
}

/**
 * Opens a local port. `start` resolves with the port of the server behind it; who connects meanwhile waits. Where it
 * fails, `failed` is told and the connection ends.
 */
export async function openOnDemand(
  port: number,
  start: () => Promise<number>,
  failed: (error: unknown) => void,
): Promise<PortOnDemand> {
  const sockets = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true }, async (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    try {
      const behind = connect(await start(), '127.0.0.1')
      pipeline(socket, behind, socket, () => socket.destroy())
    } catch (error) {
      failed(error)
      socket.destroy()
    }
  })
  await listening(server, port)
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
