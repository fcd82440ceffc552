import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/**
 * Megabytes (10^6 bytes) that a process and all below it take. On Linux shared pages count in parts (PSS), so that
 * the sum is what the machine would get back; elsewhere resident sizes are added, which counts them several times.
 */
export async function memoryOf(pid: number): Promise<number> {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const wanted = new Set([pid])
  for (let size = 0; size !== wanted.size; ) {
    size = wanted.size
    for (const [child = 0, parent = 0] of table) if (wanted.has(parent)) wanted.add(child)
  }
  const kibibytes = table
    .filter(([child = 0]) => wanted.has(child))
    .reduce((sum, [child = 0, , resident = 0]) => sum + (proportionalSize(child) ?? resident), 0)
  return (kibibytes * 1024) / 1e6
}

function proportionalSize(pid: number): number | undefined {
  const file = `/proc/${pid}/smaps_rollup`
  if (!existsSync(file)) return undefined
  const [, size] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8')) ?? []
  return size ? Number(size) : undefined
}
