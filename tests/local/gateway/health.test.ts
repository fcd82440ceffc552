/*
 * Health is that of the parts: what does not work is named.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSession } from '../../support/database/session.ts'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

let database: TestDatabase
let gateway: TestGateway

beforeEach(async () => {
  database = await createDatabase('platform')
  gateway = await startTestGateway(database)
})
afterEach(async () => {
  await gateway.close()
  await database.drop()
})

const health = async () => {
  const response = await fetch(`${gateway.url}/health`)
  return { status: response.status, body: await response.json() }
}
const healthy = { status: 200, body: { status: 'ok', parts: { database: 'ok', storage: 'ok' } } }

it('fails with the database, and comes back with it', async () => {
  expect(await health()).toEqual(healthy)
  await using admin = await openSession(database.url('supabase_admin'))
  await admin.query(`alter database ${database.name} connection limit 0`)
  try {
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator' and datname = current_database()",
    )
    expect(await health()).toEqual({
      status: 503,
      body: { status: 'unhealthy', parts: { database: 'unreachable', storage: 'ok' } },
    })
  } finally {
    await admin.query(`alter database ${database.name} connection limit -1`)
  }
  expect(await health()).toEqual(healthy)
})

it('fails with the folder of stored files', async () => {
  renameSync(gateway.storageDirectory, `${gateway.storageDirectory}-gone`)
  writeFileSync(gateway.storageDirectory, 'no folder')
  try {
    expect(await health()).toMatchObject({ status: 503, body: { parts: { storage: 'unreachable' } } })
  } finally {
    rmSync(gateway.storageDirectory)
    renameSync(`${gateway.storageDirectory}-gone`, gateway.storageDirectory)
  }
  expect(await health()).toEqual(healthy)
})
