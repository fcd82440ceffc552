import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationFiles } from '../../local/migrations/index.ts'
import { schemaFiles } from './files.ts'

/**
 * The statements of `sql/` about default privileges that no migration has, as they are, for the head of the next one.
 * They count for what is made after them, and those that take away what the platform here does not give leave no trace
 * in its catalogs: a comparison would leave them out.
 */
export function missingDefaultPrivileges(root: string): string[] {
  const carried = migrationFiles(root).map((file) => readFileSync(file.path, 'utf8'))
  return schemaFiles(root)
    .structure.flatMap(
      (file) => readFileSync(join(root, file), 'utf8').match(/^alter default privileges[^;]*;/gm) ?? [],
    )
    .filter((statement) => !carried.some((text) => text.includes(statement)))
}
