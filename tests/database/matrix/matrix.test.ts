import type { SupabaseClient } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  apiKeyId,
  attemptInSql,
  caseFor,
  judge,
  type MatrixActor,
  type MatrixCase,
  matrixActors,
  type Outcome,
  stateOf,
  type Verdict,
} from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { saveRows } from '../../support/database/saved-rows.ts'
import { signToken } from '../../support/http/data-api.ts'
import type { TestGateway } from '../../support/http/gateway.ts'
import { type Served, startServed } from '../../support/http/served.ts'
import { letEveryoneSignIn, signIn } from '../../support/people/sign-in.ts'
import { matrixCast } from './cast.ts'
import { matrix } from './index.ts'

// Every table, every operation, every kind of caller: the verdicts stand in matrix/ and are asked for twice, in SQL
// and over HTTP.

const actors = Object.keys(matrixActors) as MatrixActor[]
const lines = Object.entries(matrix).flatMap(([table, { cases }]) =>
  cases.map((line): [string, string, MatrixCase] => [table, `${line.operation} of ${line.what}`, line]),
)

const story = policySuite(matrixCast)

describe('the matrix', () => {
  it(
    'has every table of public, and no other',
    story(async (client) => {
      const { rows } = await client.query<{ name: string }>(`
        select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') and not relispartition
        order by relname`)
      expect(Object.keys(matrix).toSorted()).toEqual(rows.map(({ name }) => name).toSorted())
    }),
  )

  it.each(Object.keys(matrix))('has every operation on %s', (table) => {
    const operations = new Set(matrix[table]?.cases.map(({ operation }) => operation))
    expect([...operations].toSorted()).toEqual(['delete', 'insert', 'select', 'update'])
  })
})

/** Asks for the verdict of every actor; `attempt` acts, `restore` takes back what an allowed write did. */
async function verdictsOf(
  client: pg.Client,
  table: string,
  line: MatrixCase,
  attempt: (name: MatrixActor, filled: MatrixCase) => Promise<Outcome>,
  restore: () => Promise<unknown>,
): Promise<Record<string, Verdict>> {
  const found: Record<string, Verdict> = {}
  const cases = actors.map((name) => caseFor(line, matrixActors[name]))
  // What was before one attempt is what was before all: either nothing changed, or it was taken back.
  const { rows, counts } = await stateOf(client, table, cases)
  for (const [index, name] of actors.entries()) {
    const filled = cases[index] ?? line
    const before = { rows, count: counts[index] ?? 0 }
    const { verdict, changed } = await judge(client, table, filled, before, () => attempt(name, filled))
    if (changed) await restore()
    found[name] = verdict
  }
  return found
}

describe('in SQL', () => {
  it.each(lines)('%s: %s', (table, _, line) =>
    story(async (client) => {
      const attempt = (name: MatrixActor, filled: MatrixCase) =>
        attemptInSql(client, table, filled, matrixActors[name])
      const restore = () => client.query('rollback; begin')
      expect(await verdictsOf(client, table, line, attempt, restore)).toEqual(line.verdicts)
    })(),
  )
})

describe('through supabase-js', () => {
  // A database of its own, since what comes over HTTP is committed.
  let served: Served
  let gateway: TestGateway
  let sql: pg.Client
  let keeper: pg.Client
  let clients: Record<MatrixActor, SupabaseClient>
  let restore: () => Promise<void>

  beforeAll(async () => {
    served = await startServed()
    gateway = served.gateway
    sql = served.sql
    await matrixCast(sql)
    await letEveryoneSignIn(sql)
    keeper = new pg.Client({ connectionString: served.database.url('postgres') })
    await keeper.connect()
    restore = await saveRows(keeper)
    const [outsider, viewer, member, admin, suspended, custom] = await Promise.all(
      ['outsider', 'viewer', 'member', 'admin', 'suspended', 'custom'].map((name) => signIn(gateway, name)),
    )
    if (!outsider || !viewer || !member || !admin || !suspended || !custom) throw new Error('Nobody came.')
    clients = {
      anonymous: gateway.client(),
      outsider,
      viewer,
      member,
      admin,
      suspended,
      custom,
      service: gateway.adminClient(),
      api_key: gateway.clientWith(
        await signToken({ sub: apiKeyId, exp: 4e9 }, inject('keys').functionsSigningKey),
      ),
    }
  })

  afterAll(async () => {
    await keeper.end()
    await served[Symbol.asyncDispose]()
  })

  async function attempt(table: string, name: MatrixActor, line: MatrixCase): Promise<Outcome> {
    const from = clients[name].from(table)
    const request = {
      select: () => from.select('match' in line ? Object.keys(line.match).join(',') : '*'),
      insert: () => from.insert('values' in line ? line.values : {}),
      update: () => from.update('values' in line ? line.values : {}),
      delete: () => from.delete(),
    }[line.operation]()
    const { data, error } = await ('match' in line ? request.match(line.match) : request)
    if (error) return { code: error.code }
    return { found: Array.isArray(data) ? data.length : 0 }
  }

  it.each(lines)('%s: %s', async (table, _, line) => {
    const found = await verdictsOf(sql, table, line, (name, filled) => attempt(table, name, filled), restore)
    expect(found).toEqual(line.verdicts)
  })
})
