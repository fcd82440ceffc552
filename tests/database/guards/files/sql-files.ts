import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../../..')

export interface SqlFile {
  /** Below sql/: `45_dashboards/40_widgets.sql`. */
  path: string
  text: string
}

/** The files of sql/ in the order in which they are loaded. */
export const sqlFiles: SqlFile[] = globSync('**/*.sql', { cwd: join(root, 'sql') })
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, 'sql', path), 'utf8') }))

/** SQL without comments; every line keeps its number. */
export const withoutComments = (sql: string) => sql.replace(/--.*/g, '')

/** SQL without what stands in quotes; every character keeps its place. */
export const withoutTexts = (sql: string) =>
  sql.replace(/'[^']*'/g, (text) => `'${text.slice(1, -1).replace(/[^\n]/g, ' ')}'`)

/** The line of a place in a text, counted from one. */
export const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length
