import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyMigrations, migrationFiles } from '../../local/migrations/index.ts'
import { type Database, withClient } from '../../local/postgres/index.ts'
import { StackError } from '../../local/stack/index.ts'
import { changedDataSections } from './data-sections.ts'
import { type Difference, difference } from './difference.ts'
import { applySchema } from './files.ts'

/**
 * Opens every migration. Better that it fails and is tried again than that it waits for a lock: everything that
 * comes after it would wait in the same queue.
 */
const preamble = "set local lock_timeout = '5s';\nset local statement_timeout = '5min';\n"

/** What building a schema from scratch takes. */
export interface SchemaOptions {
  /** The folder that holds `sql/` and `supabase/`. */
  root: string
  /** Makes a database with the platform and nothing else. */
  createDatabase(): Promise<Database>
}

/** A migration that was written. */
export interface WrittenMigration {
  /** The files, in the order they apply. More than one where Postgres needs a commit in between. */
  paths: string[]
  /** The statements that drop or rewrite data: for a person to read before they are committed. */
  destructive: string[]
}

/**
 * Writes what leads from `supabase/migrations/` to `sql/` as the next migration, and proves on a database that it
 * does lead there.
 *
 * @param name what the migration does, in snake_case
 * @returns undefined where nothing changed
 * @throws StackError for a bad name, SQL that does not apply, or a migration that does not lead to `sql/`
 */
export async function createMigration(
  options: SchemaOptions & { name: string; now?: Date },
): Promise<WrittenMigration | undefined> {
  const { root, name } = options
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name))
    throw new StackError(`A migration is named in snake_case, such as add_invitations, not "${name}".`)
  await using databases = await bothDatabases(options)
  const { migrated, declared } = databases
  const { transactions, destructive } = await wholeDifference(options, migrated, declared)
  const data = changedDataSections(root).join('\n')
  const texts = data ? [...transactions.slice(0, -1), joined(transactions.at(-1), data)] : transactions
  if (texts.length === 0) return undefined

  const paths = freeVersions(root, options.now ?? new Date(), texts.length).map((version, index) =>
    join(root, 'supabase/migrations', `${version}_${name}${texts.length > 1 ? `_${index + 1}` : ''}.sql`),
  )
  mkdirSync(join(root, 'supabase/migrations'), { recursive: true })
  try {
    paths.forEach((path, index) => {
      writeFileSync(path, `${preamble}${texts[index]}`)
    })
    await applyMigrations({ databaseUrl: migrated, root })
    const rest = await difference(migrated, declared)
    if (rest.transactions.length > 0)
      throw new StackError(
        `The migration would not lead to sql/. What would be left: ${rest.transactions[0]}`,
      )
  } catch (error) {
    for (const path of paths) rmSync(path, { force: true })
    throw error
  }
  return { paths, destructive }
}

/**
 * The difference and, where its statements do not lead all the way, what is left after them: revoking a privilege on a
 * table takes that of its columns along, which comparing the two states alone does not foresee.
 */
async function wholeDifference(options: SchemaOptions, from: string, to: string): Promise<Difference> {
  const first = await difference(from, to)
  if (first.transactions.length === 0) return first
  const trial = await options.createDatabase()
  try {
    await applyMigrations({ databaseUrl: trial.url('postgres'), root: options.root })
    await run(trial.url('postgres'), first.transactions)
    const rest = await difference(trial.url('postgres'), to)
    const [more, ...others] = rest.transactions
    return {
      transactions: more
        ? [...first.transactions.slice(0, -1), joined(first.transactions.at(-1), more), ...others]
        : first.transactions,
      destructive: [...first.destructive, ...rest.destructive],
    }
  } finally {
    await trial.drop()
  }
}

async function run(databaseUrl: string, transactions: string[]): Promise<void> {
  return withClient(databaseUrl, async (client) => {
    for (const transaction of transactions) await client.query(transaction)
  })
}

/** Two databases, one with every migration and one with all of `sql/`; both are dropped on disposal. */
export async function bothDatabases(
  options: SchemaOptions,
): Promise<{ migrated: string; declared: string } & AsyncDisposable> {
  const [migrated, declared] = await Promise.all([options.createDatabase(), options.createDatabase()])
  const drop = async () => {
    await Promise.all([migrated.drop(), declared.drop()])
  }
  try {
    await applyMigrations({ databaseUrl: migrated.url('postgres'), root: options.root })
    await applySchema(declared.url('postgres'), options.root)
  } catch (error) {
    await drop()
    throw error
  }
  return {
    migrated: migrated.url('postgres'),
    declared: declared.url('postgres'),
    [Symbol.asyncDispose]: drop,
  }
}

function joined(before: string | undefined, after: string): string {
  return before ? `${before.trimEnd()}\n\n${after}` : after
}

/** UTC timestamps of 14 digits, a second apart, all after the newest migration: the order is the name's. */
function freeVersions(root: string, now: Date, count: number): string[] {
  const newest = migrationFiles(root).at(-1)?.version ?? ''
  const version = (seconds: number) =>
    new Date(now.getTime() + seconds * 1000).toISOString().replaceAll(/\D/g, '').slice(0, 14)
  let first = 0
  while (version(first) <= newest) first += 1
  return Array.from({ length: count }, (_, index) => version(first + index))
}
