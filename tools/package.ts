/*
 * Makes dist/ a package of its own, for front ends. Installed as a whole, this one would bring along what only the
 * stack needs: a Node of 200 MB, which npm would put first on the path of the front end's own scripts.
 */
import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const { name, version, description, license, type, sideEffects, exports, peerDependencies, dependencies } =
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The packages that the built modules import, for types alone too, by name: `@scope/name` of `@scope/name/part`. */
const imported = new Set<string>(
  globSync('*.{js,d.ts}', { cwd: dist })
    .flatMap((file) => [...readFileSync(join(dist, file), 'utf8').matchAll(/ from '([^.'][^']*)'/g)])
    .map(([, specifier = '']) => /^(?:@[^/]+[/])?[^/]+/.exec(specifier)?.[0] ?? specifier),
)

/** The imported packages among those that package.json names. */
const importedOf = (named: Record<string, string>) =>
  Object.fromEntries(Object.entries(named).filter(([name]) => imported.has(name)))

for (const name of imported)
  if (!peerDependencies[name] && !dependencies[name])
    throw new Error(`"${name}" is imported in types/: name it in dependencies.`)

const manifest = {
  name,
  version,
  description,
  private: true,
  license,
  type,
  sideEffects,
  exports: JSON.parse(JSON.stringify(exports).replaceAll('"./dist/', '"./')),
  // Peers: a front end has both for itself, and two copies of zod would not know each other's schemas.
  peerDependencies: importedOf(peerDependencies),
  dependencies: Object.fromEntries(
    Object.entries(importedOf(dependencies)).filter(([name]) => !peerDependencies[name]),
  ),
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
for (const file of ['LICENSE', 'README.md']) copyFileSync(join(root, file), join(dist, file))
