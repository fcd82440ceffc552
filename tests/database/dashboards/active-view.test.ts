import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { viewAudienceSchema } from '../../../types/access.ts'
import { shownViewSchema } from '../../../types/view.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertShare, insertView, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()
const notFound = { status: 404, code: 'not_found', details: 'view_id' }
const initial = '00000000-0000-4000-8000-000000000100'

/** What somebody sees first, and why. */
async function seen(client: pg.Client, actor: Actor): Promise<[id: string, source: string]> {
  const { id, source } = await call<{ id: string; source: string }>(client, actor, 'active_view', [ours])
  return [id, source]
}

/** A view that was shared with the workspace so many days ago. */
async function sharedFirst(client: pg.Client, days: number): Promise<string> {
  const id = await insertView(client)
  await client.query(
    "update public.dashboard_views set created_at = now() - $2 * interval '1 day' where id = $1",
    [id, days],
  )
  return id
}

const remove = (client: pg.Client, id: string) =>
  client.query('update public.dashboard_views set deleted_at = now() where id = $1', [id])

describe('the view that a person sees', () => {
  it(
    'is the active one, else the default, else their own, else the role’s, the workspace’s, a shared one, the product’s',
    story(async (client) => {
      expect(await seen(client, member)).toEqual([initial, 'built_in'])
      // Shared in this order; a personal one of a colleague is never among them.
      const [first, active, chosen, ofAll, ofRole] = [
        await sharedFirst(client, 5),
        await sharedFirst(client, 4),
        await sharedFirst(client, 3),
        await sharedFirst(client, 2),
        await sharedFirst(client, 1),
      ]
      await makeView(client, admin)
      expect(await seen(client, member)).toEqual([first, 'shared'])
      await call(client, admin, 'set_role_default_view', [ours, null, ofAll])
      expect(await seen(client, member)).toEqual([ofAll, 'workspace'])
      await call(client, admin, 'set_role_default_view', [ours, 'member', ofRole])
      expect(await seen(client, member)).toEqual([ofRole, 'role'])
      const [older, newer] = [await makeView(client, member), await makeView(client, member)]
      await client.query('alter table public.dashboard_views disable trigger dashboard_views_set_updated_at')
      await client.query(
        "update public.dashboard_views set updated_at = now() - interval '1 day' where id = $1",
        [older],
      )
      expect(await seen(client, member)).toEqual([newer, 'own'])
      await call(client, member, 'set_default_view', [ours, chosen])
      expect(await seen(client, member)).toEqual([chosen, 'default'])
      expect(await call(client, member, 'activate_view', [ours, active])).toMatchObject({
        id: active,
        source: 'active',
        isActive: true,
        isDefault: false,
      })
      expect(await seen(client, member)).toEqual([active, 'active'])
      // Nobody else's choice was made.
      expect(await seen(client, viewer)).toEqual([ofAll, 'workspace'])

      for (const [id, next, source] of [
        [active, chosen, 'default'],
        [chosen, newer, 'own'],
        [newer, older, 'own'],
        [older, ofRole, 'role'],
        [ofRole, ofAll, 'workspace'],
        [ofAll, first, 'shared'],
        [first, initial, 'built_in'],
      ] as const) {
        await remove(client, id)
        expect(await seen(client, member)).toEqual([next, source])
      }
      await client.query('update public.dashboard_views set deleted_at = null where id = any ($1)', [
        [active, ofRole],
      ])
      expect(await seen(client, member)).toEqual([active, 'active'])
    }),
  )

  it(
    'is for somebody new what the team shared first, which they see, and which nobody displaces',
    onPremium(story)(async (client) => {
      const lent = await makeView(client, member, { name: 'Lent' })
      await insertShare(client, { view_id: lent, user_id: ids.viewer }, member)
      expect(await seen(client, viewer)).toEqual([lent, 'shared'])
      const [closed, open] = [await sharedFirst(client, 3), await sharedFirst(client, 2)]
      expect(await seen(client, viewer)).toEqual([closed, 'shared'])
      await grant(client, admin, { resource_id: closed, role_key: 'viewer', access: 'none' })
      expect(await seen(client, viewer)).toEqual([open, 'shared'])
      expect(await seen(client, member)).toEqual([lent, 'own'])
      await makeView(client, member, { visibility: 'workspace', name: 'Look at me' })
      await client.query('update public.dashboard_views set updated_at = now() where id = $1', [closed])
      expect(await seen(client, viewer)).toEqual([open, 'shared'])
      const { view } = await call<{ view: { id: string } }>(client, viewer, 'get_dashboard', [ours])
      expect(shownViewSchema.parse(view)).toMatchObject({ id: open, source: 'shared', isActive: false })
      // Nothing of it was chosen for them.
      expect((await client.query('select from public.preferences')).rowCount).toBe(0)
    }),
  )

  it(
    'is no longer the active one once it is withdrawn, by whatever way',
    onPremium(story)(async (client) => {
      const share = async () => {
        const view_id = await makeView(client, admin)
        return { view_id, id: await insertShare(client, { view_id, user_id: ids.viewer }, admin) }
      }
      const { view_id: lent, id: shareId } = await share()
      const closed = await makeView(client, admin, { visibility: 'workspace' })
      const taken = await makeView(client, admin, { visibility: 'workspace' })
      for (const [view, withdraw] of [
        [
          lent,
          () => actAs(client, admin, 'delete from public.dashboard_view_shares where id = $1', [shareId]),
        ],
        [
          closed,
          () =>
            actAs(client, admin, "update public.dashboard_views set visibility = 'personal' where id = $1", [
              closed,
            ]),
        ],
        [taken, () => grant(client, admin, { resource_id: taken, role_key: 'viewer', access: 'none' })],
      ] as const) {
        await call(client, viewer, 'activate_view', [ours, view])
        await call(client, viewer, 'set_default_view', [ours, view])
        expect(await seen(client, viewer)).toEqual([view, 'active'])
        await withdraw()
        const [next, source] = await seen(client, viewer)
        expect(next).not.toBe(view)
        expect(['shared', 'built_in']).toContain(source)
        const dashboard = await call<{ view: { id: string } }>(client, viewer, 'get_dashboard', [ours])
        expect(dashboard.view.id).toBe(next)
        expect(JSON.stringify(await call(client, viewer, 'list_views', [ours]))).not.toContain(view)
      }
    }),
  )

  it(
    'is not one that is kept by a colleague, deleted, of another workspace or nowhere',
    story(async (client) => {
      for (const view of [
        await makeView(client, member),
        await insertView(client, { deleted_at: 'now' }),
        await insertView(client, { workspace_id: theirs }),
        ids.viewer,
      ])
        for (const name of ['activate_view', 'set_default_view'])
          expect(await clientError(call(client, viewer, name, [ours, view])), name).toMatchObject(notFound)
      expect((await client.query('select from public.preferences')).rowCount).toBe(0)
      // Nor is a view of one's own in another workspace.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.viewer],
      )
      const elsewhere = await makeView(client, viewer, { workspace_id: theirs })
      for (const [name, values] of [
        ['activate_view', [ours, elsewhere]],
        ['set_default_view', [ours, elsewhere]],
        ['get_dashboard', [ours, elsewhere]],
      ] as const)
        expect(await clientError(call(client, viewer, name, [...values])), name).toMatchObject(notFound)
      expect(await seen(client, viewer)).toEqual([initial, 'built_in'])
    }),
  )

  it.each([
    ['outsiders', outsider],
    ['suspended members', suspended],
  ])('is not there for %s', (_, actor) =>
    story(async (client) => {
      const id = await insertView(client)
      for (const [name, values] of [
        ['active_view', [ours]],
        ['list_views', [ours]],
        ['list_deleted_views', [ours]],
        ['get_dashboard', [ours]],
        ['activate_view', [ours, id]],
        ['set_default_view', [ours, id]],
        ['set_role_default_view', [ours, 'viewer', id]],
      ] as const)
        expect(await clientError(call(client, actor, name, [...values])), name).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'workspace_id',
        })
    })(),
  )

  it(
    'takes dashboards.read, whatever else a role permits',
    onPremium(story)(async (client) => {
      await giveCustomRole(
        client,
        'custom',
        ['dashboards.write', 'workspace.update', 'themes.read'],
        [ids.member],
      )
      const id = await insertView(client)
      for (const [name, values] of [
        ['active_view', [ours]],
        ['list_views', [ours]],
        ['get_dashboard', [ours]],
        ['activate_view', [ours, id]],
        ['set_default_view', [ours, id]],
        ['create_view', [ours, 'Blind']],
      ] as const)
        expect(await clientError(call(client, member, name, [...values])), name).toMatchObject({
          status: 403,
          code: 'permission_denied',
          details: 'dashboards.read',
        })
      expect((await client.query('select from public.dashboard_views')).rowCount).toBe(1)
    }),
  )

  it(
    'is no view that only a grant opens, beside one that is shared',
    onPremium(story)(async (client) => {
      const [granted, shared] = [await makeView(client, admin), await makeView(client, admin)]
      await client.query(
        "update public.dashboard_views set created_at = now() - interval '1 day' where id = $1",
        [granted],
      )
      await grant(client, admin, { resource_id: granted, user_id: ids.viewer })
      await insertShare(client, { view_id: shared, user_id: ids.viewer }, admin)
      expect(await seen(client, viewer)).toEqual([shared, 'shared'])
    }),
  )
})

describe('what a role sees first', () => {
  const defaults = async (client: pg.Client) =>
    (
      await client.query(
        'select workspace_id, role_key, view_id from public.role_default_views order by role_key',
      )
    ).rows

  it(
    'is set by who may change the workspace, to a view that is shared with it, and listed as such',
    story(async (client) => {
      const [one, two] = [
        await makeView(client, member, { visibility: 'workspace' }),
        await insertView(client),
      ]
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', two])
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', one])
      await call(client, admin, 'set_role_default_view', [ours, 'member', one])
      expect(await defaults(client)).toEqual([
        { workspace_id: ours, role_key: 'member', view_id: one },
        { workspace_id: ours, role_key: 'viewer', view_id: one },
      ])
      for (const [actor, roleId] of [
        [viewer, 'viewer'],
        [member, 'member'],
      ] as const) {
        expect(await call(client, actor, 'get_view', [one])).toMatchObject({ isRoleDefault: true, roleId })
        const listed = await call<{ id: string }[]>(client, actor, 'list_views', [ours])
        expect(listed.filter(({ id }) => id === one)).toMatchObject([{ isRoleDefault: true, roleId }])
        expect(await call(client, actor, 'get_view', [two])).toMatchObject({ isRoleDefault: false })
      }
      for (const view of [one, null])
        expect(
          await clientError(call(client, admin, 'set_role_default_view', [ours, 'veiwer', view])),
        ).toMatchObject({ code: 'invalid_input', details: 'role_key' })
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', null])
      expect(await defaults(client)).toHaveLength(1)
    }),
  )

  it(
    'is set for every role without its own where none is named, and says so wherever the view is read',
    story(async (client) => {
      const one = await insertView(client)
      const answer = await call(client, admin, 'set_role_default_view', [ours, null, one])
      expect(viewAudienceSchema.parse(answer).map(({ role }) => role)).toEqual(['admin', 'member', 'viewer'])
      const everywhere = async (expected: object) => {
        for (const actor of [member, viewer]) {
          const [got, listed] = [
            await call<object>(client, actor, 'get_view', [one]),
            await call<{ id: string }[]>(client, actor, 'list_views', [ours]),
          ]
          for (const view of [got, listed.find(({ id }) => id === one)]) expect(view).toMatchObject(expected)
        }
        const { views: exported } = await call<{ views: object[] }>(client, viewer, 'export_view', [one])
        expect(exported).toMatchObject([
          { isRoleDefault: (expected as { isRoleDefault: boolean }).isRoleDefault },
        ])
      }
      await everywhere({ isRoleDefault: true })
      expect(await call(client, viewer, 'get_view', [one])).not.toHaveProperty('roleId')
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', one])
      expect(await call(client, viewer, 'get_view', [one])).toMatchObject({ roleId: 'viewer' })
      expect(await call(client, member, 'get_view', [one])).not.toHaveProperty('roleId')
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', null])
      await everywhere({ isRoleDefault: true })
      await call(client, admin, 'set_role_default_view', [ours])
      await everywhere({ isRoleDefault: false })
    }),
  )

  it(
    'stays shared while it is set, and tells whom to ask who may not set another one',
    story(async (client) => {
      const view = await makeView(client, member, { visibility: 'workspace' })
      await call(client, admin, 'set_role_default_view', [ours, null, view])
      const withdraw = (actor: Actor) =>
        actAs(client, actor, "update public.dashboard_views set visibility = 'personal' where id = $1", [
          view,
        ])
      expect(await clientError(withdraw(member))).toMatchObject({
        status: 409,
        code: 'conflict',
        hint: expect.stringMatching(/^Ask an administrator/),
      })
      await call(client, admin, 'set_role_default_view', [ours])
      expect((await withdraw(member)).rowCount).toBe(1)
    }),
  )

  it(
    'is not a personal, a deleted or a foreign view, nor for a role that is not there, nor set by a member',
    story(async (client) => {
      const view = await insertView(client)
      const invalid = { status: 400, code: 'invalid_input', details: 'view_id' }
      // Somebody who administers both workspaces may not carry a view from one into the other.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      for (const [actor, roleKey, id, expected] of [
        [admin, 'viewer', await makeView(client, admin), invalid],
        [admin, 'viewer', await insertView(client, { workspace_id: theirs }), invalid],
        [admin, 'viewer', await makeView(client, member), notFound],
        [admin, 'viewer', await insertView(client, { deleted_at: 'now' }), notFound],
        [admin, 'viewer', ids.viewer, notFound],
        [admin, null, await makeView(client, admin), invalid],
        [admin, null, await insertView(client, { workspace_id: theirs }), invalid],
        [admin, null, await insertView(client, { deleted_at: 'now' }), notFound],
        [member, null, view, { status: 403, code: 'permission_denied', details: 'workspace.update' }],
        [viewer, null, null, { status: 403, code: 'permission_denied', details: 'workspace.update' }],
        [admin, 'owner', view, { code: 'invalid_input', details: 'role_key' }],
        [member, 'viewer', view, { status: 403, code: 'permission_denied', details: 'workspace.update' }],
        [viewer, 'viewer', null, { status: 403, code: 'permission_denied', details: 'workspace.update' }],
      ] as const)
        expect(
          await clientError(call(client, actor, 'set_role_default_view', [ours, roleKey, id])),
        ).toMatchObject(expected)
      expect(await defaults(client)).toEqual([])
      expect((await client.query('select from public.default_views')).rowCount).toBe(0)
    }),
  )

  it(
    'is taken back in one workspace alone, and who does not manage a view is not told to share it',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      for (const workspace of [ours, theirs])
        for (const role of ['viewer', null])
          await call(client, admin, 'set_role_default_view', [
            workspace,
            role,
            await insertView(client, { workspace_id: workspace }),
          ])
      for (const role of ['viewer', null])
        await call(client, admin, 'set_role_default_view', [ours, role, null])
      expect(await defaults(client)).toMatchObject([{ workspace_id: theirs }])
      const { rows } = await client.query('select workspace_id from public.default_views')
      expect(rows).toEqual([{ workspace_id: theirs }])

      const [own, shown] = [await makeView(client, admin), await makeView(client, member)]
      await insertShare(client, { view_id: shown, user_id: ids.admin, access: 'edit' }, member)
      for (const [view, hint] of [
        [own, /^Share the view/],
        [shown, /^Give the id/],
      ] as const)
        expect(
          await clientError(call(client, admin, 'set_role_default_view', [ours, 'viewer', view])),
        ).toMatchObject({ code: 'invalid_input', hint: expect.stringMatching(hint) })
    }),
  )
})
