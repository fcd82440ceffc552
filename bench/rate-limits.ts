import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'

const sessions = 4
const milliseconds = 3000

/**
 * How many charges a second the database decides on: of one bucket that all sessions want, beside one bucket for each
 * session. Each is a transaction of its own, as a call of the Data API is.
 */
export async function measureRateLimits(stack: Stack): Promise<Measurement[]> {
  const clients = await Promise.all(
    Array.from({ length: sessions }, async () => {
      const client = new pg.Client({ connectionString: stack.urls.database })
      await client.connect()
      return client
    }),
  )
  try {
    const apart = await decisions(clients, (session) => `bench:${session}`)
    const together = await decisions(clients, () => 'bench:hot')
    return [
      {
        name: 'charges of one hot bucket (a second)',
        figure: `${Math.round(together)}`,
        limit: `${Math.round(apart)} of a bucket for each session`,
        value: together / apart,
        budget: { atLeast: 0.5 },
      },
    ]
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

async function decisions(clients: pg.Client[], bucketOf: (session: number) => string): Promise<number> {
  const end = performance.now() + milliseconds
  const counts = await Promise.all(
    clients.map(async (client, session) => {
      const charges = [{ bucket: bucketOf(session), name: 'person', quota: 1_000_000, window: 60 }]
      const charge = {
        name: 'charge',
        text: 'select public.charge_rate_limits($1)',
        values: [JSON.stringify(charges)],
      }
      let count = 0
      for (; performance.now() < end; count += 1) await client.query(charge)
      return count
    }),
  )
  return (counts.reduce((sum, count) => sum + count, 0) / milliseconds) * 1000
}
