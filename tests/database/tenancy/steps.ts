import type pg from 'pg'
import { expect } from 'vitest'
import { type Actor, service } from '../../support/database/act.ts'
import { outcomeOf } from '../../support/database/attacks.ts'
import type { Step } from '../../support/database/beside/steps.ts'
import { attemptInSql, caseFor } from '../../support/database/policy-matrix.ts'
import { member, ours } from '../../support/people/cast.ts'
import { matrix } from '../matrix/index.ts'
import { inputsOf, thingsOf } from './inputs.ts'

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

/** Calls by each of some people, or by the server where only that may. */
function callsOf(
  client: pg.Client,
  { name, takesWorkspace, isForPeople }: Routine,
  inputs: object[],
  people: Record<string, Actor>,
): Step[] {
  const actors = isForPeople ? people : { service }
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

/** Every function of `ours`, furnished, as these people call it. */
export async function calls(client: pg.Client, people: Record<string, Actor>): Promise<Step[]> {
  const inputs = inputsOf(await thingsOf(client))
  const { rows } = await client.query<Routine>(routines)
  return rows.flatMap((routine) => {
    const given = inputs[routine.name] ?? (routine.takesWorkspace ? [{}] : [])
    const missing = routine.needs.filter((key) => given.some((input) => !(key in input)))
    expect(missing, `what ${routine.name} is called with`).toEqual([])
    return callsOf(client, routine, given, people)
  })
}

/** Every statement of the matrix, by a member, who sees and writes some of what it is about. */
export const statements = (client: pg.Client): Step[] =>
  Object.entries(matrix).flatMap(([table, { cases }]) =>
    // The name of a person is looked for in every workspace of theirs.
    (table === 'profiles' ? [] : cases).map((line) => ({
      what: `${line.operation} of ${table}, ${line.what}`,
      run: () => attemptInSql(client, table, caseFor(line, member), member),
    })),
  )
