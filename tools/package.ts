/*
 * Makes dist/ a package of its own, for front ends. Installed as a whole, this one would bring along what only the
 * stack needs: a Node of 200 MB, which npm would put first on the path of the front end's own scripts.
 */
import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const { name, version, description, license, type, sideEffects, exports, dependencies, peerDependencies } =
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The packages that the built modules import. */
const imported = new Set<string>(
  globSync('*.js', { cwd: dist })
    .flatMap((file) => [...readFileSync(join(dist, file), 'utf8').matchAll(/ from '([^.'][^']*)'/g)])
    .map(([, specifier = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier),
)

for (const each of imported)
  if (!peerDependencies[each] && !dependencies[each])
    throw new Error(
      `"${each}" is imported in types/: name it in dependencies, or its range in peerDependencies.`,
    )

const own = [...imported].filter((each) => !peerDependencies[each])
const peers = [...imported].filter((each) => peerDependencies[each])

const manifest = {
  name,
  version,
  description,
  private: true,
  license,
  type,
  sideEffects,
  exports: JSON.parse(JSON.stringify(exports).replaceAll('"./dist/', '"./')),
  // Peers: a front end has zod for its own forms, and two copies of it would not know each other's schemas.
  peerDependencies: Object.fromEntries(peers.map((each) => [each, peerDependencies[each]])),
  dependencies: Object.fromEntries(own.map((each) => [each, `^${dependencies[each]}`])),
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
for (const file of ['LICENSE', 'README.md']) copyFileSync(join(root, file), join(dist, file))
