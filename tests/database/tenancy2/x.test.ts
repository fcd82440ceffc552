import { expect, it } from 'vitest'
import { steadier, tellAll } from '../../support/database/beside/steps.ts'
import { removeRows } from '../../support/database/beside/tenant-tables.ts'
import { makeTwin } from '../../support/database/beside/twin.ts'
import { watchWrites } from '../../support/database/beside/written.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { furnish } from '../../support/people/furnished-workspace.ts'
import { matrixCast } from '../matrix/cast.ts'
import { steps } from '../tenancy/steps.ts'

// Another workspace of the same people has the same keys. Nothing that is asked of ours takes from it or touches it,
// whatever ours itself has none of.

const story = policySuite(matrixCast)

const things = [
  'components',
  'component_versions',
  'dashboard_view_shares',
  'marketplace_installs',
  'notifications',
  'private.agents',
  'private.conversations',
  'private.data_sources',
  'private.deliveries',
  'private.destinations',
  'private.mails',
  'private.messages',
  'support_tickets',
  'themes',
  'workspace_invitations',
]
const people = [
  'private.active_members',
  'private.member_keys',
  'private.suspended_leavers',
  'workspace_members',
]
const plan = ['private.plan_grants', 'private.seats', 'private.workspace_plans']

/** What ours has none of, from the tables of which the twin has rows. */
const lacks: Record<string, (mirrored: string[]) => string[]> = {
  nothing: () => [],
  'what hangs on things': (mirrored) =>
    mirrored.filter(
      (table) => ![...things, ...people, ...plan, 'workspace_roles', 'workspaces'].includes(table),
    ),
  things: () => things,
  people: () => people,
  'a plan': () => plan,
}


it.each(Object.keys(lacks))('%s', (what) =>
  story(async (client) => {
    await furnish(client)
    const taken = await steps(client)
    const steady = await steadier(client)
    await watchWrites(client)
    await client.query('savepoint alone')
    const lacking = lacks[what]?.(await makeTwin(client)) ?? []
    await client.query('rollback to savepoint alone')
    await removeRows(client, lacking)
    const first = await tellAll(client, taken, steady)
    for (let i = 0; i < 25; i += 1) {
      const again = await tellAll(client, taken, steady)
      for (const [k, v] of Object.entries(first)) {
        const w = again[k] ?? []
        const at = v.findIndex((line, n) => line !== w[n])
        if (at >= 0) console.log(what, i, k.slice(0, 80), '\n', v[at]?.slice(0, 700), '\n', w[at]?.slice(0, 700))
      }
    }
  })(), 300_000
)
