import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FunctionConfig } from '../../config/index.ts'
import { messageOf } from '../../stack/index.ts'
import { denoProgram, graphArguments } from './deno.ts'
import { type EnvironmentOptions, ownVariables, platformVariables, variableFiles } from './environment.ts'
import { FunctionProcess } from './function-process.ts'
import { type Graph, watchGraph } from './graph.ts'
import { type FunctionLimits, platformLimits } from './limits.ts'
import type { Ending, FunctionsLink } from './link.ts'

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

interface Served {
  process: FunctionProcess
  graph: Graph
}

const graceMilliseconds = 2_000
/** For the system to tell of the end of a process that has let go of a request. */
const endMilliseconds = 1_000

export function createFunctions(options: FunctionsOptions): Functions {
  const { root, config, log = (name, line) => console.log(`[${name}] ${line}`) } = options
  const limits = { ...platformLimits, ...options.limits }
  const serving = new Map<string, Served>()
  const processes = new Map<string, FunctionProcess>()
  const settings = new Map(Object.entries(config.functions))
  const files = [...settings.values()].flatMap((settings) => variableFiles(root, settings))

  const start = (name: string, config: FunctionConfig): Served => {
    const files = variableFiles(root, config)
    const { variables, problems } = ownVariables(options, files)
    mkdirSync(options.directory, { recursive: true })
    const { path: deno, problem } = denoProgram()
    for (const sentence of [problem ?? [], problems].flat()) log(name, sentence)
    const ofDeno = { DENO_DIR: options.directory, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
    const graph = watchGraph({
      deno,
      arguments: graphArguments(config),
      env: ofDeno,
      directory: dirname(config.entrypoint),
      others: [config.entrypoint, config.import_map ?? [], files].flat(),
    })
    const process = new FunctionProcess({
      root,
      config,
      deno,
      env: { ...variables, ...platformVariables(options), ...ofDeno },
      limits,
      log: (line) => log(name, line),
    })
    processes.set(process.id, process)
    // Long before its end, so that what it has begun then has time.
    const half = setTimeout(() => retire(name, process), limits.wallClockMilliseconds / 2)
    void process.ended.then(() => {
      clearTimeout(half)
      retire(name, process)
      // Those whose request it has let go of ask why.
      setTimeout(() => processes.delete(process.id), 10 * endMilliseconds).unref()
    })
    return { process, graph }
  }

  const retire = (name: string, process: FunctionProcess) => {
    if (serving.get(name)?.process === process) serving.delete(name)
    process.retire()
  }

  /** The process that takes the next request. */
  const current = (name: string, config: FunctionConfig): FunctionProcess => {
    const served = serving.get(name)
    if (served && !served.graph.hasChanged()) return served.process
    if (served) retire(name, served.process)
    const next = start(name, config)
    serving.set(name, next)
    return next.process
  }

  return {
    problems: ownVariables(options, [...new Set(files)]).problems,
    async enter(name) {
      const config = settings.get(name)
      if (!config) return { failed: 'boot' }
      try {
        const process = current(name, config)
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
