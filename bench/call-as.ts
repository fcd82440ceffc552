import type pg from 'pg'

/** A call in a transaction of its own, as a signed-in person, in the way of the Data API; prepared once a session. */
export async function callAs(client: pg.Client, person: string, expression: string, values: unknown[]) {
  const begun = performance.now()
  await client.query('begin')
  await client.query(
    "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)",
    [JSON.stringify({ sub: person, role: 'authenticated' })],
  )
  const { rows } = await client.query({ name: expression, text: `select ${expression} as answer`, values })
  await client.query('commit')
  return { milliseconds: performance.now() - begun, answer: rows[0]?.answer }
}
