import * as fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import { overlap } from '../../support/database/overlap.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ids, ours, theirs } from '../../support/people/cast.ts'

const story = policySuite()

const hold = async (client: pg.Client, amount: unknown, workspace = ours, lifetime = '1 hour') =>
  (
    await client.query<{ id: string }>("select private.hold_usage($1, 'ai_credits', $2, $3, $4) as id", [
      workspace,
      amount,
      lifetime,
      ids.member,
    ])
  ).rows[0]?.id
const settle = (client: pg.Client, id: string | undefined, amount: unknown, workspace = ours) =>
  client.query('select private.settle_usage($1, $2, $3)', [workspace, id, amount])
const release = (client: pg.Client, id: string | undefined, workspace = ours) =>
  client.query('select private.release_usage($1, $2)', [workspace, id])
const usageOf = async (client: pg.Client, workspace = ours) =>
  Number((await client.query("select private.usage_of($1, 'ai_credits') as used", [workspace])).rows[0]?.used)
const limit = async (client: pg.Client) =>
  Number((await client.query("select private.limit_of($1, 'ai_credits') as most", [ours])).rows[0]?.most)
/** Lets all that is open expire. */
const letExpire = (client: pg.Client) =>
  client.query(
    "update private.usage_holds set expires_at = now() - interval '1 second' where ended_at is null",
  )
const releaseExpired = async (client: pg.Client) =>
  (await client.query('select private.release_expired_holds(100) as n')).rows[0]?.n

/** The books of `ours`, beside what the holds say is open. */
const books = async (client: pg.Client) =>
  (
    await client.query<{ held: string; settled: string; released: string; open: string }>(
      `select u.held, u.settled, u.released,
         (select coalesce(sum(h.amount), 0) from private.usage_holds h
          where h.workspace_id = u.workspace_id and h.meter = u.meter and h.ended_at is null) as open
       from private.usage u where u.workspace_id = $1 and u.meter = 'ai_credits'`,
      [ours],
    )
  ).rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value)])))

describe('a hold', () => {
  it(
    'counts while it is open, then what it came to, and nothing once it is released',
    story(async (client) => {
      const [first, second] = [await hold(client, 10), await hold(client, '0.5')]
      expect(await usageOf(client)).toBe(10.5)
      await settle(client, first, '2.25')
      await release(client, second)
      expect(await usageOf(client)).toBe(2.25)
      expect(await books(client)).toEqual([{ held: 10.5, settled: 2.25, released: 8.25, open: 0 }])
      expect(await usageOf(client, theirs)).toBe(0)
    }),
  )

  it(
    'ends once: settled or released again changes nothing',
    story(async (client) => {
      const [first, second] = [await hold(client, 10), await hold(client, 10)]
      await settle(client, first, 4)
      await settle(client, first, 9)
      await release(client, first)
      await release(client, second)
      await release(client, second)
      expect(await books(client)).toEqual([{ held: 20, settled: 4, released: 16, open: 0 }])
    }),
  )

  it(
    'may come to more than was held, beyond the limit too: what was used was used',
    story(async (client) => {
      const most = await limit(client)
      await settle(client, await hold(client, most), most + 50)
      expect(await usageOf(client)).toBe(most + 50)
      expect(await clientError(savepoint(client, () => hold(client, '0.01')))).toMatchObject({
        code: 'payment_required',
      })
    }),
  )

  it(
    'expires, is released by the job, and counts all the same when it is settled later',
    story(async (client) => {
      const id = await hold(client, 40)
      await letExpire(client)
      expect(await releaseExpired(client)).toBe(1)
      expect(await usageOf(client)).toBe(0)
      expect(await releaseExpired(client)).toBe(0)
      await settle(client, id, 30)
      await settle(client, id, 30)
      expect(await books(client)).toEqual([{ held: 70, settled: 30, released: 40, open: 0 }])
    }),
  )

  it(
    'that has expired makes room at once for who needs it',
    story(async (client) => {
      await hold(client, await limit(client))
      await letExpire(client)
      expect(await hold(client, 1)).toBeDefined()
      expect(await usageOf(client)).toBe(1)
    }),
  )

  it(
    'is refused beyond the limit, with what is used, and holds nothing',
    story(async (client) => {
      const most = await limit(client)
      await hold(client, most - 1)
      const refusal = await clientError(savepoint(client, () => hold(client, 2)))
      expect(refusal).toMatchObject({ status: 402, code: 'payment_required' })
      expect(JSON.parse(String(refusal.details))).toEqual({
        limit: 'ai_credits',
        most,
        use: most + 1,
        plan: 'premium',
      })
      expect(await hold(client, 1)).toBeDefined()
      expect(await usageOf(client)).toBe(most)
    }),
  )

  it.each([
    ['nothing', 0, '1 hour', 'amount'],
    ['less than nothing', -1, '1 hour', 'amount'],
    ['no number', 'NaN', '1 hour', 'amount'],
    ['everything', 'Infinity', '1 hour', 'amount'],
    ['no time', 1, '0', 'lifetime'],
    ['for ever', 1, '1 day 1 microsecond', 'lifetime'],
  ])('is not made of %s', (_, amount, lifetime, details) =>
    story(async (client) => {
      const made = savepoint(client, () => hold(client, amount, ours, lifetime))
      expect(await clientError(made)).toMatchObject({ code: 'invalid_input', details })
      expect(await books(client)).toEqual([])
    })(),
  )

  it(
    'lasts for any time up to a day',
    story(async (client) => {
      for (const lifetime of ['1 microsecond', '1 day'])
        expect(await hold(client, 1, ours, lifetime)).toBeDefined()
    }),
  )

  it(
    'of another workspace is not found',
    story(async (client) => {
      const id = await hold(client, 10, theirs)
      for (const end of [() => settle(client, id, 1), () => release(client, id)])
        expect(await clientError(savepoint(client, end))).toMatchObject({
          code: 'not_found',
          details: 'hold_id',
        })
      expect(await usageOf(client, theirs)).toBe(10)
    }),
  )

  it(
    'is forgotten a month after it ended, and what it came to is not',
    story(async (client) => {
      await settle(client, await hold(client, 10), 10)
      await hold(client, 1)
      for (const [ago, n] of [
        ['29 days 23 hours', 0],
        ['30 days 1 hour', 1],
      ]) {
        await client.query(
          'update private.usage_holds set ended_at = now() - $1::interval where ended_at is not null',
          [ago],
        )
        expect((await client.query('select private.forget_ended_holds(10) as n')).rows).toEqual([{ n }])
      }
      expect((await client.query('select from private.usage_holds')).rowCount).toBe(1)
      expect(await usageOf(client)).toBe(11)
    }),
  )

  it(
    'is of one meter, month and workspace: however it ends, no other book is touched',
    story(async (client) => {
      const others = async () =>
        (
          await client.query(
            `select u.*, h.ended_at, h.settled as came_to
             from private.usage u
             join private.usage_holds h using (workspace_id, meter, period)
             where (u.workspace_id, u.meter, u.period) <> ($1, 'ai_credits', private.usage_period())
             order by u.workspace_id, u.meter, u.period`,
            [ours],
          )
        ).rows
      await client.query(
        `with book as (
           insert into private.usage (workspace_id, meter, period, held)
           values ($1, 'ai_credits', private.usage_period(), 7),
             ($2, 'refreshes', private.usage_period(), 7),
             ($2, 'ai_credits', private.usage_period() - interval '1 month', 7)
           returning *
         )
         insert into private.usage_holds (workspace_id, meter, period, amount, expires_at)
         select workspace_id, meter, period, 7, now() - interval '1 hour' from book`,
        [theirs, ours],
      )
      const before = await others()
      expect(before).toHaveLength(3)
      expect(await usageOf(client)).toBe(0)
      await settle(client, await hold(client, 10), 4)
      await settle(client, await hold(client, 10), 14)
      await release(client, await hold(client, 10))
      await hold(client, 10)
      await letExpire(client)
      expect(
        (
          await client.query(
            "select private.release_expired_of($1, 'ai_credits', private.usage_period()) as n",
            [ours],
          )
        ).rows,
      ).toEqual([{ n: 1 }])
      expect(await others()).toEqual(before)
      expect(await releaseExpired(client)).toBe(3)
    }),
  )

  it(
    'of what the plan does not limit is as large as it likes, and so is what is spent',
    story(async (client) => {
      await client.query("update public.plan_limits set most = null where limit_key = 'ai_credits'")
      for (let time = 0; time < 2; time += 1) {
        expect(await hold(client, 1e12)).toBeDefined()
        expect(
          (await client.query("select private.spend_usage($1, 'ai_credits', 1e12) as had", [ours])).rows,
        ).toEqual([{ had: true }])
      }
      expect(await usageOf(client)).toBe(4e12)
    }),
  )

  it(
    'waits for the disk, whatever the role says',
    story(async (client) => {
      await client.query('set local synchronous_commit = off')
      await hold(client, 1)
      expect((await client.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }])
    }),
  )
})

it(
  'use that needs no hold is counted, whatever the limit, for the month in UTC',
  story(async (client) => {
    await client.query(
      "select private.count_usage($1, 'metric_points', 5e9), private.count_usage($1, 'metric_points', 1)",
      [ours],
    )
    const { rows } = await client.query(
      "select private.usage_of($1, 'metric_points') as used, private.usage_of($1, 'ai_credits') as other",
      [ours],
    )
    expect(rows).toEqual([{ used: '5000000001', other: '0' }])
    await client.query("update private.usage set period = period - interval '1 month'")
    expect((await client.query("select private.usage_of($1, 'metric_points') as used", [ours])).rows).toEqual(
      [{ used: '0' }],
    )
  }),
)

it(
  'use that is spent at once is all of it or nothing',
  story(async (client) => {
    const spend = async (amount: number) =>
      (await client.query("select private.spend_usage($1, 'ai_credits', $2) as had", [ours, amount])).rows[0]
        ?.had
    const most = await limit(client)
    expect(await spend(most + 1)).toBe(false)
    await hold(client, most - 1)
    expect([await spend(2), await spend(1), await spend(1)]).toEqual([false, true, false])
    expect(await usageOf(client)).toBe(most)
    expect(await books(client)).toEqual([{ held: most, settled: 1, released: 0, open: most - 1 }])
  }),
)

it.each([
  ['somebody signed in', person(ids.admin)],
  ['anybody', anonymous],
  ['a server', service],
])('the ledger is not for %s', (_, actor) =>
  story(async (client) => {
    await hold(client, 1)
    for (const statement of [
      'select from private.usage',
      'select from private.usage_holds',
      "select private.count_usage('WK-00000000A', 'ai_credits', 1)",
      "select private.hold_usage('WK-00000000A', 'ai_credits', 1, '1 hour', null)",
    ])
      await expect(actAs(client, actor, statement)).rejects.toMatchObject({ code: '42501' })
    expect(await usageOf(client)).toBe(1)
  })(),
)

type Step = { kind: 'hold' | 'settle' | 'release' | 'expire'; amount: number; which: number }

it(
  'whatever is done in whatever order, the books balance',
  story(async (client) => {
    const steps = fc.array(
      fc.record<Step>({
        kind: fc.constantFrom('hold', 'hold', 'settle', 'release', 'expire'),
        amount: fc.integer({ min: 1, max: 4000 }),
        which: fc.nat(9),
      }),
      { minLength: 1, maxLength: 25 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        await client.query('savepoint world')
        const holds: (string | undefined)[] = []
        for (const { kind, amount, which } of all) {
          const id = holds[which % Math.max(holds.length, 1)]
          if (kind === 'hold')
            holds.push(await savepoint(client, () => hold(client, amount / 100)).catch(() => undefined))
          else if (kind === 'expire') {
            await letExpire(client)
            await releaseExpired(client)
          } else if (id) await (kind === 'settle' ? settle(client, id, amount / 100) : release(client, id))
        }
        const [row] = await books(client)
        if (row) expect(row.held).toBeCloseTo((row.settled ?? 0) + (row.released ?? 0) + (row.open ?? 0), 6)
        await client.query('rollback to savepoint world')
      }),
      { numRuns: 40 },
    )
  }),
)

const takeDatabase = databasePool()

it('fifty spenders of the last credit: one gets it, nothing is overspent and nothing is lost', async () => {
  await using database = await takeDatabase()
  const { observer } = database
  await createCast(observer)
  const most = await limit(observer)
  await settle(observer, await hold(observer, most - 1), most - 1)
  const sessions = await Promise.all(Array.from({ length: 5 }, () => database.connect()))
  const spend = async (client: pg.Client | undefined) => {
    if (!client) throw new Error('There is no session.')
    const id = await hold(client, 1)
    await settle(client, id, 1)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => spend(sessions[n % 5])))
  const lost = outcomes.filter(({ status }) => status === 'rejected')
  expect(lost).toHaveLength(49)
  for (const outcome of lost)
    if (outcome.status === 'rejected')
      expect(JSON.parse(outcome.reason.message)).toMatchObject({ code: 'payment_required' })
  expect(await usageOf(observer)).toBe(most)
  expect(await books(observer)).toEqual([{ held: most, settled: most, released: 0, open: 0 }])
})

it('a hold that is ended by two at the same moment ends once', async () => {
  await using database = await takeDatabase()
  const { observer } = database
  await createCast(observer)
  const id = await hold(observer, 10)
  const sessions = { observer, first: await database.connect(), second: await database.connect() }
  const end = (client: pg.Client) => settle(client, id, 4)
  expect(await overlap(sessions, end, end)).toEqual(['done', 'done'])
  expect(await books(observer)).toEqual([{ held: 10, settled: 4, released: 6, open: 0 }])
})

/** What may fail, without the end of the story. */
async function savepoint<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('savepoint attempt')
  try {
    return await work()
  } catch (error) {
    await client.query('rollback to savepoint attempt')
    throw error
  }
}

it.each([
  [0, -1, 0],
  [0, 0, -1],
  [1, 1, 1],
  [0, 1, 0],
])(
  'a book in which %s is held, %s settled and %s released is none, whoever writes it',
  (held, settled, released) =>
    story(async (client) => {
      await expect(
        client.query(
          `insert into private.usage (workspace_id, meter, period, held, settled, released)
         values ($1, 'refreshes', '2026-01-01', $2, $3, $4)`,
          [ours, held, settled, released],
        ),
      ).rejects.toMatchObject({ constraint: 'usage_balanced' })
    })(),
)
