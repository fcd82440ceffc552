import { join, relative } from 'node:path'
import { readArguments, runCommand, showStep, unknownCommand } from '../local/command-line/index.ts'
import { copyDatabase, platformTemplate } from '../local/postgres/index.ts'
import { StackError } from '../local/stack/index.ts'
import { createMigration, type SchemaOptions, typesFiles, writeTypes } from './schema/index.ts'
import { throwawayPostgres } from './throwaway-postgres.ts'

const usage = `Usage: npm run db:migration -- NAME   writes what changed in sql/ as the next migration
       npm run types                  writes ${typesFiles.join(' and ')} from the migrations`

const root = join(import.meta.dirname, '..')

await runCommand(async () => {
  const [command, ...names] = readArguments(usage).words
  switch (command) {
    case 'migration':
      return migration(names)
    case 'types':
      return types()
    default:
      throw unknownCommand(command, usage)
  }
})

async function migration([name, ...more]: string[]): Promise<void> {
  if (!name || more.length > 0)
    throw new StackError(`A migration has one name, such as add_invitations.\n${usage}`)
  const written = await withSchema((options) => createMigration({ ...options, name }))
  if (!written) {
    console.log('Nothing changed: supabase/migrations leads to sql/ already.')
    return
  }
  for (const path of written.paths) console.log(`Wrote ${relative(process.cwd(), path)}.`)
  for (const statement of written.destructive)
    console.warn(`This loses data; read it before you commit: ${statement}`)
}

async function types(): Promise<void> {
  await withSchema(writeTypes)
  console.log(`Wrote ${typesFiles.join(' and ')}.`)
}

async function withSchema<Result>(work: (options: SchemaOptions) => Promise<Result>): Promise<Result> {
  await using postgres = await showStep('Starting a Postgres to compare on', () => throwawayPostgres(root))
  return await showStep('Building the schema', () =>
    work({ root, createDatabase: () => copyDatabase(postgres.url, platformTemplate) }),
  )
}
