import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ClaimedDeliveries, SettledDelivery } from '../../../types/destination.ts'
import { clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  claim,
  claimOne,
  listDeliveries,
  passTime,
  passTimeTrying,
  rename,
  saveDestination,
  settle,
  typesOf,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, ids, ours } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// What fails is tried again, at least once, in order per thing, for a day.

const story = onPremium(policySuite())
const state = async (client: pg.Client, id: string) =>
  (await call<Record<string, unknown>[]>(client, admin, 'list_destinations', [ours])).find(
    (one) => one.id === id,
  )

const waits = async (client: pg.Client, id: string) =>
  (
    await client.query(
      'select status, due_at from private.deliveries where destination_id = $1 order by sequence',
      [id],
    )
  ).rows

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
      await settle(client, await claimOne(client), 'refused', more)
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
      await settle(client, await claimOne(client), 'skipped')
      const { rows } = await client.query('select attempts, first_attempted_at from private.deliveries')
      expect(rows).toEqual([{ attempts: 0, first_attempted_at: null }])
      await settle(client, await claimOne(client), 'delivered')
      expect((await listDeliveries(client, id)).deliveries[0]?.attempts).toHaveLength(1)
    }),
  )

  it(
    'keeps later events of the same thing waiting, and those of others not',
    story(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'One')
      await settle(client, await claimOne(client), 'refused', { status: 500 })
      await rename(client, 'Two')
      await makeRole(client, admin, 'guest')
      const others = await claimOne(client)
      expect(typesOf(others)).toEqual(['role.created'])
      await settle(client, others, 'delivered')
      expect(await claim(client)).toEqual([])
      await passTime(client, '1 minute')
      const first = await claimOne(client)
      expect(typesOf(first)).toEqual(['workspace.updated', 'workspace.updated'])
      await settle(client, first, ['refused', 'skipped'])
      await passTime(client, '2 minutes')
      expect(typesOf(await claimOne(client))).toEqual(['workspace.updated', 'workspace.updated'])
    }),
  )

  it(
    'is tried later and later, and when the receiver asks for it, an hour at most',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const waits: number[] = []
      for (const retryAfter of [null, null, 900, 1_000_000]) {
        await settle(client, await claimOne(client), 'refused', { retryAfter, status: 503 })
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
    'for a day is dead, and is sent again when somebody says so, under the same id',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const first = await claimOne(client)
      await settle(client, first, 'refused', { status: 500 })
      await makeRole(client, admin, 'guest')
      await settle(client, await claimOne(client), 'delivered')
      await passTimeTrying(client, '1 day')
      await settle(client, await claimOne(client), 'refused', { status: 500 })
      expect((await listDeliveries(client, id, { status: 'dead' })).deliveries).toMatchObject([
        { id: first.deliveries[0]?.id, settledAt: expect.any(String), dueAt: null },
      ])
      expect(await claim(client)).toEqual([])
      expect(await call(client, admin, 'replay_deliveries', [ours, id])).toEqual({
        replayed: 1,
        hasMore: false,
      })
      const again = await claimOne(client)
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

  it(
    'that still waits waits on, also for who asks for it by its id',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const first = await claimOne(client)
      await settle(client, first, 'refused', { status: 500 })
      const waiting = () => client.query('select status, attempts, due_at from private.deliveries')
      const { rows } = await waiting()
      expect(rows).toMatchObject([{ status: 'waiting', attempts: 1 }])
      const ids = first.deliveries.map((delivery) => delivery.id)
      expect(await call(client, admin, 'replay_deliveries', [ours, id, ids])).toEqual({
        replayed: 0,
        hasMore: false,
      })
      expect((await waiting()).rows).toEqual(rows)
    }),
  )

  it.each([
    [
      'for a day',
      'failed',
      async (client: pg.Client) => {
        await settle(client, await claimOne(client), 'unreachable')
        await passTimeTrying(client, '1 day')
        await settle(client, await claimOne(client), 'unreachable')
      },
    ],
    [
      'because it is gone',
      'gone',
      async (client: pg.Client) => {
        await settle(client, await claimOne(client), 'refused', { status: 410 })
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

it.each([
  ['discord', 'https://discord.com/api/webhooks/1/deleted', 'gone'],
  ['slack', 'https://hooks.slack.com/services/T0/B0/x', 'active'],
  ['webhook', 'https://shop.example.com/events', 'active'],
] as const)('of %s that answers 404 the destination is then as its kind says', (kind, url, status) =>
  story(async (client) => {
    const { id } = await saveDestination(client, { ...webhook, kind, url })
    await rename(client, 'One')
    await settle(client, await claimOne(client), 'refused', { status: 404 })
    expect(await state(client, id)).toMatchObject({ status })
  })(),
)

describe('what becomes of one destination', () => {
  it(
    'stays with it: another goes on, and what waits there',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const { id: otherId } = await saveDestination(client, webhook)
      await rename(client, 'Zero')
      for (const one of await claim(client)) await settle(client, one, 'delivered')
      await rename(client, 'One')
      const claims = await claim(client)
      const mine = claims.find(({ destinationId }) => destinationId === id) as ClaimedDeliveries
      const other = claims.find(({ destinationId }) => destinationId === otherId) as ClaimedDeliveries
      await settle(client, other, 'refused', { status: 500 })
      const before = await waits(client, otherId)
      await settle(client, mine, 'refused', { status: 410 })
      expect(await state(client, id)).toMatchObject({ status: 'gone' })
      expect((await waits(client, id)).map(({ status }) => status)).toEqual(['delivered', 'dead'])
      expect(await state(client, otherId)).toMatchObject({ status: 'active' })
      expect(await waits(client, otherId)).toEqual(before)
    }),
  )

  it(
    'that is there again hurries nothing of another',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const { id: otherId } = await saveDestination(client, webhook)
      await rename(client, 'One')
      const claims = await claim(client)
      const mine = claims.find(({ destinationId }) => destinationId === id) as ClaimedDeliveries
      const other = claims.find(({ destinationId }) => destinationId === otherId) as ClaimedDeliveries
      await settle(client, other, 'refused', { status: 500 })
      const before = await waits(client, otherId)
      await client.query('update private.destination_states set failures = 5 where destination_id = $1', [id])
      await settle(client, mine, 'delivered')
      expect(await waits(client, otherId)).toEqual(before)
    }),
  )

  it(
    'that somebody paused meanwhile is what they said, whatever it answers',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      await rename(client, 'Two')
      const claimed = await claimOne(client)
      await client.query("update private.destinations set status = 'paused' where id = $1", [id])
      await settle(client, claimed, 'refused', { status: 410 })
      expect(await state(client, id)).toMatchObject({ status: 'paused', version: 1 })
    }),
  )

  it(
    'and was skipped the second time is retried from its first attempt on',
    story(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'One')
      await settle(client, await claimOne(client), 'refused', { status: 500 })
      await passTime(client, '1 hour')
      const { rows: before } = await client.query('select first_attempted_at from private.deliveries')
      await settle(client, await claimOne(client), 'skipped')
      const { rows } = await client.query('select attempts, first_attempted_at from private.deliveries')
      expect(rows).toEqual([{ attempts: 1, ...before[0] }])
    }),
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
      const claimed = await claimOne(client)
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
      expect((await claimOne(client)).deliveries.map((delivery) => delivery.id)).toEqual(
        deliveries.slice(1).map((delivery) => delivery.id),
      )
    }),
  )

  it.each<[string, unknown, object?]>([
    ['no list', {}],
    ['entries that are no objects', [1]],
    ['an id that is none', undefined, { destinationId: 'x' }],
    ['no names', [{}]],
    ['no lease', undefined, { lease: null }],
    ['a workspace that is a list', undefined, { workspaceId: [ours] }],
    ['deliveries that are no list', undefined, { deliveries: 'all' }],
    ['no deliveries', undefined, { deliveries: undefined }],
    ['no sequence', undefined, { deliveries: [{ outcome: 'delivered' }] }],
    ['a list of outcomes', undefined, { deliveries: [{ sequence: 1, outcome: ['delivered'] }] }],
    ['seconds in a list', undefined, { deliveries: [{ sequence: 1, outcome: 'skipped', retryAfter: [1] }] }],
    [
      'a number out of range',
      undefined,
      { deliveries: [{ sequence: 1, outcome: 'delivered', status: 1e12 }] },
    ],
    ['no outcome', undefined, { deliveries: [{ sequence: 1 }] }],
    ['another outcome', undefined, { deliveries: [{ sequence: 1, outcome: 'lost' }] }],
  ])('are refused as a list with %s, late or not, and nothing of it counts', (_, results, changed) =>
    story(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'One')
      const claimed = await claimOne(client)
      const list = results ?? [{ ...claimed, deliveries: [], ...changed }]
      const late = results ?? [{ ...claimed, lease: ids.admin, deliveries: [], ...changed }]
      for (const one of [list, late]) {
        await client.query('savepoint before')
        expect(
          await clientError(call(client, service, 'settle_deliveries', [JSON.stringify(one)])),
        ).toMatchObject({ code: 'invalid_input', details: 'results' })
        await client.query('rollback to savepoint before')
      }
      expect(await settle(client, claimed, 'delivered')).toEqual({ settled: 1, late: 0 })
    })(),
  )

  it(
    'and never takes anything fails like any other',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await rename(client, 'One')
      for (let round = 0; round < 5; round += 1) {
        await settle(client, await claimOne(client), 'refused', { status: 429 })
        expect(await rest(client)).toBeLessThan(round < 4 ? 6 : 90)
        if (round === 4) expect(await rest(client)).toBeGreaterThan(30)
        await passTime(client, '90 seconds')
      }
      expect(await state(client, id)).toMatchObject({ error: 'refused' })
      await passTimeTrying(client, '1 day')
      await settle(client, await claimOne(client), 'refused', { status: 429 })
      expect(await state(client, id)).toMatchObject({ status: 'failed' })
    }),
  )
})
