import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { policySuite } from '../../support/database/policy-suite.ts'

// Where a page ends, of whatever it is one.

const story = policySuite()

const mebibyte = 1_048_576
const mostRows = 500

/** How many of the rows that a query has, each a text of so many bytes as JSON, the first page of them takes. */
async function taken(client: pg.Client, bytes: number[]): Promise<[rows: number, next: string | null]> {
  // A text is that many bytes with its quotes.
  await client.query(
    `declare texts cursor for
     select to_jsonb(n), to_jsonb(repeat('x', bytes - 2))
     from unnest('{${bytes}}'::integer[]) with ordinality as t (bytes, n) order by n`,
  )
  const { rows } = await client.query<{ page: { rows: string[]; next: string | null } }>(
    "select private.page_of('texts') as page",
  )
  return [rows[0]?.page.rows.length ?? 0, rows[0]?.page.next ?? null]
}

const times = (count: number, bytes: number) => Array.from({ length: count }, () => bytes)

describe('a page', () => {
  it.each<[what: string, bytes: number[], rows: number, next: string | null]>([
    ['with a row of 1 MiB', [mebibyte, 2], 1, '1'],
    ['with the row that makes it 1 MiB together with those before', [mebibyte - 2, 2, 2], 2, '2'],
    ['not with one that leaves it a byte short of that', [mebibyte - 1, 2, 2], 2, '2'],
    ['with its 500th row', times(mostRows + 1, 2), mostRows, '500'],
    ['with its 500th row, also where it is the last', times(mostRows, 2), mostRows, '500'],
    ['where the rows end, and then names no next', times(mostRows - 1, 2), mostRows - 1, null],
    ['at once where there are no rows', [], 0, null],
  ])('ends %s', (_, bytes, rows, next) =>
    story(async (client) => {
      expect(await taken(client, bytes)).toEqual([rows, next])
    })(),
  )
})
