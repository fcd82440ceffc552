import type pg from 'pg'

/** How many rows of a table of `public` a statement reads, in the transaction of a client, by indexes where it can. */
export async function readBy(client: pg.Client, table: string, sql: string): Promise<number> {
  const read = async (): Promise<number> => {
    const { rows } = await client.query(
      `select (seq_tup_read + idx_tup_fetch)::integer as read from pg_stat_xact_user_tables
       where schemaname = 'public' and relname = $1`,
      [table],
    )
    return rows[0].read
  }
  const before = await read()
  // Of the few rows of a test all are read at once, whichever index there is.
  await client.query('set local enable_seqscan = off; discard plans')
  await client.query(sql)
  return (await read()) - before
}
