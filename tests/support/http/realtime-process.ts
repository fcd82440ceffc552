import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Realtime, RealtimeLink } from '../../../local/services/realtime/index.ts'
import type { StartOptions, StartOutcome } from '../../../local/services/realtime/process/messages.ts'

const entry = join(import.meta.dirname, '../../../local/services/realtime/process/entry.ts')

/** The Realtime server in the process that the stack runs it in; to close it without a release is to kill it. */
export async function startRealtimeProcess(options: StartOptions): Promise<Realtime> {
  const child = fork(entry, [], { execArgv: ['--disable-proto=delete'] })
  const exited = once(child, 'exit')
  child.send(options)
  const [outcome] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => [{ failed: 'it ended at once' }]),
  ])) as [StartOutcome]
  if ('failed' in outcome) throw new Error(outcome.failed)
  const accept: RealtimeLink['accept'] = (upgrade, socket) => {
    const id = crypto.randomUUID()
    if (!child.connected) return void socket.destroy()
    child.send({ realtime: 'upgrade', id, upgrade }, socket)
    child.send({ realtime: 'open', id })
  }
  return {
    accept,
    broadcast: () => Promise.reject(new Error('Nobody asks this process to broadcast.')),
    async close(release = true) {
      if (!release) child.kill('SIGKILL')
      else if (child.connected) child.send('stop')
      await exited
    },
  }
}
