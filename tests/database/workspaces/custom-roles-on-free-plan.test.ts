import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours } from '../../support/people/cast.ts'
import { customRoles, dropRole, makeRole, widenRole } from '../../support/people/custom-roles.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

const onFreePlan = policySuite()

/** A story in which `ours` is on the premium plan. */
const story = (tell: (client: pg.Client) => Promise<void>) =>
  onFreePlan(async (client) => {
    await setPlan(client, 'premium')
    await tell(client)
  })

describe('the free plan', () => {
  it(
    'has no custom roles',
    onFreePlan(async (client) => {
      expect(await clientError(makeRole(client, admin, 'editor'))).toMatchObject({
        status: 402,
        ...lacksFeature('custom_roles'),
      })
      expect(await customRoles(client)).toEqual([])
    }),
  )

  it(
    'keeps those that stand, with who has them, until they are deleted',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read', 'workspace.update'], [ids.member])
      await setPlan(client, 'free')
      const rename = "update public.workspaces set name = 'Renamed' where id = $1"
      expect((await actAs(client, member, rename, [ours])).rowCount).toBe(1)
      expect(await clientError(widenRole(client, admin, 'editor', []))).toMatchObject({
        code: 'payment_required',
      })
      await actAs(client, admin, "select public.change_member($1, $2, 'viewer')", [ours, ids.member])
      expect((await dropRole(client, admin, 'editor')).rowCount).toBe(1)
    }),
  )

  const refused = { status: 402, ...lacksFeature('custom_roles') }

  it.each<[string, string, unknown[]]>([
    ['change_member', "select public.change_member($1, $2, 'editor')", [ours, ids.viewer]],
    [
      'a write to the table',
      "update public.workspace_members set role_key = 'editor' where workspace_id = $1 and user_id = $2",
      [ours, ids.viewer],
    ],
    ['an invitation', "select public.create_invitation($1, 'ada@example.com', 'editor')", [ours]],
  ])('gives none that stands to anybody else by %s', (_, sql, values) =>
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'], [ids.member])
      const given = async () =>
        (
          await client.query(
            `select user_id::text as who from public.workspace_members where role_key = 'editor'
             union all select email from public.workspace_invitations`,
          )
        ).rows
      await setPlan(client, 'free')
      expect(await clientError(actAs(client, admin, sql, values))).toMatchObject(refused)
      expect(await given()).toEqual([{ who: ids.member }])
      await setPlan(client, 'premium')
      await actAs(client, admin, sql, values)
      expect(await given()).toHaveLength(2)
    })(),
  )

  it(
    'is no reason to lock anybody out: a member who has one is suspended and let back in',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'], [ids.member])
      await setPlan(client, 'free')
      for (const status of ['suspended', 'active']) {
        const { rows } = await actAs(
          client,
          admin,
          'select public.change_member($1, $2, status => $3) as changed',
          [ours, ids.member, status],
        )
        expect(rows).toMatchObject([{ changed: { role: 'editor', status } }])
      }
    }),
  )

  it(
    'is not in the way of the server',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'])
      await setPlan(client, 'free')
      const { rowCount } = await actAs(
        client,
        service,
        "update public.workspace_members set role_key = 'editor' where workspace_id = $1 and user_id = $2",
        [ours, ids.member],
      )
      expect(rowCount).toBe(1)
    }),
  )
})
