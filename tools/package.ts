/*
 * Makes dist/ a package of its own, for front ends. Installed as a whole, this one would bring along what only the
 * stack needs: a Node of 200 MB, which npm would put first on the path of the front end's own scripts.
 */
import { copyFileSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const { name, version, description, license, type, sideEffects, exports, dependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

/** The packages that the built modules import. */
const imported = new Set(
  globSync('*.js', { cwd: dist })
    .flatMap((file) => [...readFileSync(join(dist, file), 'utf8').matchAll(/ from '([^.'][^']*)'/g)])
    .map(([, specifier]) => specifier),
)

const manifest = {
  name,
  version,
  description,
  private: true,
  license,
  type,
  sideEffects,
  exports: JSON.parse(JSON.stringify(exports).replaceAll('"./dist/', '"./')),
  dependencies: Object.fromEntries(Object.entries(dependencies).filter(([each]) => imported.has(each))),
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
for (const file of ['LICENSE', 'README.md']) copyFileSync(join(root, file), join(dist, file))
