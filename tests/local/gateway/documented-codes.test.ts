import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type RefusalReason, refuseAsDataApi } from '../../../local/gateway/refusals.ts'

// Whatever code the gateway answers with has a row in the docs.

const root = join(import.meta.dirname, '../../..')
const docs = (name: string) => readFileSync(join(root, 'docs', name), 'utf8')
const reasons = Object.keys({
  malformed_url: true,
  unsafe_name: true,
  token_too_long: true,
  payload_too_large: true,
  too_many_requests: true,
} satisfies Record<RefusalReason, true>) as RefusalReason[]

it('codes of its own stand in errors.md, and those in front of functions in functions.md', () => {
  const folder = join(root, 'local/gateway')
  const codes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/\bcode: '(\w+)'/g)])
    .map(([, code = '']) => code)
  expect(codes).toEqual(
    expect.arrayContaining(['headers_too_large', 'request_timeout', 'bad_request', 'NOT_FOUND']),
  )
  const undocumented = codes.filter(
    (code) => !docs(/^[A-Z_]+$/.test(code) ? 'functions.md' : 'errors.md').includes(`\`${code}\``),
  )
  expect(undocumented).toEqual([])
})

it('codes in place of the Data API stand in errors.md, with their statuses', async () => {
  for (const reason of reasons) {
    const response = refuseAsDataApi(reason, 'No.')
    const { code } = (await response.json()) as { code: string }
    expect(docs('errors.md')).toContain(`| \`${code}\` | ${response.status} |`)
  }
})
