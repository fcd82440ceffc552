import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { guardSuite, ours } from '../../support/database/guard-suite.ts'

// A document has what stands in a column under the column's name: no field tells another's value.

const { query } = guardSuite()

/** A value that no other column of the row has, as far as its type has room for that. */
const values: Record<string, (column: string, place: number) => unknown> = {
  text: (column) => column,
  uuid: (_, place) => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`,
  boolean: (_, place) => place % 2 === 0,
  jsonb: (column) => ({ of: column }),
  'text[]': (column) => [column],
  numeric: (_, place) => place / 10,
  date: (_, place) => `2026-01-${String(place).padStart(2, '0')}`,
  'timestamp with time zone': (_, place) => `2026-01-01T00:00:${String(place).padStart(2, '0')}.000Z`,
}
const number = (_: string, place: number) => place

/** Fields that tell something else than the column of their name does. */
const others = ['delivery_document.attempts']

const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

it('a field that is called like a column of its row tells that column', async () => {
  const functions = await query<{ name: string; row: string; columns: { name: string; type: string }[] }>(
    `select p.proname as name, t.oid::regtype::text as row, (
       select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by a.attnum)
       from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) as columns
     from pg_proc p
     join pg_namespace n on n.oid = p.pronamespace
     join pg_type t on t.oid = p.proargtypes[0] and t.typrelid <> 0
     where ${ours} and p.pronargs = 1 and p.prorettype = 'jsonb'::regtype and p.proname like '%\\_document'
     order by 1`,
  )
  expect(functions.length).toBeGreaterThan(15)
  const told: string[] = []
  for (const { name, row, columns } of functions) {
    const given = Object.fromEntries(
      columns.map((column, index) => [column.name, (values[column.type] ?? number)(column.name, index + 1)]),
    )
    const [answer] = await query<{ document: Record<string, unknown> }>(
      `select private.${name}(jsonb_populate_record(null::${row}, $1)) as document`,
      [JSON.stringify(given)],
    )
    for (const [field, value] of Object.entries(answer?.document ?? {})) {
      const column = [snake(field), `${snake(field)}_key`].find((each) => each in given)
      // Null is what a row like this does not tell, of which there is no person and no workspace.
      if (column && value !== null && !isDeepStrictEqual(given[column], value)) told.push(`${name}.${field}`)
    }
  }
  expect(told).toEqual(others)
})
