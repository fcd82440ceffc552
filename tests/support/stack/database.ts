import { inject } from 'vitest'
import { connectionString, copyDatabase, type Database } from '../../../local/postgres/index.ts'

/** A database of a suite's own, in the run's one Postgres. */
export type TestDatabase = Database

/** `platform`: Supabase's surface alone. `migrated`: with the project's migrations and no rows. */
export type TestTemplate = 'platform' | 'migrated'

/** Copies a template: milliseconds, so every suite can have its own. */
export function createDatabase(template: TestTemplate): Promise<TestDatabase> {
  const passwords = inject('keys').databasePasswords
  return copyDatabase(
    (role, database) => connectionString(role, passwords[role], inject('postgresPort'), database),
    template,
  )
}
