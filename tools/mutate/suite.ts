import { globSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import pg from 'pg'
import { createVitest, type TestModule, type TestSpecification } from 'vitest/node'
import { applyMigrations } from '../../local/migrations/index.ts'
import { connectionString, platformTemplate, withClient } from '../../local/postgres/index.ts'
import { StackError } from '../../local/stack/index.ts'

/** The tests of a tree, with one Postgres for all that is tried. */
export interface Suite extends AsyncDisposable {
  /** Builds the schema anew; false where it does not load. */
  rebuild(): Promise<boolean>
  /** Runs test files until one fails, and says which: `file > test`, or null where all pass. */
  firstFailure(files: string[]): Promise<string | null>
  /** Breaks off what is running. */
  cancel(): Promise<void>
}

/** `migrated` of tests/support/stack, the template that every suite's database is a copy of. */
const template = 'migrated'

/** The nearest tests first, where Vitest would begin with those that took longest. */
class AsGiven {
  sort = (files: TestSpecification[]) => files
  shard = (files: TestSpecification[]) => files
}

export async function openSuite(root: string): Promise<Suite> {
  const failures: string[] = []
  const vitest = await createVitest('test', {
    root,
    watch: false,
    bail: 1,
    silent: true,
    reporters: [
      {
        // Once one has failed the others are broken off, and it is not said of a file that it failed.
        onTestCaseResult: (test) => {
          if (test.result().state === 'failed')
            failures.push(`${test.module.relativeModuleId} > ${test.fullName}`)
        },
      },
    ],
    sequence: { sequencer: AsGiven },
    setupFiles: ['tools/mutate/each-worker.ts'],
  })
  await vitest.standalone()
  await vitest.globTestSpecifications()

  // The one Postgres starts with the first run, whatever runs.
  const [cheapest] = await vitest.globTestSpecifications(['tests/database/guards/files/order.test.ts'])
  if (cheapest) await vitest.runTestSpecifications([cheapest])

  const firstFailure = async (files: string[]) => {
    const specifications = files.flatMap((file) => vitest.getModuleSpecifications(join(root, file)))
    // What failed before is not to be found, nor counted towards the bail, again.
    vitest.state.filesMap.clear()
    vitest.state.idMap.clear()
    failures.length = 0
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
    if (failures[0]) return failures[0]
    // One that has not ended where none failed hangs, or its process is gone.
    const failed =
      testModules.find((module) => module.state() === 'failed') ??
      testModules.find((module) => module.state() === 'pending' || module.state() === 'queued')
    if (failed) return `${failed.relativeModuleId} > ${failedTestOf(failed)}`
    return unhandledErrors.length > 0
      ? `an error outside of every test: ${inspect(unhandledErrors[0])}`
      : null
  }

  return {
    firstFailure,
    async rebuild() {
      // Code that was edited is read anew.
      for (const file of globSync('local/**/*.ts', { cwd: root })) vitest.invalidateFile(join(root, file))
      const { postgresPort, keys } = vitest.getRootProject().getProvidedContext()
      const url = (database: string, role: 'postgres' | 'supabase_admin') =>
        connectionString(role, keys.databasePasswords[role], postgresPort, database)
      return withClient(url('template1', 'supabase_admin'), async (admin) => {
        await dropDatabases(admin)
        await admin.query(`create database ${template} template ${platformTemplate} owner postgres`)
        try {
          await applyMigrations({ databaseUrl: url(template, 'postgres'), root })
        } catch (error) {
          if (error instanceof StackError) return false
          throw error
        }
        await admin.query(`alter database ${template} with is_template true allow_connections false`)
        return true
      })
    },
    cancel: () => vitest.cancelCurrentRun('keyboard-input'),
    [Symbol.asyncDispose]: () => vitest.close(),
  }
}

/** The template, and what suites that were broken off left behind. */
async function dropDatabases(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select datname as name from pg_database where datname = $1 or datname like 'copy\\_%'`,
    [template],
  )
  for (const { name } of rows) {
    await admin.query(`alter database ${pg.escapeIdentifier(name)} with is_template false`)
    await admin.query(`drop database ${pg.escapeIdentifier(name)} with (force)`)
  }
}

function failedTestOf(module: TestModule): string {
  for (const test of module.children.allTests('failed')) return test.fullName
  return module.errors()[0]?.message ?? 'before or after its tests'
}
