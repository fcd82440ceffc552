import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

const times = { rounds: 1_000, warmUp: 100 }

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
    const samples = await sampled(times, async (round) => {
      const document = JSON.stringify(rows[round % rows.length]?.document)
      const begun = performance.now()
      const { rows: verdicts } = await client.query<{ problem: unknown }>({
        name: 'validate theme',
        text: 'select private.theme_problem($1) as problem',
        values: [document],
      })
      const milliseconds = performance.now() - begun
      if (verdicts[0]?.problem !== null) throw new Error('A built-in theme was found invalid.')
      return milliseconds
    })
    return [absolute('validating a theme in the database, p95 in ms', samples, 2)]
  } finally {
    await client.end()
  }
}
