import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The stack's command line, run as a person runs it. */
export interface CommandLine {
  process: ChildProcess
  /** Everything printed so far, both streams. */
  output(): string
  /** Resolves when the output contains a text; rejects when the process ends without it. */
  says(text: string): Promise<void>
  /** Resolves with the exit code and what was printed. */
  ended: Promise<{ code: number | null; output: string }>
}

const root = join(import.meta.dirname, '../../..')

/** Where `local/main.js` has Node keep what it compiled: others start faster with it too. */
const compileCache = join(root, 'node_modules/.cache/node')

/** Runs `local/main.js` with arguments, as `npm start`, `npm run status` and the others do. */
export function runCommandLine(...args: string[]): CommandLine {
  return run(process.execPath, ['local/main.js', ...args])
}

/** Runs `tools/main.ts` with arguments, as `npm run db:migration` and `npm run types` do. */
export function runTools(...args: string[]): CommandLine {
  return run(process.execPath, ['tools/main.ts', ...args])
}

/** Runs `npm run report` with arguments. */
export function runReport(...args: string[]): CommandLine {
  return run(process.execPath, ['tools/report/main.ts', ...args])
}

/** Runs `npm run demo` with arguments. */
export function runDemo(...args: string[]): CommandLine {
  return run(process.execPath, ['tools/demo/main.ts', ...args])
}

/** Runs `npm run provision` with a project and arguments. */
export function runProvision(project: { url?: string; secretKey?: string }, ...args: string[]): CommandLine {
  return run(process.execPath, ['tools/provision/main.ts', ...args], {
    SUPABASE_URL: project.url,
    SUPABASE_SECRET_KEY: project.secretKey,
  })
}

/** Starts the stack with a reader of its output that goes away after the first lines. */
export function runForBriefReader(...args: string[]): CommandLine {
  const script = '"$0" local/main.js "$@" | head -n 3'
  return run('/bin/sh', ['-c', script, process.execPath, 'start', ...args])
}

/** Runs `npm start` itself, with arguments for the stack. */
export function runNpmStart(...args: string[]): CommandLine {
  return run('npm', ['start', '--', ...args])
}

function run(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): CommandLine {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: compileCache,
      VITEST: '',
      CI: 'true',
      ...environment,
    },
  })
  let text = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
      for (const listener of listeners) listener()
    })
  const ended = once(child, 'close').then(([code]: (number | null)[]) => ({
    code: code ?? null,
    output: text,
  }))
  return {
    process: child,
    output: () => text,
    ended,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!text.includes(wanted)) return
          listeners.delete(check)
          resolve()
        }
        listeners.add(check)
        check()
        void ended.then(({ code }) =>
          reject(new Error(`ended with ${code} before it said "${wanted}":\n${text}`)),
        )
      }),
  }
}

/** The processes that a process has started, and theirs, by id. */
export async function descendants(pid: number): Promise<number[]> {
  const ps = spawn('ps', ['-A', '-o', 'pid=,ppid='], { stdio: ['ignore', 'pipe', 'ignore'] })
  let table = ''
  ps.stdout.on('data', (chunk) => {
    table += chunk
  })
  await once(ps, 'close')
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    pairs.flatMap(([child = 0, of]) => (of === parent && child !== ps.pid ? [child, ...below(child)] : []))
  return below(pid)
}

/** Whether a process exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
