import pg from 'pg'

/** Where the catalog is read: a connection, or anything that answers like one. */
export type Connection = Pick<pg.ClientBase, 'query'>

/** The rows of a statement whose columns the caller names in `Row`; JSON comes parsed, whatever the connection does. */
export async function readRows<Row extends pg.QueryResultRow>(
  connection: Connection,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await connection.query<Row>({ text, values: [...values], types: pg.types })
  return rows
}
