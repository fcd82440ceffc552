import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeys } from '../local/config/index.ts'
import { type Postgres, startPostgres } from '../local/postgres/index.ts'
import { freePorts, stackLocation } from '../local/stack/index.ts'

/** A Postgres with the platform and nothing else, until it is disposed of: a running stack keeps its data. */
export async function throwawayPostgres(root: string): Promise<Postgres & AsyncDisposable> {
  const directory = mkdtempSync(join(tmpdir(), 'schema-'))
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true })
  try {
    const [port = 0] = await freePorts(1)
    const postgres = await startPostgres({
      directory,
      installations: stackLocation(root, 0).installations,
      port,
      passwords: (await generateKeys()).databasePasswords,
      durable: false,
    })
    return {
      ...postgres,
      async [Symbol.asyncDispose]() {
        await postgres.stop()
        removeDirectory()
      },
    }
  } catch (error) {
    removeDirectory()
    throw error
  }
}
