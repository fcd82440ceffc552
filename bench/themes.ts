import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { type Measurement, percentile } from './report.ts'

const rounds = 1_000
const warmUp = 100

/** What the database takes to validate a theme, as the trigger on themes does, the way to it and back included. */
export async function measureThemes(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    const { rows } = await client.query<{ document: unknown }>(
      `select private.theme_document(key, name, version, colors, radius, metadata) as document
       from public.built_in_themes`,
    )
    if (rows.length === 0) throw new Error('There are no built-in themes to validate.')
    const samples: number[] = []
    for (let round = 0; round < rounds + warmUp; round += 1) {
      const document = JSON.stringify(rows[round % rows.length]?.document)
      const begun = performance.now()
      const { rows: verdicts } = await client.query<{ problem: unknown }>({
        name: 'validate theme',
        text: 'select private.theme_problem($1) as problem',
        values: [document],
      })
      const milliseconds = performance.now() - begun
      if (verdicts[0]?.problem !== null) throw new Error('A built-in theme was found invalid.')
      if (round >= warmUp) samples.push(milliseconds)
    }
    return [
      {
        name: 'validating a theme in the database, p95 in ms',
        figure: `p50 ${percentile(samples, 0.5).toFixed(2)} ms, p95 ${percentile(samples, 0.95).toFixed(2)} ms`,
        limit: '',
        value: percentile(samples, 0.95),
        budget: { atMost: 2 },
      },
    ]
  } finally {
    await client.end()
  }
}
