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
import { ours } from '../../support/people/cast.ts'
import { matrixCast } from './cast.ts'
import { matrix } from './index.ts'

// Which permissions each line of the matrix takes, found by taking them one by one from somebody who has all of them:
// a policy that names several is held to each.

const story = policySuite(matrixCast)

/** What an operation finds for somebody in a role of the workspace's own; nothing of it stays. */
async function outcomeOf(client: pg.Client, table: string, line: MatrixCase): Promise<Outcome> {
  await client.query('savepoint attempt')
  const outcome = await attemptInSql(client, table, caseFor(line, matrixActors.custom), matrixActors.custom)
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
    await allBut()
    const allowed: { table: string; line: MatrixCase; outcome: Outcome; needs: string[] }[] = []
    for (const [table, { cases }] of Object.entries(matrix))
      for (const line of cases) {
        const outcome = await outcomeOf(client, table, line)
        if ('found' in outcome && outcome.found > 0) allowed.push({ table, line, outcome, needs: [] })
      }
    for (const key of keys) {
      await allBut(key)
      for (const { table, line, outcome, needs } of allowed)
        if (!isDeepStrictEqual(await outcomeOf(client, table, line), outcome)) needs.push(key)
    }
    const text = allowed.map(
      ({ table, line, needs }) =>
        `${table}, ${line.operation} of ${line.what}: ${needs.join(', ') || 'nothing'}`,
    )
    expect(text.length).toBeGreaterThan(50)
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('needs.txt')
  }),
)
