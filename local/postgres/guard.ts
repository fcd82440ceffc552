import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Waits until whoever started it is gone, however they ended, and ends the server then. */
const script = 'read -r line; kill -INT "$1"'

/**
 * Lets no server outlive the process that started it: nobody else would stop one whose stack, or test run, was killed.
 *
 * @returns ends the guard, once the server has ended
 */
export function guardServer(pid: number): () => Promise<void> {
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    // Nothing is ever written: what counts is that the pipe breaks.
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C in a terminal, and whatever else ends a group of processes, passes it by.
    detached: true,
    cwd: '/',
  })
  const gone = Promise.race([once(guard, 'exit'), once(guard, 'error')])
  return async () => {
    guard.kill('SIGKILL')
    await gone
  }
}
