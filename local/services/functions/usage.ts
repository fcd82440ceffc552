import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What a process uses of the machine. */
export interface Usage {
  memoryBytes: number
  /** Since it was started. */
  cpuMilliseconds: number
}

/** Linux counts in hundredths of a second, whatever the machine. */
const tickMilliseconds = 10

/** Undefined where the process has ended. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    return process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid)
  } catch {
    return undefined
  }
}

async function fromProc(pid: number): Promise<Usage> {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ])
  const [, kibibytes] = /^RssAnon:\s+(\d+) kB/m.exec(status) ?? []
  // The name of the program, which stands before in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  return { memoryBytes: Number(kibibytes) * 1024, cpuMilliseconds: (user + system) * tickMilliseconds }
}

async function fromPs(pid: number): Promise<Usage> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)])
  const [kibibytes, time = ''] = stdout.trim().split(/\s+/)
  const seconds = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0)
  return { memoryBytes: Number(kibibytes) * 1024, cpuMilliseconds: seconds * 1000 }
}
