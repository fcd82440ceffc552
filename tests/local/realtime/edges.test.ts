/*
 * What the server counts and reads, each to its edge: nothing is connected, and no database is asked.
 */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { Backlog } from '../../../local/services/realtime/changes/backlog.ts'
import type { Change } from '../../../local/services/realtime/changes/change.ts'
import type { Changes } from '../../../local/services/realtime/changes/changes.ts'
import { parseFilters } from '../../../local/services/realtime/changes/filters.ts'
import { changePayload } from '../../../local/services/realtime/changes/payloads.ts'
import { readWish } from '../../../local/services/realtime/changes/subscription.ts'
import { Client } from '../../../local/services/realtime/channels/client.ts'
import { Intake } from '../../../local/services/realtime/channels/intake.ts'
import { readJoin } from '../../../local/services/realtime/channels/join-payload.ts'
import { broadcastRow } from '../../../local/services/realtime/database/broadcasts.ts'
import { before, isAtOrAfter } from '../../../local/services/realtime/database/position.ts'
import { defaultLimits } from '../../../local/services/realtime/limits.ts'
import {
  decodeBinary,
  encodeBinary,
  isUserBroadcast,
} from '../../../local/services/realtime/protocol/user-broadcast.ts'
import { Rate } from '../../../local/services/realtime/rate.ts'
import { replayedMessages } from '../../../local/services/realtime/replay.ts'
import { createTokens, refuseExpired } from '../../../local/services/realtime/tokens.ts'
import { signToken } from '../../support/http/data-api.ts'

it('the limits are those of Supabase’s free plan', () => {
  expect(defaultLimits).toEqual({
    clients: 200,
    channelsPerClient: 100,
    joinsPerSecond: 100,
    messagesPerSecond: 100,
    presenceEventsPerSecond: 1000,
    presenceCallsPerWindow: 5,
    payloadBytes: 262_144,
    frameBytes: 5_000_000,
    readBytesPerSecond: 1_048_576,
    bufferedBytes: 4_194_304,
  })
})

describe('in time', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'], now: 0 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('a rate is what came in the last minute, and a page that opens is no flood', () => {
    const opened = new Rate(1)
    opened.add(10)
    expect(opened.isExceeded()).toBe(false)
    opened.add()
    expect(opened.isExceeded()).toBe(true)
    const event = fc.record({ wait: fc.nat({ max: 70 }), count: fc.integer({ min: 1, max: 30 }) })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (events, limit) => {
        const rate = new Rate(limit)
        const come: { at: number; count: number }[] = []
        let now = 0
        for (const { wait, count } of events) {
          vi.advanceTimersByTime(wait * 1000)
          now += wait
          rate.add(count)
          if (count === 1) rate.add()
          come.push({ at: now, count: count === 1 ? 2 : count })
          const total = come.reduce((sum, each) => sum + (each.at > now - 60 ? each.count : 0), 0)
          const most = limit * Math.min(60, Math.max(10, now))
          expect(rate.isExceeded()).toBe(total > most)
          expect([rate.isExceeded(most - total), rate.isExceeded(most - total + 1)]).toEqual([false, true])
        }
      }),
      { numRuns: 50 },
    )
  })

  it('a client is read at its pace, to the byte, and once where it is held up twice', () => {
    const told: string[] = []
    const intake = new Intake({ pause: () => told.push('pause'), resume: () => told.push('resume') }, 1000)
    intake.take(1000)
    expect(told).toEqual([])
    intake.take(1)
    intake.take(499)
    expect(told).toEqual(['pause'])
    vi.advanceTimersByTime(1)
    expect(told).toEqual(['pause', 'resume'])
    intake.pause()
    intake.take(1)
    intake.resume()
    expect(told).toEqual(['pause', 'resume', 'pause'])
    vi.advanceTimersByTime(1000)
    expect(told).toEqual(['pause', 'resume', 'pause', 'resume'])
    intake.take(500)
    intake.take(1)
    expect(told.at(-1)).toBe('pause')
  })

  it('a token has ended in its second', () => {
    vi.setSystemTime(1_000_000)
    expect(() => refuseExpired(1000)).toThrow('Token has expired 0 seconds ago')
    expect(() => refuseExpired(1001)).not.toThrow()
    vi.setSystemTime(1_000_500)
    expect(() => refuseExpired(1000)).toThrow('0 seconds ago')
    expect(() => refuseExpired(1001)).not.toThrow()
  })
})

it('a token is taken until it ends, and not at all where it does not say when', async () => {
  const check = createTokens(inject('keys'))
  const exp = Math.floor(Date.now() / 1000) + 60
  expect(await check(await signToken({ exp }))).toMatchObject({
    caller: { role: 'authenticated' },
    expiresAt: exp,
  })
  await expect(check(await signToken({ exp: exp - 61 }))).rejects.toThrow('Token has expired')
  await expect(check(await signToken({ exp: undefined }))).rejects.toThrow(
    'Fields `role` and `exp` are required in JWT',
  )
})

describe('a binary broadcast', () => {
  const frame = (parts: string[], body: string, [kind, encoding] = [3, 0]) =>
    Buffer.concat([
      Buffer.from([kind ?? 3, ...parts.map((part) => Buffer.byteLength(part)), encoding ?? 0]),
      ...[...parts, body].map((part) => Buffer.from(part)),
    ])

  it('is read as it is written', () => {
    const parts = ['1', '2', 'realtime:a', 'said', '{}']
    const read = { joinRef: '1', ref: '2', topic: 'realtime:a', event: 'broadcast' }
    expect(decodeBinary(frame(parts, 'xy'))).toEqual({
      ...read,
      payload: { event: 'said', encoding: 'binary', body: Buffer.from('xy') },
    })
    expect(decodeBinary(frame(parts, '{"a":1}', [3, 1]))).toMatchObject({ payload: { encoding: 'json' } })
    expect(decodeBinary(frame(['', '', '', '', ''], ''))).toMatchObject({ joinRef: null, ref: null })
    expect(decodeBinary(frame(parts, '', [3, 2]))).toMatchObject({ payload: { encoding: 'binary' } })
  })

  it.each([
    ['another kind', frame(['', '', '', '', ''], '', [4, 0])],
    ['a head that is cut', Buffer.from([3, 0, 0, 0, 0, 0])],
    ['parts that are cut', frame(['1', '2', 'topic', 'event', ''], '').subarray(0, -1)],
    ['what it says is JSON and is none', frame(['', '', '', '', ''], '{', [3, 1])],
  ])('is none with %s', (_what, data) => {
    expect(decodeBinary(data)).toBeUndefined()
  })

  it('is written with parts of 255 bytes at most', () => {
    const said = { event: 'said', encoding: 'json', body: Buffer.from('1') } as const
    expect(encodeBinary('abc', said, '{}')).toEqual(Buffer.from('\x04\x03\x04\x02\x01abcsaid{}1', 'latin1'))
    expect(encodeBinary('a', { ...said, encoding: 'binary' }, '')?.[4]).toBe(0)
    expect(encodeBinary('ä'.repeat(127), said, '')).toBeDefined()
    expect(encodeBinary('a'.repeat(255), said, '')).toBeDefined()
    expect(encodeBinary('ä'.repeat(128), said, '')).toBeUndefined()
    expect([null, 'x', {}, { body: 'x' }, said].map(isUserBroadcast)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })
})

describe('filters', () => {
  const read = (text: string) =>
    parseFilters(text).map(({ column, operator, value }) => [column, operator, value])

  it.each([
    ['', []],
    [' ', []],
    [
      'id=eq.1, name=not.like.a%',
      [
        ['id', 'eq', '1'],
        ['name', 'like', 'a%'],
      ],
    ],
    ['id=in.()', [['id', 'in', '{}']]],
    [
      'id=in.(1,(2,3),4),b=lt.5',
      [
        ['id', 'in', '{1,(2,3),4}'],
        ['b', 'lt', '5'],
      ],
    ],
    [
      'a=eq.),b=eq.(',
      [
        ['a', 'eq', ')'],
        ['b', 'eq', '('],
      ],
    ],
    [
      'a=eq."x,\\"y\\\\",b=eq.c"d,e=eq."',
      [
        ['a', 'eq', 'x,"y\\'],
        ['b', 'eq', 'c"d'],
        ['e', 'eq', '"'],
      ],
    ],
    [
      'a=in.("x)",")y"),b=eq.1',
      [
        ['a', 'in', '{"x)",")y"}'],
        ['b', 'eq', '1'],
      ],
    ],
    ['=eq.1', [['', 'eq', '1']]],
    [
      'a=eq."x\\",y",b=eq.1',
      [
        ['a', 'eq', 'x",y'],
        ['b', 'eq', '1'],
      ],
    ],
    ['a=eq.b=gt.c', [['a', 'eq', 'b=gt.c']]],
  ])('%j are read', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it.each([
    ['id', '["id"]'],
    ['eq.1', '["eq.1"]'],
    ['id=eq', '["eq"]'],
    ['id=.x', '["", "x"]'],
    ['id=xx.1', '["xx", "1"]'],
    ['id=eq.1,', 'empty segments'],
    ['id=in.(', 'wrapped by parentheses'],
    ['id=in.1)', 'wrapped by parentheses'],
    ['id=in.', 'wrapped by parentheses'],
  ])('%j are refused, and why is said', (text, message) => {
    expect(() => parseFilters(text)).toThrow(message)
  })

  it('may have ten thousand characters', () => {
    expect(read(`id=eq.${'x'.repeat(9_994)}`)).toHaveLength(1)
    expect(() => parseFilters(`id=eq.${'x'.repeat(9_995)}`)).toThrow('a filter may have 10000 characters')
  })
})

it.each([
  [{ schema: 'public' }, { event: '*', schema: 'public', table: '*' }],
  [
    { table: 'a', event: 'UPDATE' },
    { event: 'UPDATE', schema: 'public', table: 'a' },
  ],
  [{ table: 'a', event: 'DELETE' }, { event: 'DELETE' }],
  [{ table: 'a', event: 'INSERT' }, { event: 'INSERT' }],
  [{ table: 'a', event: 'OTHER' }, { event: '*' }],
  [{ schema: 'public', table: 'a', filter: 'id=eq.1' }, { filters: [{ column: 'id' }] }],
  [{}, undefined],
  [{ table: 'a', filter: 'id=eq.1' }, undefined],
  [{ schema: 'public', filter: 'id=eq.1' }, undefined],
  [{ schema: 'public', select: ['id'] }, undefined],
  [{ schema: '*', table: 'a', select: ['id'] }, undefined],
  [{ schema: 'public', table: 'a', select: ['id'] }, { columns: ['id'] }],
])('a wish of %j is %j', (parameters, expected) => {
  if (expected) expect(readWish(parameters)).toMatchObject(expected)
  else expect(() => readWish(parameters)).toThrow()
})

it('a change above a megabyte comes without values of more than 64 bytes', () => {
  const column = (name: string) => ({ name, type: 'text', readers: ['anon'] })
  const facts = { columns: ['id', 'short', 'long', 'rest'].map(column), key: ['id'], secured: false }
  const told = (bytes: number) => {
    const json = (length: number) => JSON.stringify('x'.repeat(length - 2))
    const sizes = { id: 4, short: 64, long: 65, rest: bytes - 133 }
    const row = new Map(Object.entries(sizes).map(([name, size]) => [name, json(size)]))
    const change = {
      schema: 'public',
      table: 'a',
      type: 'INSERT',
      committedAt: new Date(0),
      row,
      oid: 1,
      before: undefined,
    } as Change
    const subscription = { channel: { identity: { caller: { role: 'anon' } } }, columns: null }
    const payload = changePayload(
      change,
      facts as never,
      { row, before: undefined } as never,
      subscription as never,
    )
    const { errors, record } = JSON.parse(payload)
    return [errors, Object.keys(record)]
  }
  expect(told(2 ** 20)).toEqual([null, ['id', 'short', 'long', 'rest']])
  expect(told(2 ** 20 + 1)).toEqual([['Error 413: Payload Too Large'], ['id', 'short']])
})

it('changes wait in their turn: four are asked about at once, and five hundred wait', async () => {
  const asked: (() => void)[] = []
  const sent: number[] = []
  const changes = {
    subscribersOf: ({ oid }: Change) => (oid < 0 ? [] : ['somebody']),
    prepare: ({ oid }: Change) =>
      new Promise((resolve) => asked.push(() => resolve({ send: () => sent.push(oid) }))),
  }
  const backlog = new Backlog(changes as unknown as Changes)
  const add = (oid: number) => backlog.add({ oid } as Change)
  expect([add(-1), backlog.isEmpty]).toEqual([undefined, true])
  for (let oid = 0; oid < 500; oid += 1) expect(add(oid)).toBeUndefined()
  const last = add(500)
  expect(last).toBeInstanceOf(Promise)
  await Promise.resolve()
  expect([asked.length, backlog.isEmpty]).toEqual([4, false])
  // The last of them first: they are told in order all the same.
  while (sent.length < 501) {
    for (const done of asked.splice(0).reverse()) done()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await last
  expect(sent).toEqual(Array.from({ length: 501 }, (_, oid) => oid))
  expect(backlog.isEmpty).toBe(true)
})

it('no more is read of a client of whom 64 frames wait, until they are worked off', async () => {
  const told: string[] = []
  const done: (() => void)[] = []
  const client = new Client(
    {} as never,
    { pause: () => told.push('pause'), resume: () => told.push('resume') },
    () => new Promise((resolve) => done.push(resolve)),
  )
  for (let frame = 0; frame < 64; frame += 1) client.receive({} as never)
  expect(told).toEqual([])
  client.receive({} as never)
  expect(told).toEqual(['pause'])
  client.receive({} as never)
  expect([told, done.length]).toEqual([['pause'], 1])
  for (let frame = 0; frame < 65; frame += 1) {
    expect(told).toEqual(['pause'])
    done[frame]?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect([told, done.length]).toEqual([['pause', 'resume'], 66])
})

it('a frame that takes no time holds up none', () => {
  let handled = 0
  const flow = { pause: () => undefined, resume: () => undefined }
  const client = new Client({} as never, flow, () => {
    handled += 1
    return undefined
  })
  for (let frame = 0; frame < 3; frame += 1) client.receive({} as never)
  expect(handled).toBe(3)
})

it('nothing is worked off for a client that has gone', async () => {
  const done: (() => void)[] = []
  const flow = { pause: () => undefined, resume: () => undefined }
  const client = new Client({} as never, flow, () => new Promise((resolve) => done.push(resolve)))
  client.receive({} as never)
  client.receive({} as never)
  client.isGone = true
  done[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toHaveLength(1)
})

it('a presence key is cut to 1024 characters', () => {
  const key = (given: unknown) => readJoin({ config: { presence: { key: given } } }).presenceKey
  expect([key('x'.repeat(1024)), key('x'.repeat(1025))]).toEqual(Array(2).fill('x'.repeat(1024)))
  expect(key(7)).toBe('7')
  expect(key('')).toMatch(/^[0-9a-f-]{36}$/)
})

it('what is said again is at most the last 25, and nothing may have been said', async () => {
  let most: unknown
  const replay = (request: unknown) => {
    const rows = async (_text: string, parameters: unknown[] = []) => {
      most = parameters[2]
      return [null, '1'].map((payload) => ({ id: 'a', event: 'said', payload, binary_payload: null }))
    }
    const topic = { name: 'a', whole: 'realtime:a' }
    return replayedMessages({ rows } as never, topic, request)
  }
  for (const [limit, expected] of [
    [undefined, 25],
    [null, 25],
    [3, 3],
    [25, 25],
    [26, 25],
    [0, 1],
  ]) {
    await replay({ since: 0, limit })
    expect(most).toBe(expected)
  }
  // The query gives the latest first.
  const texts = (await replay({ since: 0 })).map((message) => message.encode('1.0.0')?.data.toString())
  expect(texts.map((text) => /"payload":(null|1),/.exec(text ?? '')?.[1])).toEqual(['1', 'null'])
  await expect(replay({ since: -1 })).rejects.toThrow('Replay params are not valid')
})

it('a message of the database may be as long as any other, and not empty', () => {
  const told: number[] = []
  const tell = (row: Record<string, unknown>) => {
    told.length = 0
    const topics = { find: () => ({ broadcast: () => 2 }) }
    const messages = { isExceeded: () => false, add: (count: number) => told.push(count) }
    const context = { topics, limits: { payloadBytes: 10 }, rates: { messages } }
    broadcastRow(context as never, { id: '1', topic: 'a', event: 'said', private: 't', ...row })
    return told[0]
  }
  expect(tell({ payload: `"${'x'.repeat(8)}"` })).toBe(3)
  expect(tell({ payload: `"${'x'.repeat(9)}"` })).toBeUndefined()
  expect(tell({ binary_payload: '\\x00' })).toBe(3)
  expect(tell({ payload: '1' })).toBe(3)
  expect(tell({ payload: '' })).toBeUndefined()
  expect(tell({ payload: '1', private: 'x' })).toBeUndefined()
  expect(tell({})).toBeUndefined()
})

it('a place in the log has one before it, but the first', () => {
  expect(['0/0', '0/1', '1/0', 'A/FF'].map(before)).toEqual(['0/0', '0/0', '0/FFFFFFFF', 'A/FE'])
  expect(isAtOrAfter('1/0', '0/FFFFFFFF')).toBe(true)
  expect([isAtOrAfter('1/0', '1/0'), isAtOrAfter('1/0', '1/1')]).toEqual([true, false])
})
