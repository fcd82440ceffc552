import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Edit, Mutation } from './mutation.ts'
import { type SqlNames, sqlEdits } from './sql-mutations.ts'
import { typescriptEdits } from './typescript-mutations.ts'

/** Every edit of the tree: of `sql/` but for its rows and generated parts, of the gateway and what stands behind it. */
export function candidates(root: string): Mutation[] {
  const read = (file: string) => readFileSync(join(root, file), 'utf8')
  const files = (pattern: string) => globSync(pattern, { cwd: root }).sort()
  const of = (file: string, edits: Edit[]) => edits.map((edit): Mutation => ({ file, ...edit }))
  const names = namesOf(root)
  return [
    ...files('sql/*/*.sql')
      .filter((file) => !file.endsWith('_characters.sql'))
      .flatMap((file) => of(file, sqlEdits(read(file), names))),
    ...files('local/{gateway,services}/**/*.ts').flatMap((file) => of(file, typescriptEdits(read(file)))),
  ]
}

function namesOf(root: string): SqlNames {
  const found = (file: string, pattern: RegExp) =>
    [...readFileSync(join(root, 'sql', file), 'utf8').matchAll(pattern)].map(([, name = '']) => name)
  return {
    errorCodes: found('00_foundation/20_errors.sql', /when '(\w+)' then \d/g),
    permissions: found('10_workspaces/data/10_permissions.sql', /\('(\w+\.\w+)'/g),
  }
}
