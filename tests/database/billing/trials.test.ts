import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import {
  deliver,
  inDays,
  keepCustomer,
  monthly,
  planOf,
  subscription,
  yearly,
} from '../../support/database/billing.ts'
import { call } from '../../support/database/call.ts'
import { begin, keep, session } from '../../support/database/checkout.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, outsider, theirs } from '../../support/people/cast.ts'

// A trial: once a person, whatever they buy and with which account.

const story = policySuite()

describe('a trial', () => {
  const had = { trialDays: 0, trialOf: null }
  const make = async (client: pg.Client, actor: Actor) => {
    const { rows } = await actAs(client, actor, "select (public.create_workspace('Another')).id")
    return String(rows[0]?.id)
  }
  const rename = (client: pg.Client, email: string, at: string | null = '2026-01-01T00:00:00Z') =>
    client.query('update auth.users set email = $2, email_confirmed_at = $3 where id = $1', [
      ids.member,
      email,
      at,
    ])
  /** The page that the function opens for who asks. */
  const open = async (client: pg.Client, actor: Actor, workspace: string) => {
    const whose = `cus_${workspace}`
    await keepCustomer(client, whose, workspace)
    const { trialDays, trialOf } = await begin(client, actor, monthly, workspace)
    const page = session({ id: `cs_${workspace}`, customer: whose, trial_of: trialOf })
    expect(await keep(client, page, workspace)).toMatchObject({ id: page.id })
    return { trialDays, page }
  }
  const pay = async (client: pg.Client, actor: Actor, workspace: string) => {
    const { trialDays, page } = await open(client, actor, workspace)
    const bought = subscription({
      id: `sub_${workspace}`,
      customer: page.customer,
      ...(trialDays > 0 && { status: 'trialing', trial_end: inDays(trialDays) }),
    })
    await deliver(
      client,
      { checkout_session: { ...page, status: 'complete' }, subscription: bought },
      { type: 'checkout.session.completed', customer: page.customer, subscription: bought.id },
    )
    expect(await planOf(client, workspace)).toBe('premium')
    return { trialDays, bought }
  }
  const end = async (client: pg.Client, actor: Actor, workspace: string, bought: { customer: string }) => {
    await deliver(
      client,
      { subscription: { ...bought, status: 'canceled' } },
      { customer: bought.customer, subscription: `sub_${workspace}` },
    )
    await call(client, actor, 'delete_workspace', [workspace, 'Another'])
  }
  const trials = async (client: pg.Client) =>
    (await client.query('select email_digest from private.trials')).rowCount

  it(
    'is once a person, however many workspaces and accounts they make and delete',
    story(async (client) => {
      await rename(client, 'Ada@example.com')
      const first = await make(client, member)
      const { trialDays, bought } = await pay(client, member, first)
      expect(trialDays).toBe(14)
      await end(client, member, first, bought)

      const second = await make(client, member)
      expect(await begin(client, member, yearly, second)).toMatchObject(had)
      const paid = await pay(client, member, second)
      expect(paid).toMatchObject({ trialDays: 0, bought: { status: 'active' } })
      await end(client, member, second, paid.bought)

      await call(client, member, 'delete_my_account', [])
      await client.query(
        'insert into auth.users (id, email, created_at, updated_at) values ($1, $2, now(), now())',
        [ids.member, 'none@example.com'],
      )
      const third = await make(client, member)
      for (const [email, at, days] of [
        ['ada@example.com', undefined, 0],
        ['ada+again@example.com', undefined, 0],
        // Whoever only says that it is theirs takes nothing from its owner.
        ['ada@example.com', null, 14],
        ['mia@example.com', undefined, 14],
      ] as const) {
        await rename(client, email, at)
        expect(await begin(client, member, monthly, third), email).toMatchObject({ trialDays: days })
      }
      expect(await begin(client, outsider, monthly, theirs)).toMatchObject({ trialDays: 14 })
      expect(await trials(client)).toBe(1)
    }),
  )

  it(
    'is not used up by a page that was left, and is offered on one page at a time',
    story(async (client) => {
      const [first, second] = [await make(client, admin), await make(client, admin)]
      const { page } = await open(client, admin, first)
      expect(await begin(client, admin, yearly, first)).toMatchObject({ trialDays: 14 })
      expect(await begin(client, admin, monthly, second)).toMatchObject(had)
      expect(await begin(client, outsider, monthly, theirs)).toMatchObject({ trialDays: 14 })
      // What is paid may be told of for three days.
      const ran = (ago: string) =>
        client.query('update private.checkout_sessions set expires_at = now() - $1::interval', [ago])
      await ran('2 days 23:59:59')
      expect(await begin(client, admin, monthly, second)).toMatchObject(had)
      await ran('3 days')
      expect(await begin(client, admin, monthly, second)).toMatchObject({ trialDays: 14 })

      // Paid, and its subscription not told yet.
      await keep(client, { ...page, status: 'complete' }, first)
      expect(await begin(client, admin, monthly, second)).toMatchObject(had)
      await client.query("update private.checkout_sessions set status = 'expired'")
      expect(await begin(client, admin, monthly, second)).toMatchObject({ trialDays: 14 })
      expect(await trials(client)).toBe(0)
      expect((await pay(client, admin, second)).trialDays).toBe(14)
      expect(await trials(client)).toBe(1)
      expect(await begin(client, admin, monthly, first)).toMatchObject(had)
    }),
  )

  it(
    'is on one page where several are made before any is kept',
    story(async (client) => {
      const [first, second] = [await make(client, admin), await make(client, admin)]
      const pages = []
      for (const workspace of [first, second]) {
        const whose = await keepCustomer(client, `cus_${workspace}`, workspace)
        const { trialOf } = await begin(client, admin, monthly, workspace)
        pages.push(session({ id: `cs_${workspace}`, customer: whose, trial_of: trialOf }))
      }
      await keep(client, pages[0], first)
      // Asked again after an answer that was lost.
      expect(await keep(client, pages[0], first)).toMatchObject({ id: `cs_${first}` })
      expect(await clientError(keep(client, pages[1], second))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: 'trial_of',
      })
      expect((await begin(client, admin, monthly, second)).openSession).toBeNull()
      const without = { ...pages[1], trial_of: undefined }
      expect(await keep(client, without, second)).toMatchObject({ id: `cs_${second}` })
    }),
  )

  it(
    'is had by who began it alone, whichever event tells of it first, and by nobody who buys without',
    story(async (client) => {
      const [first, second] = [await make(client, admin), await make(client, outsider)]
      const { page } = await open(client, admin, first)
      await keep(client, { ...page, status: 'expired' }, first)
      const trial_of = 'd'.repeat(64)
      const again = session({ id: 'cs_again', customer: page.customer, trial_of })
      await keep(client, again, first)
      const told = { id: `sub_${first}`, customer: page.customer }
      const of = { customer: told.customer, subscription: told.id }
      await deliver(client, { subscription: subscription({ ...told, status: 'incomplete' }) }, of)
      expect(await trials(client)).toBe(0)
      const trial = subscription({ ...told, status: 'trialing', trial_end: inDays(14) })
      await deliver(client, { subscription: trial }, of)
      await deliver(client, { subscription: { ...trial, status: 'active' } }, of)
      const { rows } = await client.query('select email_digest from private.trials')
      expect(rows).toEqual([{ email_digest: trial_of }])

      await keepCustomer(client, 'cus_bare', second)
      await keep(client, session({ id: 'cs_bare', customer: 'cus_bare' }), second)
      const bare = { id: 'sub_bare', customer: 'cus_bare' }
      const given = subscription({ ...bare, status: 'trialing', trial_end: inDays(14) })
      await deliver(client, { subscription: given }, { customer: bare.customer, subscription: bare.id })
      expect(await trials(client)).toBe(1)
      const { rows: logged } = await client.query(
        `select changes -> 'email_digest' as digest from public.audit_log
         where row_id = 'cs_again' order by occurred_at limit 1`,
      )
      expect(logged).toEqual([{ digest: {} }])
    }),
  )
})
