import { expect, it } from 'vitest'
import { steadier, tellAll } from '../../support/database/beside/steps.ts'
import { removeRows } from '../../support/database/beside/tenant-tables.ts'
import { makeTwin } from '../../support/database/beside/twin.ts'
import { watchWrites } from '../../support/database/beside/written.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member } from '../../support/people/cast.ts'
import { furnish } from '../../support/people/furnished-workspace.ts'
import { matrixCast } from '../matrix/cast.ts'
import { calls, statements } from './steps.ts'

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

/** Where it is also asked what a member may do, and what policies let through. */
const wholly = ['nothing', 'people']

const isError = (line: string) => /^\{"(error|code)":/.test(line)

it.each(Object.keys(lacks))('lacking %s, a workspace is the same beside one that has the same keys', (what) =>
  story(async (client) => {
    await furnish(client)
    const taken = wholly.includes(what)
      ? [...(await calls(client, { admin, member })), ...statements(client)]
      : await calls(client, { admin })
    const steady = await steadier(client)
    await watchWrites(client)
    await client.query('savepoint alone')
    const lacking = lacks[what]?.(await makeTwin(client)) ?? []
    await client.query('rollback to savepoint alone')
    await removeRows(client, lacking)
    const alone = await tellAll(client, taken, steady)
    if (lacking.length === 0)
      expect(Object.values(alone).filter((lines) => !lines.some(isError)).length).toBeGreaterThan(350)
    await client.query('rollback to savepoint alone')
    await makeTwin(client)
    await removeRows(client, lacking)
    expect(await tellAll(client, taken, steady)).toEqual(alone)
  })(),
)
