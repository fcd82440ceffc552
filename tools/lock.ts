import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What package-lock.json says of a package, as far as it matters here. */
interface LockedPackage {
  version?: string
  engines?: { node?: string }
}

const file = join(import.meta.dirname, '../package-lock.json')
/** The oldest Node that may install the project; what is installed brings the Node that everything runs on. */
const oldestNode = 20

/**
 * Takes from package-lock.json what a package says of its Node where the oldest installer has not got it: npm would
 * warn of each, in a wall that hides other warnings. What the project itself says stays, and is one warning.
 */
export function withoutEngines(lock: { packages: Record<string, LockedPackage> }) {
  const packages = Object.entries(lock.packages).map(([path, locked]) => {
    const { engines, ...rest } = locked
    const lowest = Number(/\d+/.exec(engines?.node ?? '')?.[0] ?? 0)
    return [path, path !== '' && lowest > oldestNode ? rest : locked]
  })
  return { ...lock, packages: Object.fromEntries(packages) }
}

if (import.meta.main)
  writeFileSync(file, `${JSON.stringify(withoutEngines(JSON.parse(readFileSync(file, 'utf8'))), null, 2)}\n`)
