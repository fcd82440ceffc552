import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ClaimedDeliveries, SettledDelivery } from '../../../types/destination.ts'
import { clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  claim,
  listDeliveries,
  passTime,
  rename,
  saveDestination,
  settle,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, createCast, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'
import { setRole } from '../../support/people/member-changes.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'
import { openTicket } from '../../support/people/tickets.ts'

// The queue: at least once, in order per thing, for a day, and fair.

const story = onPremium(policySuite())

async function one(client: pg.Client): Promise<ClaimedDeliveries> {
  const claims = await claim(client)
  expect(claims).toHaveLength(1)
  return claims[0] as ClaimedDeliveries
}
const typesOf = ({ deliveries }: ClaimedDeliveries) => deliveries.map(({ payload }) => payload.type)
const state = async (client: pg.Client, id: string) =>
  (await call<Record<string, unknown>[]>(client, admin, 'list_destinations', [ours])).find(
    (one) => one.id === id,
  )

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
      const claimed = await one(client)
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
      expect(await settle(client, await one(client), 'delivered')).toEqual({ settled: 1, late: 0 })
      expect(await claim(client)).toEqual([])
    }),
  )

  it(
    'by a server that went is delivered again, under the same id, and what it says later counts not',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const lost = await one(client)
      await passTime(client, '61 seconds')
      const again = await one(client)
      expect(again.deliveries[0]?.id).toBe(lost.deliveries[0]?.id)
      expect(await settle(client, lost, 'delivered')).toEqual({ settled: 0, late: 1 })
      const elsewhere = { ...again, workspaceId: theirs }
      expect(await settle(client, elsewhere, 'delivered')).toEqual({ settled: 0, late: 1 })
      expect((await listDeliveries(client, id)).deliveries).toMatchObject([{ status: 'waiting' }])
    }),
  )
})

describe('a page of deliveries', () => {
  it(
    'has what was asked for of one destination, and says where the next begins',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const other = await saveDestination(client, { ...webhook, events: ['role.created'] })
      for (const name of ['One', 'Two', 'Three']) await rename(client, name)
      await makeRole(client, admin, 'guest')
      expect((await listDeliveries(client, other.id)).deliveries).toMatchObject([{ type: 'role.created' }])
      const first = await listDeliveries(client, id, { perPage: 1 })
      expect(first.deliveries).toMatchObject([{ type: 'role.created' }])
      const second = await listDeliveries(client, id, { perPage: 3, before: first.next ?? 0 })
      expect(second).toMatchObject({ deliveries: [{}, {}, {}], next: null })
      expect(await listDeliveries(client, id, { perPage: 100 })).toMatchObject({ next: null })
      expect((await listDeliveries(client, id, { status: 'dead' })).deliveries).toEqual([])
      for (const [more, details] of [
        [{ perPage: 0 }, 'per_page'],
        [{ perPage: 101 }, 'per_page'],
        [{ status: 'lost' }, 'status'],
      ] as const)
        expect(await clientError(listDeliveries(client, id, more))).toMatchObject({
          code: 'invalid_input',
          details,
        })
    }),
  )

  it(
    'has of each the latest ten attempts, the last one first',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      await client.query(
        `insert into private.delivery_attempts (workspace_id, destination_id, sequence, outcome, status, attempted_at)
         select d.workspace_id, d.destination_id, d.sequence, 'refused', 500 + n, now() - make_interval(mins => n)
         from private.deliveries d, generate_series(1, 11) as n`,
      )
      const [delivery] = (await listDeliveries(client, id)).deliveries
      expect(delivery?.attempts.map(({ status }) => status)).toEqual(
        Array.from({ length: 10 }, (_, place) => 501 + place),
      )
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

describe('what fails', () => {
  it.each<[what: string, more: Partial<SettledDelivery>, least: number, most: number]>([
    ['that asks for more than an hour in an hour', { status: 503, retryAfter: 9_999 }, 3_600, 3_600],
    ['that has too much and says no more in five seconds', { status: 429 }, 5, 5],
    ['that has too much and says 0 in five seconds', { status: 429, retryAfter: 0 }, 5, 5],
    ['that asks for too little as late as any', { status: 503, retryAfter: 1 }, 22, 38],
  ])('is tried again %s', (_, more, least, most) =>
    story(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'One')
      await settle(client, await one(client), 'refused', more)
      const { rows } = await client.query(
        `select round(extract(epoch from d.due_at - a.attempted_at))::integer as wait
         from private.deliveries d join private.delivery_attempts a on a.sequence = d.sequence`,
      )
      expect(rows[0].wait).toBeGreaterThanOrEqual(least)
      expect(rows[0].wait).toBeLessThanOrEqual(most)
    })(),
  )

  it(
    'to be sent at all is tried at once, and was no attempt',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      await settle(client, await one(client), 'skipped')
      const { rows } = await client.query('select attempts, first_attempted_at from private.deliveries')
      expect(rows).toEqual([{ attempts: 0, first_attempted_at: null }])
      await settle(client, await one(client), 'delivered')
      expect((await listDeliveries(client, id)).deliveries[0]?.attempts).toHaveLength(1)
    }),
  )

  it(
    'keeps later events of the same thing waiting, and those of others not',
    story(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'One')
      await settle(client, await one(client), 'refused', { status: 500 })
      await rename(client, 'Two')
      await makeRole(client, admin, 'guest')
      const others = await one(client)
      expect(typesOf(others)).toEqual(['role.created'])
      await settle(client, others, 'delivered')
      expect(await claim(client)).toEqual([])
      await passTime(client, '1 minute')
      const first = await one(client)
      expect(typesOf(first)).toEqual(['workspace.updated', 'workspace.updated'])
      await settle(client, first, ['refused', 'skipped'])
      await passTime(client, '2 minutes')
      expect(typesOf(await one(client))).toEqual(['workspace.updated', 'workspace.updated'])
    }),
  )

  it(
    'is tried later and later, and when the receiver asks for it, an hour at most',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const waits: number[] = []
      for (const retryAfter of [null, null, 900, 1_000_000]) {
        await settle(client, await one(client), 'refused', { retryAfter, status: 503 })
        const { rows } = await client.query(
          'select extract(epoch from due_at - clock_timestamp()) as wait from private.deliveries',
        )
        waits.push(Number(rows[0].wait))
        await passTime(client, '2 hours')
      }
      const [first = 0, second = 0, asked = 0, most = 0] = waits
      expect(first).toBeGreaterThan(20)
      expect(first).toBeLessThan(40)
      expect(second).toBeGreaterThan(40)
      expect(asked).toBeGreaterThan(890)
      expect(most).toBeLessThan(3_601)
      expect((await listDeliveries(client, id)).deliveries[0]?.attempts).toHaveLength(4)
    }),
  )

  it(
    'five times lets the destination rest, one tries it for all, and what is back gets all of it',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      for (const key of ['one', 'two', 'three', 'four', 'five', 'six'])
        await makeRole(client, admin, key, ['themes.read'], key)
      await settle(client, await one(client), 'unreachable')
      expect(await state(client, id)).toMatchObject({ error: 'unreachable', restsUntil: expect.any(String) })
      await passTime(client, '40 seconds')
      expect(await claim(client)).toEqual([])
      await passTime(client, '40 seconds')
      const probe = await one(client)
      expect(probe.deliveries).toHaveLength(1)
      // They would wait for longer than it was away.
      await client.query(
        "update private.deliveries set due_at = due_at + interval '1 hour' where attempts = 1",
      )
      await client.query('savepoint before')
      await settle(client, probe, 'unreachable')
      const soon = "select from private.deliveries where due_at < now() + interval '30 minutes'"
      expect((await client.query(soon)).rowCount).toBe(1)
      await client.query('rollback to before')
      await settle(client, probe, 'delivered', { status: 200 })
      expect((await client.query('select failures from private.destination_states')).rows).toEqual([
        { failures: 0 },
      ])
      expect(await state(client, id)).toMatchObject({ error: null, failingSince: null, restsUntil: null })
      const rest = await one(client)
      expect(rest.deliveries).toHaveLength(5)
    }),
  )

  it(
    'for a day is dead, and is sent again when somebody says so, under the same id',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const first = await one(client)
      await settle(client, first, 'refused', { status: 500 })
      await makeRole(client, admin, 'guest')
      await settle(client, await one(client), 'delivered')
      await passTime(client, '1 day')
      await settle(client, await one(client), 'refused', { status: 500 })
      expect((await listDeliveries(client, id, { status: 'dead' })).deliveries).toMatchObject([
        { id: first.deliveries[0]?.id, settledAt: expect.any(String), dueAt: null },
      ])
      expect(await claim(client)).toEqual([])
      expect(await call(client, admin, 'replay_deliveries', [ours, id])).toEqual({
        replayed: 1,
        hasMore: false,
      })
      const again = await one(client)
      expect(again.deliveries[0]?.id).toBe(first.deliveries[0]?.id)
      await settle(client, again, 'delivered')
      const ids = [again.deliveries[0]?.id]
      expect(await call(client, admin, 'replay_deliveries', [ours, id, ids])).toMatchObject({ replayed: 1 })
      expect(await clientError(call(client, admin, 'replay_deliveries', [ours, id, []]))).toMatchObject({
        code: 'invalid_input',
        details: 'ids',
      })
    }),
  )

  it.each([
    [
      'for a day',
      'failed',
      async (client: pg.Client) => {
        await settle(client, await one(client), 'unreachable')
        await passTime(client, '1 day')
        await settle(client, await one(client), 'unreachable')
      },
    ],
    [
      'because it is gone',
      'gone',
      async (client: pg.Client) => {
        await settle(client, await one(client), 'refused', { status: 410 })
      },
    ],
  ] as const)('%s pauses the destination, and who manages integrations is told once', (_, status, fail) =>
    story(async (client) => {
      await giveCustomRole(client, 'keeper', ['workspace.read', 'integrations.manage'], [ids.viewer])
      await giveCustomRole(client, 'shopper', ['workspace.read', 'marketplace.install'], [ids.member])
      const { id } = await saveDestination(client, { ...webhook, events: ['workspace.updated'] })
      await rename(client, 'One')
      await fail(client)
      expect(await state(client, id)).toMatchObject({ status })
      await rename(client, 'Two')
      expect(await claim(client)).toEqual([])
      expect((await listDeliveries(client, id)).deliveries).toMatchObject([{ status: 'dead' }])
      const { rows } = await client.query(
        `select user_id, title, body from public.notifications where kind = 'destination_paused'
         order by user_id`,
      )
      expect(rows).toMatchObject(
        [ids.admin, ids.viewer].map((user_id) => ({ user_id, title: 'Shop gets no more events' })),
      )
      expect(JSON.stringify(rows)).not.toMatch(/example\.com/)
      for (const name of ['send_test_event', 'replay_deliveries'])
        expect(await clientError(call(client, admin, name, [ours, id]))).toMatchObject({
          code: 'conflict',
          details: status,
        })
      await saveDestination(client, { ...webhook, isPaused: false }, { id })
      expect(await state(client, id)).toMatchObject({ status: 'active', failingSince: null })
      expect(await call(client, admin, 'replay_deliveries', [ours, id])).toEqual({
        replayed: 1,
        hasMore: false,
      })
    })(),
  )
})

describe('a receiver that has too much', () => {
  const rest = async (client: pg.Client) =>
    Number(
      (
        await client.query(
          'select extract(epoch from rests_until - clock_timestamp()) as rest from private.destination_states',
        )
      ).rows[0]?.rest,
    )

  it(
    'rests as long as it says, and is sent what it did not take at once then, in order',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await makeRole(client, admin, 'guest')
      await rename(client, 'One')
      await rename(client, 'Two')
      const claimed = await one(client)
      const { deliveries } = claimed
      const results = deliveries.map(({ sequence }, place) => ({
        sequence,
        ...[
          { outcome: 'delivered', status: 200, milliseconds: 1, retryAfter: null },
          { outcome: 'refused', status: 429, milliseconds: 1, retryAfter: 120 },
          { outcome: 'skipped', status: null, milliseconds: null, retryAfter: null },
        ][place],
      }))
      await call(client, service, 'settle_deliveries', [
        JSON.stringify([{ ...claimed, deliveries: results }]),
      ])
      expect(await state(client, id)).toMatchObject({ failingSince: null, error: null })
      expect(await rest(client)).toBeGreaterThan(110)
      expect(await claim(client)).toEqual([])
      await passTime(client, '121 seconds')
      expect((await one(client)).deliveries.map((delivery) => delivery.id)).toEqual(
        deliveries.slice(1).map((delivery) => delivery.id),
      )
    }),
  )

  it.each<[string, unknown, object?]>([
    ['no list', {}],
    ['entries that are no objects', [1]],
    ['an id that is none', undefined, { destinationId: 'x' }],
    ['deliveries that are no list', undefined, { deliveries: 'all' }],
    [
      'a number out of range',
      undefined,
      { deliveries: [{ sequence: 1, outcome: 'delivered', status: 1e12 }] },
    ],
    ['no outcome', undefined, { deliveries: [{ sequence: 1 }] }],
    ['another outcome', undefined, { deliveries: [{ sequence: 1, outcome: 'lost' }] }],
  ])('are refused as a list with %s, and nothing of it counts', (_, results, changed) =>
    story(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'One')
      const claimed = await one(client)
      const list = results ?? [{ ...claimed, deliveries: [], ...changed }]
      await client.query('savepoint before')
      expect(
        await clientError(call(client, service, 'settle_deliveries', [JSON.stringify(list)])),
      ).toMatchObject({ code: 'invalid_input', details: 'results' })
      await client.query('rollback to savepoint before')
      expect(await settle(client, claimed, 'delivered')).toEqual({ settled: 1, late: 0 })
    })(),
  )

  it(
    'and never takes anything fails like any other',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      for (let round = 0; round < 5; round += 1) {
        await settle(client, await one(client), 'refused', { status: 429 })
        expect(await rest(client)).toBeLessThan(round < 4 ? 6 : 90)
        if (round === 4) expect(await rest(client)).toBeGreaterThan(30)
        await passTime(client, '90 seconds')
      }
      expect(await state(client, id)).toMatchObject({ error: 'refused' })
      await passTime(client, '1 day')
      await settle(client, await one(client), 'refused', { status: 429 })
      expect(await state(client, id)).toMatchObject({ status: 'failed' })
    }),
  )
})

describe('what is chosen no more', () => {
  const keeper = person(ids.viewer)
  /** Somebody who manages integrations, and may see no member. */
  const giveKeeper = (client: pg.Client) =>
    giveCustomRole(client, 'keeper', ['workspace.read', 'integrations.manage'], [ids.viewer])
  const elsewhere = { ...webhook, url: 'https://elsewhere.example.com/', events: ['workspace.updated'] }

  it(
    'is sent to no other address, neither what waits nor what was sent',
    story(async (client) => {
      await giveKeeper(client)
      const { id } = await saveDestination(client, {
        ...webhook,
        events: ['member.removed', 'workspace.updated'],
      })
      await client.query('delete from public.workspace_members where user_id = $1', [ids.suspended])
      const sent = await one(client)
      await settle(client, sent, 'delivered')
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      expect(
        await clientError(
          saveDestination(client, { ...elsewhere, events: ['member.removed'] }, { id, actor: keeper }),
        ),
      ).toMatchObject({ code: 'permission_denied', details: 'members.read' })
      await saveDestination(client, elsewhere, { id, actor: keeper })
      expect((await listDeliveries(client, id)).deliveries).toMatchObject([
        { type: 'member.removed', status: 'dead', attempts: [] },
        { type: 'member.removed', status: 'delivered' },
      ])
      for (const which of [null, sent.deliveries.map((delivery) => delivery.id)])
        expect(await call(client, keeper, 'replay_deliveries', [ours, id, which])).toEqual({
          replayed: 0,
          hasMore: false,
        })
      expect(await claim(client)).toEqual([])
      // Who may see it has it sent again.
      await saveDestination(client, { ...elsewhere, events: ['member.removed'] }, { id })
      expect(await call(client, admin, 'replay_deliveries', [ours, id])).toEqual({
        replayed: 1,
        hasMore: false,
      })
      expect(typesOf(await one(client))).toEqual(['member.removed'])
    }),
  )

  it(
    'is not sent even where it was queued meanwhile, and tests are',
    story(async (client) => {
      const { id } = await saveDestination(client, { ...webhook, events: ['role.created'] })
      await call(client, admin, 'send_test_event', [ours, id])
      await client.query(
        `insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
         select $1, $2, gen_random_uuid(), t, t, private.event_payload(t, $1, now(), 'x', '{}', 'user')
         from unnest(array['member.removed', 'role.created']) as t`,
        [ours, id],
      )
      expect(typesOf(await one(client))).toEqual(['integration.test', 'role.created'])
      expect((await listDeliveries(client, id, { status: 'dead' })).deliveries).toMatchObject([
        { type: 'member.removed', attempts: [] },
      ])
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
  const claimed = await done(server, () => one(server))
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
      const claimed = await one(client)
      expect(claimed.deliveries).toHaveLength(3)
      await settle(client, claimed, 'delivered')
      expect(await claim(client)).toEqual([])
      await client.query("update private.rate_limit_buckets set full_at = full_at - interval '1 minute'")
      await passTime(client, '10 seconds')
      await client.query('savepoint before')
      expect((await one(client)).deliveries).toHaveLength(2)
      await client.query('rollback to before')
      // Of what has come back so far, as much as there is.
      await client.query("update private.rate_limit_buckets set full_at = now() + interval '35 seconds'")
      expect((await one(client)).deliveries).toHaveLength(1)
    }),
  )

  it(
    'tests are ten a minute, and take no event chosen',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const test = () => call<{ id: string }>(client, admin, 'send_test_event', [ours, id])
      const sent = await test()
      expect(await one(client)).toMatchObject({
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

it(
  'a thousand are sent again at a time, of one destination, by a hundred ids at most',
  story(async (client) => {
    const { id } = await saveDestination(client, webhook)
    const { id: otherId } = await saveDestination(client, webhook)
    const give = (destination: string, count: number) =>
      client.query(
        `insert into private.deliveries (
           workspace_id, destination_id, event_id, type, thing, payload, status, settled_at)
         select $1, $2, gen_random_uuid(), 'role.created', 'x', '{}', 'dead', now() from generate_series(1, $3)`,
        [ours, destination, count],
      )
    await give(id, 1_001)
    await give(otherId, 1)
    const replay = (which?: string[]) => call(client, admin, 'replay_deliveries', [ours, id, which])
    expect(await replay()).toEqual({ replayed: 1_000, hasMore: true })
    expect(await replay()).toEqual({ replayed: 1, hasMore: false })
    expect((await listDeliveries(client, otherId)).deliveries).toMatchObject([{ status: 'dead' }])
    const unknown = (length: number) => Array.from({ length }, () => crypto.randomUUID())
    expect(await replay(unknown(100))).toEqual({ replayed: 0, hasMore: false })
    expect(await clientError(replay(unknown(101)))).toMatchObject({ code: 'invalid_input', details: 'ids' })
  }),
)

it(
  'what is 30 days old goes, with its attempts',
  story(async (client) => {
    const { id } = await saveDestination(client, webhook)
    await rename(client, 'One')
    await settle(client, await one(client), 'delivered')
    await client.query('select private.expire_deliveries(10)')
    expect((await listDeliveries(client, id)).deliveries).toHaveLength(1)
    await passTime(client, '31 days')
    await client.query('select private.expire_deliveries(10)')
    expect((await listDeliveries(client, id)).deliveries).toEqual([])
    const { rows } = await client.query('select count(*)::integer as left from private.delivery_attempts')
    expect(rows[0].left).toBe(0)
  }),
)

it(
  'what a destination hears of no more is sent to nobody, wherever it leads by then',
  story(async (client) => {
    const { id } = await saveDestination(client, {
      ...webhook,
      events: ['workspace.updated', 'ticket.opened'],
    })
    await openTicket(client, admin)
    await rename(client, 'One')
    await makeRole(client, admin, 'hands', ['integrations.manage', 'workspace.read'])
    await setRole(client, admin, ids.member, 'hands')
    const url = 'https://elsewhere.example.com/events'
    const moved = { ...webhook, url, events: ['workspace.updated'] }
    expect(
      await clientError(
        saveDestination(client, { ...moved, events: ['ticket.opened'] }, { actor: member, id }),
      ),
    ).toMatchObject({ code: 'permission_denied' })
    await saveDestination(client, moved, { actor: member, id })
    const claimed = await one(client)
    expect(claimed.url).toBe(url)
    expect(typesOf(claimed)).toEqual(['workspace.updated'])
    await settle(client, claimed, 'delivered')
    const listed = (await listDeliveries(client, id)).deliveries
    expect(listed.map(({ type, status }) => [type, status])).toEqual([
      ['workspace.updated', 'delivered'],
      ['ticket.opened', 'dead'],
    ])
    for (const chosen of [null, listed.map((delivery) => delivery.id)])
      expect(await call(client, member, 'replay_deliveries', [ours, id, chosen])).toEqual({
        replayed: chosen === null ? 0 : 1,
        hasMore: false,
      })
    // Who may see it lets it be heard of, and has it sent.
    await saveDestination(client, { ...moved, events: ['ticket.opened'] }, { id })
    expect(await call(client, admin, 'replay_deliveries', [ours, id])).toEqual({
      replayed: 1,
      hasMore: false,
    })
  }),
)
