import { describe, expect, it } from 'vitest'
import { actAs, service } from '../../support/database/act.ts'
import {
  changingNothing,
  codeOf,
  insertOf,
  nowhere,
  ofWorkspaces,
  outcomeOf,
  rowsIn,
  seen,
} from '../../support/database/attacks.ts'
import { callOf, relationsOf, takingAWorkspace } from '../../support/database/catalog.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'
import { matrixCast } from '../matrix/cast.ts'

// Attacks that would change what others have: see tests/support/database/attacks.ts.

const story = policySuite(matrixCast)

describe('writing what is not one’s own', () => {
  it(
    'A02 set workspace_id, plan_type, created_by or role in an insert or update',
    story(async (client) => {
      const neverUpdated = [
        'workspace_id',
        'plan_type',
        'created_by',
        'created_at',
        'updated_at',
        'is_built_in',
      ]
      const neverInserted = ['plan_type', 'created_by', 'created_at', 'updated_at', 'is_built_in']
      await changingNothing(client, async () => {
        for (const { name, isTable, columns } of await relationsOf(client)) {
          if (!isTable) continue
          for (const column of columns.filter((each) => neverUpdated.includes(each)))
            expect(
              codeOf(await outcomeOf(client, admin, `update public."${name}" set "${column}" = "${column}"`)),
              `update of ${name}.${column}`,
            ).toBe('42501')
          for (const column of columns.filter((each) => neverInserted.includes(each)))
            expect(
              codeOf(
                await outcomeOf(client, admin, `insert into public."${name}" ("${column}") values (default)`),
              ),
              `insert of ${name}.${column}`,
            ).toBe('42501')
        }
        for (const change of ["role_key = 'admin'", "status = 'active'"])
          for (const actor of [member, viewer, suspended]) {
            const outcome = await outcomeOf(
              client,
              actor,
              `update public.workspace_members set ${change} where user_id = $1`,
              [actor.sub],
            )
            expect(['42501', 'permission_denied', undefined]).toContain(codeOf(outcome))
          }
      })
      const byServer = (set: string) => outcomeOf(client, service, `update public.workspaces set ${set}`)
      expect(codeOf(await byServer("plan_type = 'free'"))).toBe('42501')
      const { rowCount } = await actAs(client, service, 'update public.workspaces set name = name')
      expect(rowCount).toBe(2)
    }),
  )

  it(
    'A03 point a foreign key into another workspace',
    story(async (client) => {
      await setPlan(client, 'premium')
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'owner', 'Owner')",
        [theirs],
      )
      const { rows: references } = await client.query<{ child: string; column: string }>(`
        select k.conrelid::regclass::text as child, a.attname as column
        from pg_constraint k
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attname <> 'workspace_id'
        where k.contype = 'f' and k.confrelid = 'public.workspace_roles'::regclass and k.conparentid = 0`)
      expect(references).toContainEqual({ child: 'workspace_members', column: 'role_key' })
      await changingNothing(client, async () => {
        for (const { child, column } of references) {
          const those = `workspace_id = $1 and ${column} is not null`
          const { rowCount } = await client.query(`select from public.${child} where ${those}`, [ours])
          if (!rowCount) continue
          const sql = `update public.${child} set ${column} = 'owner'
            where ${those} and ctid = (select min(ctid) from public.${child} where ${those})`
          for (const actor of [admin, service])
            expect(['42501', '23503', 'invalid_input', 'permission_denied'], child).toContain(
              codeOf(await outcomeOf(client, actor, sql, [ours])),
            )
          // Nor may the owner of the tables, whom neither grants nor policies bind.
          await client.query('savepoint owner')
          expect(['23503', 'invalid_input'], child).toContain(codeOf(await seen(client.query(sql, [ours]))))
          await client.query('rollback to savepoint owner')
        }
      })
    }),
  )

  it(
    "A05 upsert onto another's key",
    story(async (client) => {
      // A conflict is what the names of the built-in roles are answered with, in every workspace there is and is not.
      const refused = ['42501', 'not_found', 'permission_denied', 'conflict']
      await changingNothing(client, async () => {
        for (const relation of await ofWorkspaces(client)) {
          const { columns, insertable, primaryKey } = relation
          const [row] = await rowsIn(client, relation, ours)
          if (!row) continue
          const fields = insertable.length > 0 ? insertable : columns
          const key = primaryKey.map((column) => `"${column}"`).join(', ')
          for (const column of fields) {
            const sql = `${insertOf(relation, fields)} on conflict (${key}) do update set "${column}" = excluded."${column}"`
            // A viewer makes views of their own, under ids that nobody chooses: that takes nothing over.
            const actors =
              relation.name === 'dashboard_views' ? [outsider, suspended] : [outsider, suspended, viewer]
            for (const actor of actors) {
              const outcome = await outcomeOf(client, actor, sql, [row])
              expect(refused, `${relation.name}.${column}`).toContain(codeOf(outcome))
            }
          }
        }
      })
    }),
  )

  it(
    "A06 call every function with another workspace's id",
    story(async (client) => {
      const methods = await takingAWorkspace(client)
      expect(methods).not.toEqual([])
      await changingNothing(client, async () => {
        for (const method of methods)
          for (const actor of [outsider, suspended]) {
            // Who is suspended leaves, which is told to them in their session.
            if (actor === suspended && method.name === 'leave_workspace') continue
            const call = callOf(method, { workspace_id: ours })
            const same = callOf(method, { workspace_id: nowhere })
            const outcome = await outcomeOf(client, actor, call.sql, call.values)
            // One that answers without an error must answer as if there were no such workspace.
            expect(outcome, method.name).toEqual(await outcomeOf(client, actor, same.sql, same.values))
            if ('error' in outcome)
              expect(['not_found', 'permission_denied', '42501'], method.name).toContain(outcome.error.code)
          }
      })
    }),
  )
})
