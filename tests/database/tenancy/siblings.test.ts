import { expect, it } from 'vitest'
import { makeSiblings } from '../../support/database/beside/siblings.ts'
import { steadier, tellAll } from '../../support/database/beside/steps.ts'
import { watchWrites } from '../../support/database/beside/written.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member } from '../../support/people/cast.ts'
import { furnish } from '../../support/people/furnished-workspace.ts'
import { matrixCast } from '../matrix/cast.ts'
import { calls, statements } from './steps.ts'

// What is asked of one thing takes nothing from others of its kind, and touches none, whoever they belong to.

const story = policySuite(matrixCast)

/** These tell of all that a workspace has, or make away with it. */
const ofAll = [
  /^list_/,
  /^search/,
  /^(entitlements|preview_plan_change|workspace_analytics|ai_usage_report|available_data_sources)\(/,
  /^delete_(workspace|component)\(/,
  /^select of audit_log/,
]
/** With a person goes what is theirs, and whether one may go is asked of all others. */
const ofPeople = [
  /^(admin_|change_|remove_)\w*member/,
  /^(leave|transfer)_workspace/,
  /^delete of workspace_members/,
]
/** These tell of all that is one's own. */
const ofOneself = [/^export_dashboard/, /^my_ai_usage/, /^select of support_messages/]

it.each(['others', 'the same people'] as const)(
  'what is asked of a thing is the same beside others of its kind, of %s',
  (owners) =>
    story(async (client) => {
      await furnish(client)
      const left = [...ofAll, ...ofPeople, ...(owners === 'others' ? [] : ofOneself)]
      const all = [...(await calls(client, { admin, member })), ...statements(client)]
      const taken = all.filter(({ what }) => !left.some((pattern) => pattern.test(what)))
      const steady = await steadier(client)
      await watchWrites(client)
      const alone = await tellAll(client, taken, steady)
      const tables = await makeSiblings(client, owners)
      expect(tables.length).toBeGreaterThan(30)
      expect(await tellAll(client, taken, steady)).toEqual(alone)
    })(),
)
