import { messageOf } from '../../stack/index.ts'
import { type EnvironmentOptions, ownVariables, variableFiles } from './environment.ts'
import type { FunctionProcess } from './function-process.ts'
import { type FunctionLimits, platformLimits } from './limits.ts'
import type { Ending, FunctionsLink } from './link.ts'
import { type StartedFunction, startFunction } from './start-function.ts'

export interface FunctionsOptions extends EnvironmentOptions {
  /** Where Deno keeps what it has compiled. */
  directory: string
  /** In place of those of the platform. */
  limits?: Partial<FunctionLimits>
  /** Takes a line for a person, of a function. Default: standard output. */
  log?(name: string, line: string): void
}

/** The functions of a project, each in a process of its own that its first request starts. */
export interface Functions extends FunctionsLink {
  /** Sentences about variables that count for nothing. */
  problems: string[]
  stop(): Promise<void>
}

const graceMilliseconds = 2_000
/** For the system to tell of the end of a process that has let go of a request. */
const endMilliseconds = 1_000
/** For as long after its end those whose request a process had may ask why. */
const memoryMilliseconds = 10_000

export function createFunctions(options: FunctionsOptions): Functions {
  const { root, config, log = (name, line) => console.log(`[${name}] ${line}`) } = options
  const limits = { ...platformLimits, ...options.limits }
  const functions = new Map(Object.entries(config.functions))
  const files = new Set([...functions.values()].flatMap((settings) => variableFiles(root, settings)))
  const serving = new Map<string, StartedFunction>()
  const processes = new Map<string, FunctionProcess>()

  const retire = (name: string, process: FunctionProcess) => {
    if (serving.get(name)?.process === process) serving.delete(name)
    process.retire()
  }

  const start = (name: string): FunctionProcess | undefined => {
    const settings = functions.get(name)
    if (!settings) return undefined
    const started = startFunction(settings, { ...options, limits, log: (line) => log(name, line) })
    const { process } = started
    serving.set(name, started)
    processes.set(process.id, process)
    // Long before its end, so that what it has begun then has time.
    const half = setTimeout(() => retire(name, process), limits.wallClockMilliseconds / 2)
    void process.ended.then(() => {
      clearTimeout(half)
      retire(name, process)
      setTimeout(() => processes.delete(process.id), memoryMilliseconds).unref()
    })
    return process
  }

  /** The process that takes the next request. */
  const current = (name: string): FunctionProcess | undefined => {
    const started = serving.get(name)
    if (started && !started.graph.hasChanged()) return started.process
    if (started) retire(name, started.process)
    return start(name)
  }

  return {
    problems: ownVariables(options, files).problems,
    async enter(name) {
      try {
        const process = current(name)
        if (!process) return { failed: 'boot' }
        process.enter()
        await process.ready
        if (process.ending === undefined) return { process: process.id, socketPath: process.socketPath }
        process.leave(false)
        return { failed: process.ending }
      } catch (error) {
        log(name, `The process did not start: ${messageOf(error)}.`)
        return { failed: 'boot' }
      }
    },
    leave: (id, answered) => processes.get(id)?.leave(answered),
    async ending(id) {
      const process = processes.get(id)
      if (!process) return 'error'
      const late = new Promise<Ending>((resolve) => setTimeout(resolve, endMilliseconds, 'error'))
      return Promise.race([process.ended, late])
    },
    stop: async () => {
      await Promise.all([...processes.values()].map((process) => process.stop(graceMilliseconds)))
    },
  }
}
