import type pg from 'pg'
import { ours } from './guard-suite.ts'

type Query = <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>

interface Checked {
  name: string
  column: string
  type: string
  /** Everything that is checked of the column alone. */
  expression: string
}

const checked = `
  select format('%s.%s', c.oid::regclass, a.attname) as name, quote_ident(a.attname) as "column",
    format_type(a.atttypid, a.atttypmod) as type,
    string_agg(format('(%s)', pg_get_expr(k.conbin, k.conrelid)), ' and ') as expression
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
  where ${ours} and k.contype = 'c' and cardinality(k.conkey) = 1 and not c.relispartition
  group by c.oid, a.attnum, a.attname, a.atttypid, a.atttypmod
  order by 1`

/** A value by its size `n`, and what the size is a number of. */
interface Probe {
  unit: string
  value: string
  /** The value is n by this. */
  scale?: number
  /** The most that is tried. */
  most: number
}

/** No column that has a limit takes as much. */
const longest = 2 ** 16

const probes: Record<string, Probe[]> = {
  text: [
    { unit: 'characters', value: `repeat('a', n::integer)`, most: longest },
    { unit: 'characters of two octets', value: `repeat('é', n::integer)`, most: longest },
  ],
  'text[]': [{ unit: 'elements', value: `array_fill('a'::text, array[n::integer])`, most: longest }],
  jsonb: [
    {
      unit: 'octets as an object',
      value: `jsonb_build_object('a', repeat('a', n::integer - 9))`,
      most: longest,
    },
    { unit: 'octets as a list', value: `jsonb_build_array(repeat('a', n::integer - 4))`, most: longest },
  ],
  bytea: [{ unit: 'octets', value: `convert_to(repeat('a', n::integer), 'UTF8')`, most: longest }],
  smallint: [{ unit: '', value: 'n', most: 2 ** 15 - 1 }],
  integer: [{ unit: '', value: 'n', most: 2 ** 31 - 1 }],
  bigint: [{ unit: '', value: 'n', most: 2 ** 52 }],
  numeric: [{ unit: '', value: 'n / 1000.0', scale: 1000, most: 2 ** 52 }],
}

const tried = [0, 1, 2, 9, 16, 32, 36, 64, 1000, 2000, 16_000]

/**
 * What each column takes by its own constraints, as `table.column · from to`: found by trying values, as what is
 * permitted lies between two of them. A column that takes no such value takes words, which are tried, or has a form.
 */
export async function edgesOf(query: Query): Promise<string[]> {
  const lines: string[] = []
  for (const column of await query<Checked>(checked)) {
    const found: string[] = []
    for (const probe of probes[column.type.replace(/\(.*/, '')] ?? []) {
      const edges = await edgesBy(query, column, probe)
      if (edges) found.push(`${edges.join(' to ')} ${probe.unit}`.trim())
    }
    const taken = found.length === 0 && column.type === 'text' ? await wordsOf(query, column) : []
    if (taken.length > 0) found.push(taken.join(', '))
    lines.push([column.name, ...(found.length > 0 ? found : ['of a form'])].join(' · '))
  }
  return lines
}

async function wordsOf(query: Query, { column, expression }: Checked): Promise<string[]> {
  const words = [...expression.matchAll(/'(\w[\w-]*)'::text/g)].map(([, word]) => word)
  const taken = await query<{ word: string }>(
    `select distinct word from unnest($1::text[]) as word
     cross join lateral (select word as ${column}) as probed
     where ${expression} order by word`,
    [words],
  )
  return taken.map(({ word }) => word)
}

async function edgesBy(
  query: Query,
  { column, type, expression }: Checked,
  { unit, value, scale = 1, most }: Probe,
) {
  const taken = async (sizes: number[]): Promise<number[]> =>
    (
      await query<{ n: string }>(
        `select n from unnest($1::bigint[]) as n
         cross join lateral (select (${value})::${type} as ${column}) as probed
         where coalesce(${expression}, true) order by n`,
        [sizes],
      )
    ).map(({ n }) => Number(n))
  const [some] = await taken(tried.filter((size) => size <= most))
  if (some === undefined) return null
  const isTaken = async (size: number) => (await taken([size])).length > 0
  const last = async (inside: number, outside: number) => {
    let [yes, no] = [inside, outside]
    if (await isTaken(no)) return undefined
    while (Math.abs(no - yes) > 1) {
      const middle = Math.trunc((yes + no) / 2)
      if (await isTaken(middle)) yes = middle
      else no = middle
    }
    return yes / scale
  }
  const least = unit === '' ? await last(some, -most) : some === 0 ? 0 : await last(some, 0)
  return [least ?? 'any', (await last(some, most)) ?? 'any']
}
