import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { canEnter, unprivilegedUser } from './postgres/unprivileged-user.ts'

/** The folders of one stack. */
export interface StackLocation {
  /** Holds the copies of the Postgres installation, shared by the stacks of a checkout. */
  installations: string
  /** Everything that one stack keeps: data, keys, stored files, its state. */
  directory: string
}

/**
 * Where a checkout's stack keeps its files: `.stack/` in the checkout. Root's Postgres runs as another user; where
 * that user cannot enter the checkout, the folder is one below `/var/tmp`, named after the checkout's path.
 */
export function stackLocation(root: string, portOffset: number): StackLocation {
  const home = canEnter(unprivilegedUser(), root)
    ? join(root, '.stack')
    : join(
        '/var/tmp',
        `supabase-stack-${createHash('sha256').update(resolve(root)).digest('hex').slice(0, 12)}`,
      )
  return { installations: home, directory: join(home, String(portOffset)) }
}
