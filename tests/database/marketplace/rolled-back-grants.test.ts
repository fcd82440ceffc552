import type pg from 'pg'
import { expect, it } from 'vitest'
import { widget } from '../../support/dashboards/layouts.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { type Actor, actAs } from '../../support/database/act.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, ids, member, viewer } from '../../support/people/cast.ts'
import {
  install,
  publishListing,
  publishVersion,
  rollBack,
  upgrade,
  viewBundle,
} from '../../support/people/marketplace.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

const committed = committedStory()

/** A copy of a template of two widgets, of which one is withheld from a role, and a version with the other alone. */
async function withheldFrom(client: pg.Client, roles: string[]) {
  await setPlan(client, 'premium')
  const [kept, withheld] = [widget(), widget({ position: { x: 3, y: 0, width: 3, height: 2 } })]
  const listing = await publishListing(client, viewBundle([kept, withheld]))
  const copy = await install(client, listing)
  await commit(client)
  const { rows } = await client.query('select id, view_id from public.widgets where instance_id = $1', [
    withheld.instanceId,
  ])
  for (const role_key of roles)
    await grant(client, admin, {
      resource_type: 'widget',
      resource_id: rows[0].id,
      access: 'none',
      role_key,
    })
  await commit(client)
  const next = await publishVersion(client, listing, '1.1.0', viewBundle([kept]))
  return { kept, withheld, copy, next, viewId: rows[0].view_id as string }
}

async function widgetsOf(client: pg.Client, actor: Actor) {
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    'select instance_id as id from public.widgets order by x',
  )
  return rows.map(({ id }) => id)
}

it(
  'a widget that rolling back brings back is withheld from whom it was withheld',
  committed(async (client) => {
    const { kept, withheld, copy, next } = await withheldFrom(client, ['viewer'])
    await upgrade(client, copy, next)
    await commit(client)
    await rollBack(client, copy)
    await commit(client)
    expect(await widgetsOf(client, admin)).toEqual([kept.instanceId, withheld.instanceId])
    expect(await widgetsOf(client, viewer)).toEqual([kept.instanceId])
  }),
)

it(
  'and so it is after so many changes that the free plan forgets what was replaced',
  committed(async (client) => {
    const { kept, withheld, copy, next, viewId } = await withheldFrom(client, ['viewer'])
    await setPlan(client, 'free')
    await upgrade(client, copy, next)
    await commit(client)
    const change = async (times: number) => {
      for (let n = 0; n < times; n += 1) {
        await client.query(
          "update public.dashboard_views set description = concat('Change ', version) where id = $1",
          [viewId],
        )
        await commit(client)
      }
    }
    await change(52)
    await client.query("update private.view_versions set saved_at = saved_at - interval '10 days'")
    await change(3)
    expect((await client.query('select from private.view_versions')).rowCount).toBeLessThan(56)
    await setPlan(client, 'premium')
    await rollBack(client, copy)
    await commit(client)
    expect(await widgetsOf(client, admin)).toEqual([kept.instanceId, withheld.instanceId])
    expect(await widgetsOf(client, viewer)).toEqual([kept.instanceId])
  }),
)

it(
  'what is withheld from whoever upgrades and rolls back stays there once, and withheld',
  committed(async (client) => {
    const permissions = ['dashboards.read', 'dashboards.write', 'components.read', 'marketplace.install']
    await giveCustomRole(client, 'installer', ['workspace.read', 'themes.read', ...permissions], [ids.member])
    const { kept, withheld, copy, next } = await withheldFrom(client, ['installer', 'viewer'])
    await upgrade(client, copy, next, { actor: member })
    await commit(client)
    await rollBack(client, copy, member)
    await commit(client)
    expect(await widgetsOf(client, admin)).toEqual([kept.instanceId, withheld.instanceId])
    for (const actor of [member, viewer]) expect(await widgetsOf(client, actor)).toEqual([kept.instanceId])
  }),
)
