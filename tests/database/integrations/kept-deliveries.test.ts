import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
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
import { admin, ids, member, ours } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'
import { setRole } from '../../support/people/member-changes.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { openTicket } from '../../support/people/tickets.ts'

// Deliveries that are kept: they are listed, are sent again where somebody says so, and go; what is chosen no more is
// sent to nobody.

const story = onPremium(policySuite())

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
      const sent = await claimOne(client)
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
      expect(typesOf(await claimOne(client))).toEqual(['member.removed'])
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
      expect(typesOf(await claimOne(client))).toEqual(['integration.test', 'role.created'])
      expect((await listDeliveries(client, id, { status: 'dead' })).deliveries).toMatchObject([
        { type: 'member.removed', attempts: [] },
      ])
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
    await settle(client, await claimOne(client), 'delivered')
    await client.query('select private.expire_deliveries(10)')
    expect((await listDeliveries(client, id)).deliveries).toHaveLength(1)
    await passTime(client, '31 days')
    await rename(client, 'Two')
    await client.query('select private.expire_deliveries(10)')
    expect((await listDeliveries(client, id)).deliveries).toMatchObject([{ status: 'waiting' }])
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
    const claimed = await claimOne(client)
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
