import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { generateKeys, type ProjectKeys } from '../../../local/config/index.ts'
import { applyMigrations } from '../../../local/migrations/index.ts'
import { startPostgres } from '../../../local/postgres/index.ts'
import { freePorts, stackLocation } from '../../../local/stack/index.ts'
import { copyData } from './prepared-data.ts'
import { createTemplate } from './templates.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresPort: number
    /** A folder of Postgres with the platform, as a stack leaves it; for copies. */
    preparedData: string
    keys: ProjectKeys
    /** A folder for what several suites use; it goes with the run. */
    scratch: string
  }
}

const root = join(import.meta.dirname, '../../..')

/** Where Linux keeps files in memory. */
const memory = '/dev/shm'
const neededBytes = 6e9

/** Whether the databases of a run have room in memory: hundreds are made, and none is kept. */
function roomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > neededBytes
  } catch {
    return false
  }
}

/** Starts the one Postgres of a run, with a template of the platform and one of the migrated project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const parent = mkdtempSync(join(roomInMemory() ? memory : tmpdir(), 'b-dashboard-tests-'))
  // Postgres's user, where it is another one, enters its folder.
  chmodSync(parent, 0o755)
  const [directory, preparedData] = [join(parent, 'postgres'), join(parent, 'prepared')]
  const [port = 0] = await freePorts(1)
  const keys = await generateKeys()
  const start = () =>
    startPostgres({
      directory,
      installations: stackLocation(root, 0).installations,
      port,
      passwords: keys.databasePasswords,
      durable: false,
    })
  await (await start()).stop()
  copyData(directory, preparedData)
  const postgres = await start()
  await createTemplate(postgres.url('supabase_admin'), 'migrated', async () => {
    await applyMigrations({ databaseUrl: postgres.url('postgres', 'migrated'), root })
  })
  project.provide('postgresPort', port)
  project.provide('keys', keys)
  project.provide('preparedData', preparedData)
  project.provide('scratch', parent)
  return async () => {
    await postgres.stop()
    rmSync(parent, { recursive: true, force: true })
  }
}
