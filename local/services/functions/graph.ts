import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { promisify } from 'node:util'
import * as z from 'zod'

const graphSchema = z.object({ modules: z.array(z.object({ local: z.string().nullish() })) })

export interface GraphOptions {
  deno: string
  arguments: string[]
  env: NodeJS.ProcessEnv
  directory: string
  /** Files that count beside the modules. */
  others: string[]
  /** What to wait for. */
  after: Promise<void>
}

/** Tells whether a file that a process was made from has changed since. */
export interface Graph {
  hasChanged(): boolean
  /** Resolves when it is known which files there are. */
  known: Promise<void>
}

/**
 * Looks after the files that a function is made of. Which they are is found out beside the process that runs them;
 * until then the others are looked after. A file that has changed meanwhile counts as changed.
 */
export function watchGraph(options: GraphOptions): Graph {
  const begun = Date.now()
  const states = new Map(options.others.map((file) => [file, stateOf(file)]))
  let foundChanged = false
  const { deno, env, directory } = options
  const known = options.after
    .then(() => promisify(execFile)(deno, options.arguments, { cwd: directory, env, maxBuffer: 2 ** 26 }))
    .then(({ stdout }) => {
      for (const { local } of graphSchema.parse(JSON.parse(stdout)).modules) {
        if (!local || local.includes('/node_modules/') || states.has(local)) continue
        const state = stateOf(local)
        states.set(local, state)
        foundChanged ||= state === undefined || state > begun
      }
    })
    // A function that does not load says so by itself; its entrypoint is looked after.
    .catch(() => undefined)
  return {
    known,
    hasChanged: () => foundChanged || [...states].some(([file, state]) => stateOf(file) !== state),
  }
}

/** Undefined where there is no file. */
function stateOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs
}
