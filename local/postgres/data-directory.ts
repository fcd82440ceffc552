import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StackError, type SystemUser } from '../stack/index.ts'
import type { Installation } from './installation.ts'

/** Where a server's files lie, and who owns them. */
export interface DataDirectory {
  path: string
  logFile: string
  user: SystemUser | undefined
}

/**
 * Makes sure that `parent` holds an initialized data directory of the installation's major version.
 * `initdb` works in a staging directory that is renamed at the end, so a start that was killed half way leaves
 * nothing that a later one could take for data.
 */
export async function prepareDataDirectory(
  parent: string,
  installation: Installation,
  user: SystemUser | undefined,
  superuserPassword: string,
): Promise<DataDirectory> {
  const data = {
    path: join(parent, 'data'),
    logFile: join(parent, 'postgres.log'),
    user,
  }
  await mkdir(parent, { recursive: true })
  if (user) await chown(parent, user.uid, user.gid)
  // The vault looks for its root key beside the data.
  const vaultKeyFile = join(parent, 'vault.key')
  if (!existsSync(vaultKeyFile)) await writeOwned(vaultKeyFile, randomBytes(32).toString('hex'), user)
  if (existsSync(data.path)) checkVersion(data.path)
  else await initialize(data, installation, superuserPassword)
  return data
}

async function initialize(data: DataDirectory, installation: Installation, password: string): Promise<void> {
  const staging = `${data.path}.initdb`
  const passwordFile = `${staging}.password`
  await rm(staging, { recursive: true, force: true })
  await writeOwned(passwordFile, password, data.user)
  try {
    await run(installation.initdb, data.user, [
      `--pgdata=${staging}`,
      '--username=supabase_admin',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ])
    await rename(staging, data.path)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(staging, { recursive: true, force: true })
  }
}

function checkVersion(path: string): void {
  const found = existsSync(join(path, 'PG_VERSION'))
    ? readFileSync(join(path, 'PG_VERSION'), 'utf8').trim()
    : 'unknown'
  if (found !== '17')
    throw new StackError(
      `The data in ${path} is of Postgres ${found}, and this stack runs Postgres 17: ` +
        'move it away, or run "npm run reset" to start clean.',
    )
}

async function writeOwned(file: string, content: string, user: SystemUser | undefined): Promise<void> {
  await writeFile(file, content, { mode: 0o600 })
  await chmod(file, 0o600)
  if (user) await chown(file, user.uid, user.gid)
}

function run(command: string, user: SystemUser | undefined, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      const reason = errors.split('\n').find((line) => line.includes('error') || line.includes('could not'))
      if (code === 0) resolve()
      else reject(new StackError(`The data directory could not be made: ${(reason ?? errors).trim()}`))
    })
  })
}
