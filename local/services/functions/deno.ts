import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionConfig } from '../../config/index.ts'

const require = createRequire(import.meta.url)
const bootstrap = pathToFileURL(join(import.meta.dirname, 'bootstrap.ts')).href

/** The program that runs functions. */
export interface DenoProgram {
  path: string
  /** A sentence where it is not the one that the platform runs. */
  problem?: string
}

/**
 * The Deno of the platform, so that what fails there fails here; where there is none for this machine, the newest.
 *
 * @throws where there is neither
 */
export function denoProgram(): DenoProgram {
  try {
    return { path: install('deno-hosted') }
  } catch {
    const problem =
      'Functions run on the newest Deno: the one that Supabase runs is not installed on this machine.'
    return { path: install('deno'), problem }
  }
}

/** Each of the packages finds its binary for this machine by itself. */
function install(name: string): string {
  const { runInstall } = require(`${name}/install_api.cjs`) as { runInstall(): string }
  return runInstall()
}

/**
 * What Deno is called with. The function comes over standard input, because it has to be the main module, and has to
 * be preceded by another; it runs in its folder, from which its imports are read.
 */
export function runArguments(root: string, config: FunctionConfig, socketDirectory: string): string[] {
  const readable = [root, join(root, 'node_modules'), socketDirectory].filter((path) => existsSync(path))
  return [
    'run',
    '--quiet',
    '--no-prompt',
    '--no-check',
    '--no-lock',
    '--cached-only',
    ...resolution(config),
    '--allow-net',
    '--allow-env',
    '--allow-sys=hostname',
    `--allow-read=${[...readable, ...readable.map((path) => realpathSync(path))].join(',')}`,
    `--allow-write=${socketDirectory}`,
    '-',
  ]
}

/** What Deno is called with to tell which files a function is made of. */
export function graphArguments(config: FunctionConfig): string[] {
  return ['info', '--json', '--no-lock', '--no-remote', ...resolution(config), config.entrypoint]
}

/** Packages come from the project's `node_modules`, and nothing over the network. */
function resolution({ import_map }: FunctionConfig): string[] {
  const map = import_map ? [`--import-map=${import_map}`] : []
  return ['--node-modules-dir=manual', ...map]
}

/** The main module; what precedes it is on its first line, so that the lines keep their numbers. */
export function mainModule(source: string): string {
  return `import ${JSON.stringify(bootstrap)};${source.replace(/^\uFEFF/, '')}`
}

/** A line that Deno printed, with the name of the file in place of standard input's. */
export function namingFile(line: string, root: string, { entrypoint }: FunctionConfig): string {
  return line.replaceAll(/(?:file:\/\/\S*)?\$deno\$stdin\.mts/g, () => relative(root, entrypoint))
}
