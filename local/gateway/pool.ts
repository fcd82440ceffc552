import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { type FunctionsLink, serveFunctions } from '../services/functions/index.ts'
import type { RealtimeProcess } from '../services/realtime/index.ts'
import { StackError } from '../stack/index.ts'
import { serveMeters } from './meter/index.ts'
import type { WorkerMessage, WorkerOptions } from './worker.ts'

/** More than a process gives the requests under way. */
const patienceMilliseconds = 5_000

/** What the processes of the API reach through the one that forked them. */
export interface PoolLinks {
  realtime: RealtimeProcess
  functions?: FunctionsLink
}

/** The processes that serve one API port together. */
export interface GatewayPool {
  /** Makes every process listen; resolves when all do. */
  serve(options: WorkerOptions, links: PoolLinks): Promise<void>
  /** Resolves with a sentence when a process ends without being asked. */
  ended: Promise<string>
  /** Lets requests under way finish, then ends every process. May be called at any time, and again. */
  stop(): Promise<void>
}

/**
 * Forks `count` processes that will share one port: the primary accepts connections and hands them out in turn, so
 * that parsing, token checks and JSON use more than one core. They load their code, which takes a second, while
 * whoever forked them goes on, and listen when they are told to serve.
 */
export function forkGateway(count: number): GatewayPool {
  cluster.setupPrimary({
    exec: join(import.meta.dirname, 'worker.ts'),
    args: [],
    // No name that a client sends reaches Object.prototype through the accessor that every object inherits.
    execArgv: ['--disable-proto=delete'],
  })
  const workers = Array.from({ length: count }, () => cluster.fork())
  let stopping = false
  return {
    serve: async (options, { realtime, functions }) => {
      serveMeters(workers)
      for (const worker of workers) {
        realtime.serve(worker)
        if (functions) serveFunctions(functions, worker)
      }
      await Promise.all(workers.map((worker) => startWorker(worker, options)))
    },
    ended: Promise.race(
      workers.map(async (worker) => {
        await once(worker, 'exit')
        return stopping ? '' : 'A process of the API gateway ended unexpectedly.'
      }),
    ),
    stop: async () => {
      stopping = true
      await Promise.all(workers.map(stopWorker))
    },
  }
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
  // A process that did not hear the message, or hangs, keeps nobody from stopping.
  const insisting = setTimeout(() => worker.process.kill('SIGTERM'), patienceMilliseconds)
  const ending = setTimeout(() => worker.process.kill('SIGKILL'), 3 * patienceMilliseconds)
  await exited
  clearTimeout(insisting)
  clearTimeout(ending)
}
