import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { inject } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { createFunctions, createFunctionsApi } from '../../../local/services/functions/index.ts'
import { stackLocation } from '../../../local/stack/index.ts'
import { startManagementApi, type UploadedFunction } from './management-api.ts'

/** The functions of a project as they run from what `supabase functions deploy` uploaded, and from nothing else. */
export interface DeployedFunctions extends AsyncDisposable {
  uploads: UploadedFunction[]
  /** What the command printed. */
  output: string
  /** The folder that holds what was uploaded. */
  root: string
  /** What the functions printed: `name: line`. */
  lines: string[]
  /** Calls what follows `/functions/v1/`. */
  call(path: string, init?: RequestInit): Promise<Response>
}

const checkout = join(import.meta.dirname, '../../..')
/** A token and a project that the CLI takes for ones; they open nothing. */
const accessToken = `sbp_${'0'.repeat(40)}`
const project = 'a'.repeat(20)

export async function deployFunctions(root: string): Promise<DeployedFunctions> {
  const folder = mkdtempSync(join(tmpdir(), 'deployment-'))
  const unpacked = join(folder, 'unpacked')
  await using api = await startManagementApi()
  const output = await runDeploy(root, folder, api.url)
  unpack(unpacked, api.uploads)

  const config = readProject(unpacked)
  config.functions = Object.fromEntries(
    api.uploads.map(({ name, entrypoint, importMap, verifyJwt }) => [
      name,
      {
        enabled: true,
        verify_jwt: verifyJwt,
        entrypoint: join(unpacked, entrypoint),
        ...(importMap && { import_map: join(unpacked, importMap) }),
      },
    ]),
  )
  config.edge_runtime.secrets = exampleVariables(root)
  const lines: string[] = []
  const keys = inject('keys')
  const functions = createFunctions({
    root: unpacked,
    config,
    keys,
    // Nobody is there: a function that starts needs neither.
    urls: { api: 'http://127.0.0.1:9', database: 'postgresql://127.0.0.1:9/postgres' },
    addresses: { MAILBOX_URL: 'http://127.0.0.1:9', EXAMPLE_URL: 'http://127.0.0.1:9' },
    directory: join(stackLocation(checkout, 0).installations, 'deno'),
    log: (name, line) => lines.push(`${name}: ${line}`),
  })
  const service = createFunctionsApi({ config, keys }, functions)
  return {
    uploads: api.uploads,
    output,
    root: unpacked,
    lines,
    call: (path, init) =>
      service.fetch(new Request(`http://127.0.0.1:9/functions/v1/${path}`, init), { address: null }),
    async [Symbol.asyncDispose]() {
      await functions.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What an operator would set, by the file that is committed. */
function exampleVariables(root: string): Record<string, string> {
  const file = join(root, 'functions/.env.example')
  const variables = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return Object.fromEntries(Object.entries(variables).map(([name, value = '']) => [name, value]))
}

/** Runs the command as a person does, but for the address of the API. */
async function runDeploy(root: string, folder: string, url: string): Promise<string> {
  const profile = join(folder, 'profile.yaml')
  writeFileSync(profile, `name: rehearsal\napi_url: ${url}\ndashboard_url: ${url}\nproject_host: 127.0.0.1\n`)
  const options = ['--use-api', '--yes', `--workdir=${root}`, `--profile=${profile}`, `--remote=${project}`]
  const { stdout, stderr } = await promisify(execFile)(
    join(checkout, 'node_modules/.bin/supabase'),
    ['functions', 'deploy', ...options],
    { env: { ...process.env, SUPABASE_ACCESS_TOKEN: accessToken, HOME: folder } },
  )
  return stdout + stderr
}

/** The packages are those of the checkout: the platform fetches those that the import map names. */
function unpack(root: string, uploads: UploadedFunction[]): void {
  const dependencies = Object.fromEntries(uploads.flatMap(packagesOf))
  const files = {
    ...Object.assign({}, ...uploads.map((upload) => upload.files)),
    'package.json': JSON.stringify({ dependencies }),
    'supabase/config.toml': '',
  } as Record<string, string>
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path)
    if (!file.startsWith(`${root}/`)) throw new Error(`${path} leads out of the project.`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'))
}

function packagesOf({ files, importMap }: UploadedFunction): [name: string, version: string][] {
  const { imports = {} } = JSON.parse(files[importMap ?? ''] ?? '{}') as { imports?: Record<string, string> }
  return Object.values(imports).flatMap((target) => {
    const [, name, version] = /^npm:(@?[^@]+)@(.+)$/.exec(target) ?? []
    return name && version ? [[name, version]] : []
  })
}
