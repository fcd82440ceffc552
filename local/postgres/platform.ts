import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import pg from 'pg'
import { messageOf, StackError } from '../stack/index.ts'
import { withClient } from './client.ts'
import type { PostgresServer } from './server.ts'
import { type DatabasePasswords, databaseRoles } from './settings.ts'

/** The template that every database is made from: Supabase's roles, schemas and functions, and nothing else. */
export const platformTemplate = 'platform'

const platformDirectory = join(import.meta.dirname, '../platform')

/** A digest of the platform's SQL: data made with another one lacks something of it. */
export function platformDigest(extensionFiles: string[]): string {
  const hash = createHash('sha256')
  for (const file of [...platformFiles(), ...extensionFiles]) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/**
 * Makes the template and the database `postgres` from it, where they do not stand yet. The template is marked as
 * one at the very end, so a half-made one is thrown away and made again.
 */
export async function installPlatform(server: PostgresServer, passwords: DatabasePasswords): Promise<void> {
  await withClient(server.url('supabase_admin', 'template1'), async (maintenance) => {
    const { rows } = await maintenance.query<{ datname: string; datistemplate: boolean }>(
      'select datname, datistemplate from pg_database',
    )
    if (!rows.some((row) => row.datname === platformTemplate && row.datistemplate)) {
      await maintenance.query(`drop database if exists ${platformTemplate}`)
      await maintenance.query(`create database ${platformTemplate}`)
      await fillTemplate(server, passwords)
      await maintenance.query('drop database if exists postgres with (force)')
      await maintenance.query(`alter database ${platformTemplate} owner to postgres`)
      await maintenance.query(`alter database ${platformTemplate} with is_template true`)
    }
    const { rowCount } = await maintenance.query("select from pg_database where datname = 'postgres'")
    if (!rowCount)
      await maintenance.query(`create database postgres template ${platformTemplate} owner postgres`)
  })
}

async function fillTemplate(server: PostgresServer, passwords: DatabasePasswords): Promise<void> {
  await withClient(server.url('supabase_admin', platformTemplate), async (template) => {
    for (const file of platformFiles()) {
      try {
        await template.query(readFileSync(file, 'utf8'))
      } catch (error) {
        throw new StackError(`The platform file ${basename(file)} does not apply: ${messageOf(error)}.`)
      }
    }
    for (const role of databaseRoles)
      await template.query(
        `alter role ${pg.escapeIdentifier(role)} password ${pg.escapeLiteral(passwords[role])}`,
      )
  })
}

function platformFiles(): string[] {
  return globSync('*.sql', { cwd: platformDirectory })
    .sort()
    .map((file) => join(platformDirectory, file))
}
