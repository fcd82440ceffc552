import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** One process of a function, on the Deno that hosted Supabase runs. */
export interface DenoProcess extends AsyncDisposable {
  url: string
  pid: number
  /** What it wrote, both streams. */
  output(): string
}

const root = join(import.meta.dirname, '../..')
const deno = join(root, 'node_modules/deno-hosted/deno')

/** What a hosted worker may do, and no network for modules. */
const permissions = ['--allow-net', '--allow-env', `--allow-read=${root}`]
const offline = ['--no-prompt', '--cached-only', '--no-check', '--node-modules-dir=manual', '--quiet']

/** Starts a function's `index.ts` with these variables and no others. */
export async function startDeno(entrypoint: string, variables: Record<string, string>): Promise<DenoProcess> {
  const bootstrap = join(import.meta.dirname, 'bootstrap.ts')
  const child = spawn(deno, ['run', ...offline, ...permissions, bootstrap, pathToFileURL(entrypoint).href], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...variables, DENO_DIR: join(tmpdir(), 'deno-of-tests'), NO_COLOR: '1' },
  })
  let text = ''
  const port = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
        const [, found] = /^listening (\d+)$/m.exec(text) ?? []
        if (found) resolve(found)
      })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`${entrypoint} ended with ${code} before it listened:\n${text}`)),
    )
  })
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    output: () => text,
    [Symbol.asyncDispose]: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
