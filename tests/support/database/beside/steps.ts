import canonicalize from 'canonicalize'
import type pg from 'pg'
import { takeWritten } from './written.ts'

// What people do, told so that two tellings can be compared.

export interface Step {
  what: string
  run: () => Promise<unknown>
}

/**
 * Takes a step, of which nothing stays: what comes of it, and each row that was written, as JSON. The keys of an object
 * are in an order, which they have in no plan of a query.
 */
async function tell(client: pg.Client, { run }: Step): Promise<string[]> {
  await client.query('savepoint step')
  const outcome = await run()
  await client.query('set constraints all immediate')
  const written = await takeWritten(client)
  await client.query('rollback to savepoint step; release savepoint step')
  return [outcome, ...written].map((line) => canonicalize(line) ?? '')
}

/** Takes each step where all others were not taken, and tells of it in lines that are steady and in an order. */
export async function tellAll(
  client: pg.Client,
  steps: Step[],
  steady: (line: string) => string,
): Promise<Record<string, string[]>> {
  const told: Record<string, string[]> = {}
  for (const step of steps) told[step.what] = (await tell(client, step)).map(steady).sort()
  return told
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const time = /\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00(?::00)?)/g
const counted = /"(sequence|remaining|reset|points_in_minute)":\d+/g
const secret = /"(token|key|token_hash|secret|secret_hash)":"[^"]{20,}"/g

/**
 * Puts a word in the place of what is another each time in a line: ids that were not there when this was made, times of
 * the two hours that began then, secrets, and what is counted up without being taken back.
 */
export async function steadier(client: pg.Client): Promise<(line: string) => string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
       and not c.relispartition`,
  )
  const known = new Set<string>()
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
    for (const { row } of rows) for (const [id] of row.matchAll(uuid)) known.add(id)
  }
  const { rows } = await client.query<{ now: Date }>('select now() as now')
  const begun = Number(rows[0]?.now)
  // A minute that is counted in has begun before.
  const isOfNow = (text: string) => Date.parse(text) > begun - 60_000 && Date.parse(text) < begun + 7_200_000
  return (line) =>
    line
      .replaceAll(uuid, (id) => (known.has(id) ? id : '(id)'))
      .replaceAll(time, (text) => (isOfNow(text) ? '(time)' : text))
      .replaceAll(counted, '"$1":"(number)"')
      .replaceAll(secret, '"$1":"(secret)"')
}
