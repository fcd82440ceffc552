import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { RateLimitCharge, RateLimitResult } from '../../../types/rate-limit.ts'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids } from '../../support/people/cast.ts'

const story = policySuite()

const bucket = (name: string): RateLimitCharge => ({
  bucket: `test:${name}`,
  name: 'person',
  quota: 3,
  window: 60,
})

async function charge(
  client: pg.Client,
  charges: unknown,
  actor: Actor = service,
): Promise<RateLimitResult[]> {
  const { rows } = await actAs<{ answer: RateLimitResult[] }>(
    client,
    actor,
    'select public.charge_rate_limits($1) as answer',
    [JSON.stringify(charges)],
  )
  return rows[0]?.answer ?? []
}

/** Lets time pass for every bucket. */
const letPass = (client: pg.Client, seconds: number) =>
  client.query('update private.rate_limit_buckets set full_at = full_at - make_interval(secs => $1)', [
    seconds,
  ])

describe('a bucket', () => {
  it(
    'lets in what it holds, refuses the rest, and fills again',
    story(async (client) => {
      const once = () => charge(client, [bucket('a')]).then(([result]) => result)
      expect([await once(), await once(), await once()].map((each) => each?.remaining)).toEqual([2, 1, 0])
      expect(await once()).toEqual({ name: 'person', allowed: false, remaining: 0, reset: 20 })
      // What is refused takes nothing.
      expect(await once()).toEqual({ name: 'person', allowed: false, remaining: 0, reset: 20 })
      await letPass(client, 20)
      expect(await once()).toMatchObject({ allowed: true, remaining: 0, reset: 60 })
      expect(await once()).toMatchObject({ allowed: false })
      await letPass(client, 3600)
      expect(await once()).toEqual({ name: 'person', allowed: true, remaining: 2, reset: 20 })
    }),
  )

  it(
    'is charged what it costs, all of it or nothing',
    story(async (client) => {
      expect(await charge(client, [{ ...bucket('a'), cost: 2 }])).toMatchObject([{ remaining: 1 }])
      expect(await charge(client, [{ ...bucket('a'), cost: 2 }])).toMatchObject([
        { allowed: false, remaining: 1 },
      ])
      expect(await charge(client, [bucket('a')])).toMatchObject([{ allowed: true, remaining: 0 }])
    }),
  )

  it(
    'has nothing to do with another, and what follows a refusal is not charged',
    story(async (client) => {
      await charge(client, [{ ...bucket('a'), cost: 3 }])
      expect(await charge(client, [bucket('b')])).toMatchObject([{ allowed: true, remaining: 2 }])
      expect(await charge(client, [bucket('a'), bucket('b')])).toHaveLength(1)
      expect(await charge(client, [bucket('b')])).toMatchObject([{ remaining: 1 }])
    }),
  )

  it(
    'goes once it is full, and not before',
    story(async (client) => {
      await charge(client, [bucket('full'), { ...bucket('used'), window: 3600 }])
      await letPass(client, 30)
      expect((await client.query('select private.remove_full_buckets(10) as n')).rows).toEqual([{ n: 1 }])
      expect((await client.query('select bucket from private.rate_limit_buckets')).rows).toEqual([
        { bucket: 'test:used' },
      ])
    }),
  )
})

describe('charging', () => {
  it.each([
    ['somebody signed in', person(ids.admin)],
    ['anybody', anonymous],
  ])('is not for %s, nor is reading', (_, actor) =>
    story(async (client) => {
      await expect(charge(client, [bucket('a')], actor)).rejects.toMatchObject({ code: '42501' })
      const read = actAs(client, actor, 'select from private.rate_limit_buckets')
      await expect(read).rejects.toMatchObject({ code: '42501' })
      expect((await client.query('select from private.rate_limit_buckets')).rowCount).toBe(0)
    })(),
  )

  it.each([
    ['no list', {}, 'charges'],
    ['nothing', [], 'charges'],
    ['too many', Array.from({ length: 11 }, () => bucket('a')), 'charges'],
    ['a megabyte', [{ ...bucket('a'), bucket: 'a'.repeat(1_000_000) }], 'charges'],
    ['a bucket that is a number', [{ ...bucket('a'), bucket: 5 }], 'charges.0'],
    ['a bucket of 201 octets', [{ ...bucket('a'), bucket: 'a'.repeat(201) }], 'charges.0'],
    ['a name that is a flag', [{ ...bucket('a'), name: true }], 'charges.0'],
    ['too large a quota', [{ ...bucket('a'), quota: 1_000_001 }], 'charges.0'],
    ['more than a day', [{ ...bucket('a'), window: 86_401 }], 'charges.0'],
    ['no bucket', [bucket('a'), { ...bucket('a'), bucket: '' }], 'charges.1'],
    ['a name that is none', [{ ...bucket('a'), name: '";q=1' }], 'charges.0'],
    ['no quota', [{ ...bucket('a'), quota: 0 }], 'charges.0'],
    ['a part of one', [{ ...bucket('a'), quota: 1.5 }], 'charges.0'],
    ['a text', [{ ...bucket('a'), window: '60' }], 'charges.0'],
    ['an endless window', [{ ...bucket('a'), window: 1e9 }], 'charges.0'],
    ['a negative cost', [{ ...bucket('a'), cost: -1 }], 'charges.0'],
    ['a cost that no bucket holds', [{ ...bucket('a'), cost: 4 }], 'charges.0'],
  ])('refuses %s', (_, charges, details) =>
    story(async (client) => {
      expect(await clientError(charge(client, charges))).toMatchObject({ code: 'invalid_input', details })
      expect((await client.query('select from private.rate_limit_buckets')).rowCount).toBe(0)
    })(),
  )

  it(
    'takes the least and the most of everything',
    story(async (client) => {
      const least = { bucket: 'a', name: 'a', quota: 1, window: 1, cost: 1 }
      const most = { bucket: 'b'.repeat(200), name: 'b'.repeat(31), quota: 1_000_000, window: 86_400 }
      const ten = Array.from({ length: 8 }, (_, n) => bucket(`${n}`))
      expect(await charge(client, [least, { ...most, cost: 1_000_000 }, ...ten])).toMatchObject([
        { allowed: true, remaining: 0, reset: 1 },
        { allowed: true, remaining: 0, reset: 86_400 },
        ...ten.map(() => ({ allowed: true })),
      ])
    }),
  )

  it('counts every one of many at the same moment, and holds up nobody else', async () => {
    await using database = await openDatabase()
    const { observer } = database
    const sessions = await Promise.all([1, 2, 3, 4].map(() => database.connect()))
    const take = async (client: pg.Client | undefined, each: RateLimitCharge) =>
      (
        await client?.query('select (public.charge_rate_limits($1) -> 0 -> $2)::boolean as allowed', [
          JSON.stringify([each]),
          'allowed',
        ])
      )?.rows[0]?.allowed
    const hot = { ...bucket('hot'), quota: 10, window: 86_400 }
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => take(sessions[n % 4], hot)))
    expect(results.filter((allowed) => allowed)).toHaveLength(10)

    await take(observer, bucket('held'))
    await letPass(observer, 3600)
    await observer.query('begin')
    await take(observer, bucket('held'))
    expect(await take(sessions[0], bucket('free'))).toBe(true)
    // Nor does what removes full buckets wait for who takes from one.
    await sessions[0]?.query("set lock_timeout = '5s'")
    await sessions[0]?.query('select private.remove_full_buckets(10)')
    await observer.query('rollback')
  })
})
