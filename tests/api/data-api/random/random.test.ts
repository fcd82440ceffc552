/*
 * Random schemas of five tables and two views, and random selects of them: what the Data API answers is what JavaScript
 * works out from all the rows.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSession } from '../../../support/database/session.ts'
import { startTestGateway, type TestGateway } from '../../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../../support/stack/database.ts'
import { type Model, randomModel } from './model.ts'
import { Random } from './numbers.ts'
import { answerOf, randomQuery, urlOf } from './queries.ts'

const schemaCount = 8
const queryCount = 300
const seed = Number(process.env.RANDOM_SEED ?? Date.now())

let database: TestDatabase
let gateway: TestGateway
const models: Model[] = []

beforeAll(async () => {
  database = await createDatabase('platform')
  await using session = await openSession(database.url('postgres'))
  const random = new Random(seed)
  for (let index = 0; index < schemaCount; index++) {
    const model = randomModel(random)
    models.push(model)
    await session.query(`
      create schema s${index}; set search_path = s${index}; ${model.sql}
      grant usage on schema s${index} to anon; grant select on all tables in schema s${index} to anon`)
  }
  gateway = await startTestGateway(database, {
    configure({ api }) {
      api.schemas = models.map((_, index) => `s${index}`)
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await database.drop()
})

it('answers random selects of random schemas as all the rows do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(schemaCount - 1), fc.nat(), async (index, number) => {
      const model = models[index]
      if (!model) throw new Error('There is no such schema')
      const query = randomQuery(new Random(number), model)
      const path = urlOf(query)
      const response = await fetch(`${gateway.url}/rest/v1${path}`, {
        headers: { apikey: gateway.publishableKey, 'accept-profile': `s${index}` },
      })
      expect(
        { status: response.status, body: await response.json() },
        `RANDOM_SEED=${seed}, schema s${index}: ${decodeURIComponent(path)}\n${model.sql}`,
      ).toEqual({ status: 200, body: answerOf(query) })
    }),
    { numRuns: queryCount, seed: seed | 0, endOnFailure: true },
  )
}, 60_000)
