import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What a program left behind when it ended. */
export interface ProgramResult {
  code: number | null
  output: string
  errors: string
}

const binaries = join(import.meta.dirname, '../../node_modules/.bin')

/** Runs a program that came with an npm package; `input` is what it reads. */
export async function runProgram(command: string, args: string[], input = ''): Promise<ProgramResult> {
  const child = spawn(join(binaries, command), args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    // The Supabase CLI warns about a connection without TLS in its output, between the lines that are wanted. The
    // databases here are on this machine.
    env: { ...process.env, PGSSLMODE: 'disable' },
  })
  child.stdin.end(input)
  const [output, errors, [code = null]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, output, errors }
}
