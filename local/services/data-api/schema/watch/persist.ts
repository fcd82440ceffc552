import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../../stack/index.ts'

const retryMilliseconds = 500

/** Goes on until it works or is told to stop: a schema that is out of date is worse than one that is late. */
export async function persist(what: string, work: () => Promise<void>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      return await work()
    } catch (error) {
      if (stop.aborted) return
      console.error(`Data API: ${what} failed and is tried again: ${messageOf(error)}`)
      await sleep(retryMilliseconds, undefined, { ref: false, signal: stop }).catch(() => undefined)
    }
  }
}
