import type pg from 'pg'
import { expect, it } from 'vitest'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  claim,
  claimOne,
  passTime,
  saveDestination,
  settle,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, ours } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'

// A destination that fails again and again is left alone for a while, and for longer each time.

const story = onPremium(policySuite())

const state = async (client: pg.Client, id: string) =>
  (await call<Record<string, unknown>[]>(client, admin, 'list_destinations', [ours])).find(
    (one) => one.id === id,
  )

/** Queues so many events, each of another thing. */
async function queue(client: pg.Client, count: number) {
  for (let place = 0; place < count; place += 1)
    await makeRole(client, admin, `role_${place}`, ['themes.read'], `Role ${place}`)
}

/** For how many seconds a destination rests from now on. */
const rest = async (client: pg.Client) =>
  Number(
    (
      await client.query(
        'select extract(epoch from rests_until - clock_timestamp()) as rest from private.destination_states',
      )
    ).rows[0]?.rest,
  )

it(
  'five failures let the destination rest, one tries it for all, and what is back gets all of it',
  story(async (client) => {
    const { id } = await saveDestination(client, webhook)
    await queue(client, 6)
    await settle(client, await claimOne(client), 'unreachable')
    expect(await state(client, id)).toMatchObject({ error: 'unreachable', restsUntil: expect.any(String) })
    await passTime(client, '40 seconds')
    expect(await claim(client)).toEqual([])
    await passTime(client, '40 seconds')
    const probe = await claimOne(client)
    expect(probe.deliveries).toHaveLength(1)
    // They would wait for longer than it was away.
    await client.query("update private.deliveries set due_at = due_at + interval '1 hour' where attempts = 1")
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
    const rest = await claimOne(client)
    expect(rest.deliveries).toHaveLength(5)
  }),
)

it.each([5, 30])('%i failures at once are one rest, and each one after that is twice as long', (count) =>
  story(async (client) => {
    await saveDestination(client, webhook)
    await queue(client, count)
    const claimed = await claimOne(client)
    expect(claimed.deliveries).toHaveLength(count)
    await settle(client, claimed, 'refused', { status: 500 })
    for (const minutes of [1, 2, 4, 8]) {
      const seconds = await rest(client)
      expect(seconds).toBeGreaterThan(minutes * 44)
      expect(seconds).toBeLessThan(minutes * 76)
      await passTime(client, '11 minutes')
      const probe = await claimOne(client)
      expect(probe.deliveries).toHaveLength(1)
      await settle(client, probe, 'refused', { status: 500 })
    }
  })(),
)

it(
  'failures of several rounds add up to a rest',
  story(async (client) => {
    await saveDestination(client, webhook)
    await queue(client, 3)
    await settle(client, await claimOne(client), 'refused', { status: 500 })
    expect(await rest(client)).toBe(0)
    await passTime(client, '1 minute')
    const second = await claimOne(client)
    expect(second.deliveries).toHaveLength(3)
    await settle(client, second, 'refused', { status: 500 })
    expect(await rest(client)).toBeGreaterThan(44)
    expect(await rest(client)).toBeLessThan(76)
  }),
)
