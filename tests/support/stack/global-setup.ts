import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { generateKeys, type ProjectKeys } from '../../../local/config/index.ts'
import { applyMigrations } from '../../../local/migrations/index.ts'
import { startPostgres } from '../../../local/postgres/index.ts'
import { freePorts, stackLocation } from '../../../local/stack/index.ts'
import { createTemplate } from './templates.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresPort: number
    keys: ProjectKeys
  }
}

const root = join(import.meta.dirname, '../../..')

/** Starts the one Postgres of a run, with a template of the platform and one of the migrated project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'b-dashboard-tests-'))
  const [port = 0] = await freePorts(1)
  const keys = await generateKeys()
  const postgres = await startPostgres({
    directory,
    installations: stackLocation(root, 0).installations,
    port,
    passwords: keys.databasePasswords,
    durable: false,
  })
  await createTemplate(postgres.url('supabase_admin'), 'migrated', async () => {
    await applyMigrations({ databaseUrl: postgres.url('postgres', 'migrated'), root })
  })
  project.provide('postgresPort', port)
  project.provide('keys', keys)
  return async () => {
    await postgres.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}
