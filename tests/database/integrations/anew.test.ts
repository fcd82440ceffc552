import type pg from 'pg'
import { expect, it } from 'vitest'
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
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, ours } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What is tried for a day is tried for a whole one: time in which nothing was tried does not count.

const story = onPremium(policySuite())

/** A destination with an event that failed, of a thing with another that waits for it. */
async function failing(client: pg.Client) {
  const { id } = await saveDestination(client, webhook)
  await rename(client, 'One')
  await settle(client, await claimOne(client), 'refused', { status: 500 })
  await rename(client, 'Two')
  return id
}

/** How a destination is, and what became of its events. */
async function fares(client: pg.Client, id: string) {
  const all = await call<{ id: string; status: string }[]>(client, admin, 'list_destinations', [ours])
  const { deliveries } = await listDeliveries(client, id)
  return [all.find((one) => one.id === id)?.status, ...deliveries.map(({ status }) => status)]
}

const untried: [what: string, pass: (client: pg.Client, id: string) => Promise<void>][] = [
  [
    'the plan had lapsed',
    async (client) => {
      await setPlan(client, 'free')
      await passTime(client, '3 days')
      expect(await claim(client)).toEqual([])
      await setPlan(client, 'premium')
    },
  ],
  ['no server ran', (client) => passTime(client, '3 days')],
  [
    'a person had paused it',
    async (client, id) => {
      await saveDestination(client, { ...webhook, isPaused: true }, { id })
      await passTimeTrying(client, '3 days')
      expect(await claim(client)).toEqual([])
      await saveDestination(client, { ...webhook, isPaused: false }, { id })
    },
  ],
]

it.each(untried)('where %s for three days, one failure afterwards ends nothing', (_, pass) =>
  story(async (client) => {
    const id = await failing(client)
    await pass(client, id)
    await settle(client, await claimOne(client), ['refused', 'skipped'], { status: 500 })
    expect(await fares(client, id)).toEqual(['active', 'waiting', 'waiting'])
    const { rows } = await client.query('select attempts from private.deliveries order by sequence')
    expect(rows).toEqual([{ attempts: 1 }, { attempts: 0 }])
    // A day of failures ends it all the same.
    await passTimeTrying(client, '1 day')
    await settle(client, await claimOne(client), ['refused', 'skipped'], { status: 500 })
    expect(await fares(client, id)).toEqual(['failed', 'dead', 'dead'])
  })(),
)

it(
  'what waits between two attempts, two hours at most, counts',
  story(async (client) => {
    const id = await failing(client)
    for (let hours = 0; hours < 24; hours += 2) {
      await passTime(client, '2 hours')
      await settle(client, await claimOne(client), ['refused', 'skipped'], { status: 500 })
    }
    expect(await fares(client, id)).toEqual(['failed', 'dead', 'dead'])
  }),
)

it(
  'a failure of one destination does not begin the day of another anew',
  story(async (client) => {
    const id = await failing(client)
    const { id: other } = await saveDestination(client, webhook)
    await passTimeTrying(client, '1 day')
    await client.query(
      "update private.destination_states set claimed_at = now() - interval '2 days' where destination_id = $1",
      [other],
    )
    await rename(client, 'Three')
    for (const claimed of await claim(client)) await settle(client, claimed, 'refused', { status: 500 })
    expect((await fares(client, id))[0]).toBe('failed')
    expect((await fares(client, other))[0]).toBe('active')
  }),
)

it(
  'what is on its way while somebody saves the destination waits on, whatever becomes of it',
  story(async (client) => {
    const { id } = await saveDestination(client, webhook)
    await rename(client, 'One')
    const claimed = await claimOne(client)
    await saveDestination(client, webhook, { id })
    await settle(client, claimed, 'skipped')
    const { rows } = await client.query('select status, attempts, first_attempted_at from private.deliveries')
    expect(rows).toEqual([{ status: 'waiting', attempts: 0, first_attempted_at: null }])
  }),
)
