import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { showStep } from '../local/command-line/index.ts'
import { generateKeys } from '../local/config/index.ts'
import { copyDatabase, platformTemplate, startPostgres } from '../local/postgres/index.ts'
import { freePorts, StackError, stackLocation } from '../local/stack/index.ts'
import { createMigration, type SchemaOptions, typesFile, writeTypes } from './schema/index.ts'

/** `npm run db:migration -- NAME`: writes what changed in `sql/` as the next migration. */
export async function migration(root: string, name: string | undefined): Promise<void> {
  if (!name) throw new StackError('A migration needs a name: npm run db:migration -- add_invitations.')
  const written = await onThrowawayPostgres(root, (options) => createMigration({ ...options, name }))
  if (!written) {
    console.log('Nothing changed: supabase/migrations leads to sql/ already.')
    return
  }
  for (const path of written.paths) console.log(`Wrote ${relative(process.cwd(), path)}.`)
  for (const statement of written.destructive)
    console.warn(`This loses data; read it before you commit: ${statement}`)
}

/** `npm run types`: writes the types of the migrated schema. */
export async function types(root: string): Promise<void> {
  await onThrowawayPostgres(root, writeTypes)
  console.log(`Wrote ${typesFile}.`)
}

/** The running stack keeps its data; comparisons have a Postgres of their own. */
async function onThrowawayPostgres<T>(
  root: string,
  work: (options: SchemaOptions) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'schema-'))
  const [port = 0] = await freePorts(1)
  try {
    const postgres = await showStep('Starting a Postgres to compare on', async () =>
      startPostgres({
        directory,
        installations: stackLocation(root, 0).installations,
        port,
        passwords: (await generateKeys()).databasePasswords,
        durable: false,
      }),
    )
    try {
      return await showStep('Building the schema', () =>
        work({ root, createDatabase: () => copyDatabase(postgres.url, platformTemplate) }),
      )
    } finally {
      await postgres.stop()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
