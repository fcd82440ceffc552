import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { errorStatuses } from '../../../functions/_shared/errors.ts'
import { guardSuite } from '../../support/database/guard-suite.ts'

const docs = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')
const { query } = guardSuite()

it('the codes of functions have the statuses of the database and of docs/errors.md', async () => {
  for (const [code, status] of Object.entries(errorStatuses)) {
    const [row] = await query<{ status: number | null }>('select private.error_status($1) as status', [code])
    if (code !== 'payload_too_large') expect([code, row?.status]).toEqual([code, status])
    expect(docs).toContain(`| \`${code}\` | ${status} |`)
  }
})

it('leave out none that the database raises', async () => {
  const [row] = await query<{ source: string }>(
    "select prosrc as source from pg_proc where oid = 'private.error_status(text)'::regprocedure",
  )
  const codes = [...(row?.source ?? '').matchAll(/when '(\w+)' then \d/g)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(5)
  expect(codes.filter((code) => !Object.hasOwn(errorStatuses, code ?? ''))).toEqual([])
})
