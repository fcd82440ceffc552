import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../../..')
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** What the package and the Edge Functions are made from. */
const sources = [
  'LICENSE',
  'README.md',
  'functions',
  'package.json',
  'tsconfig.build.json',
  'tools/package.ts',
  'tsconfig.json',
  'types',
]

/** A checkout of the backend, and a front end that has installed the package packed from it. */
export interface InstalledContract extends Disposable {
  backend: string
  frontEnd: string
  /** Where the front end has the package. */
  installed: string
  /** Runs a program of the checkout, or Node, and gives what it printed, also where it failed. */
  run(program: string, args: string[], folder: string): Promise<{ code: number; output: string }>
}

/** Packs the contract from a copy of the checkout, so that nothing is built in the real one. */
export async function installContract(): Promise<InstalledContract> {
  const workplace = mkdtempSync(join(tmpdir(), 'contract-'))
  const [backend, frontEnd] = [join(workplace, 'backend'), join(workplace, 'front-end')]
  const installed = join(frontEnd, 'node_modules', name)
  const contract: InstalledContract = {
    backend,
    frontEnd,
    installed,
    async run(program, args, folder) {
      // Deno with an empty cache: what it does not find in node_modules, it does not have.
      const env = { ...process.env, DENO_DIR: join(workplace, 'deno'), NO_COLOR: '1', NODE_OPTIONS: '' }
      return promisify(execFile)(program, args, { cwd: folder, env }).then(
        ({ stdout }) => ({ code: 0, output: stdout }),
        (error: { code: number; stdout: string; stderr: string }) => ({
          code: error.code,
          output: `${error.stdout}${error.stderr}`,
        }),
      )
    },
    [Symbol.dispose]: () => rmSync(workplace, { recursive: true, force: true }),
  }

  for (const source of sources) cpSync(join(root, source), join(backend, source), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(backend, 'node_modules'))
  // As if left by a module that is gone: the package must not carry it.
  mkdirSync(join(backend, 'dist'))
  writeFileSync(join(backend, 'dist/gone.js'), '')

  mkdirSync(installed, { recursive: true })
  for (const each of ['zod', 'eventsource-parser'])
    symlinkSync(join(root, 'node_modules', each), join(frontEnd, 'node_modules', each))
  writeFileSync(join(frontEnd, 'package.json'), '{ "type": "module" }')
  const steps: [program: string, args: string[], folder: string][] = [
    ['npm', ['run', 'build'], backend],
    ['npm', ['pack', './dist', '--offline', '--pack-destination=..'], backend],
    ['tar', ['-xzf', `../../../${name}-${version}.tgz`, '--strip-components=1'], installed],
  ]
  for (const [program, args, folder] of steps) {
    const { code, output } = await contract.run(program, args, folder)
    if (code !== 0) throw new Error(`${program} ${args[0]}: ${output}`)
  }
  return contract
}
