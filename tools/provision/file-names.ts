import { createHash } from 'node:crypto'

// Names of files from names that people gave. The result is safe on every file system: small letters, digits, "-", "_",
// "." and "@" alone, never a path, never a name that Windows keeps for devices, and no two that differ in case only.

const devices = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/** The name of a file, without `.json`, for a key or a name. One of no safe letters is told by a digest of it. */
export function fileNameFor(name: string): string {
  const safe = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9_.@]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.@]+|[-.@]+$/g, '')
    .slice(0, 80)
  if (safe === '') return `unnamed-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  // Windows looks at what stands before the first dot.
  return devices.test(safe.split('.')[0] ?? '') ? `_${safe}` : safe
}

/** The first of a name, `name-2`, `name-3`, … that is not taken, whatever its case; it is taken from then on. */
export function freeName(name: string, taken: Set<string>): string {
  for (let place = 1; ; place++) {
    const free = place === 1 ? name : `${name}-${place}`
    if (taken.has(free.toLowerCase())) continue
    taken.add(free.toLowerCase())
    return free
  }
}

const order = new Intl.Collator('en', { numeric: true })

/** Whether one name comes before another: `overview`, `overview-2`, `overview-10`. */
export function compareNames(one: string, other: string): number {
  return order.compare(one, other) || (one < other ? -1 : 1)
}
