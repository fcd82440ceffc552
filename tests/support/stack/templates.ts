import pg from 'pg'

/** Makes a database from the platform template, fills it, and closes it to sessions so that it can be copied. */
export async function createTemplate(
  adminUrl: string,
  name: string,
  fill: () => Promise<void>,
): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query(`create database ${pg.escapeIdentifier(name)} template platform owner postgres`)
    await fill()
    await admin.query(
      `alter database ${pg.escapeIdentifier(name)} with is_template true allow_connections false`,
    )
  } finally {
    await admin.end()
  }
}
