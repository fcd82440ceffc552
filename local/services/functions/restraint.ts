import type { FunctionLimits } from './limits.ts'
import { usageOf } from './usage.ts'

const sampleMilliseconds = 100

/** Looks at what a process uses, and says when that is too much. */
export interface Restraint {
  /** Gives the process its CPU time anew. */
  renew(): void
  stop(): void
}

/**
 * Memory is what the process itself has, because a limit of V8's heap leaves out its buffers; CPU time is the
 * system's, because a process in an endless loop answers nobody who asks.
 *
 * @param exceeded takes what follows "it used"
 */
export function restrain(pid: number, limits: FunctionLimits, exceeded: (what: string) => void): Restraint {
  let isRenewed = true
  let spentBefore = 0
  const timer = setInterval(async () => {
    const usage = await usageOf(pid)
    if (!usage) return
    const { memoryBytes, cpuMilliseconds } = usage
    if (isRenewed) spentBefore = cpuMilliseconds
    isRenewed = false
    if (memoryBytes > limits.memoryBytes) exceeded(`more than ${limits.memoryBytes / 2 ** 20} MB of memory`)
    if (cpuMilliseconds - spentBefore > limits.cpuMilliseconds)
      exceeded(`${limits.cpuMilliseconds / 1000} s of CPU time without answering`)
  }, sampleMilliseconds)
  return {
    renew() {
      isRenewed = true
    },
    stop: () => clearInterval(timer),
  }
}
