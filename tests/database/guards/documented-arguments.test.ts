import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as contract from '../../../types/index.ts'
import { guardSuite } from '../../support/database/guard-suite.ts'

// What a function takes stands in docs/endpoints.md: each argument in a row that calls it, and none that it lacks.

const { query } = guardSuite()

const rows = readFileSync(join(import.meta.dirname, '../../../docs/endpoints.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes(".rpc('"))

/** The calls of a row, each with the keys of what it is given. */
const callsIn = (row: string) =>
  [...row.matchAll(/\.rpc\('(\w+)'(?:, \{((?:[^{}]|\{[^{}]*\})*)\})?/g)].map(([, name = '', given = '']) => ({
    name,
    keys: given
      .replaceAll(/\[[^\]]*\]|\{[^}]*\}/g, '')
      .split(',')
      .map((one) => one.split(':')[0]?.trim() ?? '')
      .filter((key) => key !== ''),
  }))

it('each argument of a function stands in a row that calls it, and no other does', async () => {
  const functions = await query<{ name: string; arguments: string[] }>(
    `select p.proname as name, p.proargnames[1:p.pronargs] as arguments
     from pg_proc p where p.pronamespace = 'public'::regnamespace`,
  )
  const takenBy = new Map(functions.map((one) => [one.name, one.arguments ?? []]))
  const calls = rows.flatMap((row) => callsIn(row).map((call) => ({ ...call, row })))
  expect(new Set(calls.map(({ name }) => name)).size).toBeGreaterThan(150)
  const strange = calls.flatMap(({ name, keys }) =>
    keys.filter((key) => key !== '…' && !takenBy.get(name)?.includes(key)).map((key) => `${name}: ${key}`),
  )
  expect(strange).toEqual([])
  const missing = [...Map.groupBy(calls, ({ name }) => name)].flatMap(([name, each]) => {
    const isNamed = (key: string) =>
      each.some(({ keys, row }) => keys.includes(key) || new RegExp(`\`(?:\\{ )?${key}\\b`).test(row))
    return (takenBy.get(name) ?? []).filter((key) => !isNamed(key)).map((key) => `${name}: ${key}`)
  })
  expect(missing).toEqual([])
})

it('an answer that is told key by key has all keys of its schema', () => {
  const schemas = new Map(Object.entries<unknown>(contract))
  const told = rows.flatMap((row) =>
    [...row.matchAll(/`\[?\{ ([^`]*) \}\]?`(?: [^`|(]*)?\(`(\w+Schema)`/g)].map(
      ([, keys = '', schema = '']) => ({
        schema,
        keys: keys.split(',').map((key) => key.trim()),
      }),
    ),
  )
  expect(told.length).toBeGreaterThan(50)
  const missing = told
    .filter(({ keys }) => !keys.includes('…'))
    .flatMap(({ schema, keys }) =>
      keysOf(schemas.get(schema))
        .filter((key) => !keys.includes(key))
        .map((key) => `${schema}: ${key}`),
    )
  expect(missing).toEqual([])
})

/** The keys of an object, or of the objects in a list; none of anything else. */
function keysOf(schema: unknown): string[] {
  const { shape, element } = schema as { shape?: object; element?: unknown }
  if (element) return keysOf(element)
  return Object.keys(shape ?? {})
}
