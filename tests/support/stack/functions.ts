import { appendFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type ProjectConfig, readProject } from '../../../local/config/index.ts'
import {
  createFunctions,
  createFunctionsApi,
  type FunctionLimits,
  type Functions,
} from '../../../local/services/functions/index.ts'
import { stackLocation } from '../../../local/stack/index.ts'
import { createProject, type TestProject } from './project.ts'

const checkout = join(import.meta.dirname, '../../..')

/** A small project whose functions are served in this process, without a database. */
export interface ServedFunctions extends AsyncDisposable {
  project: TestProject
  config: ProjectConfig
  functions: Functions
  /** What its functions printed, and what was said of them: `name: line`. */
  lines: string[]
  /** Calls what follows `/functions/v1/`, without a token. */
  call(path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>
  /** The JSON that a call is answered with. */
  read<Answer>(path: string): Promise<Answer>
}

export interface ServedFunctionsOptions {
  /** Files below `supabase/`, beside the functions. */
  files?: Record<string, string>
  /** Added to `config.toml`. */
  settings?: string
  /** Changes to what was read; by default no function asks for a token. */
  configure?: (config: ProjectConfig) => void
  limits?: Partial<FunctionLimits>
}

/** Serves functions, by name with the source of their `index.ts`. */
export async function serveFunctionsOf(
  sources: Record<string, string>,
  { files = {}, settings = '', configure, limits }: ServedFunctionsOptions = {},
): Promise<ServedFunctions> {
  const entrypoints = Object.entries(sources).map(([name, source]) => [`functions/${name}/index.ts`, source])
  const project = await createProject({
    ...Object.fromEntries(entrypoints),
    '../package.json': '{ "dependencies": { "zod": "*" } }',
    ...files,
  })
  symlinkSync(join(checkout, 'node_modules'), join(project.root, 'node_modules'))
  appendFileSync(join(project.root, 'supabase/config.toml'), settings)
  const config = readProject(project.root)
  for (const settings of Object.values(config.functions)) settings.verify_jwt = false
  configure?.(config)
  const lines: string[] = []
  const functions = createFunctions({
    root: project.root,
    config,
    keys: inject('keys'),
    urls: { api: 'http://127.0.0.1:54321', database: 'postgresql://127.0.0.1/postgres' },
    addresses: { PAGE_URL: 'http://127.0.0.1:54330' },
    directory: join(stackLocation(checkout, 0).installations, 'deno'),
    log: (name, line) => lines.push(`${name}: ${line}`),
    ...(limits && { limits }),
  })
  const api = createFunctionsApi({ config, keys: inject('keys'), ...limits }, functions)
  const call: ServedFunctions['call'] = (path, init) =>
    api.fetch(new Request(`http://127.0.0.1:54321/functions/v1/${path}`, init), { address: null })
  return {
    project,
    config,
    functions,
    lines,
    call,
    read: async <Answer>(path: string) => (await (await call(path)).json()) as Answer,
    async [Symbol.asyncDispose]() {
      await functions.stop()
      project.remove()
    },
  }
}
