import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import {
  append,
  ask,
  type Begun,
  books,
  finish,
  ledger,
  loseWriters,
  setBudgets,
  texts,
  usage,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { limitFree } from '../../support/people/plan.ts'

// The books balance: what is held is settled or released, once, however an answer ends and whoever asks beside.

const story = policySuite()

const fates = [
  'complete',
  'stopped',
  'incomplete',
  'failed',
  'killed',
  'killed after a round',
  'deleted',
  'left',
] as const

/** Lets an answer end in one of the ways in which answers do. */
async function meet(
  client: pg.Client,
  begun: Begun,
  fate: (typeof fates)[number],
  tokens: number,
): Promise<void> {
  const calls = [usage(tokens, tokens % 977)]
  await append(client, begun, 0, texts(0, 'It ', 'grew'))
  switch (fate) {
    case 'killed':
    case 'left':
      return
    case 'killed after a round':
      await call(client, { role: 'service_role' }, 'renew_answer', [
        begun.answerId,
        begun.lease,
        tokens,
        JSON.stringify(calls),
      ])
      return
    case 'deleted':
      await call(client, member, 'delete_conversation', [ours, begun.conversationId])
      return
    default:
      await finish(client, begun, fate, fate === 'failed' ? [] : calls)
      // Whoever did not hear that it was done does it again.
      await finish(client, begun, fate, calls)
  }
}

describe('the books', () => {
  it('balance after any ends of any answers', { timeout: 120_000 }, async () => {
    const one = fc.record({ fate: fc.constantFrom(...fates), tokens: fc.integer({ min: 0, max: 5_000 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), (ends) =>
        story(async (client) => {
          for (const { fate, tokens } of ends) await meet(client, await ask(client), fate, tokens)
          await loseWriters(client)
          await client.query('select private.interrupt_lost_answers(100)')
          const { held, settled, released, open, holds } = await ledger(client)
          expect(held).toBeCloseTo(settled + released)
          expect([open, holds].map((each) => Math.abs(each))).toEqual([expect.closeTo(0), expect.closeTo(0)])
          const { rows } = await client.query(
            'select coalesce(sum(credits), 0)::float as spent from private.ai_usage',
          )
          expect(settled).toBeCloseTo(rows[0].spent)
          for (const { held: stillHeld, spent } of await books(client)) {
            expect(stillHeld).toBeCloseTo(0)
            expect(spent).toBeCloseTo(rows[0].spent)
          }
          const { rows: people } = await client.query(
            'select sum(credits)::float as credits from private.ai_credits_of_people',
          )
          expect(people[0].credits).toBeCloseTo(rows[0].spent)
        })(),
      ),
      { numRuns: 12 },
    )
  })

  it('balance where many ask at once for what is left, and writers are killed', {
    timeout: 120_000,
  }, async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    await createCast(observer)
    await setBudgetsCommitted(observer)
    const clients = await Promise.all(Array.from({ length: 10 }, () => opened.connect()))
    const outcomes = await Promise.all(
      clients.flatMap((client, place) =>
        Array.from({ length: 1 }, async () => {
          const told: string[] = []
          for (let round = 0; round < 3; round += 1) {
            const begun = await inTransaction(client, () => ask(client, place % 2 ? member : admin)).catch(
              codeOf,
            )
            if (typeof begun === 'string') {
              told.push(begun)
              continue
            }
            const fate = fates[(place * 3 + round) % 5] ?? 'complete'
            await inTransaction(client, () => meet(client, begun, fate, 500))
            told.push(fate)
          }
          return told
        }),
      ),
    )
    const told = outcomes.flat()
    expect(told.filter((each) => !['budget_spent', ...fates].includes(each))).toEqual([])
    expect(told).toContain('budget_spent')
    const [workspace] = (await books(observer)).filter(({ scope }) => scope === 'workspace')
    expect((workspace?.held ?? 0) + (workspace?.spent ?? 0)).toBeLessThanOrEqual(2.5)
    await loseWriters(observer)
    await observer.query('select private.interrupt_lost_answers(100)')
    const { held, settled, released } = await ledger(observer)
    expect(held).toBeCloseTo(settled + released)
    for (const { held: stillHeld } of await books(observer)) expect(stillHeld).toBeCloseTo(0)
  })

  it('let nobody spend the last credit of one person in two workspaces at once, by two accounts either', {
    timeout: 60_000,
  }, async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    await createCast(observer)
    // A question holds more than half of it.
    await observer.query('update public.ai_model_prices set output = 3')
    await limitFree(observer, { ai_credits_of_person: 2 })
    await observer.query(
      `update auth.users u set email = m.email, email_confirmed_at = now()
       from (values ($1::uuid, 'mia@example.com'), ($2, 'mia+again@example.com')) as m (id, email)
       where u.id = m.id`,
      [ids.member, ids.admin],
    )
    const accounts = [member, admin] as const
    const workspaces: string[] = []
    for (let made = 0; made < 6; made += 1) {
      const { rows } = await inTransaction(observer, () =>
        actAs(observer, accounts[made % 2] ?? member, "select (public.create_workspace('Another')).id"),
      )
      workspaces.push(String(rows[0]?.id))
    }
    const clients = await Promise.all(workspaces.map(() => opened.connect()))
    const told = await Promise.all(
      clients.map((client, place) =>
        inTransaction(client, () =>
          ask(client, accounts[place % 2], { workspace: workspaces[place] as string }),
        ).then(() => 'begun', codeOf),
      ),
    )
    expect(told.sort()).toEqual(['begun', ...Array(5).fill('payment_required')])
  })

  it('have one answer where one question comes many times at once', { timeout: 60_000 }, async () => {
    await using opened = await openDatabase()
    await createCast(opened.observer)
    const clients = await Promise.all(Array.from({ length: 8 }, () => opened.connect()))
    const key = randomUUID()
    const begun = await Promise.all(
      clients.map((client) => inTransaction(client, () => ask(client, member, { key }))),
    )
    expect(new Set(begun.map(({ answerId }) => answerId)).size).toBe(1)
    expect(begun.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1)
    // And one question at a time, whatever their keys.
    await inTransaction(opened.observer, () =>
      finish(opened.observer, begun.find(({ lease }) => lease) as Begun),
    )
    const conversation = begun[0]?.conversationId
    const asked = await Promise.all(
      clients.map((client) =>
        inTransaction(client, () => ask(client, member, { conversation })).catch(codeOf),
      ),
    )
    expect(asked.filter((each) => each === 'conflict')).toHaveLength(7)
  })
})

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    return await work()
  } finally {
    await client.query('commit')
  }
}

async function codeOf(error: unknown): Promise<string> {
  return String((await clientError(Promise.reject(error))).code)
}

const setBudgetsCommitted = (client: pg.Client) =>
  inTransaction(client, () => setBudgets(client, { workspaceBudget: 2.5 }))
