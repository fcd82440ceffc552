import type pg from 'pg'
import type { Measurement } from './report.ts'
import { relative, sampledBeside } from './samples.ts'

const times = { rounds: 40, warmUp: 4 }
const lengths = { short: 1_600, long: 16_000 }

/** Texts of so many characters whose words are the most work: those of which each part may look at all others. */
const texts: Record<string, (length: number) => string> = {
  'without spaces': (length) =>
    Array.from({ length }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join(''),
  'of marks in no order': (length) => `a${'\u0301\u0323'.repeat(length / 2)}`,
  'of Arabic articles': (length) => '\u0648\u0627\u0644'.repeat(length / 3),
  'of two scripts in turns': (length) => 'é\u4e00'.repeat(length / 2),
}

/** The words by which a message is found, beside one of a tenth: ten times as long, and not the square of it. */
export async function measureWords(client: pg.Client): Promise<Measurement[]> {
  const measurements = []
  for (const [kind, textOf] of Object.entries(texts)) {
    const [short, long] = [textOf(lengths.short), textOf(lengths.long)]
    const samples = await sampledBeside(
      times,
      () => timeWords(client, short),
      () => timeWords(client, long),
    )
    measurements.push(relative(`the words of a message ${kind} beside a tenth of it`, samples, 20))
  }
  return measurements
}

/** Milliseconds inside of the database. What is given is a row: of a parameter, the planner would do the work. */
async function timeWords(client: pg.Client, text: string): Promise<number> {
  const { rows } = await client.query<{ words: number; milliseconds: number }>(
    `with given as materialized (select $1::text as body, clock_timestamp() as begun),
       found as materialized (select cardinality(private.search_words(g.body)) as words, g.begun from given g)
     select f.words, 1000 * extract(epoch from clock_timestamp() - f.begun)::float8 as milliseconds from found f`,
    [text],
  )
  const [found] = rows
  if (!found?.words) throw new Error('A message has no words.')
  return found.milliseconds
}
