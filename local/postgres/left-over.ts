import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from '../stack/index.ts'

const patienceMilliseconds = 20_000

/**
 * Stops a Postgres that a killed stack left running on a data directory, and removes a lock file whose process
 * id now belongs to something else, which Postgres alone would take for a server.
 */
export async function stopLeftOver(dataDirectory: string): Promise<void> {
  const lockFile = join(dataDirectory, 'postmaster.pid')
  const pid = lockedBy(lockFile)
  if (pid === undefined) return
  if (!runsOn(pid, dataDirectory)) {
    rmSync(lockFile, { force: true })
    return
  }
  process.kill(pid, 'SIGINT')
  const deadline = Date.now() + patienceMilliseconds
  while (runsOn(pid, dataDirectory)) {
    if (Date.now() > deadline)
      throw new StackError(`A Postgres of an earlier run does not stop: end process ${pid} and try again.`)
    await sleep(50)
  }
}

function lockedBy(lockFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8').split('\n', 1)[0])
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

/** Whether a process is a Postgres on this very directory, and not one that got the same number later. */
function runsOn(pid: number, dataDirectory: string): boolean {
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'stat=,args=', '-p', String(pid)], { encoding: 'utf8' })
  return !stdout.trimStart().startsWith('Z') && stdout.includes(`-D ${dataDirectory} `)
}
