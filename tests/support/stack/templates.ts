import pg from 'pg'
import { withClient } from '../../../local/postgres/index.ts'

/** Makes a database from the platform template, fills it, and closes it to sessions so that it can be copied. */
export async function createTemplate(
  adminUrl: string,
  name: string,
  fill: () => Promise<void>,
): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    await admin.query(`create database ${pg.escapeIdentifier(name)} template platform owner postgres`)
    await fill()
    await admin.query(
      `alter database ${pg.escapeIdentifier(name)} with is_template true allow_connections false`,
    )
  })
}
