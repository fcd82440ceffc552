import type pg from 'pg'
import { afterAll } from 'vitest'
import { type OpenDatabase, openDatabase } from './open-database.ts'

/** Takes every workspace and account away, paid for or not, and all that goes with them; as `postgres`. */
export const emptying = `set local private.paid_deletion_allowed = 'true';
  delete from public.workspaces; delete from auth.users;
  delete from private.deleted_workspaces; delete from private.left_customers`

/**
 * The databases of a suite whose tests commit: each test has one to itself, and hands it on with its sessions, without
 * a workspace or an account in it. A test that ran out of time hands on nothing, and the next opens another.
 */
export function databasePool(): () => Promise<OpenDatabase> {
  const idle: (() => OpenDatabase)[] = []
  const all: OpenDatabase[] = []
  afterAll(async () => {
    for (const opened of all) await opened[Symbol.asyncDispose]()
  })
  return async () => {
    const next = idle.pop()
    if (next) return next()
    const opened = await openDatabase()
    all.push(opened)
    return lending(opened, (lend) => idle.push(lend))()
  }
}

/** Lends a database again and again; `handBack` is called with how, once it is empty. */
function lending(opened: OpenDatabase, handBack: (lend: () => OpenDatabase) => void): () => OpenDatabase {
  const sessions: pg.Client[] = []
  const lend = (): OpenDatabase => {
    const free = [...sessions]
    return {
      ...opened,
      async connect() {
        const session = free.pop() ?? (await opened.connect())
        if (!sessions.includes(session)) sessions.push(session)
        return session
      },
      async [Symbol.asyncDispose]() {
        // At once: one may wait for what another holds.
        await Promise.all(
          [opened.observer, ...sessions].map((session) => session.query('rollback; reset all')),
        )
        await opened.observer.query(emptying)
        handBack(lend)
      },
    }
  }
  return lend
}
