/*
 * Functions that answer without reading what they are sent: whoever calls sees the answer, and the connection that it
 * came over takes the next request.
 */
import { Agent, type IncomingMessage, request as send } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'
import { type ServedFunctions, serveFunctionsOf } from '../../support/stack/functions.ts'

const deaf = `
Deno.serve(async (request) => {
  const { searchParams } = new URL(request.url)
  if (searchParams.has('begin')) for await (const _ of request.body ?? []) break
  return Response.json({ read: false }, { status: Number(searchParams.get('status')) })
})
`

let served: ServedFunctions
let database: TestDatabase
let gateway: TestGateway

beforeAll(async () => {
  served = await serveFunctionsOf({ deaf })
  database = await createDatabase('platform')
  gateway = await startTestGateway(database, {
    functions: served.functions,
    configure: (config) => {
      config.functions = served.config.functions
    },
  })
})

afterAll(async () => {
  await gateway.close()
  await database.drop()
  await served[Symbol.asyncDispose]()
})

const statuses = [401, 405, 413, 200]
/** What a client has sent, however busy the machine is, before the server gives up a connection that it drains. */
const megabytes = [0.05, 0.1, 1, 3]
const path = (status: number, how = '') => `${gateway.url}/functions/v1/deaf?status=${status}${how}`
const bodyOf = (size: number) => `{"a":"${'x'.repeat(size * 1e6)}"}`
/** Longer than a server takes to give up a connection whose request nobody reads. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 700))

describe.each(['', '&begin'])(
  'a call of a function that reads nothing, or no more than the beginning%s',
  (how) => {
    it.each(megabytes)('is answered after %d MB, and so is the next one', async (size) => {
      const expectAnswer = async (status: number) => {
        const response = await fetch(path(status, how), { method: 'POST', body: bodyOf(size) })
        expect([response.status, await response.json()]).toEqual([status, { read: false }])
      }
      const callAgain = async (status: number) => {
        await expectAnswer(status)
        await expectAnswer(status)
        await pause()
        await expectAnswer(status)
      }
      await Promise.all(statuses.map(callAgain))
    })
  },
)

it('what a GET announces and a function is not sent costs nobody their answer', async () => {
  const withBody = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-length': '5' }
      const request = send(path(200), { method: 'GET', headers, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      request.on('error', reject).end('12345')
    })
  const others = async () => {
    const found: number[] = []
    for (let call = 0; call < 40; call += 1)
      found.push((await fetch(path(200), { method: 'POST', body: bodyOf(0.001) })).status)
    return found
  }
  const hostile = Array.from({ length: 40 }, withBody)
  expect(new Set(await others())).toEqual(new Set([200]))
  expect(new Set(await Promise.all(hostile))).toEqual(new Set([200]))
})

it.each(megabytes)('keeps the connection of a client that has sent its %d MB', async (size) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const call = () =>
    new Promise<{ status: number | undefined; isReused: boolean; body: string }>((resolve, reject) => {
      const request = send(path(413), { method: 'POST', agent }, async (response: IncomingMessage) =>
        resolve({
          status: response.statusCode,
          isReused: request.reusedSocket,
          body: String(await buffer(response)),
        }),
      )
      request.on('error', reject).end(bodyOf(size))
    })
  try {
    const answers = [await call()]
    await pause()
    answers.push(await call())
    expect(answers).toEqual(
      [false, true].map((isReused) => ({ status: 413, isReused, body: '{"read":false}' })),
    )
  } finally {
    agent.destroy()
  }
})
