/*
 * Broadcasts between clients, in both versions of the protocol, and over HTTP.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { heard, startRealtime, subscribed, type TestRealtime } from '../../support/http/realtime.ts'

let realtime: TestRealtime

beforeAll(async () => {
  realtime = await startRealtime({ payloadBytes: 2_000 })
})
afterAll(() => realtime[Symbol.asyncDispose]())

const said = (word: string) => ({ type: 'broadcast', event: 'said', payload: { word } }) as const

describe.each([
  ['1.0.0', '1.0.0'],
  ['1.0.0', '2.0.0'],
  ['2.0.0', '1.0.0'],
  ['2.0.0', '2.0.0'],
])('from version %s to version %s', (from, to) => {
  it('a broadcast comes to the others, and not to whom it is from', async () => {
    const name = crypto.randomUUID()
    const sender = (await realtime.connect(undefined, { vsn: from })).channel(name)
    const receiver = (await realtime.connect(undefined, { vsn: to })).channel(name)
    const [own, others] = [heard(sender), heard(receiver)]
    await Promise.all([subscribed(sender), subscribed(receiver)])
    expect(await sender.send(said('grüße 🌍'))).toBe('ok')
    await expect.poll(() => others).toEqual([said('grüße 🌍')])
    expect(own).toEqual([])
  })
})

it('is answered where the client asks for it, and heard by itself', async () => {
  const client = await realtime.connect()
  const channel = client.channel('echo', { config: { broadcast: { self: true, ack: true } } })
  const own = heard(channel, 'said')
  await subscribed(channel)
  expect(await channel.send(said('one'))).toBe('ok')
  expect(own).toEqual([said('one')])
})

it('carries bytes between clients of version 2.0.0; the others have no form for them', async () => {
  const [one, two, old] = await Promise.all([
    realtime.connect(),
    realtime.connect(),
    realtime.connect(undefined, { vsn: '1.0.0' }),
  ])
  const channels = [one, two, old].map((client) => client.channel('bytes'))
  const [, received = [], none = []] = channels.map((channel) => heard(channel))
  await Promise.all(channels.map(subscribed))
  const payload = Uint8Array.from([0, 255, 1, 254]).buffer
  await channels[0]?.send({ type: 'broadcast', event: 'raw', payload })
  await channels[0]?.send(said('after'))
  await expect.poll(() => none).toEqual([said('after')])
  expect(received).toEqual([{ type: 'broadcast', event: 'raw', payload }, said('after')])
})

it('a payload that is too large goes to nobody, and the client hears so', async () => {
  const [one, two] = await Promise.all([realtime.connect(), realtime.connect()])
  const sender = one.channel('large', { config: { broadcast: { ack: true } } })
  const receiver = two.channel('large')
  const received = heard(receiver)
  await Promise.all([subscribed(sender), subscribed(receiver)])
  expect(await sender.send(said('x'.repeat(3_000)))).toBe('error')
  expect(await sender.send(said('short'))).toBe('ok')
  await expect.poll(() => received).toEqual([said('short')])
})

it('a topic of one name is another one where it is private', async () => {
  const [one, two] = await Promise.all([realtime.connect(), realtime.connect({ role: 'service_role' })])
  const open = one.channel('same')
  const closed = two.channel('same', { config: { private: true, broadcast: { self: true } } })
  const [openHeard, closedHeard] = [heard(open), heard(closed)]
  await Promise.all([subscribed(open), subscribed(closed)])
  await open.send(said('open'))
  await closed.send(said('closed'))
  await expect.poll(() => closedHeard).toEqual([said('closed')])
  expect(openHeard).toEqual([])
})

it('nothing comes any more after leaving', async () => {
  const [one, two] = await Promise.all([realtime.connect(), realtime.connect()])
  const sender = one.channel('left', { config: { broadcast: { ack: true } } })
  const receiver = two.channel('left')
  const received = heard(receiver)
  await Promise.all([subscribed(sender), subscribed(receiver)])
  expect(await two.removeChannel(receiver)).toBe('ok')
  await sender.send(said('too late'))
  const again = two.channel('left')
  const later = heard(again)
  await subscribed(again)
  await sender.send(said('in time'))
  await expect.poll(() => later).toEqual([said('in time')])
  expect(received).toEqual([])
})

describe('over HTTP', () => {
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${realtime.gateway.url}/realtime/v1/api/broadcast${path}`, {
      method: 'POST',
      body,
      headers: { apikey: realtime.gateway.publishableKey, 'content-type': 'application/json', ...headers },
    })

  it('messages come to their topics', async () => {
    const channel = (await realtime.connect()).channel('news')
    const received = heard(channel)
    await subscribed(channel)
    const messages = ['a', 'b'].map((word) => ({ topic: 'news', event: 'said', payload: { word } }))
    expect((await post('', JSON.stringify({ messages }))).status).toBe(202)
    const bytes = await post('/news/events/raw', Uint8Array.from([7]), {
      'content-type': 'application/octet-stream',
    })
    expect(bytes.status).toBe(202)
    await expect
      .poll(() => received)
      .toEqual([
        said('a'),
        said('b'),
        { type: 'broadcast', event: 'raw', payload: Uint8Array.from([7]).buffer },
      ])
  })

  it('a private topic takes them from the secret key, and from nobody whom no policy lets', async () => {
    const server = await realtime.connect({ role: 'service_role' })
    const channel = server.channel('secret', { config: { private: true } })
    const received = heard(channel)
    await subscribed(channel)
    const message = (word: string) =>
      JSON.stringify({ messages: [{ topic: 'secret', event: 'said', payload: { word }, private: true }] })
    expect((await post('', message('denied'))).status).toBe(202)
    const secret = { apikey: realtime.gateway.secretKey }
    expect((await post('', message('allowed'), secret)).status).toBe(202)
    await expect.poll(() => received).toEqual([said('allowed')])
  })

  it.each([
    ['no JSON', '{', 422],
    ['no messages', '{}', 422],
    ['a message without an event', '{"messages":[{"topic":"a","payload":{}}]}', 422],
    ['a key that reaches all objects', '{"__proto__":{}}', 422],
  ])('%s is refused', async (_case, body, status) => {
    expect((await post('', body)).status).toBe(status)
  })

  it('a payload may have 256 KiB, each by itself', async () => {
    const channel = (await realtime.connect()).channel('long')
    const received = heard(channel)
    await subscribed(channel)
    const payload = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) })
    const sent = async (...sizes: number[]) => {
      const messages = sizes.map((size) => ({ topic: 'elsewhere', event: 'b', payload: payload(size) }))
      const answer = await post('', JSON.stringify({ messages }))
      return [answer.status, await answer.text()]
    }
    const tooLarge = [422, '{"errors":{"payload":["Payload size exceeds tenant limit"]}}']
    expect(await sent(2 ** 18, 2 ** 18)).toEqual([202, ''])
    expect(await sent(8, 2 ** 18 + 1)).toEqual(tooLarge)
    expect((await post('/long/events/said', JSON.stringify(payload(2 ** 18 + 1)))).status).toBe(422)
    expect((await post('/long/events/said', JSON.stringify({ word: 'short' }))).status).toBe(202)
    await expect.poll(() => received).toEqual([said('short')])
  })

  it('a key or a token of another project is refused', async () => {
    const body = '{"messages":[{"topic":"a","event":"b","payload":{}}]}'
    expect((await post('', body, { apikey: 'sb_publishable_other' })).status).toBe(401)
    expect((await post('', body, { authorization: 'Bearer a.b.c' })).status).toBe(401)
  })
})
