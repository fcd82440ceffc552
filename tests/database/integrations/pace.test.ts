import { expect, it } from 'vitest'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  claim,
  claimOne,
  passTime,
  saveDestination,
  settle,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'

// What counts towards the deliveries a minute of a workspace’s plan.

const story = onPremium(policySuite())

it(
  'what was delivered counts once, what waits to be tried again only when it is, and what waits elsewhere not at all',
  story(async (client) => {
    await client.query(
      "update public.plan_limits set most = 4 where plan_key = 'premium' and limit_key = 'deliveries_per_minute'",
    )
    await saveDestination(client, webhook)
    // All of it waits for another as well, which rests.
    const { id: resting } = await saveDestination(client, webhook)
    const rest = "update private.destination_states set rests_until = 'infinity' where destination_id = $1"
    await client.query(rest, [resting])
    const next = async (key: string) => {
      await makeRole(client, admin, key, ['themes.read'], key)
      const claimed = await claimOne(client)
      expect(claimed.deliveries).toHaveLength(1)
      return claimed
    }
    await settle(client, await next('one'), 'delivered')
    // It would be due by now, had it failed.
    await passTime(client, '1 hour')
    await settle(client, await next('two'), 'refused', { status: 500 })
    await settle(client, await next('three'), 'delivered')
    await settle(client, await next('four'), 'delivered')
    await makeRole(client, admin, 'five', ['themes.read'], 'five')
    expect(await claim(client)).toEqual([])
  }),
)
