import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const lookMilliseconds = 5

/** Resolves when a server takes connections at the path, or when `isOver` says that none will. */
export async function serverAt(path: string, isOver: () => boolean): Promise<void> {
  while (!isOver() && !(await takesConnections(path))) await sleep(lookMilliseconds)
}

function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      .once('error', () => resolve(false))
  })
}
