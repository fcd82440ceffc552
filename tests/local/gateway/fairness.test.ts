/*
 * One account cannot hold up the others: its slow requests wait for each other, and too many are refused.
 */
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { queryObjects } from 'node:v8'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { createGate } from '../../../local/gateway/gate.ts'
import { createGateway, type Gateway } from '../../../local/gateway/gateway.ts'
import { refuseAsDataApi } from '../../../local/gateway/refusals.ts'
import { RunningRequests } from '../../../local/gateway/running-requests.ts'
import { type DataApi, signToken, startDataApi } from '../../support/http/data-api.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

/** What runs at once and waits, and seven more. */
const fitting = 69
const slow = fitting + 7
let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.things (id int primary key, name text);
    insert into public.things values (1, repeat('a', 200) || 'b' || repeat('a', 300));
    grant select on public.things to anon, authenticated;
    create function public.wait() returns int language plpgsql volatile as $$
      begin perform pg_advisory_xact_lock_shared(1); return 1; end $$;
    grant execute on function public.wait() to anon, authenticated`)
})
afterAll(() => api[Symbol.asyncDispose]())

/**
 * Sends requests of `wait` until as many as do not fit are refused, does something else meanwhile, and then lets them
 * all end: however long a busy machine takes to send them, none has made room for another.
 */
async function whileAllWait<T extends { status: number }>(
  send: (index: number) => Promise<T>,
  meanwhile: () => Promise<void>,
): Promise<T[]> {
  await api.database.query('select pg_advisory_lock(1)')
  let refused = 0
  const answers = Promise.all(
    Array.from({ length: slow }, async (_, index) => {
      const answer = await send(index)
      if (answer.status === 429) refused += 1
      return answer
    }),
  )
  try {
    await expect.poll(() => refused, { timeout: 5000 }).toBe(slow - fitting)
    await meanwhile()
  } finally {
    await api.database.query('select pg_advisory_unlock(1)')
  }
  return answers
}

const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const wait = (token: string) => api.request('/rpc/wait', { method: 'POST', body: '{}', ...as(token) })

describe('many slow requests of one account', () => {
  it('leave a place for another, and end or are refused', async () => {
    const [busy, other] = await Promise.all([signToken({ sub: 'busy' }), signToken({ sub: 'other' })])
    await api.request('/things', as(other))
    const all = await whileAllWait(
      async () => {
        const response = await wait(busy)
        return { status: response.status, response, body: await response.json() }
      },
      async () => {
        expect((await api.request('/things', as(other))).status).toBe(200)
      },
    )
    const refused = all.filter(({ status }) => status === 429)
    expect(all.filter(({ status }) => status === 200)).toHaveLength(slow - refused.length)
    expect(refused).toHaveLength(slow - fitting)
    for (const { response, body } of refused) {
      expect(response.headers.get('retry-after')).toBe('1')
      expect(body).toMatchObject({ code: 'too_many_requests', hint: null })
    }
    expect((await api.request('/things', as(busy))).status).toBe(200)
  })

  it('count together under every token of the account, and apart from a token that is none', async () => {
    const tokens = await Promise.all([1, 2].map((session_id) => signToken({ sub: 'two', session_id })))
    const answers = await whileAllWait(
      (index) => wait(tokens[index % 2] ?? ''),
      async () => {
        const forged = `${tokens[0]?.slice(0, -4)}AAAA`
        expect((await api.request('/things', as(forged))).status).toBe(401)
        expect((await api.request('/things')).status).toBe(200)
      },
    )
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(slow - fitting)
  })

  it('whose bodies do not come wait for each other, and are held for nobody else', async () => {
    const [busy, other] = await Promise.all([signToken({ sub: 'silent' }), signToken({ sub: 'speaker' })])
    const leaving = new AbortController()
    let refused = 0
    const begin = async () => {
      const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{')) })
      const sent = { method: 'POST', body, duplex: 'half', signal: leaving.signal, ...as(busy) }
      const answer = await api.request('/rpc/wait', sent as RequestInit).catch(() => null)
      if (answer?.status === 429) refused += 1
    }
    const all = Array.from({ length: slow }, begin)
    // What is read before its turn would be held, however much of it there is.
    await expect.poll(() => refused, { timeout: 5000 }).toBe(slow - fitting)
    expect((await api.request('/things', as(other))).status).toBe(200)
    leaving.abort()
    await Promise.all(all)
    await expect.poll(async () => (await api.request('/things', as(busy))).status).toBe(200)
  })

  it('with a pattern that takes Postgres its whole time leave a place for another', async () => {
    const [busy, other] = await Promise.all([signToken({ sub: 'regex' }), signToken({ sub: 'reader' })])
    await api.request('/things', as(other))
    const pattern = encodeURIComponent('^(a+)(a+)(a+)(a+)b\\1$')
    const leaving = new AbortController()
    const running = Array.from({ length: slow }, () =>
      api.request(`/things?name=match.${pattern}`, { ...as(busy), signal: leaving.signal }).catch(() => null),
    )
    const active = async () => {
      const [counted] = await api.database.query<{ count: number }>(
        `select count(*)::int from pg_stat_activity where datname = current_database()
          and state = 'active' and application_name = 'data-api' and query like '%things%'`,
      )
      return counted?.count
    }
    await expect.poll(active, { timeout: 5000 }).toBe(5)
    expect((await api.request('/things', as(other))).status).toBe(200)
    // The other was answered while they run.
    expect(await active()).toBe(5)
    leaving.abort()
    await Promise.all(running)
  })
})

describe('a place', () => {
  const limits = { running: 1, waiting: 2, patienceMilliseconds: 50 }
  const here = () => ({ signal: new AbortController().signal })

  it('goes to whoever has waited longest', async () => {
    const running = new RunningRequests({ ...limits, patienceMilliseconds: 5000 })
    const order: string[] = []
    const leave = await running.enter('a', here())
    const second = running.enter('a', here()).finally(() => order.push('second'))
    const third = running.enter('a', here()).finally(() => order.push('third'))
    expect(await running.enter('a', here())).toBeNull()
    expect(await running.enter('b', here())).not.toBeNull()
    leave?.()
    const next = await second
    expect(order).toEqual(['second'])
    next?.()
    const last = await third
    last?.()
    expect(await running.enter('a', here())).not.toBeNull()
  })

  it('is not kept for whoever has gone or waited too long', async () => {
    const running = new RunningRequests(limits)
    const leave = await running.enter('a', here())
    const client = new AbortController()
    const gone = running.enter('a', client)
    client.abort()
    expect(await gone).toBeNull()
    expect(await running.enter('a', here())).toBeNull()
    leave?.()
    expect(await running.enter('a', here())).not.toBeNull()
  })

  it('that is given back leaves those that run still counted', async () => {
    const running = new RunningRequests({ ...limits, running: 2, waiting: 0 })
    const leave = await running.enter('a', here())
    await running.enter('a', here())
    leave?.()
    expect(await running.enter('a', here())).not.toBeNull()
    expect(await running.enter('a', here())).toBeNull()
  })

  it('leaves nothing behind, whoever had it', async () => {
    const running = new RunningRequests(limits)
    // Each account has one of its own.
    const queues = () => queryObjects(Set, { format: 'count' })
    const before = queues()
    const accounts = Array.from({ length: 1000 }, (_, index) => `account ${index}`)
    const places = await Promise.all(accounts.map((name) => running.enter(name, here())))
    expect(queues() - before).toBeGreaterThan(900)
    while (places.length > 0) places.pop()?.()
    expect(queues() - before).toBeLessThan(100)
    expect(await running.enter('account 0', here())).not.toBeNull()
  })
})

describe('at once', () => {
  const { publishableKey, secretKey } = inject('keys')
  const config = readProject(join(import.meta.dirname, '../../..'))
  const [[name, settings] = []] = Object.entries(config.functions)
  let database: TestDatabase
  let gateway: Gateway
  let isBroken = false
  /** What runs, and goes on until it is told to end. */
  let held: { running: number; end: () => void; ended: Promise<void> }

  const hold = async () => {
    held.running += 1
    await held.ended
  }
  const begin = () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    held = { running: 0, end, ended }
  }

  beforeAll(async () => {
    database = await createDatabase('platform')
    config.functions = name && settings ? { [name]: { ...settings, enabled: true, verify_jwt: false } } : {}
    gateway = await createGateway(
      {
        config,
        keys: inject('keys'),
        publicUrl: 'http://localhost',
        databaseUrl: database.url,
        storageDirectory: inject('scratch'),
        smtp: { host: '127.0.0.1', port: 1 },
      },
      {
        functions: {
          enter: () =>
            isBroken ? Promise.reject(new Error('broken')) : hold().then(() => ({ failed: 'error' })),
          leave: () => undefined,
          ending: async () => 'error',
        },
      },
    )
  })
  afterAll(async () => {
    await gateway.close()
    await database.drop()
  })

  const service = { fetch: () => hold().then(() => new Response()), close: async () => undefined }
  const throughGate = (apikey: string) => {
    const gate = createGate(inject('keys'))
    const guarded = { service, refuse: refuseAsDataApi, bodyLimit: () => undefined }
    const request = () => new Request('http://localhost/rest/v1/things', { headers: { apikey } })
    return () => gate(guarded, request(), { address: '192.0.2.1' })
  }
  const callFunction = () =>
    gateway.fetch(new Request(`http://localhost/functions/v1/${name}`, { method: 'POST' }))

  const ways: [string, number, number, () => () => Promise<Response>][] = [
    ['a person’s run, and others wait', 5, 64, () => throughGate(publishableKey)],
    ['a server’s run, and others wait', 5, 1024, () => throughGate(secretKey)],
    ['calls of functions run, and others wait', 32, 256, () => callFunction],
  ]

  it.each(ways)('%s: %i and %i', async (_what, running, waiting, way) => {
    begin()
    const send = way()
    let refused = 0
    const all = Array.from({ length: running + waiting + 1 }, async () => {
      const { status } = await send()
      if (status === 429) refused += 1
    })
    await expect.poll(() => [held.running, refused]).toEqual([running, 1])
    held.end()
    await Promise.all(all)
    expect([held.running, refused]).toEqual([running + waiting, 1])
  })

  it.each(ways)('%s for ten seconds', async (_what, running, _waiting, way) => {
    begin()
    const send = way()
    const all = Array.from({ length: running + 1 }, () => undefined as number | undefined)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const sent = all.map(async (_, index) => {
        all[index] = (await send()).status
      })
      await expect.poll(() => held.running).toBe(running)
      await vi.advanceTimersByTimeAsync(9_999)
      await turn()
      expect(all.at(-1)).toBeUndefined()
      await vi.advanceTimersByTimeAsync(1)
      await turn()
      expect(all.at(-1)).toBe(429)
      held.end()
      await Promise.all(sent)
    } finally {
      vi.useRealTimers()
      held.end()
    }
  })

  it('a mistake of ours is no more than an answer, and is told to whoever reads the log', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    isBroken = true
    try {
      const answer = await callFunction()
      expect([answer.status, await answer.json()]).toMatchObject([500, { code: 'unexpected_failure' }])
      expect(said).toHaveBeenCalledWith('API gateway:', expect.objectContaining({ message: 'broken' }))
    } finally {
      isBroken = false
      said.mockRestore()
    }
  })
})
