/*
 * What a client may ask of its channels, each refusal by itself: its frames are handled, and no socket and no database
 * is there.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Changes } from '../../../local/services/realtime/changes/changes.ts'
import { Client } from '../../../local/services/realtime/channels/client.ts'
import { Connection } from '../../../local/services/realtime/channels/connection.ts'
import { Topics } from '../../../local/services/realtime/channels/topics.ts'
import type { RealtimeContext } from '../../../local/services/realtime/context.ts'
import { handleFrame } from '../../../local/services/realtime/handlers/handle-frame.ts'
import { defaultLimits } from '../../../local/services/realtime/limits.ts'
import { Rate } from '../../../local/services/realtime/rate.ts'
import { Refusal } from '../../../local/services/realtime/refusal.ts'
import type { Database } from '../../../local/services/shared/index.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** What the policies of a private channel let everybody do; an error is what they fail with. */
interface Rights {
  read: string[]
  write: (string | { extension: string; code: string })[]
}

/** A database that knows nothing but the policies. */
function databaseOf(rights: Rights): Database {
  const rows = async (text: string, parameters: unknown[] = []) => {
    if (text.includes('set_config')) return [{}]
    if (text.startsWith('select id from')) {
      const [ids] = parameters as [string[]]
      return ids.flatMap((id, place) =>
        rights.read.includes(place ? 'presence' : 'broadcast') ? [{ id }] : [],
      )
    }
    if (!text.startsWith('insert into realtime.messages (topic')) return []
    const found = rights.write.find((each) =>
      [each, typeof each === 'object' && each.extension].includes(parameters[1] as string),
    )
    if (typeof found === 'string') return []
    throw Object.assign(new Error('refused'), { code: found?.code ?? '42501' })
  }
  return { rows, transaction: (work: (sql: unknown) => unknown) => work({ rows }) } as unknown as Database
}

/** A server with small limits, on which clients of the protocol's first version join. */
function server(changed: Partial<RealtimeContext> = {}) {
  const rights: Rights = { read: ['broadcast', 'presence'], write: ['broadcast', 'presence'] }
  const context: RealtimeContext = {
    limits: { ...defaultLimits, payloadBytes: 20, channelsPerClient: 2, presenceCallsPerWindow: 3 },
    checkToken: async (token) => {
      if (token === 'broken') throw new Refusal('MalformedJWT', 'it is none')
      if (token === 'failing') throw new Error('the keys are gone')
      return { caller: { role: 'authenticated', claims: { role: token } }, expiresAt: undefined }
    },
    database: databaseOf(rights),
    topics: new Topics(),
    changes: new Changes(databaseOf(rights), async () => undefined),
    rates: { joins: new Rate(1e6), messages: new Rate(1e6), presence: new Rate(1e6) },
    ...changed,
  }
  const connect = () => {
    const heard: { topic: string; event: string; payload: unknown; ref: unknown }[] = []
    const socket = {
      readyState: 1,
      OPEN: 1,
      bufferedAmount: 0,
      send: (data: string | Buffer) => heard.push(JSON.parse(data.toString())),
      close: () => undefined,
    }
    const identity = { caller: { role: 'anon', claims: { role: 'anon' } }, expiresAt: undefined }
    const connection = new Connection({
      socket: socket as never,
      version: '1.0.0',
      identity,
      headers: {},
      bufferedBytes: 1e6,
    })
    const client = new Client(connection, { pause() {}, resume() {} }, () => undefined)
    /** Hands a frame over; what came back since, each as its event with what matters of it. */
    const send = async (event: string, payload: unknown = {}, topic = 'realtime:room') => {
      heard.length = 0
      await handleFrame(context, client, { joinRef: '1', ref: '1', topic, event, payload })
      return words()
    }
    const words = () =>
      heard.map(({ event, payload }) => {
        const { status, response, message } = payload as Record<string, unknown>
        const reason = (response as { reason?: string } | undefined)?.reason
        return [event, status, message ?? reason].filter((word) => word !== undefined).join(' ')
      })
    const join = (config: object = {}, rest: object = {}, topic?: string) =>
      send('phx_join', { config, ...rest }, topic)
    return { client, heard, words, send, join }
  }
  return { context, rights, connect }
}

const isPrivate = { private: true, presence: { enabled: true } }
const shownOut = (why: string) => [`system error ${why}`, 'phx_close']

describe('a frame', () => {
  it('is a heartbeat by its topic and its event, and of a topic that was joined', async () => {
    const { send } = server().connect()
    expect(await send('heartbeat', {}, 'phoenix')).toEqual(['phx_reply ok'])
    const unmatched = ['phx_reply error unmatched topic']
    expect(await send('phx_join', {}, 'phoenix')).toEqual(unmatched)
    expect(await send('heartbeat')).toEqual(unmatched)
    expect(await send('broadcast')).toEqual(unmatched)
    expect(await send('phx_leave')).toEqual(['phx_reply ok'])
  })
})

describe('a join', () => {
  it('takes a place of its own once, however often it comes', async () => {
    const { join } = server().connect()
    for (const topic of ['a', 'b']) expect(await join({}, {}, `realtime:${topic}`)).toEqual(['phx_reply ok'])
    expect(await join({}, {}, 'realtime:c')).toEqual([
      'phx_reply error ChannelRateLimitReached: Too many channels',
    ])
    expect(await join({}, {}, 'realtime:b')).toEqual(['phx_close', 'phx_reply ok'])
  })

  it('whose check fails is answered, and logged without the words of the failure', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { join } = server().connect()
    expect(await join({}, { access_token: 'broken' })).toEqual(['phx_reply error MalformedJWT: it is none'])
    expect(logged).not.toHaveBeenCalled()
    expect(await join({}, { access_token: 'failing' })).toEqual(['phx_reply error Unknown Error on Channel'])
    expect(logged).toHaveBeenCalledWith('Realtime: the keys are gone')
  })

  it('asks for what was said before on a private channel that it may read, and not by null', async () => {
    const { rights, connect } = server()
    const { join } = connect()
    expect(await join({ broadcast: { replay: null } })).toEqual(['phx_reply ok'])
    const replay = { since: 0 }
    expect(await join({ broadcast: { replay } })).toEqual([
      'phx_reply error UnableToReplayMessages: Replay is not allowed for public channels',
    ])
    expect(await join({ ...isPrivate, broadcast: { replay } })).toEqual([
      'phx_close',
      'phx_reply ok',
      'presence_state',
    ])
    rights.read = ['presence']
    expect(await join({ ...isPrivate, broadcast: { replay } })).toEqual([
      'phx_reply error Unauthorized: You do not have permissions to read from this Channel topic: room',
    ])
  })

  it('of whom has gone meanwhile leaves nothing behind', async () => {
    const { context, connect } = server()
    const { client, send } = connect()
    const joining = send('phx_join')
    client.isGone = true
    expect(await joining).toEqual([])
    expect([client.channels.size, context.topics.find('room', false)]).toEqual([0, undefined])
  })

  it('ends with its token, and by a key not at all', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 0 })
    const identity = { caller: { role: 'authenticated', claims: { role: 'authenticated' } }, expiresAt: 600 }
    const { connect } = server({ checkToken: async () => identity })
    const { client, heard, words, join } = connect()
    expect(await join()).toEqual(['phx_reply ok'])
    expect(client.channels.get('realtime:room')?.expiryTimer).toBeUndefined()
    await join({}, { access_token: 'ends' }, 'realtime:other')
    heard.length = 0
    vi.advanceTimersByTime(599_999)
    expect(words()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(words()).toEqual(shownOut('Token has expired 0 seconds ago'))
    expect([...client.channels.keys()]).toEqual(['realtime:room'])
  })

  it('hears nothing of a table that is gone when its change is told', async () => {
    const rows = async (text: string) => (text.includes('pg_publication_tables') ? [{ oid: 1 }] : [])
    const changes = new Changes({ rows } as unknown as Database, async () => undefined)
    const { join } = server({ changes }).connect()
    await join({ postgres_changes: [{ schema: 'public', table: 'gone' }] })
    const change = { oid: 1, schema: 'public', table: 'gone', type: 'INSERT', row: new Map() } as never
    expect(changes.subscribersOf(change)).toHaveLength(1)
    expect(await changes.prepare(change)).toBeUndefined()
  })

  it('has an answer of its own where the database fails to say what there is to subscribe to', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const failing = { rows: () => Promise.reject(new Error('down')) } as unknown as Database
    const { join } = server({ changes: new Changes(failing, async () => undefined) }).connect()
    expect(await join({ postgres_changes: [{ schema: 'public', table: 'a' }] })).toEqual([
      'phx_reply error Unknown Error on Channel',
    ])
  })
})

describe('presence', () => {
  const track = (payload?: unknown) => ({ event: 'track', payload })

  it('is told where it changes, and what is none is answered', async () => {
    const { connect } = server({ limits: { ...defaultLimits, presenceCallsPerWindow: 100 } })
    const [ada, bob] = [connect(), connect()]
    await ada.join({ presence: { enabled: true } })
    await bob.join({ presence: { enabled: true } })
    const told = async (payload: unknown) => {
      bob.heard.length = 0
      return [...(await ada.send('presence', payload)), ...bob.words().map((word) => `bob ${word}`)]
    }
    const diff = ['presence_diff', 'phx_reply ok', 'bob presence_diff']
    expect(await told({ event: 'untrack' })).toEqual(['phx_reply ok'])
    expect(await told(track({ at: 'door' }))).toEqual(diff)
    expect(await told(track({ at: 'door' }))).toEqual(['phx_reply ok'])
    expect(await told({ event: 'TRACK' })).toEqual(diff)
    expect(await told({ event: 'untrack' })).toEqual(diff)
    expect(await told({ event: 'wave' })).toEqual(['phx_reply error'])
    for (const none of [null, 'x', [], {}, { event: 1 }]) expect(await told(none)).toEqual(['phx_reply ok'])
    for (const none of [null, 'x', [1]])
      expect(await told(track(none))).toEqual(['phx_reply error Presence track payload must be a map'])
  })

  it('of a private channel is shown, at once and later, to those alone who may read it', async () => {
    const { rights, connect } = server()
    const [ada, bob] = [connect(), connect()]
    await ada.join(isPrivate)
    await ada.send('presence', track({ at: 'door' }))
    rights.read = ['broadcast']
    expect(await bob.join(isPrivate)).toEqual(['phx_reply ok'])
    await ada.send('presence', track({ at: 'desk' }))
    expect(bob.words()).toEqual(['phx_reply ok'])
    rights.read = ['broadcast', 'presence']
    expect(await bob.join(isPrivate)).toEqual(['phx_close', 'phx_reply ok', 'presence_state'])
    await ada.send('presence', track({ at: 'door' }))
    expect(bob.words().at(-1)).toBe('presence_diff')
  })

  it('may be as long as any payload, to the byte', async () => {
    const { connect } = server()
    const { join, send } = connect()
    await join()
    expect(await send('presence', track({ a: 'ä'.repeat(6) }))).toEqual(['presence_diff', 'phx_reply ok'])
    expect(await send('presence', track({ a: `${'ä'.repeat(6)}x` }))).toEqual(
      shownOut('Track message size exceeded'),
    )
  })

  it('is counted for half a minute, and by all that the project is told', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { context, connect } = server()
    // From the first call on, whenever that comes.
    const late = connect()
    await late.join()
    vi.advanceTimersByTime(10_000)
    for (let call = 0; call < 3; call += 1) await late.send('presence', { event: 'untrack' })
    vi.advanceTimersByTime(20_001)
    expect(await late.send('presence', track({}))).toEqual(shownOut('Client presence rate limit exceeded'))
    const { join, send } = connect()
    await join()
    const often = async (count: number) => {
      for (let call = 0; call < count; call += 1)
        expect(await send('presence', { event: 'untrack' })).toEqual(['phx_reply ok'])
    }
    await often(3)
    vi.advanceTimersByTime(30_001)
    await often(3)
    vi.advanceTimersByTime(30_000)
    expect(await send('presence', track({}))).toEqual(shownOut('Client presence rate limit exceeded'))
    await join()
    context.rates.presence = new Rate(1)
    context.rates.presence.add(31)
    expect(await send('presence', track({}))).toEqual(shownOut('Too many presence messages per second'))
  })

  it('counts whoever says it, and each who is told', async () => {
    const { context, connect } = server()
    const [ada, bob] = [connect(), connect()]
    await ada.join()
    await bob.join()
    context.rates.presence = new Rate(1)
    await ada.send('presence', track({}))
    const { presence } = context.rates
    expect([presence.isExceeded(7), presence.isExceeded(8)]).toEqual([false, true])
  })

  it('of a private channel asks the policies, once for each token', async () => {
    const { rights, context, connect } = server({ limits: defaultLimits })
    const { join, send } = connect()
    await join(isPrivate)
    rights.write = ['broadcast']
    expect(await send('presence', track({}))).toEqual(['phx_reply error'])
    rights.write = ['presence']
    expect(await send('presence', track({}))).toEqual(['phx_reply error'])
    await send('access_token', { access_token: 'fresh' })
    expect(await send('presence', track({}))).toEqual(['presence_diff', 'phx_reply ok'])
    rights.read = ['broadcast']
    expect(await send('presence', track({ at: 'desk' }))).toEqual(['presence_diff', 'phx_reply ok'])
    expect(context.topics.find('room', true)?.presence.state()).not.toEqual({})
  })

  it('is nothing where a policy fails, or the channel is left while it is asked', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { rights, context, connect } = server()
    const { join, send, words } = connect()
    rights.write = [{ extension: 'broadcast', code: '22012' }, 'presence']
    await join(isPrivate)
    expect(await send('presence', track({}))).toEqual(['phx_reply error'])
    rights.write = ['presence', 'broadcast']
    await join(isPrivate)
    const tracking = send('presence', track({}))
    expect(await send('phx_leave')).toEqual(['phx_reply ok', 'phx_close'])
    await tracking
    expect(words()).toEqual(['phx_reply ok', 'phx_close'])
    expect(context.topics.find('room', true)).toBeUndefined()
  })
})

describe('a broadcast', () => {
  const acknowledged = { broadcast: { ack: true, self: true } }

  it('is an object, and heard by those who may read it', async () => {
    const { rights, connect } = server()
    const [ada, bob] = [connect(), connect()]
    rights.read = ['broadcast']
    await ada.join({ ...isPrivate, ...acknowledged })
    rights.read = ['presence']
    await bob.join(isPrivate)
    bob.heard.length = 0
    for (const none of [null, 'x', 1, [1]]) expect(await ada.send('broadcast', none)).toEqual([])
    expect(await ada.send('broadcast', { a: 1 })).toEqual(['broadcast', 'phx_reply ok'])
    expect(bob.heard).toEqual([])
  })

  it('is answered where that was asked for, and counted for whoever says it and each who is told', async () => {
    const { context, connect } = server()
    const [ada, bob, cy] = [connect(), connect(), connect()]
    for (const { join } of [ada, bob, cy]) await join()
    context.rates.messages = new Rate(1)
    expect(await ada.send('broadcast', { a: 1 })).toEqual([])
    const { messages } = context.rates
    expect([messages.isExceeded(7), messages.isExceeded(8)]).toEqual([false, true])
  })

  it('is nothing once the channel is left, while it is asked whether it may be', async () => {
    const { connect } = server()
    const [ada, bob] = [connect(), connect()]
    await ada.join({ ...isPrivate, ...acknowledged })
    await bob.join(isPrivate)
    bob.heard.length = 0
    const said = ada.send('broadcast', { a: 1 })
    await ada.send('phx_leave')
    await said
    expect(bob.heard).toEqual([])
  })

  it('may be as long as any payload, to the byte', async () => {
    const { join, send } = server().connect()
    await join(acknowledged)
    expect(await send('broadcast', { a: 'ä'.repeat(6) })).toEqual(['broadcast', 'phx_reply ok'])
    expect(await send('broadcast', { a: `${'ä'.repeat(6)}x` })).toEqual([
      'phx_reply error payload_size_exceeded',
    ])
  })
})

describe('a token', () => {
  const refresh = (access_token?: unknown) => ({ access_token })

  it('is none where a join brings a key in its place', async () => {
    const { client, join } = server().connect()
    for (const [access_token, role, token] of [
      ['sb_publishable_x', 'anon', undefined],
      ['first', 'authenticated', 'first'],
    ]) {
      await join({}, { access_token })
      const channel = client.channels.get('realtime:room')
      expect([channel?.identity.caller.role, channel?.token]).toEqual([role, token])
    }
  })

  it('is none where it is a key, is the same, or is no text', async () => {
    const { rights, connect } = server()
    const { client, join, send } = connect()
    await join(isPrivate, { access_token: 'first' })
    // Nobody is asked any more: the answer would be another one.
    rights.read = []
    for (const none of [refresh('first'), refresh('sb_publishable_x'), refresh(), refresh(1), null])
      expect(await send('access_token', none)).toEqual([])
    expect(client.channels.get('realtime:room')?.token).toBe('first')
    expect(await send('access_token', refresh('second'))).toEqual(
      shownOut('You do not have permissions to read from this Channel topic: room'),
    )
  })

  it.each([
    [['broadcast'], 'presence'],
    [['presence'], 'broadcast'],
  ])('that leaves but %j of both shows out, and one that adds does not', async (read) => {
    const { rights, connect } = server()
    const { join, send } = connect()
    rights.read = read
    await join(isPrivate)
    expect(await send('access_token', refresh('as before'))).toEqual([])
    rights.read = ['broadcast', 'presence']
    expect(await send('access_token', refresh('more'))).toEqual([])
    rights.read = read
    expect(await send('access_token', refresh('less'))).toEqual(
      shownOut('You no longer have permission to read from this Channel topic: room'),
    )
  })

  it('that does not hold shows out, and one that could not be checked is answered', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { client, join, send } = server().connect()
    await join()
    expect(await send('access_token', refresh('failing'))).toEqual([
      'phx_reply error Unknown Error on Channel',
    ])
    expect(client.channels.size).toBe(1)
    expect(await send('access_token', refresh('broken'))).toEqual(shownOut('it is none'))
    expect(client.channels.size).toBe(0)
  })
})
