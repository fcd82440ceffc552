/*
 * The examples of PostgREST's documentation, page by page, and how the Data API answers them. `verdicts.txt` holds what
 * passes and what differs: a line of it changes when somebody asks for it with -u, and says so in review.
 */
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openSession } from '../../../support/database/session.ts'
import { signToken } from '../../../support/http/data-api.ts'
import { startTestGateway, type TestGateway } from '../../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../../support/stack/database.ts'
import type { Example, Page } from './page.ts'
import { pages } from './pages/index.ts'
import { type Reply, verdict } from './verdict.ts'

const maxRows = 1000
/** What the pages switch on. */
const settings = [
  'pgrst.db_aggregates_enabled = true',
  'pgrst.db_plan_enabled = true',
  "pgrst.db_pre_request = 'authentication.check_user'",
]
/** A byte order mark is part of what is answered. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

let database: TestDatabase
let gateway: TestGateway

beforeAll(async () => {
  database = await createDatabase('platform')
  await using session = await openSession(database.url('postgres'))
  for (const { name, sql } of pages) {
    await session.query(`create schema ${name}; set search_path = ${name}, extensions; ${sql}`)
    await session.query(`
      grant usage on schema ${name} to anon; grant all on all tables in schema ${name} to anon;
      grant all on all sequences in schema ${name} to anon; grant all on all routines in schema ${name} to anon`)
  }
  const [row] = await session.query<{ name: string }>('select current_database() as name')
  for (const setting of settings)
    await session.query(`alter role authenticator in database "${row?.name}" set ${setting}`)
  gateway = await startTestGateway(database, {
    configure({ api }) {
      api.schemas = ['public', ...pages.map(({ name }) => name)]
      api.max_rows = maxRows
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await database.drop()
})

it('is answered as it says, but for what the list of verdicts names', async () => {
  const lines: string[] = []
  const unexplained: string[] = []
  for (const page of pages) {
    lines.push(`# ${page.name}`)
    // One after the other: some see what those before them have written.
    for (const example of page.examples) {
      const found = verdict(await reply(page, example), example.answer)
      const { why } = example.answer
      lines.push(`${example.section} | ${example.request} | ${found}${why ? ` (${why})` : ''}`)
      if ((found === 'pass') !== (why === undefined))
        unexplained.push(`${page.name}: ${example.request}: ${found}`)
    }
  }
  expect(unexplained, 'What differs says why, and nothing else does').toEqual([])
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('verdicts.txt')
})

async function reply(page: Page, example: Example): Promise<Reply> {
  const { request, headers, body } = example
  const [method = '', path = ''] = request.split(/ (.*)/s)
  const response = await fetch(`${gateway.url}/rest/v1${path}`, {
    method,
    headers: {
      apikey: gateway.publishableKey,
      'content-type': 'application/json',
      'accept-profile': page.name,
      'content-profile': page.name,
      ...(await authorization(example)),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: utf8.decode(await response.arrayBuffer()),
  }
}

async function authorization({ claims, scheme = 'Bearer', keyId }: Example): Promise<Record<string, string>> {
  if (!claims) return {}
  const key = inject('keys').jwtSigningKey
  return { authorization: `${scheme} ${await signToken(claims(), keyId ? { ...key, kid: keyId } : key)}` }
}
