import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { applyMigrations } from '../../local/migrations/index.ts'
import { StackError } from '../../local/stack/index.ts'
import type { SchemaOptions } from './migration.ts'
import { runProgram } from './programs.ts'

/** Where the generated types lie, from the project's root. */
export const typesFile = 'types/database.ts'

/** Writes `types/database.ts` from the migrated schema. */
export async function writeTypes(options: SchemaOptions): Promise<void> {
  const database = await options.createDatabase()
  try {
    const databaseUrl = database.url('postgres')
    await applyMigrations({ databaseUrl, root: options.root })
    const path = join(options.root, typesFile)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, await generateTypes(databaseUrl))
  } finally {
    await database.drop()
  }
}

/**
 * The TypeScript types of the schema `public`, by the Supabase CLI, in this project's format.
 *
 * @throws StackError with what the CLI said
 */
export async function generateTypes(databaseUrl: string): Promise<string> {
  const types = await run('supabase', ['gen', 'types', '--schema', 'public', `--remote=${databaseUrl}`])
  // The formatter leaves the real path out, as its configuration says, so it is told another one.
  return run('biome', ['format', '--stdin-file-path=types/generated.ts'], types)
}

async function run(command: string, args: string[], input?: string): Promise<string> {
  const { code, output, errors } = await runProgram(command, args, input)
  if (code !== 0) throw new StackError(`"${command} ${args[0]}" failed with ${code}: ${errors.trim()}`)
  return output
}
