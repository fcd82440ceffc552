import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ClaimedDeliveries } from '../../../types/destination.ts'
import { clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  claim,
  claimOne,
  listDeliveries,
  passTime,
  rename,
  saveDestination,
  settle,
  typesOf,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, createCast, ours, outsider, theirs } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'
import { setPlan } from '../../support/people/plan.ts'

// The queue: what waits is taken by one server at a time, and fairly.

const story = onPremium(policySuite())

/** Something in a transaction of its own. */
async function done<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  const result = await work()
  await client.query('commit')
  return result
}

describe('what is delivered', () => {
  it(
    'is taken once at a time, and listed with its attempts',
    story(async (client) => {
      const { id, secret } = await saveDestination(client, webhook)
      await rename(client, 'One')
      await makeRole(client, admin, 'guest')
      const claimed = await claimOne(client)
      expect(claimed).toMatchObject({
        workspaceId: ours,
        destinationId: id,
        url: webhook.url,
        secrets: [secret],
      })
      expect(claimed).toMatchObject({ workspaceName: 'One', kind: 'webhook' })
      expect(typesOf(claimed)).toEqual(['workspace.updated', 'role.created'])
      const { rows } = await client.query(
        "select description from public.integration_events where key = 'role.created'",
      )
      expect(claimed.deliveries[1]?.title).toBe(rows[0].description)
      await rename(client, 'Two')
      expect(await claim(client)).toEqual([])
      expect(await settle(client, claimed, 'delivered', { status: 200, milliseconds: 5 })).toEqual({
        settled: 1,
        late: 0,
      })
      const page = await listDeliveries(client, id, { perPage: 2 })
      expect(page.deliveries).toMatchObject([
        { type: 'workspace.updated', status: 'waiting', attempts: [] },
        { type: 'role.created', status: 'delivered', attempts: [{ outcome: 'delivered', status: 200 }] },
      ])
      expect((await listDeliveries(client, id, { before: page.next ?? 0 })).deliveries).toHaveLength(1)
      expect((await listDeliveries(client, id, { status: 'delivered' })).deliveries).toHaveLength(2)
      expect(JSON.stringify(page)).not.toMatch(/example\.com|changed|whsec/)
      expect(await settle(client, await claimOne(client), 'delivered')).toEqual({ settled: 1, late: 0 })
      expect(await claim(client)).toEqual([])
    }),
  )

  it(
    'by a server that went is delivered again, under the same id, and what it says later counts not',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const lost = await claimOne(client)
      await passTime(client, '61 seconds')
      const again = await claimOne(client)
      expect(again.deliveries[0]?.id).toBe(lost.deliveries[0]?.id)
      expect(await settle(client, lost, 'delivered')).toEqual({ settled: 0, late: 1 })
      const elsewhere = { ...again, workspaceId: theirs }
      expect(await settle(client, elsewhere, 'delivered')).toEqual({ settled: 0, late: 1 })
      expect((await listDeliveries(client, id)).deliveries).toMatchObject([{ status: 'waiting' }])
    }),
  )
})

describe('a server', () => {
  it(
    'takes about as much as it asks for, from 1 to 1,000',
    story(async (client) => {
      await saveDestination(client, webhook)
      await saveDestination(client, webhook)
      await rename(client, 'One')
      for (const most of [0, 1_001])
        expect(await clientError(claim(client, most))).toMatchObject({ details: 'most' })
      await client.query('savepoint before')
      expect(await claim(client, 2)).toHaveLength(2)
      await client.query('rollback to before')
      expect(await claim(client, 1)).toHaveLength(1)
      expect(await claim(client, 1_000)).toHaveLength(1)
    }),
  )

  it(
    'settles at most 200 claims, each delivery in its own destination, and nothing that is settled',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const { id: otherId } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const claims = await claim(client)
      const mine = claims.find(({ destinationId }) => destinationId === id) as ClaimedDeliveries
      const other = claims.find(({ destinationId }) => destinationId === otherId) as ClaimedDeliveries
      // What is another's stays with it.
      await settle(client, { ...mine, deliveries: other.deliveries }, 'delivered')
      for (const one of [id, otherId])
        expect((await listDeliveries(client, one)).deliveries).toMatchObject([{ status: 'waiting' }])
      await saveDestination(client, { ...webhook, events: ['role.created'] }, { id: otherId })
      expect(await settle(client, other, 'delivered')).toEqual({ settled: 1, late: 0 })
      expect((await listDeliveries(client, otherId)).deliveries).toMatchObject([
        { status: 'dead', attempts: [] },
      ])
      const late = (length: number) =>
        call(client, service, 'settle_deliveries', [
          JSON.stringify(Array.from({ length }, () => ({ ...mine, deliveries: [] }))),
        ])
      expect(await late(200)).toEqual({ settled: 0, late: 200 })
      const refused = { code: 'invalid_input', details: 'results' }
      expect(await clientError(late(201))).toMatchObject(refused)
      expect(await clientError(call(client, service, 'settle_deliveries', ['{}']))).toMatchObject(refused)
    }),
  )
})

it('a destination that is being saved is served the next time, at its address of then', async () => {
  await using database = await openDatabase()
  const { observer } = database
  const [saving, server] = [await database.connect(), await database.connect()]
  const elsewhere = { ...webhook, url: 'https://elsewhere.example.com/' }
  await createCast(observer)
  await setPlan(observer, 'premium', ours)
  const { id } = await done(observer, () => saveDestination(observer, webhook))
  await rename(observer, 'One')
  await saving.query('begin')
  await saveDestination(saving, elsewhere, { id })
  expect(await done(server, () => claim(server))).toEqual([])
  await saving.query('commit')
  const claimed = await done(server, () => claimOne(server))
  expect(claimed.url).toBe(elsewhere.url)
  // Two who give it another secret do so one after the other: none of the two is lost.
  const rotate = (client: pg.Client) =>
    call<{ secret: string }>(client, admin, 'rotate_destination_secret', [ours, id])
  await saving.query('begin')
  const { secret: previous } = await rotate(saving)
  const second = done(server, () => rotate(server))
  await untilBlocked(observer, server)
  await saving.query('commit')
  const { secret } = await second
  const { rows } = await observer.query(
    `select s.decrypted_secret::jsonb - 'url' as secrets from private.destinations d
     join vault.decrypted_secrets s on s.id = d.secret_id`,
  )
  expect(rows).toEqual([{ secrets: { secret, previous } }])
  // Saved again while it is served.
  await saving.query('begin')
  await saveDestination(saving, webhook, { id })
  const settled = done(server, () => settle(server, claimed, 'refused', { status: 410 }))
  await untilBlocked(observer, server)
  await saving.query('commit')
  expect(await settled).toEqual({ settled: 1, late: 0 })
})

it('one server takes after the other, so that each counts what the last has taken', async () => {
  await using database = await openDatabase()
  const { observer } = database
  const [first, second] = [await database.connect(), await database.connect()]
  await createCast(observer)
  await setPlan(observer, 'premium', ours)
  await done(observer, () => saveDestination(observer, webhook))
  await rename(observer, 'One')
  await first.query('begin')
  expect(await claim(first)).toHaveLength(1)
  const taken = done(second, () => claim(second))
  await untilBlocked(observer, second)
  await first.query('commit')
  expect(await taken).toEqual([])
})

describe('fairness', () => {
  it(
    'a workspace with much that waits keeps nobody waiting',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await client.query(
        `insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
         select $1, $2, gen_random_uuid(), 'role.created', 'role:' || n, private.event_payload(
           'role.created', $1, now(), 'x', '{}', 'user')
         from generate_series(1, 200) as n`,
        [ours, id],
      )
      await saveDestination(client, webhook, { actor: outsider, workspace: theirs })
      await rename(client, 'Renamed', theirs)
      const claims = await claim(client)
      expect(claims.map(({ workspaceId, deliveries }) => [workspaceId, deliveries.length])).toEqual([
        [ours, 50],
        [theirs, 1],
      ])
    }),
  )

  it(
    'four destinations of a workspace are served at a time',
    story(async (client) => {
      for (let count = 0; count < 5; count += 1) await saveDestination(client, webhook)
      await rename(client, 'Renamed')
      const claims = await claim(client)
      expect(claims).toHaveLength(4)
      expect(await claim(client)).toEqual([])
      await settle(client, claims[0] as ClaimedDeliveries, 'delivered')
      expect(await claim(client)).toHaveLength(1)
    }),
  )

  it(
    'a workspace gets as many a minute as its plan has, and the rest later',
    story(async (client) => {
      await client.query(
        "update public.plan_limits set most = 3 where plan_key = 'premium' and limit_key = 'deliveries_per_minute'",
      )
      await saveDestination(client, webhook)
      for (const key of ['one', 'two', 'three', 'four', 'five'])
        await makeRole(client, admin, key, ['themes.read'], key)
      const claimed = await claimOne(client)
      expect(claimed.deliveries).toHaveLength(3)
      await settle(client, claimed, 'delivered')
      expect(await claim(client)).toEqual([])
      await client.query("update private.rate_limit_buckets set full_at = full_at - interval '1 minute'")
      await passTime(client, '10 seconds')
      await client.query('savepoint before')
      expect((await claimOne(client)).deliveries).toHaveLength(2)
      await client.query('rollback to before')
      // Of what has come back so far, as much as there is.
      await client.query("update private.rate_limit_buckets set full_at = now() + interval '35 seconds'")
      expect((await claimOne(client)).deliveries).toHaveLength(1)
    }),
  )

  it.each([
    ['no limit gets all that waits', null, 60, 50],
    ['none a minute gets none', 0, 1, 0],
  ])('a workspace with %s', (_, most, waiting, given) =>
    story(async (client) => {
      await client.query(
        "update public.plan_limits set most = $1 where plan_key = 'premium' and limit_key = 'deliveries_per_minute'",
        [most],
      )
      await saveDestination(client, webhook)
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         select $1, 'role_' || n, 'Role ' || n, '{themes.read}' from generate_series(1, $2) as n`,
        [ours, waiting],
      )
      const claims = await claim(client)
      expect(claims.flatMap(({ deliveries }) => deliveries)).toHaveLength(given)
    })(),
  )

  it(
    'a destination that got its share rests, and those with nothing to send do not',
    story(async (client) => {
      await client.query(
        "update public.plan_limits set most = 1 where plan_key = 'premium' and limit_key = 'deliveries_per_minute'",
      )
      const { id } = await saveDestination(client, webhook)
      await saveDestination(client, { ...webhook, events: ['role.created'] })
      await rename(client, 'One')
      await settle(client, await claimOne(client), 'delivered')
      await rename(client, 'Two')
      expect(await claim(client)).toEqual([])
      const { rows } = await client.query(
        'select destination_id from private.destination_states where rests_until is not null',
      )
      expect(rows).toEqual([{ destination_id: id }])
    }),
  )

  it(
    'what is paused gets nothing, even where it was queued meanwhile',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      await client.query("update private.destinations set status = 'paused' where id = $1", [id])
      expect(await claim(client)).toEqual([])
    }),
  )

  it(
    'a test that was refused waits like anything else',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await call(client, admin, 'send_test_event', [ours, id])
      await settle(client, await claimOne(client), 'refused', { status: 500 })
      await rename(client, 'One')
      expect(typesOf(await claimOne(client))).toEqual(['workspace.updated'])
    }),
  )

  it(
    'tests are ten a minute, and take no event chosen',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const test = () => call<{ id: string }>(client, admin, 'send_test_event', [ours, id])
      const sent = await test()
      expect(await claimOne(client)).toMatchObject({
        deliveries: [
          { id: sent.id, title: 'This is a test of the integration', payload: { type: 'integration.test' } },
        ],
      })
      for (let count = 0; count < 9; count += 1) await test()
      expect(await clientError(test())).toMatchObject({
        code: 'rate_limited',
        details: 'workspace',
        hint: expect.stringMatching(/in [1-6] seconds/),
      })
    }),
  )
})
