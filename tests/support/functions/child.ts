import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * What a script of this folder writes as JSON, run in a process of its own with less memory than a function has on the
 * platform.
 */
export async function inChild<Output>(script: string, ...given: unknown[]): Promise<Output> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-old-space-size=150',
    join(import.meta.dirname, script),
    ...given.map((one) => JSON.stringify(one)),
  ])
  return JSON.parse(stdout)
}
