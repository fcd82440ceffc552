import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FunctionConfig } from '../../config/index.ts'
import { denoProgram, graphArguments } from './deno.ts'
import { type EnvironmentOptions, ownVariables, platformVariables, variableFiles } from './environment.ts'
import { FunctionProcess } from './function-process.ts'
import { type Graph, watchGraph } from './graph.ts'
import type { FunctionLimits } from './limits.ts'

export interface StartOptions extends EnvironmentOptions {
  /** Where Deno keeps what it has compiled. */
  directory: string
  limits: FunctionLimits
  /** Takes a line for a person. */
  log(line: string): void
}

/** A process of a function, and the files that it was made from. */
export interface StartedFunction {
  process: FunctionProcess
  graph: Graph
}

/** @throws where the function has no file, or Deno is not installed */
export function startFunction(settings: FunctionConfig, options: StartOptions): StartedFunction {
  const { root, directory, limits, log } = options
  const files = variableFiles(root, settings)
  const { variables, problems } = ownVariables(options, files)
  const { path: deno, problem } = denoProgram()
  for (const sentence of [problem ?? [], problems].flat()) log(sentence)
  mkdirSync(directory, { recursive: true })
  const ofDeno = { DENO_DIR: directory, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
  const process = new FunctionProcess({
    root,
    config: settings,
    deno,
    env: { ...variables, ...platformVariables(options), ...ofDeno },
    limits,
    log,
  })
  const graph = watchGraph({
    deno,
    arguments: graphArguments(settings),
    env: ofDeno,
    directory: dirname(settings.entrypoint),
    others: [settings.entrypoint, settings.import_map ?? [], files].flat(),
    // The start has the machine for itself.
    after: process.ready,
  })
  return { process, graph }
}
