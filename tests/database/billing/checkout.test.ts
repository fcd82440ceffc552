import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError, service } from '../../support/database/act.ts'
import {
  apply,
  billingStateOf,
  customer,
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
import { databasePool } from '../../support/database/database-pool.ts'
import { overlap } from '../../support/database/overlap.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ours, theirs } from '../../support/people/cast.ts'

// How a workspace buys: with one customer, and one open checkout at a time.

const story = policySuite()

describe('begin_checkout', () => {
  it(
    'gives what is needed: whose it is, the trial once, and what was begun before',
    story(async (client) => {
      expect(await begin(client, admin)).toEqual({
        workspaceName: 'Ours',
        email: 'admin@example.com',
        customerId: null,
        trialDays: 14,
        trialOf: expect.stringMatching(/^[0-9a-f]{64}$/),
        openSession: null,
      })
      expect(await keepCustomer(client)).toBe(customer)
      expect(await keepCustomer(client, 'cus_second')).toBe(customer)
      const kept = await keep(client, session())
      const { url, expires_at: expiresAt } = session()
      expect(kept).toEqual({ id: 'cs_1', lookupKey: monthly, url, expiresAt })
      expect(await begin(client, admin)).toMatchObject({ customerId: customer, openSession: kept })
      await deliver(client, { subscription: subscription({ status: 'canceled' }) })
      expect(await begin(client, admin, yearly)).toMatchObject({ trialDays: 0 })
    }),
  )

  it(
    'gives the page on which a declined card is tried again, and no other one while that can be paid',
    story(async (client) => {
      await keepCustomer(client)
      const kept = await keep(client, session())
      await deliver(client, { subscription: subscription({ status: 'incomplete' }) })
      expect(await begin(client, admin)).toMatchObject({ openSession: kept })
      const refused = { code: 'conflict', details: 'subscription' }
      expect(await clientError(begin(client, admin, yearly))).toMatchObject(refused)
      await keep(client, { id: 'cs_1', status: 'expired' })
      expect(await clientError(begin(client, admin))).toMatchObject(refused)
      expect(await keep(client, session({ id: 'cs_2' }))).toBeNull()
      await deliver(client, { subscription: subscription({ status: 'incomplete_expired' }) })
      expect(await begin(client, admin)).toMatchObject({ openSession: null })
    }),
  )

  it(
    'keeps no customer without an id, nor without the mode that it was made in',
    story(async (client) => {
      for (const [id, livemode, details] of [
        [null, false, 'customer_id'],
        ['', false, 'customer_id'],
        ['x'.repeat(256), false, 'customer_id'],
        ['cus 1', false, 'customer_id'],
        ['cus_1', null, 'livemode'],
        ['', null, 'customer_id'],
      ])
        expect(
          await clientError(call(client, service, 'keep_billing_customer', [ours, id, livemode])),
        ).toMatchObject({ status: 400, code: 'invalid_input', details })
      expect(await keepCustomer(client, 'x'.repeat(255))).toBe('x'.repeat(255))
    }),
  )

  it(
    'gives the customer of the mode in which it is paid for, and none that was deleted',
    story(async (client) => {
      const customerIn = async (livemode: boolean | null) =>
        (await call<{ customerId: string }>(client, admin, 'begin_checkout', [ours, monthly, livemode]))
          .customerId
      await keepCustomer(client)
      expect([await customerIn(null), await customerIn(false), await customerIn(true)]).toEqual([
        customer,
        customer,
        null,
      ])
      await keepCustomer(client, 'cus_live', ours, true)
      expect([await customerIn(null), await customerIn(true)]).toEqual([customer, 'cus_live'])
      expect(await billingStateOf(client, admin)).toMatchObject({ customerId: 'cus_live', livemode: true })
      const live = { livemode: true, customer: 'cus_live', subscription: null }
      await deliver(client, { customer: { id: 'cus_live', deleted: true } }, live)
      expect([await customerIn(null), await customerIn(true)]).toEqual([customer, null])
      expect(await billingStateOf(client, admin)).toMatchObject({ customerId: null, livemode: true })
    }),
  )

  it(
    'replaces the customer that Stripe has no more, once, and none that something is paid for',
    story(async (client) => {
      const keepFor = (id: string, before: string | null, livemode = false, workspace = ours) =>
        call<string>(client, service, 'keep_billing_customer', [workspace, id, livemode, before])
      await keepCustomer(client)
      await keepCustomer(client, 'cus_theirs', theirs)
      await deliver(client, { subscription: subscription() })
      expect(await keepFor('cus_second', customer)).toBe(customer)
      await deliver(client, { subscription: subscription({ status: 'canceled' }) })
      expect(await keepFor('cus_second', null)).toBe(customer)
      expect(await keepFor('cus_second', 'cus_theirs')).toBe(customer)
      expect(await keepFor('cus_live', customer, true)).toBe('cus_live')
      expect(await keepFor('cus_second', customer)).toBe('cus_second')
      await client.query("update private.billing_customers set deleted_at = '2026-01-01Z' where id = $1", [
        customer,
      ])
      // Who was slower has asked for the same: it stays when the first was found to be gone.
      expect(await keepFor('cus_third', customer)).toBe('cus_second')
      const { rows: gone } = await client.query(
        "select id from private.billing_customers where deleted_at = '2026-01-01Z'",
      )
      expect(gone).toEqual([{ id: customer }])
      expect(await clientError(keepFor(customer, 'cus_second'))).toMatchObject({
        code: 'conflict',
        details: 'customer',
      })
      expect(await clientError(keepFor('cus_third', 'cus second'))).toMatchObject({
        code: 'invalid_input',
        details: 'in_place_of',
      })
      const { rows } = await client.query(
        'select id from private.billing_customers where deleted_at is null order by id',
      )
      expect(rows.map(({ id }) => id)).toEqual(['cus_live', 'cus_second', 'cus_theirs'])
    }),
  )

  it(
    'takes a workspace',
    story(async (client) => {
      expect(await clientError(call(client, admin, 'begin_checkout', [null, monthly]))).toMatchObject({
        code: 'invalid_input',
        details: 'workspace_id',
      })
    }),
  )

  it.each([
    ['nothing', 'invalid_input'],
    [null, 'invalid_input'],
    ['WK-ZZZZZZZZZ', 'not_found'],
  ])('of workspace %s nothing is kept', (workspace, code) =>
    story(async (client) => {
      for (const kept of [
        () => call(client, service, 'keep_billing_customer', [workspace, 'cus_none', false]),
        () => keep(client, session({ customer: undefined }), workspace as string),
      ])
        expect(await clientError(kept())).toMatchObject({ code, details: 'workspace_id' })
    })(),
  )

  it(
    'is refused where a subscription lives',
    story(async (client) => {
      await keepCustomer(client)
      for (const status of ['active', 'trialing', 'past_due', 'unpaid', 'paused']) {
        await deliver(client, { subscription: subscription({ status }) })
        expect(await clientError(begin(client, admin)), status).toMatchObject({
          code: 'conflict',
          details: 'subscription',
        })
      }
    }),
  )

  it.each([['gold'], [''], [null], ['a'.repeat(1_000_000)]])('refuses a price that is none', (key) =>
    story(async (client) => {
      expect(await clientError(begin(client, admin, key))).toMatchObject({
        code: 'invalid_input',
        details: 'price',
      })
    })(),
  )
})

describe('a checkout', () => {
  it(
    'is one at a time: the first is kept until it ends, which its time alone does not tell',
    story(async (client) => {
      await keepCustomer(client)
      await keep(client, session())
      expect(await keep(client, session({ id: 'cs_2', lookup_key: yearly }))).toMatchObject({ id: 'cs_1' })
      expect(await keep(client, session({ status: 'expired' }))).toBeNull()
      expect(await keep(client, session({ id: 'cs_3', lookup_key: yearly }))).toMatchObject({
        id: 'cs_3',
        lookupKey: yearly,
      })
      await deliver(client, { checkout_session: session({ id: 'cs_0', status: 'complete' }) })
      await client.query("update private.checkout_sessions set expires_at = now() - interval '1 second'")
      expect((await begin(client, admin)).openSession).toMatchObject({ id: 'cs_3' })
      expect(await keep(client, session({ id: 'cs_3', status: 'expired' }))).toBeNull()
      expect((await begin(client, admin)).openSession).toBeNull()
      expect(await keep(client, session({ id: 'cs_4' }))).toMatchObject({ id: 'cs_4' })
      await deliver(
        client,
        { checkout_session: session({ id: 'cs_4', status: 'complete' }), subscription: subscription() },
        {
          type: 'checkout.session.completed',
        },
      )
      const { rows } = await client.query('select id, status, url from private.checkout_sessions order by id')
      expect(rows).toEqual([
        { id: 'cs_0', status: 'complete', url: null },
        { id: 'cs_1', status: 'expired', url: null },
        { id: 'cs_3', status: 'expired', url: null },
        { id: 'cs_4', status: 'complete', url: null },
      ])
      expect(await planOf(client)).toBe('premium')
    }),
  )

  it(
    'that ended before it could be kept is not open again',
    story(async (client) => {
      await keepCustomer(client)
      const ended = { checkout_session: session({ status: 'complete' }) }
      await deliver(client, ended, { type: 'checkout.session.completed' })
      expect(await keep(client, session())).toBeNull()
    }),
  )

  it(
    'is not opened beside a subscription that lives',
    story(async (client) => {
      await keepCustomer(client)
      await deliver(client, { subscription: subscription() })
      expect(await keep(client, session())).toBeNull()
      expect((await client.query('select from private.checkout_sessions')).rowCount).toBe(0)
      await deliver(client, { subscription: subscription({ status: 'canceled' }) })
      expect(await keep(client, session())).toMatchObject({ id: 'cs_1' })
    }),
  )

  it(
    'lasts for a day where nobody says how long, and needs no customer',
    story(async (client) => {
      const { rows } = await client.query(
        "select private.timestamp_text(now() + interval '1 day') as tomorrow",
      )
      const { customer: _, expires_at: __, ...told } = session()
      expect(await keep(client, told)).toMatchObject({ id: 'cs_1', expiresAt: rows[0].tomorrow })
    }),
  )

  it(
    'of another customer, or of another workspace, is refused',
    story(async (client) => {
      await keepCustomer(client)
      await keepCustomer(client, 'cus_theirs', theirs)
      await keep(client, session())
      for (const told of [
        session({ id: 'cs_2', customer: 'cus_theirs' }),
        session({ id: 'cs_2', customer: 'cus_no' }),
      ])
        expect(await clientError(keep(client, told))).toMatchObject({ code: 'conflict', details: 'customer' })
      const moved = keep(client, session({ customer: 'cus_theirs' }), theirs)
      expect(await clientError(moved)).toMatchObject({ code: 'conflict', details: 'customer' })
      expect((await client.query('select from private.checkout_sessions')).rowCount).toBe(1)
    }),
  )

  it.each([
    ['no id', { id: null }, 'session.id'],
    ['a script', { url: 'javascript:alert(1)' }, 'session.url'],
    ['a megabyte', { url: `https://a/${'a'.repeat(1_000_000)}` }, 'session'],
  ])('with %s is refused', (_, changes, details) =>
    story(async (client) => {
      expect(await clientError(keep(client, session(changes)))).toMatchObject({
        code: 'invalid_input',
        details,
      })
    })(),
  )
})

const takeDatabase = databasePool()

describe('two at the same moment', () => {
  it('buy with one customer and one open checkout', async () => {
    await using database = await takeDatabase()
    await createCast(database.observer)
    const [first, second] = [await database.connect(), await database.connect()]
    const sessions = { observer: database.observer, first, second }
    const answers: unknown[] = []
    const both = (step: (client: pg.Client, n: number) => Promise<unknown>) =>
      overlap(
        sessions,
        async (client) => answers.push(await step(client, 1)),
        async (client) => answers.push(await step(client, 2)),
      )
    expect(await both((client, n) => keepCustomer(client, `cus_${n}`))).toEqual(['done', 'done'])
    expect(await both((client, n) => keep(client, session({ id: `cs_${n}`, customer: 'cus_1' })))).toEqual([
      'done',
      'done',
    ])
    expect(answers).toMatchObject(['cus_1', 'cus_1', { id: 'cs_1' }, { id: 'cs_1' }])
  })

  it('of one person, in two workspaces, have one trial', async () => {
    await using database = await takeDatabase()
    await createCast(database.observer)
    const sessions = {
      observer: database.observer,
      first: await database.connect(),
      second: await database.connect(),
    }
    const page = (id: string) => session({ id, customer: undefined, trial_of: 'd'.repeat(64) })
    expect(
      await overlap(
        sessions,
        (client) => keep(client, page('cs_ours')),
        (client) => keep(client, page('cs_theirs'), theirs),
      ),
    ).toEqual(['done', 'conflict'])
    const { rows } = await database.observer.query('select id from private.checkout_sessions')
    expect(rows).toEqual([{ id: 'cs_ours' }])
  })

  it('apply one event once, and the plan that is given beside it is not lost', async () => {
    await using database = await takeDatabase()
    const { observer } = database
    await createCast(observer)
    await observer.query('begin')
    await keepCustomer(observer)
    const told = {
      id: 'evt_race',
      type: 'customer.subscription.updated',
      created: inDays(0),
      livemode: false,
      customer,
    }
    const { ticket } = await call<{ ticket: number }>(observer, service, 'claim_billing_event', [
      JSON.stringify(told),
    ])
    await observer.query('commit')
    const [first, second] = [await database.connect(), await database.connect()]
    const sessions = { observer, first, second }
    const objects = { subscription: subscription() }
    const changed: string[][] = []
    const write = async (client: pg.Client) => {
      changed.push((await apply(client, 'evt_race', ticket, objects)).changed)
    }
    expect(await overlap(sessions, write, write)).toEqual(['done', 'done'])
    expect(changed).toEqual([['subscription'], []])

    const end = (client: pg.Client) => deliver(client, { subscription: subscription({ status: 'canceled' }) })
    const give = (client: pg.Client) =>
      call(client, service, 'grant_plan', [ours, 'premium', null, 'A friend'])
    expect(await overlap(sessions, end, give)).toEqual(['done', 'done'])
    expect(await planOf(observer)).toBe('premium')
    const { rows } = await observer.query(
      'select source from private.workspace_plans where workspace_id = $1',
      [ours],
    )
    expect(rows).toEqual([{ source: 'grant' }])
  })
})
