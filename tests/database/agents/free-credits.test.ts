import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { entitlementsSchema, paymentRequiredSchema } from '../../../types/entitlements.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { ask, beginOfNextMonth, finish, usage } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

// What one person has spent of what a plan gives for nothing, in however many workspaces.

const story = policySuite()

describe('what one person may have spent in all workspaces on the free plan', () => {
  const refused = { status: 402, code: 'payment_required' }
  const make = async (client: pg.Client, actor: Actor) => {
    const { rows } = await actAs(client, actor, "select (public.create_workspace('Another')).id")
    return String(rows[0]?.id)
  }
  const remove = (client: pg.Client, actor: Actor, workspace: string) =>
    call(client, actor, 'delete_workspace', [workspace, 'Another'])
  /** A credit for 100,000 tokens. */
  const spend = async (client: pg.Client, actor: Actor, workspace: string, credits: number) =>
    finish(client, await ask(client, actor, { workspace }), 'complete', [
      usage(Math.round(credits * 100_000), 0),
    ])
  const spendElsewhere = async (client: pg.Client, actor: Actor, credits: number) => {
    const workspace = await make(client, actor)
    await spend(client, actor, workspace, credits)
    await remove(client, actor, workspace)
  }
  const used = async (client: pg.Client, actor: Actor, workspace: string = ours) => {
    const { limits } = entitlementsSchema.parse(await call(client, actor, 'entitlements', [workspace]))
    return limits.find(({ key }) => key === 'ai_credits_of_person')
  }
  const confirm = (
    client: pg.Client,
    id: string,
    email: string,
    at: string | null = '2026-01-01T00:00:00Z',
  ) =>
    client.query('update auth.users set email = $2, email_confirmed_at = $3 where id = $1', [id, email, at])
  const rejoin = async (client: pg.Client, email: string, at?: string | null) => {
    await call(client, member, 'delete_my_account', [])
    await client.query(
      'insert into auth.users (id, email, created_at, updated_at) values ($1, $2, now(), now())',
      [ids.member, email],
    )
    await confirm(client, ids.member, email, at)
  }

  const limitToOneQuestion = async (client: pg.Client) => {
    await client.query('update public.ai_model_prices set output = 3')
    await limitFree(client, { ai_credits_of_person: 2 })
  }

  it(
    'has an end, however many they make and delete, and says what goes on',
    story(async (client) => {
      for (let round = 0; round < 3; round += 1) await spendElsewhere(client, outsider, 99.9)
      expect(await used(client, outsider, theirs)).toMatchObject({ scope: 'person', most: 300, use: 299.7 })
      const another = await make(client, outsider)
      for (const workspace of [theirs, another]) {
        const error = await clientError(ask(client, outsider, { workspace }))
        expect(error).toMatchObject(refused)
        expect(error.message).toBe(
          'The free plan has room for no more AI credits a month for one person than 300, in all workspaces on it together.',
        )
        expect(error.hint).toContain(`upgraded, or wait until ${beginOfNextMonth().slice(0, 10)}`)
        expect(paymentRequiredSchema.parse(JSON.parse(String(error.details)))).toMatchObject({
          limit: 'ai_credits_of_person',
          most: 300,
          plan: 'premium',
        })
      }
      expect((await client.query('select from private.answers')).rowCount).toBe(0)
      expect(await used(client, outsider, theirs)).toMatchObject({ use: 299.7 })
      // What a plan is paid for has no such limit, and counts nothing towards it.
      await setPlan(client, 'premium', another)
      await spend(client, outsider, another, 50)
      expect(await used(client, outsider, another)).toMatchObject({ most: null, use: 299.7 })
      await client.query("update private.ai_credits_of_people set month = month - interval '1 month'")
      await ask(client, outsider, { workspace: theirs })
    }),
  )

  it(
    'is nobody else’s who works in the same workspaces, and is what they spent there too',
    story(async (client) => {
      await limitFree(client, { ai_credits_of_person: 5 })
      await spend(client, member, ours, 3)
      await spendElsewhere(client, member, 1.9)
      expect(await used(client, member)).toMatchObject({ use: 4.9 })
      expect(await clientError(ask(client))).toMatchObject(refused)
      expect(await used(client, admin)).toMatchObject({ use: 0 })
      await spend(client, admin, ours, 3)
    }),
  )

  it(
    'is held while answers are written, and what was not spent is free again',
    story(async (client) => {
      await limitToOneQuestion(client)
      const workspace = await make(client, member)
      const begun = await ask(client, member, { workspace })
      expect(await used(client, member)).toMatchObject({ use: begun.heldCredits })
      expect(await clientError(ask(client))).toMatchObject(refused)
      const renew = (tokens: number) =>
        call(client, { role: 'service_role' }, 'renew_answer', [begun.answerId, begun.lease, tokens])
      expect(await clientError(renew(100_000))).toMatchObject(refused)
      const { credits } = await finish(client, begun)
      expect(credits).toBeLessThan(0.1)
      expect(await used(client, member)).toMatchObject({ use: credits })
      const { rows } = await client.query('select email_digest from private.answers')
      expect(rows).toEqual([{ email_digest: null }])
      await ask(client)
    }),
  )

  it(
    'counts what was held where a workspace is deleted under an answer',
    story(async (client) => {
      await limitToOneQuestion(client)
      const workspace = await make(client, member)
      const { heldCredits } = await ask(client, member, { workspace })
      await remove(client, member, workspace)
      expect(await used(client, member)).toMatchObject({ use: heldCredits })
      expect(await clientError(ask(client))).toMatchObject(refused)
    }),
  )

  it(
    'stays that of a mailbox until the month is over, with another account too',
    story(async (client) => {
      await limitFree(client, { ai_credits_of_person: 5 })
      await confirm(client, ids.member, 'Mia@example.com')
      await spendElsewhere(client, member, 4.9)
      for (const [email, at, outcome] of [
        ['mia@example.com', undefined, refused],
        ['mia+again@example.com', undefined, refused],
        // Whoever only says that it is theirs spends nothing of it, and has nothing of it.
        ['mia@example.com', null, null],
        ['ada@example.com', undefined, null],
      ] as const) {
        await rejoin(client, email, at)
        const asked = ask(client, member, { workspace: await make(client, member) })
        if (outcome) expect(await clientError(asked)).toMatchObject(outcome)
        else await asked
      }
      await client.query('select private.forget_credits_of_people(10)')
      expect((await client.query('select from private.ai_credits_of_people')).rowCount).toBe(3)
      await client.query("update private.ai_credits_of_people set month = month - interval '1 month'")
      expect((await client.query('select private.forget_credits_of_people(2) as n')).rows).toEqual([{ n: 2 }])
      expect((await client.query('select private.forget_credits_of_people(2) as n')).rows).toEqual([{ n: 1 }])
    }),
  )
})
