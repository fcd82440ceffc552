import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What package-lock.json says of a package, as far as it matters here. */
interface LockedPackage {
  version?: string
  integrity?: string
  engines?: { node?: string }
  optionalDependencies?: Record<string, string>
}

interface Lock {
  packages: Record<string, LockedPackage>
}

const file = join(import.meta.dirname, '../package-lock.json')
/** The oldest Node that may install the project; what is installed brings the Node that everything runs on. */
const oldestNode = 20

/**
 * Takes from package-lock.json what a package says of its Node where the oldest installer has not got it: npm would
 * warn of each, in a wall that hides other warnings. What the project itself says stays, and is one warning.
 */
export function withoutEngines(lock: Lock) {
  const packages = Object.entries(lock.packages).map(([path, locked]) => {
    const { engines, ...rest } = locked
    const lowest = Number(/\d+/.exec(engines?.node ?? '')?.[0] ?? 0)
    return [path, path !== '' && lowest > oldestNode ? rest : locked]
  })
  return { ...lock, packages: Object.fromEntries(packages) }
}

/**
 * Adds the packages for other machines that a registry did not serve: "npm ci" wants an entry for each, and installs
 * none of them here. They are described like another version of theirs, without a hash, which nobody here knows.
 */
export function withEveryMachine(lock: Lock): Lock {
  const packages: Lock['packages'] = {}
  for (const [path, locked] of Object.entries(lock.packages)) {
    packages[path] ??= locked
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {}).toSorted()) {
      const { integrity: _other, ...described } = lock.packages[`node_modules/${name}`] ?? {}
      const nested = `${path}/node_modules/${name}`
      const isOther = /^\d+\.\d+\.\d+$/.test(version) && described.version !== version
      if (!described.version || !isOther || lock.packages[nested]) continue
      packages[nested] = { ...described, version }
    }
  }
  return { ...lock, packages: sortedByPath(packages) }
}

function sortedByPath(packages: Lock['packages']): Lock['packages'] {
  return Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

if (import.meta.main) {
  const lock = withEveryMachine(withoutEngines(JSON.parse(readFileSync(file, 'utf8'))))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}
