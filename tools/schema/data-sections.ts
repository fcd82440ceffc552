import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationFiles } from '../../local/migrations/index.ts'
import { schemaFiles } from './files.ts'

/** Opens a copy of a data file in a migration; the copy reaches to the next such line or the end. */
const marker = /^-- Rows of (\S+)$/gm

/**
 * The data files whose text differs from the copy that the newest migration carrying them has, as sections for the
 * next migration. A comparison of catalogs sees no rows, so the files' texts are compared instead.
 */
export function changedDataSections(root: string): string[] {
  const carried = new Map(
    migrationFiles(root).flatMap((file) => dataSections(readFileSync(file.path, 'utf8'))),
  )
  return schemaFiles(root).data.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').trim()
    return carried.get(file) === text ? [] : [`-- Rows of ${file}\n${text}\n`]
  })
}

/** The data files copied into a migration, each with its text. */
function dataSections(migration: string): [file: string, text: string][] {
  const starts = [...migration.matchAll(marker)]
  return starts.map((start, index) => {
    const text = migration.slice(start.index + start[0].length, starts[index + 1]?.index)
    return [start[1] ?? '', text.trim()]
  })
}
