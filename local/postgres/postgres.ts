import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unprivilegedUser } from '../stack/index.ts'
import { prepareDataDirectory } from './data-directory.ts'
import { extensionFiles, prepareInstallation } from './installation.ts'
import { installPlatform, platformDigest } from './platform.ts'
import { type PostgresServer, startServer } from './server.ts'
import type { DatabasePasswords } from './settings.ts'

export interface PostgresOptions {
  /** The folder for the data, its log and its keys; Postgres's user must be able to enter it. */
  directory: string
  /** The folder that holds the copies of the installation; shared by several stacks. */
  installations: string
  port: number
  passwords: DatabasePasswords
  /** False trades crash safety for speed, for data that is thrown away. Default true. */
  durable?: boolean
}

export interface Postgres extends PostgresServer {
  /** True where the data was made by another version of `local/platform` or `local/extensions`. */
  outdated: boolean
}

const extensionsDirectory = join(import.meta.dirname, '../extensions')

/** Starts Postgres with the platform in place, making whatever does not stand yet. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const user = unprivilegedUser()
  const files = extensionFiles(extensionsDirectory)
  const installation = await prepareInstallation(options.installations, files)
  const data = await prepareDataDirectory(
    options.directory,
    installation,
    user,
    options.passwords.supabase_admin,
  )
  const server = await startServer({
    installation,
    data,
    port: options.port,
    passwords: options.passwords,
    durable: options.durable ?? true,
  })
  try {
    const stamp = join(options.directory, 'platform.sha256')
    const digest = platformDigest(files)
    if (!existsSync(stamp)) {
      await installPlatform(server, options.passwords)
      writeFileSync(stamp, digest)
    }
    return { ...server, outdated: readFileSync(stamp, 'utf8') !== digest }
  } catch (error) {
    await server.stop()
    throw error
  }
}
