import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { aiUsageReportSchema, myAiUsageSchema } from '../../../types/agents.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import {
  append,
  ask,
  assistant,
  type Begun,
  beginOfNextMonth,
  books,
  exchange,
  finish,
  loseWriters,
  optimizer,
  texts,
  usage,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import {
  admin,
  createCast,
  ids,
  member,
  ours,
  outsider,
  suspended,
  theirs,
  viewer,
} from '../../support/people/cast.ts'
import { limitFree } from '../../support/people/plan.ts'

// Budgets, the ledger and the reports: what is held is settled or released, once, however an answer ends.

const story = policySuite()

/** The ledger of the workspace, and whether what was held stands where it should. */
async function ledger(client: pg.Client) {
  const { rows } = await client.query(
    `select u.held::float, u.settled::float, u.released::float,
       (u.held - u.settled - u.released)::float as open,
       (select coalesce(sum(h.amount), 0)::float from private.usage_holds h
        where h.workspace_id = u.workspace_id and h.ended_at is null) as holds
     from private.usage u where u.workspace_id = $1 and u.meter = 'ai_credits'`,
    [ours],
  )
  return rows[0] ?? { held: 0, settled: 0, released: 0, open: 0, holds: 0 }
}
const setBudgets = (client: pg.Client, budgets: object) =>
  call(client, admin, 'save_ai_settings', [ours, JSON.stringify(budgets), null])
const saveAgent = (client: pg.Client, budget: number) =>
  call<{ id: string }>(client, admin, 'save_agent', [
    ours,
    JSON.stringify({ name: 'Dear', kind: 'custom', instructions: '', visibility: 'workspace', budget }),
  ])
const report = async (client: pg.Client, by: string, actor: Actor = admin, workspace = ours) => {
  const day = new Date().toISOString().slice(0, 10)
  return aiUsageReportSchema.parse(await call(client, actor, 'ai_usage_report', [workspace, day, day, by]))
}

const beginOfThisMonth = () => `${new Date().toISOString().slice(0, 7)}-01`

describe('a budget', () => {
  it(
    'of a person, an agent or the workspace is never exceeded, and says which it is',
    story(async (client) => {
      const { id: agent } = await saveAgent(client, 0.7)
      for (const [budgets, budget, question] of [
        [{ personBudget: 0.7 }, 'person', {}],
        [{ workspaceBudget: 0.7 }, 'workspace', {}],
        [{}, 'agent', { agent }],
      ] as const) {
        await setBudgets(client, budgets)
        await client.query('delete from private.conversations; delete from private.ai_budgets')
        const begun = await ask(client, member, question)
        const refused = await clientError(ask(client, member, question))
        expect(refused).toMatchObject({ status: 402, code: 'budget_spent' })
        expect(JSON.parse(String(refused.details))).toEqual({
          budget,
          most: 0.7,
          until: beginOfNextMonth(),
        })
        // What was not spent is free again.
        await finish(client, begun, 'failed', [], { code: 'provider_failed', message: 'It failed.' })
        await finish(client, await ask(client, member, question))
      }
      const { rows } = await client.query(
        "select count(*)::int from private.messages where status = 'running'",
      )
      expect(rows).toEqual([{ count: 0 }])
    }),
  )

  it(
    'of one person is not another’s, and one of nothing lets nobody ask',
    story(async (client) => {
      await setBudgets(client, { personBudget: 0.7 })
      await ask(client, member)
      await ask(client, admin)
      await setBudgets(client, { personBudget: 0 })
      expect(await clientError(ask(client, member))).toMatchObject({ code: 'budget_spent' })
      const before = await ledger(client)
      expect(before.open).toBeCloseTo(before.holds)
    }),
  )
})

describe('what one person holds', () => {
  const dear = (client: pg.Client, output: number) =>
    client.query('update public.ai_model_prices set output = $1', [output])

  it(
    'with several questions at a time is a quarter of the month at most, and with one question anything',
    story(async (client) => {
      // 12.3 credits for all that may be written; the free plan has 100 a month.
      await dear(client, 30)
      const begun = await ask(client)
      await ask(client)
      expect(await clientError(ask(client))).toMatchObject({ code: 'conflict', details: 'answers' })
      await ask(client, admin)
      await finish(client, begun, 'failed', [], { code: 'provider_failed', message: 'It failed.' })
      await ask(client)
      await setBudgets(client, { workspaceBudget: 60 })
      expect(await clientError(ask(client, admin))).toMatchObject({ code: 'conflict', details: 'answers' })
      await loseWriters(client)
      await client.query('select private.interrupt_lost_answers(100)')
      await dear(client, 130)
      const large = await ask(client)
      expect(large.heldCredits).toBeGreaterThan(50)
      const before = await ledger(client)
      expect(await clientError(ask(client))).toMatchObject({ code: 'budget_spent' })
      expect(await ledger(client)).toEqual(before)
    }),
  )

  it(
    'is paid where the answer is deleted in the middle of a call, as far as it is known',
    story(async (client) => {
      const drop = ({ conversationId }: Begun) =>
        call(client, member, 'delete_conversation', [ours, conversationId])
      const begun = await ask(client, member, { estimate: 2_000 })
      await append(client, begun, 0, texts(0, 'It grew. '.repeat(40)))
      await drop(begun)
      const { rows } = await client.query(
        'select outcome, is_estimated, input_tokens::int, output_tokens::int, credits::float from private.ai_usage',
      )
      expect(rows).toMatchObject([{ outcome: 'deleted', is_estimated: true, input_tokens: 2_000 }])
      expect(rows[0].output_tokens).toBeGreaterThan(80)
      expect(rows[0].output_tokens).toBeLessThan(130)
      const paid = await ledger(client)
      expect(paid).toMatchObject({ settled: rows[0].credits, open: expect.closeTo(0), holds: 0 })
      expect((await report(client, 'person')).credits).toBeCloseTo(rows[0].credits)

      // One whose writer is gone has no call under way, and one that was reported is paid once.
      const lost = await ask(client)
      await loseWriters(client)
      await drop(lost)
      expect(await ledger(client)).toMatchObject({ settled: paid.settled })
      const second = await ask(client)
      await call(client, { role: 'service_role' }, 'renew_answer', [
        second.answerId,
        second.lease,
        null,
        JSON.stringify([usage()]),
      ])
      await drop(second)
      expect((await ledger(client)).settled).toBeCloseTo(paid.settled + 0.015)
    }),
  )
})

describe('a report', () => {
  it(
    'is for who manages billing, by person, agent, model and day',
    story(async (client) => {
      await exchange(client)
      const other = await ask(client, admin, { agent: optimizer })
      await finish(client, other, 'complete', [usage(2000, 0, { model: 'gpt-5.6-luna' })])
      expect(await report(client, 'person')).toMatchObject({
        rows: [
          { key: ids.admin, name: 'admin', calls: 1, inputTokens: 2000, credits: 0.04 },
          { key: ids.member, name: 'member', calls: 1, inputTokens: 1000, outputTokens: 100, credits: 0.015 },
        ],
        credits: 0.055,
      })
      expect((await report(client, 'agent')).rows.map(({ key }) => key)).toEqual([optimizer, assistant])
      expect((await report(client, 'model')).rows.map(({ name }) => name)).toEqual([
        'GPT-5.6 Luna',
        'GPT-6 Luna',
      ])
      expect((await report(client, 'day')).rows).toMatchObject([{ calls: 2 }])
      for (const [actor, code] of [
        [member, 'permission_denied'],
        [viewer, 'permission_denied'],
        [outsider, 'not_found'],
        [suspended, 'not_found'],
      ] as const)
        expect(await clientError(report(client, 'day', actor))).toMatchObject({ code })
      expect((await report(client, 'person', outsider, theirs)).rows).toEqual([])
      for (const values of [
        ['2026-01-02', '2026-01-01', 'day'],
        ['2024-11-27', '2026-01-01', 'day'],
        [null, null, 'day'],
      ])
        expect(await clientError(call(client, admin, 'ai_usage_report', [ours, ...values]))).toMatchObject({
          code: 'invalid_input',
          details: 'to_day',
        })
      // Four hundred days, both included.
      await call(client, admin, 'ai_usage_report', [ours, '2024-11-28', '2026-01-01', 'day'])
      expect(await clientError(report(client, 'text'))).toMatchObject({ details: 'by' })
      for (const by of ['person', null])
        expect(
          await clientError(call(client, admin, 'my_ai_usage', [ours, '2026-01-01', '2026-01-01', by])),
        ).toMatchObject({ code: 'invalid_input', details: 'by' })
    }),
  )

  it(
    'of one’s own tells nobody else’s, and names no agent that is another’s',
    story(async (client) => {
      const mine = await call<{ id: string }>(client, member, 'save_agent', [
        ours,
        JSON.stringify({ name: 'Secret', kind: 'custom', instructions: '' }),
      ])
      await exchange(client, member, { agent: mine.id })
      await exchange(client, admin)
      await setBudgets(client, { personBudget: 10 })
      // What is held elsewhere, in another month or of somebody else is no part of it.
      await client.query(
        `insert into private.ai_budgets (workspace_id, month, scope, subject, held, spent)
         select b.workspace_id, b.month, b.scope, b.subject, 1, 1
         from (values ($1, $3::date, 'person', $4::uuid), ($2, '2026-01-01', 'person', $4),
           ($2, $3::date, 'agent', $4)) as b (workspace_id, month, scope, subject)`,
        [theirs, ours, beginOfThisMonth(), ids.member],
      )
      const own = async (actor: Actor) => {
        const day = new Date().toISOString().slice(0, 10)
        return myAiUsageSchema.parse(await call(client, actor, 'my_ai_usage', [ours, day, day, 'agent']))
      }
      expect(await own(member)).toMatchObject({
        rows: [{ key: mine.id, name: 'Secret', credits: 0.015 }],
        budget: { most: 10, held: 0, spent: 0.015 },
      })
      expect((await own(admin)).rows).toMatchObject([{ key: assistant, name: 'Assistant' }])
      const seen = await report(client, 'agent')
      expect(seen.rows.find(({ key }) => key === mine.id)).toMatchObject({ name: null })
      expect(JSON.stringify(seen)).not.toContain('Secret')
    }),
  )
})

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

  it('let nobody spend the last credit of one person in two workspaces at once', {
    timeout: 60_000,
  }, async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    await createCast(observer)
    // A question holds more than half of it.
    await observer.query('update public.ai_model_prices set output = 3')
    await limitFree(observer, { ai_credits_of_person: 2 })
    const workspaces: string[] = []
    for (let made = 0; made < 6; made += 1) {
      const { rows } = await inTransaction(observer, () =>
        actAs(observer, member, "select (public.create_workspace('Another')).id"),
      )
      workspaces.push(String(rows[0]?.id))
    }
    const clients = await Promise.all(workspaces.map(() => opened.connect()))
    const told = await Promise.all(
      clients.map((client, place) =>
        inTransaction(client, () => ask(client, member, { workspace: workspaces[place] as string })).then(
          () => 'begun',
          codeOf,
        ),
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

it(
  'what another month was is left as it was, and what a model will cost counts from its day on',
  story(async (client) => {
    await exchange(client)
    const before = `select scope, held, spent from private.ai_budgets where month = '2026-01-01' order by scope`
    await client.query(
      `insert into private.ai_budgets (workspace_id, month, scope, subject, held, spent)
       select workspace_id, '2026-01-01', scope, subject, 7, 7 from private.ai_budgets`,
    )
    const { rows: kept } = await client.query(before)
    expect(kept).toHaveLength(3)
    await exchange(client)
    expect((await client.query(before)).rows).toEqual(kept)

    const price = async () =>
      (await client.query("select private.price_of('gpt-6-luna', current_date) as price")).rows[0].price
    const today = await price()
    await client.query(
      `insert into public.ai_model_prices (model_key, holds_from, input, cached_input, output)
       values ('gpt-6-luna', current_date + 2, 9, 9, 9)`,
    )
    expect(await price()).toEqual(today)
  }),
)

it(
  'of the calls of one answer those go that are old',
  story(async (client) => {
    const begun = await ask(client)
    await finish(client, begun, 'complete', [usage(), usage()])
    await client.query(
      "update private.ai_usage set occurred_at = now() - interval '401 days' where number = 1",
    )
    await client.query('select private.expire_ai_usage(10)')
    expect((await client.query('select number from private.ai_usage')).rows).toEqual([{ number: 2 }])
  }),
)
