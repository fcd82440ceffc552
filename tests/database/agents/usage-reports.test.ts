import { describe, expect, it } from 'vitest'
import { myAiUsageSchema } from '../../../types/agents.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import {
  ask,
  assistant,
  exchange,
  finish,
  optimizer,
  report,
  setBudgets,
  usage,
} from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// What was used: who is told of it, by what, and for how long.

const story = policySuite()

const beginOfThisMonth = () => `${new Date().toISOString().slice(0, 7)}-01`

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
