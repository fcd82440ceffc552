/*
 * What no client should send: it is answered as the protocol says, or the connection is closed, and nobody else notices.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import {
  heard,
  type RawSocket,
  startRealtime,
  subscribed,
  type TestRealtime,
} from '../../support/http/realtime.ts'

let realtime: TestRealtime

beforeAll(async () => {
  // What is read of a client in a second is no limit here: megabytes are sent on purpose.
  realtime = await startRealtime({ channelsPerClient: 5, bufferedBytes: 1_000_000, readBytesPerSecond: 1e9 })
})
afterAll(() => realtime[Symbol.asyncDispose]())

const join = (topic: string, ref: unknown = '1', payload: unknown = {}) => [
  ref,
  ref,
  `realtime:${topic}`,
  'phx_join',
  payload,
]
const joined = (topic: string, ref: unknown = '1') => [
  ref,
  ref,
  `realtime:${topic}`,
  'phx_reply',
  { status: 'ok', response: { postgres_changes: [] } },
]
const refused = (topic: string, ref: unknown, reason: string) => [
  ref,
  ref,
  topic,
  'phx_reply',
  { status: 'error', response: { reason } },
]

/** Holds that a connection still answers, to itself and in its turn. */
async function expectAnswers({ send, received }: RawSocket): Promise<void> {
  const ref = crypto.randomUUID()
  send([null, ref, 'phoenix', 'heartbeat', {}])
  await expect
    .poll(() => received.at(-1))
    .toEqual([null, ref, 'phoenix', 'phx_reply', { status: 'ok', response: {} }])
}

describe('frames that are none are passed over', () => {
  it.each([
    ['no JSON', '{'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['no array', '{"topic":"phoenix"}'],
    ['an array of other things', '[1,2,3]'],
    ['a topic that is no text', '[null,"1",{},"phx_join",{}]'],
    ['an empty text', ''],
    ['an empty binary', Buffer.alloc(0)],
    ['a binary of another kind', Buffer.from([9, 1, 1, 1, 1, 1, 1])],
    ['lengths beyond the end', Buffer.from([3, 255, 255, 255, 255, 255, 1, 0])],
    ['a binary whose JSON is none', Buffer.concat([Buffer.from([3, 0, 0, 1, 1, 0, 1]), Buffer.from('tx{')])],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['a reference of a megabyte', JSON.stringify([null, 'x'.repeat(1_000_000), 'phoenix', 'heartbeat', {}])],
  ])('%s', async (_case, frame) => {
    const raw = await realtime.open()
    raw.send(frame)
    await expectAnswers(raw)
    expect(raw.received).toHaveLength(1)
  })
})

it('joins that cannot be read are joins without wishes', async () => {
  const raw = await realtime.open()
  const payloads = [
    null,
    1,
    [],
    { config: 5 },
    { config: { broadcast: [], presence: 'x', postgres_changes: 7 } },
  ]
  for (const [place, payload] of payloads.entries()) raw.send(join(`odd ${place}`, String(place), payload))
  await expect
    .poll(() => raw.received)
    .toEqual(payloads.map((_, place) => joined(`odd ${place}`, String(place))))
})

it('topics that are none are refused', async () => {
  const raw = await realtime.open()
  raw.send(['1', '1', 'elsewhere', 'phx_join', {}])
  raw.send(['2', '2', 'realtime:', 'phx_join', {}])
  raw.send(['3', '3', 'realtime:never joined', 'broadcast', { type: 'broadcast', event: 'x' }])
  await expect
    .poll(() => raw.received)
    .toEqual([
      refused('elsewhere', '1', 'unmatched topic'),
      refused('realtime:', '2', 'TopicNameRequired: You must provide a topic name'),
      refused('realtime:never joined', '3', 'unmatched topic'),
    ])
})

describe('a text that Postgres cannot hold is refused before it is asked, and nothing is logged', () => {
  const texts = ['nul\0', 'half \ud83d of a pair']
  const quietly = (test: (text: string) => Promise<void>) => async (text: string) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      await test(text)
      expect(log).not.toHaveBeenCalled()
    } finally {
      log.mockRestore()
    }
  }

  it.each(texts)(
    'as a private topic: %j',
    quietly(async (text) => {
      const raw = await realtime.open()
      const reason = `Unauthorized: You do not have permissions to read from this Channel topic: ${text}`
      for (const presence of [{ enabled: false }, { enabled: true }])
        raw.send(join(text, '1', { config: { private: true, presence } }))
      await expect
        .poll(() => raw.received)
        .toEqual([refused(`realtime:${text}`, '1', reason), refused(`realtime:${text}`, '1', reason)])
    }),
  )

  it.each(texts)(
    'as a schema, a table or a filter: %j',
    quietly(async (text) => {
      const raw = await realtime.open()
      const wishes = [
        { schema: text },
        { table: text },
        { schema: 'public', table: 'x', filter: `id=match.${text}` },
      ]
      for (const wish of wishes) raw.send(join('wishes', '1', { config: { postgres_changes: [wish] } }))
      const told = () =>
        raw.received.flatMap((frame) => {
          const [, , , event, payload] = frame as [unknown, unknown, unknown, string, { message: string }]
          return event === 'system' ? [payload.message] : []
        })
      await expect.poll(told).toHaveLength(wishes.length)
      for (const message of told()) expect(message).toMatch(/^Unable to subscribe/)
    }),
  )

  it.each(['nul\0'])(
    'as a topic or an event of a broadcast over HTTP: %j',
    quietly(async (text) => {
      const { url, secretKey } = realtime.gateway
      for (const message of [
        { topic: text, event: 'x' },
        { topic: 'x', event: text },
      ]) {
        const response = await fetch(`${url}/realtime/v1/api/broadcast`, {
          method: 'POST',
          headers: { apikey: secretKey, 'content-type': 'application/json' },
          body: JSON.stringify({ messages: [{ ...message, payload: {}, private: true }] }),
        })
        expect(response.status).toBe(422)
      }
    }),
  )
})

it('a second join of a topic takes the place of the first', async () => {
  const raw = await realtime.open()
  raw.send(join('twice', '1'))
  raw.send(join('twice', '2'))
  await expect
    .poll(() => raw.received)
    .toEqual([joined('twice', '1'), ['1', '1', 'realtime:twice', 'phx_close', {}], joined('twice', '2')])
})

it('more channels than a client may have are refused', async () => {
  const raw = await realtime.open()
  for (let number = 1; number <= 6; number += 1) raw.send(join(`topic ${number}`, String(number)))
  await expect.poll(() => raw.received).toHaveLength(6)
  expect(raw.received.at(-1)).toEqual(
    refused('realtime:topic 6', '6', 'ChannelRateLimitReached: Too many channels'),
  )
})

it('a client that joins without end is closed, and the others join', async () => {
  await using limited = await startRealtime({ joinsPerSecond: 2 })
  const raw = await limited.open()
  for (let number = 1; number <= 2_000; number += 1) raw.send(join('again', String(number)))
  expect(await raw.closed).toBe(1008)
  expect(raw.received).toContainEqual(
    refused('realtime:again', '21', 'ClientJoinRateLimitReached: Too many joins per second'),
  )
})

it('a client that sends without end is shut out of its channel, and whoever listens stays', async () => {
  await using limited = await startRealtime({ messagesPerSecond: 10 })
  const listener = (await limited.connect()).channel('flood')
  const messages = heard(listener)
  await subscribed(listener)
  const raw = await limited.open()
  raw.send(join('flood'))
  for (let number = 1; number <= 200; number += 1)
    raw.send(['1', null, 'realtime:flood', 'broadcast', { type: 'broadcast', event: 'x', payload: {} }])
  const words = {
    extension: 'system',
    status: 'error',
    message: 'Too many messages per second',
    channel: 'flood',
  }
  await expect.poll(() => raw.received).toContainEqual(['1', null, 'realtime:flood', 'system', words])
  expect(raw.received).toContainEqual(['1', '1', 'realtime:flood', 'phx_close', {}])
  expect(messages.length).toBeGreaterThan(10)
  expect(messages.length).toBeLessThan(100)
  expect(listener.state).toBe('joined')
})

it('more clients than a project may have are refused', async () => {
  await using limited = await startRealtime({ clients: 2 })
  const [one] = [await limited.open(), await limited.open()]
  await expect(limited.open()).rejects.toThrow('429')
  one.socket.close()
  await one.closed
  await expect.poll(() => limited.open().then(() => 'open', String)).toBe('open')
})

it.each([
  ['no key', { apikey: '' }],
  ['the key of another project', { apikey: 'sb_publishable_other' }],
])('%s opens nothing', async (_case, parameters) => {
  await expect(realtime.open(parameters)).rejects.toThrow('401')
})

it('nowhere else is WebSocket spoken', async () => {
  const { url, publishableKey } = realtime.gateway
  for (const path of ['/realtime/v1/other', '/realtime/v1/websocket/more', '/rest/v1/websocket']) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}?apikey=${publishableKey}&vsn=2.0.0`)
    const status = await new Promise((resolve) => {
      socket.once('open', () => resolve('open'))
      socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode))
    })
    socket.once('error', () => undefined).terminate()
    expect([path, status]).toEqual([path, 404])
  }
})

it('a frame of ten megabytes closes the connection', async () => {
  const raw = await realtime.open()
  raw.send(JSON.stringify(['1', '1', 'realtime:large', 'phx_join', { text: 'x'.repeat(10_000_000) }]))
  expect(await raw.closed).toBe(1009)
})

it('a client that does not read is closed, and the others hear everything, in order', async () => {
  const [speaker, listener] = await Promise.all([realtime.connect(), realtime.connect()])
  const speaking = speaker.channel('slow', { config: { broadcast: { ack: true } } })
  const listening = listener.channel('slow')
  const messages = heard(listening) as { payload: { number: number } }[]
  const slow = await realtime.open()
  slow.send(join('slow'))
  await expect.poll(() => slow.received).toHaveLength(1)
  await Promise.all([subscribed(speaking), subscribed(listening)])
  slow.socket.pause()
  // The system itself may hold up to 37 megabytes for a reader.
  const text = 'x'.repeat(250_000)
  const count = 170
  for (let number = 0; number < count; number += 1)
    expect(await speaking.send({ type: 'broadcast', event: 'long', payload: { number, text } })).toBe('ok')
  await expect
    .poll(() => messages.map(({ payload }) => payload.number), { timeout: 5_000 })
    .toEqual([...Array(count).keys()])
  slow.socket.resume()
  expect(await slow.closed).toBe(1006)
})
