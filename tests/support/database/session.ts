import pg from 'pg'

/** One database session, closed at the end of its `await using` block. */
export interface Session extends AsyncDisposable {
  /** Runs one statement, or several without values, and returns the (last) rows. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** The error of a statement that must fail; its effects, if any, are rolled back. */
  refusal(sql: string, values?: unknown[]): Promise<{ code: string | undefined; message: string }>
  /** Warnings and notices that came so far. */
  notices: string[]
}

/** Opens a session on a connection string. */
export async function openSession(connectionString: string): Promise<Session> {
  const client = new pg.Client({ connectionString })
  // A suite that drops its database ends the session too.
  client.on('error', () => undefined)
  const notices: string[] = []
  client.on('notice', (notice) => notices.push(notice.message ?? ''))
  await client.connect()

  async function query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    const results: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await client.query<Row>(sql, values)
    return (Array.isArray(results) ? results.at(-1)?.rows : results.rows) ?? []
  }

  return {
    query,
    notices,
    async refusal(sql, values) {
      await client.query('begin')
      try {
        await client.query(sql, values)
      } catch (error) {
        if (error instanceof pg.DatabaseError) return { code: error.code, message: error.message }
        throw error
      } finally {
        await client.query('rollback')
      }
      throw new Error(`This was expected to fail, and did not: ${sql}`)
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
