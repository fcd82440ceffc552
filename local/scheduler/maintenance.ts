import { messageOf } from '../stack/index.ts'
import { coalesce } from './coalesce.ts'
import { tableExists, type Worker, type WorkerContext } from './worker.ts'

const intervalMilliseconds = 10 * 60 * 1000

/** Keeps the daily partitions of `realtime.messages` and drops HTTP responses older than six hours. */
export function createMaintenance({ query, log }: WorkerContext): Worker {
  const maintain = coalesce(
    async () => {
      await query('select from realtime.maintain_message_partitions()')
      if (await tableExists(query, 'net._http_response'))
        await query("delete from net._http_response where created < now() - interval '6 hours'")
    },
    (error) => log(`The database's upkeep failed: ${messageOf(error)}.`),
  )
  const timer = setInterval(maintain, intervalMilliseconds)
  return {
    connected: maintain,
    async stop() {
      clearInterval(timer)
      await maintain.stop()
    },
  }
}
