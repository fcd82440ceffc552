import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { withClient } from '../postgres/index.ts'
import { runFile } from './run-file.ts'

export interface MigrationOptions {
  /** Connects as `postgres`, the role that migrations run as. */
  databaseUrl: string
  /** The folder that holds `supabase/`. */
  root: string
}

/** A file of `supabase/migrations/`: `<version>_<name>.sql`. */
export interface MigrationFile {
  version: string
  name: string
  path: string
}

/** The files of `supabase/migrations/` in the order they apply. */
export function migrationFiles(root: string): MigrationFile[] {
  return globSync('supabase/migrations/*.sql', { cwd: root })
    .sort()
    .flatMap((file) => {
      const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(basename(file)) ?? []
      return version && name !== undefined ? [{ version, name, path: join(root, file) }] : []
    })
}

/**
 * Applies the migrations that the database does not have yet, each in a transaction of its own together with
 * its record, which is the one the Supabase CLI keeps: a later `supabase db push` finds nothing to do.
 *
 * @returns the versions that were applied
 * @throws StackError naming file, line and the database's message; that migration leaves nothing behind
 */
export async function applyMigrations(options: MigrationOptions): Promise<string[]> {
  const files = migrationFiles(options.root)
  return withClient(options.databaseUrl, async (client) => {
    await client.query(historyTables)
    const { rows } = await client.query<{ version: string }>(
      'select version from supabase_migrations.schema_migrations',
    )
    const applied = new Set(rows.map((row) => row.version))
    const pending = files.filter((file) => !applied.has(file.version))
    for (const file of pending)
      await runFile(client, file.path, options.root, async (statements) => {
        await client.query(
          'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
          [file.version, file.name, statements],
        )
      })
    return pending.map((file) => file.version)
  })
}

/** Runs the seed files that this database has not had yet, each in a transaction of its own. */
export async function applySeeds(options: MigrationOptions & { seedFiles: string[] }): Promise<string[]> {
  return withClient(options.databaseUrl, async (client) => {
    await client.query(historyTables)
    const applied: string[] = []
    for (const path of options.seedFiles) {
      const known = await client.query('select from supabase_migrations.seed_files where path = $1', [path])
      if (known.rowCount) continue
      const file = join(options.root, path)
      await runFile(client, file, options.root, async () => {
        await client.query(
          `insert into supabase_migrations.seed_files (path, hash)
           values ($1, encode(sha256(convert_to($2, 'utf8')), 'hex'))`,
          [path, readFileSync(file, 'utf8')],
        )
      })
      applied.push(path)
    }
    return applied
  })
}

/** The tables in which the Supabase CLI records what a database has had. */
const historyTables = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text not null primary key,
    statements text[],
    name text
  );
  create table if not exists supabase_migrations.seed_files (
    path text not null primary key,
    hash text not null
  );
`
