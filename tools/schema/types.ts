import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { applyMigrations } from '../../local/migrations/index.ts'
import { StackError } from '../../local/stack/index.ts'
import { catalogTypes } from './catalog.ts'
import type { SchemaOptions } from './migration.ts'
import { runProgram } from './programs.ts'

/** Where the generated types lie, from the project's root. */
export const typesFiles = ['types/database.ts', 'types/catalog.ts'] as const

/** Writes the generated files of `types/` from the migrated schema. */
export async function writeTypes(options: SchemaOptions): Promise<void> {
  const database = await options.createDatabase()
  try {
    const databaseUrl = database.url('postgres')
    await applyMigrations({ databaseUrl, root: options.root })
    for (const [file, text] of Object.entries(await generateTypes(databaseUrl))) {
      const path = join(options.root, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  } finally {
    await database.drop()
  }
}

/**
 * The TypeScript types of the schema `public` in this project's format, by file: those of the Supabase CLI, and what
 * the catalog knows beyond them.
 *
 * @throws StackError with what the CLI said
 */
export async function generateTypes(
  databaseUrl: string,
): Promise<Record<(typeof typesFiles)[number], string>> {
  const database = await run('supabase', ['gen', 'types', '--schema', 'public', `--remote=${databaseUrl}`])
  return {
    'types/database.ts': await formatted(database),
    'types/catalog.ts': await formatted(await catalogTypes(databaseUrl)),
  }
}

/** The formatter leaves a real path out where its configuration says so, and is told another one. */
const formatted = (text: string) => run('biome', ['format', '--stdin-file-path=types/generated.ts'], text)

async function run(command: string, args: string[], input?: string): Promise<string> {
  const { code, output, errors } = await runProgram(command, args, input)
  if (code !== 0) throw new StackError(`"${command} ${args[0]}" failed with ${code}: ${errors.trim()}`)
  return output
}
