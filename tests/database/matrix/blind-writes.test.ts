import pg from 'pg'
import { expect, it } from 'vitest'
import type { Actor } from '../../support/database/act.ts'
import {
  attempt,
  type Columns,
  caseFor,
  type MatrixCase,
  matrixActors,
  type Outcome,
  statementOf,
} from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, ours } from '../../support/people/cast.ts'
import { matrixCast } from './cast.ts'
import { matrix } from './index.ts'

// A write that names no column reads none, so the policy of reading is not asked: what it reaches has to be said by the
// policy of the write alone.

const story = policySuite(matrixCast)
const { outsider, viewer, member, admin, suspended, custom, api_key } = matrixActors

interface Write {
  table: string
  line: MatrixCase & { match: Columns }
}

/** The writes of the matrix: of each table its deletion, and its updates by what they set. */
function writes(): Write[] {
  const all = Object.entries(matrix).flatMap(([table, { cases }]) =>
    cases.flatMap((line): Write[] =>
      (line.operation === 'delete' || line.operation === 'update') && line.verdicts.admin !== '42501'
        ? [{ table, line }]
        : [],
    ),
  )
  const what = ({ table, line }: Write) =>
    JSON.stringify([table, line.operation, line.operation === 'update' && line.values])
  return [...new Map(all.map((write) => [what(write), write])).values()]
}

/** What a write of every row does, where it reads a column and where it reads none; nothing of it stays. */
async function outcomesOf(client: pg.Client, { table, line }: Write, actor: Actor): Promise<Outcome[]> {
  const { sql, values } = statementOf(table, caseFor(line, actor))
  const column = pg.escapeIdentifier(Object.keys(line.match)[0] ?? '')
  const blind = sql.slice(0, sql.lastIndexOf('where'))
  const outcomes: Outcome[] = []
  for (const condition of ['', `where ${column} is null or ${column} is not null`]) {
    await client.query('savepoint attempt')
    outcomes.push(await attempt(client, { sql: `${blind} ${condition}`, values: values.slice(0, -1) }, actor))
    await client.query('rollback to attempt')
  }
  return outcomes
}

it(
  'reaches nothing that whoever writes could not read, whichever permission they lack',
  story(async (client) => {
    const { rows } = await client.query<{ key: string }>('select key from public.permissions order by key')
    const keys = rows.map(({ key }) => key)
    const reached = new Set<string>()
    const expectAlike = async (actors: Actor[], lacking: string) => {
      for (const write of writes())
        for (const actor of actors) {
          const [blind, reading] = await outcomesOf(client, write, actor)
          // A trigger may refuse what the policy of reading hides.
          if (!blind || 'code' in blind) continue
          const what = `${write.line.operation} of ${write.table}`
          expect(blind, `${what} without ${lacking}`).toEqual(reading)
          if (blind.found > 0) reached.add(what)
        }
    }
    await expectAlike([outsider, viewer, member, admin, suspended, custom, api_key], 'anything')
    await client.query(
      "update public.workspace_members set role_key = 'caretaker' where workspace_id = $1 and user_id = $2",
      [ours, ids.member],
    )
    for (const missing of keys) {
      await client.query(
        'update public.workspace_roles set permissions = $1 where workspace_id = $2 and key = $3',
        [keys.filter((key) => key !== missing), ours, 'caretaker'],
      )
      await expectAlike([member], missing)
    }
    expect([...reached].toSorted()).toEqual([
      'delete of dashboard_view_shares',
      'delete of themes',
      'delete of widgets',
      'delete of workspace_members',
      'update of dashboard_view_shares',
      'update of dashboard_views',
      'update of profiles',
      'update of themes',
      'update of widgets',
      'update of workspace_members',
      'update of workspaces',
    ])
  }),
)
