import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../../../local/services/auth/context.ts'
import { AuthError } from '../../../local/services/auth/errors.ts'
import { isTooSoon, requirePause } from '../../../local/services/auth/links.ts'
import { createMailFrequency } from '../../../local/services/auth/mail-frequency.ts'
import { createRateLimits } from '../../../local/services/auth/rate-limits.ts'
import type { User } from '../../../local/services/auth/users.ts'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

const settings = { email_sent: 1, token_refresh: 30, sign_in_sign_ups: 60, token_verifications: 30 }
const minute = 60_000

/** How many of a hundred requests pass. */
function passing(ask: () => void): number {
  let passed = 0
  for (let request = 0; request < 100; request += 1)
    try {
      ask()
      passed += 1
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      expect(error).toMatchObject({ status: 429, code: 'over_request_rate_limit' })
    }
  return passed
}

describe('the requests of an address', () => {
  it('may come thirty at once, then at the configured rate', () => {
    let now = 0
    const check = createRateLimits(settings, () => now)
    const signIn = () => check('POST', '/auth/v1/token', '192.0.2.1')
    expect(passing(signIn)).toBe(30)
    now += minute
    expect(passing(signIn)).toBe(6)
    now += 60 * minute
    expect(passing(signIn)).toBe(30)
    // One comes every ten seconds, and not a moment before.
    now += 10_000 - 0.5
    expect(passing(signIn)).toBe(0)
    now += 0.5
    expect(passing(signIn)).toBe(1)
  })

  it('count for that address and that kind of request alone', () => {
    const check = createRateLimits(settings, () => 0)
    for (const [method, path] of [
      ['POST', '/auth/v1/token'],
      ['POST', '/auth/v1/verify'],
      ['POST', '/auth/v1/signup'],
    ] as const)
      for (const address of ['192.0.2.1', '192.0.2.2'])
        expect(
          passing(() => check(method, path, address)),
          `${path} ${address}`,
        ).toBe(30)
    expect(() => check('GET', '/auth/v1/verify', '192.0.2.1')).toThrow(AuthError)
    expect(() => check('POST', '/auth/v1/recover', '192.0.2.1')).toThrow(AuthError)
    expect(passing(() => check('GET', '/auth/v1/user', '192.0.2.1'))).toBe(100)
    expect(passing(() => check('POST', '/auth/v1/admin/users', '192.0.2.1'))).toBe(100)
  })

  it('are forgotten when very many others have asked since, and not before', () => {
    const check = createRateLimits(settings, () => 0)
    const signIn = (address: string) => () => check('POST', '/auth/v1/token', address)
    const others = (from: number, to: number) => {
      for (let other = from; other < to; other += 1) signIn(`other ${other}`)()
    }
    expect(passing(signIn('192.0.2.1'))).toBe(30)
    others(0, 9_999)
    expect(passing(signIn('192.0.2.1'))).toBe(0)
    others(9_999, 20_000)
    expect(passing(signIn('192.0.2.1'))).toBe(30)
  })
})

describe('mails to an address', () => {
  it('come as seldom as the project says, to the millisecond', () => {
    let now = 0
    const { ask } = createMailFrequency(minute, () => now)
    ask('a@example.com', 'recovery')
    ask('a@example.com', 'confirmation')
    ask('b@example.com', 'recovery')
    now += minute - 0.5
    const again = () => ask('a@example.com', 'recovery')
    expect(again).toThrow(expect.objectContaining({ status: 429, retryAfter: 1 }))
    now += 0.5
    expect(again).not.toThrow()
    expect(again).toThrow(expect.objectContaining({ retryAfter: 60 }))
  })

  it('are forgotten when very many others were asked for since, and not before', () => {
    const { ask, note } = createMailFrequency(minute, () => 0)
    const first = () => ask('a@example.com', 'recovery')
    first()
    for (let other = 1; other < 10_000; other += 1) note(`other ${other}`, 'recovery')
    expect(first).toThrow(AuthError)
    note('the last', 'recovery')
    expect(first).not.toThrow()
  })

  it('are counted by the account as well, to the second', () => {
    const settings = { email: { max_frequency: minute } }
    const context = { settings } as AuthContext
    const mailed = (ago: number) => ({ recovery_sent_at: new Date(minute - ago) }) as User
    vi.useFakeTimers({ toFake: ['Date'], now: minute })
    try {
      expect([59_999, 60_000].map((ago) => isTooSoon(context, mailed(ago), 'magiclink'))).toEqual([
        true,
        false,
      ])
      expect(() => requirePause(context, mailed(59_999), 'recovery')).toThrow('after 1 seconds')
      expect(() => requirePause(context, mailed(60_000), 'recovery')).not.toThrow()
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('over HTTP', () => {
  let database: TestDatabase
  let gateway: TestGateway

  beforeAll(async () => {
    database = await createDatabase('platform')
    gateway = await startTestGateway(database, {
      configure: ({ auth }) => {
        auth.rate_limit.token_refresh = 1
      },
    })
  })

  afterAll(async () => {
    await gateway?.close()
    await database?.drop()
  })

  it('a client that guesses is told to wait, whatever address it claims to have', async () => {
    const guess = (address: number) =>
      fetch(`${gateway.url}/auth/v1/token?grant_type=refresh_token`, {
        method: 'POST',
        headers: { apikey: gateway.publishableKey, 'x-forwarded-for': `192.0.2.${address}` },
        body: JSON.stringify({ refresh_token: 'guessed' }),
      })
    const guesses = await Promise.all(Array.from({ length: 31 }, (_, number) => guess(number)))
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(1)
    const refused = await gateway.client().auth.signInWithPassword({ email: 'a@example.com', password: 'x' })
    expect(refused.error).toMatchObject({ status: 429, code: 'over_request_rate_limit' })
    expect(
      (await gateway.client().auth.signUp({ email: 'a@example.com', password: 'long enough' })).error,
    ).toBeNull()
  })
})
