import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import {
  append,
  ask,
  type Begun,
  beginOfNextMonth,
  exchange,
  finish,
  ledger,
  loseWriters,
  report,
  setBudgets,
  texts,
  usage,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours } from '../../support/people/cast.ts'

// Budgets: what is held of them is settled or released, and never more than there is.

const story = policySuite()

const saveAgent = (client: pg.Client, budget: number) =>
  call<{ id: string }>(client, admin, 'save_agent', [
    ours,
    JSON.stringify({ name: 'Dear', kind: 'custom', instructions: '', visibility: 'workspace', budget }),
  ])

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
