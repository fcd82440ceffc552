import { spawnSync } from 'node:child_process'
import { StackError } from './errors.ts'

/** An operating-system user by numbers, as `spawn` takes them. */
export interface SystemUser {
  uid: number
  gid: number
}

/**
 * The user Postgres has to run as: undefined means the current one. Postgres refuses to run as root, so
 * root's stack runs it as whoever called `sudo`, else as `postgres` or `nobody`.
 */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const bySudo = { uid: Number(process.env.SUDO_UID), gid: Number(process.env.SUDO_GID) }
  if (bySudo.uid > 0 && bySudo.gid > 0) return bySudo
  const user = lookUp('postgres') ?? lookUp('nobody')
  if (!user)
    throw new StackError(
      'Postgres does not run as root, and neither a user "postgres" nor "nobody" exists: ' +
        'run the stack as an ordinary user.',
    )
  return user
}

/** Whether that user can enter a directory; every folder above it counts. */
export function canEnter(user: SystemUser | undefined, directory: string): boolean {
  if (!user) return true
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...user, cwd: '/' }).status === 0
}

const known = new Map<string, SystemUser | undefined>()

/** Asked once: every command of a stack asks where its folders are, and starting a process takes longest of that. */
function lookUp(name: string): SystemUser | undefined {
  if (!known.has(name)) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
      return status === 0 ? Number(stdout) : Number.NaN
    })
    known.set(name, uid && gid ? { uid, gid } : undefined)
  }
  return known.get(name)
}
