/*
 * One account cannot hold up the others: its slow requests wait for each other, and too many are refused.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningRequests } from '../../../local/gateway/running-requests.ts'
import { type DataApi, signToken, startDataApi } from '../../support/http/data-api.ts'

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
        const begun = performance.now()
        expect((await api.request('/things', as(other))).status).toBe(200)
        expect(performance.now() - begun).toBeLessThan(1000)
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
    await sleep(300)
    const begun = performance.now()
    expect((await api.request('/things', as(other))).status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(1000)
    const [active] = await api.database.query(
      `select count(*)::int from pg_stat_activity where datname = current_database()
        and state = 'active' and application_name = 'data-api'`,
    )
    expect(active).toEqual({ count: 5 })
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
})
