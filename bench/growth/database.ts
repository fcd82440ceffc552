import { join } from 'node:path'
import pg from 'pg'
import { applyMigrations } from '../../local/migrations/index.ts'
import type { Stack } from '../../local/stack.ts'
import { fixture } from './fixture.ts'

const root = join(import.meta.dirname, '..', '..')

/** A database of its own, with the schema and the fixture: what else is measured does not lie beside it. */
export async function filledDatabase(stack: Stack): Promise<{ url: string; drop(): Promise<void> }> {
  const database = await stack.createDatabase()
  const url = database.url('postgres')
  try {
    await applyMigrations({ databaseUrl: url, root })
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      for (const statement of fixture()) await client.query(statement)
      await client.query('vacuum analyze')
    } finally {
      await client.end()
    }
    return { url, drop: database.drop }
  } catch (error) {
    await database.drop()
    throw error
  }
}
