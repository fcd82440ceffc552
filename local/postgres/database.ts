import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { withClient } from './client.ts'
import type { DatabaseRole } from './settings.ts'

/** A database that its maker drops. */
export interface Database {
  name: string
  /** A connection string for a role. */
  url(role: DatabaseRole): string
  /** Ends every session on it and removes it. */
  drop(): Promise<void>
}

/** Copies a template under a random name: tens of milliseconds, so that every suite can have its own. */
export async function copyDatabase(
  url: (role: DatabaseRole, database: string) => string,
  template: string,
): Promise<Database> {
  const name = `copy_${randomBytes(6).toString('hex')}`
  const administer = (sql: string) =>
    withClient(url('supabase_admin', 'template1'), async (client) => {
      await client.query(sql)
    })
  // Of a template that nobody writes, files are copied faster than pages are logged.
  await administer(
    `create database ${name} template ${pg.escapeIdentifier(template)} owner postgres strategy file_copy`,
  )
  return {
    name,
    url: (role) => url(role, name),
    drop: () => administer(`drop database if exists ${name} with (force)`),
  }
}
