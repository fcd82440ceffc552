import { persist } from './persist.ts'

export interface Repeatable {
  /** Has the work done once more, from its beginning, after now. */
  request(): void
  /** Ends when nothing is under way. */
  close(): Promise<void>
}

/**
 * Work that is done once at a time, however often it is asked for: whoever asks while it is under way, which may have
 * passed by what they have changed, has it done once more after that, and together with all who asked meanwhile.
 */
export function repeatable(what: string, work: () => Promise<void>): Repeatable {
  const stop = new AbortController()
  let isWanted = false
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (isWanted && !stop.signal.aborted) {
      isWanted = false
      await persist(what, work, stop.signal)
    }
    running = undefined
  }

  return {
    request() {
      isWanted = true
      running ??= run()
    },
    async close() {
      stop.abort()
      await running
    },
  }
}
