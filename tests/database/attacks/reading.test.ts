import { describe, expect, it } from 'vitest'
import {
  changingNothing,
  codeOf,
  insertOf,
  nowhere,
  ofWorkspaces,
  outcomeOf,
  rowsIn,
} from '../../support/database/attacks.ts'
import { callOf, takingAWorkspace } from '../../support/database/catalog.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'
import { matrixCast } from '../matrix/cast.ts'

// Attacks on what others have: see tests/support/database/attacks.ts.

const nobody = '00000000-0000-4000-8000-0000000000ff'

const story = policySuite(matrixCast)

describe('reading what is not one’s own', () => {
  it(
    "A01 guess another workspace's id",
    story(async (client) => {
      for (const relation of await ofWorkspaces(client)) {
        const sql = `select * from public."${relation.name}" where "${relation.workspaceColumn}" = $1`
        for (const actor of [outsider, suspended]) {
          const outcome = await outcomeOf(client, actor, sql, [ours])
          expect(outcome, relation.name).toSatisfy(() => codeOf(outcome) === '42501' || 'rows' in outcome)
          if ('rows' in outcome) expect(outcome.rows, relation.name).toEqual([])
        }
      }
      expect(
        await outcomeOf(client, admin, 'select id from public.workspaces where id = $1', [ours]),
      ).toEqual({
        rows: [{ id: ours }],
      })
    }),
  )

  it(
    'A10 read through a view, a function, a count or an error message',
    story(async (client) => {
      await changingNothing(client, async () => {
        for (const relation of await ofWorkspaces(client)) {
          const { name, workspaceColumn, insertable, columns } = relation
          const table = `public."${name}"`
          const where = `where "${workspaceColumn}" = $1`
          const [row] = await rowsIn(client, relation, ours)
          const fields = insertable.length > 0 ? insertable : columns
          for (const [what, sql, valueFor] of [
            ['read', `select * from ${table} ${where}`, (id: string) => id],
            ['count', `select count(*) from ${table} ${where}`, (id: string) => id],
            [
              'update',
              `update ${table} set "${workspaceColumn}" = "${workspaceColumn}" ${where}`,
              (id: string) => id,
            ],
            ['delete', `delete from ${table} ${where}`, (id: string) => id],
            ['insert', insertOf(relation, fields), (id: string) => ({ ...row, [workspaceColumn ?? '']: id })],
          ] as const)
            expect(await outcomeOf(client, outsider, sql, [valueFor(ours)]), `${what} of ${name}`).toEqual(
              await outcomeOf(client, outsider, sql, [valueFor(nowhere)]),
            )
        }
        for (const method of await takingAWorkspace(client)) {
          // Another's workspace, and another's things from a workspace of one's own.
          for (const [theirId, noId] of [
            [{ workspace_id: ours }, { workspace_id: nowhere }],
            [
              { workspace_id: theirs, user_id: ids.member },
              { workspace_id: theirs, user_id: nobody },
            ],
          ]) {
            const names = method.parameters.map(({ name }) => name)
            if (!Object.keys(theirId ?? {}).every((name) => names.includes(name))) continue
            const [one, other] = [callOf(method, theirId ?? {}), callOf(method, noId ?? {})]
            expect(await outcomeOf(client, outsider, one.sql, one.values), method.name).toEqual(
              await outcomeOf(client, outsider, other.sql, other.values),
            )
          }
        }
      })
    }),
  )
})
