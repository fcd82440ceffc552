import { randomBytes } from 'node:crypto'
import pg from 'pg'
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
  const administer = async (sql: string) => {
    const client = new pg.Client({ connectionString: url('supabase_admin', 'template1') })
    await client.connect()
    try {
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
  await administer(`create database ${name} template ${pg.escapeIdentifier(template)} owner postgres`)
  return {
    name,
    url: (role) => url(role, name),
    drop: () => administer(`drop database if exists ${name} with (force)`),
  }
}
