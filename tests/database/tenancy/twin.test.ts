import type pg from 'pg'
import { expect, it } from 'vitest'
import { type Actor, service } from '../../support/database/act.ts'
import { outcomeOf } from '../../support/database/attacks.ts'
import { attemptInSql, caseFor } from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { type Step, steadier, tell } from '../../support/database/steps.ts'
import { makeTwin, removeRows, takeWritten, watchWrites } from '../../support/database/twin.ts'
import { admin, member, ours } from '../../support/people/cast.ts'
import { furnish } from '../../support/people/furnished-workspace.ts'
import { matrixCast } from '../matrix/cast.ts'
import { matrix } from '../matrix/index.ts'
import { inputsOf, thingsOf } from './inputs.ts'

// Another workspace of the same people has the same keys. Nothing that is asked of ours takes from it or touches it,
// whatever ours itself has none of.

const story = policySuite(matrixCast)

interface Routine {
  name: string
  needs: string[]
  takesWorkspace: boolean
  isForPeople: boolean
}

const routines = `
  select p.proname as name, has_function_privilege('authenticated', p.oid, 'execute') as "isForPeople",
    coalesce('workspace_id' = any (p.proargnames), false) as "takesWorkspace",
    array_remove((coalesce(p.proargnames, '{}'))[1:p.pronargs - p.pronargdefaults], 'workspace_id') as needs
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
  order by 1`

/** Calls by each of these people, or by the server where only that may. */
function callsOf(
  client: pg.Client,
  { name, takesWorkspace, isForPeople }: Routine,
  inputs: object[],
): Step[] {
  const actors: Record<string, Actor> = isForPeople ? { admin, member } : { service }
  return inputs.flatMap((input) =>
    Object.entries(actors).map(([who, actor]) => {
      const given = Object.entries({ ...(takesWorkspace ? { workspace_id: ours } : {}), ...input })
      const list = given.map(([key], index) => `"${key}" => $${index + 1}`).join(', ')
      const values = given.map(([, value]) => value)
      return {
        what: `${name}(${JSON.stringify(input).slice(0, 200)}) by ${who}`,
        run: () => outcomeOf(client, actor, `select public."${name}"(${list}) as answer`, values),
      }
    }),
  )
}

async function steps(client: pg.Client): Promise<Step[]> {
  const inputs = inputsOf(await thingsOf(client))
  const { rows } = await client.query<Routine>(routines)
  const calls = rows.flatMap((routine) => {
    const given = inputs[routine.name] ?? (routine.takesWorkspace ? [{}] : [])
    const missing = routine.needs.filter((key) => given.some((input) => !(key in input)))
    expect(missing, `what ${routine.name} is called with`).toEqual([])
    return callsOf(client, routine, given)
  })
  const statements = Object.entries(matrix).flatMap(([table, { cases }]) =>
    // The name of a person is looked for in every workspace of theirs.
    (table === 'profiles' ? [] : cases).flatMap((line) =>
      Object.entries({ admin, member }).map(([who, actor]) => ({
        what: `${line.operation} of ${table}, ${line.what}, by ${who}`,
        run: () => attemptInSql(client, table, caseFor(line, actor), actor),
      })),
    ),
  )
  return [...calls, ...statements]
}

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

it.each(Object.keys(lacks))('lacking %s, a workspace is the same beside one that has the same keys', (what) =>
  story(async (client) => {
    await furnish(client)
    const taken = await steps(client)
    const steady = await steadier(client)
    await watchWrites(client)
    await takeWritten(client)
    await client.query('savepoint mirrored')
    const mirrored = await makeTwin(client)
    await client.query('rollback to savepoint mirrored')
    const tellAll = async () => {
      await removeRows(client, lacks[what]?.(mirrored) ?? [])
      const told: Record<string, string[]> = {}
      for (const step of taken) told[step.what] = (await tell(client, step)).map(steady).sort()
      return told
    }
    await client.query('savepoint alone')
    const alone = await tellAll()
    await client.query('rollback to savepoint alone')
    await makeTwin(client)
    expect(await tellAll()).toEqual(alone)
  })(),
)
