import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { StackError } from '../stack-error.ts'
import type { WorkerMessage, WorkerOptions } from './gateway-worker.ts'

/** The processes that serve one API port together. */
export interface GatewayPool {
  /** Resolves with a sentence when a process ends without being asked. */
  ended: Promise<string>
  /** Lets requests under way finish, then ends every process. */
  stop(): Promise<void>
}

/**
 * Starts `count` processes on one port: the primary accepts connections and hands them out in turn, so that
 * parsing, token checks and JSON use more than one core.
 */
export async function startGatewayPool(count: number, options: WorkerOptions): Promise<GatewayPool> {
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'gateway-worker.ts'), args: [], execArgv: [] })
  const workers = Array.from({ length: count }, () => cluster.fork())
  let stopping = false
  const ended = Promise.race(
    workers.map(async (worker) => {
      await once(worker, 'exit')
      return stopping ? '' : 'A process of the API gateway ended unexpectedly.'
    }),
  )
  const stop = async () => {
    stopping = true
    await Promise.all(workers.map(stopWorker))
  }
  try {
    await Promise.all(workers.map((worker) => startWorker(worker, options)))
  } catch (error) {
    await stop()
    throw error
  }
  return { ended, stop }
}

async function startWorker(worker: Worker, options: WorkerOptions): Promise<void> {
  worker.on('error', () => undefined)
  worker.send(options)
  const [message] = (await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(() => [{ failed: 'it ended at once' }]),
  ])) as [WorkerMessage]
  if ('failed' in message) throw new StackError(`The API gateway did not start: ${message.failed}`)
}

async function stopWorker(worker: Worker): Promise<void> {
  if (worker.isDead()) return
  const exited = once(worker, 'exit')
  if (worker.isConnected()) worker.send('stop', () => undefined)
  else worker.process.kill('SIGTERM')
  await exited
}
