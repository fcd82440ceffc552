import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { guardSuite } from '../../support/database/guard-suite.ts'

// What a function says in its comment that it refuses with stands in its row of docs/endpoints.md.

const { query } = guardSuite()

const rows = readFileSync(join(import.meta.dirname, '../../../docs/endpoints.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes(".rpc('"))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, name = '', call = '', , errors = '']) => ({
    name,
    functions: [...call.matchAll(/\.rpc\('(\w+)'/g)].map(([, called = '']) => called),
    errors,
  }))

/** The codes of a row, with those of the row that it refers to. */
function codesOfRow(errors: string): Set<string> {
  const other = /those of `([^`]+)`/.exec(errors)?.[1]
  const referred = rows.find(({ name }) => name === other)
  return new Set([
    ...[...errors.matchAll(/`(\w+)`/g)].map(([, code = '']) => code),
    ...(referred ? codesOfRow(referred.errors) : []),
  ])
}

it('each error that the comment of a function names stands in its row', async () => {
  const registered = (
    await query<{ code: string }>(
      `select code[1] as code
       from pg_proc p, regexp_matches(p.prosrc, 'when ''(\\w+)'' then \\d', 'g') as code
       where p.oid = 'private.error_status(text)'::regprocedure`,
    )
  ).map(({ code }) => code)
  const comments = new Map(
    (
      await query<{ name: string; comment: string }>(
        `select p.proname as name, obj_description(p.oid, 'pg_proc') as comment
         from pg_proc p where p.pronamespace = 'public'::regnamespace`,
      )
    ).map(({ name, comment }) => [name, comment]),
  )
  /** What follows "Errors:", without what is about each; "those of x" are the codes of another function. */
  const codesOf = (name: string): string[] => {
    const errors = /\bErrors?: (.*)$/s.exec(comments.get(name) ?? '')?.[1]?.replaceAll(/\([^)]*\)/g, '') ?? ''
    const other = /those of (\w+)/.exec(errors)?.[1]
    return [
      ...registered.filter((code) => new RegExp(`\\b${code}\\b`).test(errors)),
      ...(other && comments.has(other) ? codesOf(other) : []),
    ]
  }
  const named = rows.flatMap(({ functions }) => functions.flatMap(codesOf))
  expect(named.length).toBeGreaterThan(400)
  expect(codesOf('save_view')).toContain('conflict')
  const missing = rows.flatMap(({ name, functions, errors }) => {
    const codes = codesOfRow(errors)
    return functions.flatMap((called) =>
      codesOf(called)
        .filter((code) => !codes.has(code))
        .map((code) => `${name}: ${code} of ${called}`),
    )
  })
  expect(missing).toEqual([])
})
