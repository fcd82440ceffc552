import { expect, it } from 'vitest'
import { widget } from '../../support/dashboards/layouts.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { actAs } from '../../support/database/act.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, viewer } from '../../support/people/cast.ts'
import {
  install,
  publishListing,
  publishVersion,
  rollBack,
  upgrade,
  viewBundle,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

const committed = committedStory()

it(
  'a widget that rolling back brings back is withheld from whom it was withheld',
  committed(async (client) => {
    await setPlan(client, 'premium')
    const [kept, withheld] = [widget(), widget({ position: { x: 3, y: 0, width: 3, height: 2 } })]
    const listing = await publishListing(client, viewBundle([kept, withheld]))
    const copy = await install(client, listing)
    await commit(client)
    const { rows } = await client.query('select id from public.widgets where instance_id = $1', [
      withheld.instanceId,
    ])
    await grant(client, admin, {
      resource_type: 'widget',
      resource_id: rows[0].id,
      access: 'none',
      role_key: 'viewer',
    })
    await commit(client)
    await upgrade(client, copy, await publishVersion(client, listing, '1.1.0', viewBundle([kept])))
    await commit(client)
    await rollBack(client, copy)
    await commit(client)
    expect((await actAs(client, admin, 'select from public.widgets')).rowCount).toBe(2)
    const seen = await actAs<{ id: string }>(client, viewer, 'select instance_id as id from public.widgets')
    expect(seen.rows.map(({ id }) => id)).toEqual([kept.instanceId])
  }),
)
