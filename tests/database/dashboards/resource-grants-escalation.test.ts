import { describe, expect, it } from 'vitest'
import {
  accessOf,
  board,
  createBoards,
  grant,
  other,
  storedGrants,
} from '../../support/dashboards/resource-grants.ts'
import { insertShare, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite(createBoards)

const premium = onPremium(story)

describe('escalating', () => {
  it.each([
    [
      'nothing but grants.write',
      ['grants.write'],
      ['view', 'edit', 'manage', 'none'],
      [],
      { status: 400, code: 'invalid_input', details: 'resource_id' },
    ],
    [
      'reading',
      ['grants.write', 'dashboards.read'],
      ['edit', 'manage', 'none'],
      ['view'],
      { status: 403, code: 'permission_denied' },
    ],
    [
      'writing',
      ['grants.write', 'dashboards.write'],
      ['view', 'edit', 'manage', 'none'],
      [],
      { status: 400, code: 'invalid_input', details: 'resource_id' },
    ],
    [
      'both',
      ['grants.write', 'dashboards.read', 'dashboards.write'],
      [],
      ['view', 'edit', 'manage', 'none'],
      {},
    ],
  ])('someone with %s gives and takes no more than that', (_, permissions, refused, allowed, refusal) =>
    premium(async (client) => {
      await giveCustomRole(client, 'custom', permissions, [ids.member])
      for (const level of refused) {
        for (const user_id of [ids.member, ids.viewer])
          expect(await clientError(grant(client, member, { user_id, access: level }))).toMatchObject(refusal)
        // Neither is what an admin gave changed or deleted.
        await client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, 'dashboard', $2, $3, $4)`,
          [ours, board, ids.viewer, level],
        )
        const before = await storedGrants(client)
        const update = actAs(client, member, "update public.resource_grants set access = 'view'")
        expect(await clientError(update)).toMatchObject({ code: 'permission_denied' })
        const remove = actAs(client, member, 'delete from public.resource_grants')
        expect(await clientError(remove)).toMatchObject({ code: 'permission_denied' })
        expect(await storedGrants(client)).toEqual(before)
        await client.query('delete from public.resource_grants')
      }
      for (const level of allowed) {
        await grant(client, member, { user_id: ids.viewer, access: level })
        const updated = await actAs(client, member, 'update public.resource_grants set access = access')
        expect(updated.rowCount).toBe(1)
        expect((await actAs(client, member, 'delete from public.resource_grants')).rowCount).toBe(1)
      }
      expect(await storedGrants(client)).toEqual([])
    })(),
  )

  it(
    'who holds a grant cannot pass it on',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer, access: 'manage' })
      expect(await accessOf(client, viewer)).toBe('manage')
      expect(
        await clientError(grant(client, viewer, { user_id: ids.member, access: 'manage' })),
      ).toMatchObject({
        code: 'permission_denied',
        details: 'grants.write',
      })
      expect(
        await clientError(grant(client, viewer, { user_id: ids.viewer, resource_id: other })),
      ).toMatchObject({
        code: 'permission_denied',
      })
    }),
  )

  it.each([
    ['member', member],
    ['suspended admin', suspended],
    ['outsider', outsider],
  ])('the %s neither sees, changes nor deletes grants', (_, actor) =>
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.member, access: 'none' })
      const before = await storedGrants(client)
      for (const sql of [
        'select from public.resource_grants',
        "update public.resource_grants set access = 'manage'",
        'delete from public.resource_grants',
      ])
        expect((await actAs(client, actor, sql)).rowCount).toBe(0)
      expect(await storedGrants(client)).toEqual(before)
    })(),
  )

  it(
    'what is shown to one person is passed on to nobody, nor kept, by a grant',
    premium(async (client) => {
      const id = await makeView(client, member)
      await insertShare(client, { view_id: id, user_id: ids.admin, access: 'edit' }, member)
      for (const access of ['view', 'edit'])
        for (const user_id of [ids.admin, ids.viewer])
          expect(await clientError(grant(client, admin, { resource_id: id, user_id, access }))).toMatchObject(
            { status: 403, code: 'permission_denied' },
          )
      expect(await storedGrants(client)).toEqual([])

      // Who manages it may.
      await giveCustomRole(
        client,
        'custom',
        ['grants.write', 'dashboards.read', 'dashboards.write'],
        [ids.member],
      )
      await grant(client, member, { resource_id: id, user_id: ids.viewer, access: 'view' })
      expect(await storedGrants(client)).toHaveLength(1)
    }),
  )

  it(
    'by a row that is made up goes no further than one that is there',
    premium(async (client) => {
      const check = (actor: Actor) =>
        actAs(
          client,
          actor,
          'select private.require_grant_change(g, null) from jsonb_populate_record(null::public.resource_grants, $1) as g',
          [
            {
              workspace_id: ours,
              resource_type: 'dashboard',
              resource_id: board,
              role_key: 'viewer',
              access: 'view',
            },
          ],
        )
      expect((await check(admin)).rowCount).toBe(1)
      expect(await clientError(check(member))).toMatchObject({
        code: 'permission_denied',
        details: 'grants.write',
      })
    }),
  )

  it(
    'by a widget that is gone is measured by the view that had it, whatever others had',
    premium(async (client) => {
      await giveCustomRole(
        client,
        'custom',
        ['dashboards.read', 'dashboards.write', 'grants.write', 'workspace.read'],
        [ids.member],
      )
      for (const actor of [admin, member]) {
        const view_id = await makeView(client, actor)
        const id = await insertWidget(client, { view_id })
        await grant(client, actor, { resource_type: 'widget', resource_id: id, user_id: ids.viewer })
        // Made by one transaction, and removed by another.
        await client.query(
          `update private.view_versions set saved_at = saved_at - interval '1 minute' where view_id = $1`,
          [view_id],
        )
        await client.query('delete from public.widgets where id = $1', [id])
      }
      const { rows } = await client.query('select from private.widget_versions')
      expect(rows).toHaveLength(2)
      const take = 'delete from public.resource_grants where granted_by = $1'
      for (const actor of [admin, member])
        expect((await actAs(client, actor, take, [actor.sub])).rowCount).toBe(1)
    }),
  )
})
