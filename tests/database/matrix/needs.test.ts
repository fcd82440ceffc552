import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import { expect, it } from 'vitest'
import {
  attemptInSql,
  caseFor,
  type MatrixCase,
  matrixActors,
  type Outcome,
} from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, ours } from '../../support/people/cast.ts'
import { matrixCast } from './cast.ts'
import { matrix } from './index.ts'

// Which permissions each line of the matrix takes, found by taking them one by one from somebody who has all of them:
// a policy that names several is held to each.

const story = policySuite(matrixCast)

/** Both have the same role of the workspace's own: who has nothing, and who owns what the lines call the member's. */
const actors = [matrixActors.custom, matrixActors.member]
type Asker = (typeof actors)[number]

/** What an operation finds for somebody; nothing of it stays. */
async function outcomeOf(client: pg.Client, table: string, line: MatrixCase, by: Asker): Promise<Outcome> {
  await client.query('savepoint attempt')
  const outcome = await attemptInSql(client, table, caseFor(line, by), by)
  await client.query('rollback to attempt')
  return outcome
}

// Run with -u to write them down anew, and read the difference.
it(
  'takes the permissions that stand in needs.txt, and no others',
  story(async (client) => {
    const { rows } = await client.query<{ key: string }>('select key from public.permissions order by key')
    const keys = rows.map(({ key }) => key)
    const allBut = (missing?: string) =>
      client.query(
        'update public.workspace_roles set permissions = $1 where workspace_id = $2 and key = $3',
        [keys.filter((key) => key !== missing), ours, 'caretaker'],
      )
    await client.query(
      "update public.workspace_members set role_key = 'caretaker' where workspace_id = $1 and user_id = $2",
      [ours, ids.member],
    )
    await allBut()
    const allowed: { table: string; line: MatrixCase; by: Asker; outcome: Outcome; needs: string[] }[] = []
    for (const [table, { cases }] of Object.entries(matrix))
      for (const line of cases)
        for (const by of actors) {
          const outcome = await outcomeOf(client, table, line, by)
          if (!('found' in outcome && outcome.found > 0)) continue
          allowed.push({ table, line, by, outcome, needs: [] })
          break
        }
    for (const key of keys) {
      await allBut(key)
      for (const { table, line, by, outcome, needs } of allowed)
        if (!isDeepStrictEqual(await outcomeOf(client, table, line, by), outcome)) needs.push(key)
    }
    const text = allowed.map(
      ({ table, line, needs }) =>
        `${table}, ${line.operation} of ${line.what}: ${needs.join(', ') || 'nothing'}`,
    )
    expect(text.length).toBeGreaterThan(50)
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('needs.txt')
  }),
)
