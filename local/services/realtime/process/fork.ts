import { fork, type SendHandle } from 'node:child_process'
import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { StackError } from '../../../stack/index.ts'
import { isRealtimeReply, isRealtimeRequest, type StartOptions, type StartOutcome } from './messages.ts'

/** More than the server gives what is under way. */
const patienceMilliseconds = 8_000

/** The process of the Realtime server. */
export interface RealtimeProcess {
  /** Resolves when it reads the database's log. */
  start(options: StartOptions): Promise<void>
  /** Brings what a gateway process asks to the server, and the answers back. */
  serve(gateway: Worker): void
  /** Resolves with a sentence when it ends without being asked. */
  ended: Promise<string>
  /** Ends every connection, gives the log back, and ends the process. May be called at any time, and again. */
  stop(): Promise<void>
}

/** Forks the process, which loads its code while whoever forked it goes on, and serves when it is told to start. */
export function forkRealtime(): RealtimeProcess {
  const child = fork(join(import.meta.dirname, 'entry.ts'), [], { execArgv: ['--disable-proto=delete'] })
  child.on('error', () => undefined)
  const exited = once(child, 'exit')
  const handedOver = new Map<string, { message: object; socket: Socket }>()
  const askers = new Map<string, Worker>()
  let stopping = false
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  child.on('message', (message) => {
    if (!isRealtimeReply(message)) return
    askers.get(message.id)?.send(message)
    askers.delete(message.id)
  })

  return {
    async start(options) {
      child.send(options)
      const [outcome] = (await Promise.race([
        once(child, 'message'),
        exited.then(() => [{ failed: 'it ended at once' }]),
      ])) as [StartOutcome]
      if ('failed' in outcome) throw new StackError(`The Realtime server did not start: ${outcome.failed}`)
    },
    serve(gateway) {
      gateway.on('message', (message: unknown, socket?: SendHandle) => {
        // Node reads it as long as it is here, and so hears of a client that hangs up.
        if (socket instanceof Socket) socket.on('error', () => undefined)
        if (!isRealtimeRequest(message) || isGone()) return
        if (message.realtime === 'upgrade') {
          if (socket instanceof Socket) handedOver.set(message.id, { message, socket })
          return
        }
        if (message.realtime === 'open') {
          const upgrade = handedOver.get(message.id)
          handedOver.delete(message.id)
          if (!upgrade || upgrade.socket.destroyed) return
          // Destroyed here once it is there: the gateway process waits for what it has handed over when it stops.
          child.send(upgrade.message, upgrade.socket, () => upgrade.socket.destroy())
        }
        if (message.realtime === 'broadcast') askers.set(message.id, gateway)
        child.send(message)
      })
    },
    ended: exited.then(() => (stopping ? '' : 'The Realtime server ended unexpectedly.')),
    async stop() {
      stopping = true
      if (isGone()) return
      if (child.connected) child.send('stop', () => undefined)
      else child.kill('SIGTERM')
      // A process that did not hear the message, or hangs, keeps nobody from stopping.
      const ending = setTimeout(() => child.kill('SIGKILL'), patienceMilliseconds)
      await exited
      clearTimeout(ending)
    },
  }
}
