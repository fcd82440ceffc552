import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { StackError } from './errors.ts'
import { runningStack, type StackState } from './state.ts'
import { canEnter, unprivilegedUser } from './unprivileged-user.ts'

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

/** The stacks of a checkout that run, by their port offset. */
export function runningStacks(root: string): Map<number, StackState> {
  const { installations } = stackLocation(root, 0)
  const offsets = folders(installations).filter((name) => /^\d+$/.test(name))
  return new Map(
    offsets.flatMap((offset) => {
      const state = runningStack(join(installations, offset))
      return state ? [[Number(offset), state] as const] : []
    }),
  )
}

function folders(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/**
 * Makes the folders of a stack. The one below `/var/tmp` has a name that anyone can foresee, so a folder that stands
 * already counts only if it is the caller's own.
 */
export function claimLocation({ installations, directory }: StackLocation): void {
  mkdirSync(installations, { recursive: true, mode: 0o755 })
  if (lstatSync(installations).uid !== process.getuid?.())
    throw new StackError(
      `The folder ${installations} belongs to another user: remove it, or start the stack as that user.`,
    )
  mkdirSync(directory, { recursive: true, mode: 0o755 })
}
