import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readProject } from '../../local/config/index.ts'
import { runFile } from '../../local/migrations/index.ts'
import { withClient } from '../../local/postgres/index.ts'

/** The files that declare the schema, as paths from the project's root, each kind in the order of the paths. */
export interface SchemaFiles {
  /** Tables, functions, policies: what a comparison of two databases sees. */
  structure: string[]
  /** Files in a folder `data`: rows and jobs of the schema, as statements that can run again. They run last. */
  data: string[]
}

/** Reads which files declare the schema, from the folder that `supabase/config.toml` names to the Supabase CLI too. */
export function schemaFiles(root: string): SchemaFiles {
  const folder = relative(root, readProject(root).experimental.pgdelta.declarative_schema_path)
  const files = globSync(`${folder}/**/*.sql`, { cwd: root }).sort()
  const isData = (file: string) => file.includes('/data/')
  return { structure: files.filter((file) => !isData(file)), data: files.filter(isData) }
}

/**
 * Builds the declared schema in a database that has the platform and nothing else.
 *
 * @param databaseUrl connects as `postgres`, the role that migrations run as
 * @throws StackError naming file, line and the database's message
 */
export async function applySchema(databaseUrl: string, root: string): Promise<void> {
  const { structure, data } = schemaFiles(root)
  return withClient(databaseUrl, async (client) => {
    for (const file of [...structure, ...data]) await runFile(client, join(root, file), root, async () => {})
  })
}
