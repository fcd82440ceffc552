import pg from 'pg'
import { expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { caseFor, type MatrixCase, matrixActors, statementOf } from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ours } from '../../support/people/cast.ts'
import { matrixCast } from './cast.ts'
import { matrix } from './index.ts'

// Which permissions each line of the matrix takes, found by taking them one by one from somebody who has all of them:
// a policy that names several is held to each.

const story = policySuite(matrixCast)

/** How many rows an operation finds for somebody in a role of the workspace's own, or the code of its refusal. */
async function outcomeOf(client: pg.Client, table: string, line: MatrixCase): Promise<number | string> {
  const { sql, values } = statementOf(table, caseFor(line, matrixActors.custom))
  await client.query('savepoint attempt')
  try {
    return (await actAs(client, matrixActors.custom, sql, values)).rowCount ?? 0
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return error.code === 'PGRST' ? JSON.parse(error.message).code : (error.code ?? '')
  } finally {
    await client.query('rollback to attempt')
  }
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
    const lines = Object.entries(matrix).flatMap(([table, { cases }]) =>
      cases.map((line) => ({ table, line, outcome: 0 as number | string, needs: [] as string[] })),
    )
    await allBut()
    for (const each of lines) each.outcome = await outcomeOf(client, each.table, each.line)
    const allowed = lines.filter(({ outcome }) => typeof outcome === 'number' && outcome > 0)
    for (const key of keys) {
      await allBut(key)
      for (const { table, line, outcome, needs } of allowed)
        if ((await outcomeOf(client, table, line)) !== outcome) needs.push(key)
    }
    const text = allowed.map(
      ({ table, line, needs }) =>
        `${table}, ${line.operation} of ${line.what}: ${needs.join(', ') || 'nothing'}`,
    )
    expect(text.length).toBeGreaterThan(50)
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('needs.txt')
  }),
)
