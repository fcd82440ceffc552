import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { accessExplanationSchema } from '../../../types/index.ts'
import { board, createBoards, grant, other, piece } from '../../support/dashboards/resource-grants.ts'
import { insertShare, insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

const story = policySuite(createBoards)
const premium = onPremium(story)

async function explained(client: pg.Client, actor: Actor, id: string, userId?: string, type = 'dashboard') {
  const { rows } = await actAs(
    client,
    actor,
    userId
      ? 'select public.explain_access($1, $2, $3) as answer'
      : 'select public.explain_access($1, $2) as answer',
    userId ? [type, id, userId] : [type, id],
  )
  return accessExplanationSchema.parse(rows[0]?.answer)
}

describe('explain_access', () => {
  it(
    'says that a grant opens what the component withholds, and nothing of it where none does',
    premium(async (client) => {
      const view = await insertView(client)
      const id = await insertWidget(client, { view_id: view, component_key: 'total-revenue' })
      const component = { kind: 'component', widgetId: 'total-revenue', gives: 'none' }
      const reasons = async () => (await explained(client, admin, id, ids.viewer, 'widget')).reasons
      expect(await reasons()).toContainEqual({ ...component, counts: true })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: id,
        role_key: 'viewer',
        access: 'none',
      })
      expect(await reasons()).toContainEqual({ ...component, counts: true })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: id,
        user_id: ids.viewer,
        access: 'view',
      })
      expect(await reasons()).toContainEqual({ ...component, counts: false, because: 'grant' })
    }),
  )

  it(
    'says what oneself can do and why',
    premium(async (client) => {
      expect(await explained(client, member, board)).toMatchObject({
        workspaceId: ours,
        userId: ids.member,
        access: 'edit',
        reasons: [
          { kind: 'role', role: 'member', gives: 'edit', counts: true },
          { kind: 'visibility', visibility: 'workspace', counts: true },
        ],
      })
    }),
  )

  it(
    'names the grant that counts and the one that another overrules',
    premium(async (client) => {
      await grant(client, admin, { role_key: 'viewer', access: 'none' })
      await grant(client, admin, { user_id: ids.viewer, access: 'edit' })
      const answer = await explained(client, admin, board, ids.viewer)
      expect(answer.access).toBe('edit')
      expect(answer.reasons.filter(({ kind }) => kind === 'grant')).toEqual([
        { kind: 'grant', to: 'person', access: 'edit', gives: 'edit', counts: true },
        {
          kind: 'grant',
          to: 'role',
          access: 'none',
          gives: 'none',
          counts: false,
          because: 'personal_grant',
        },
      ])

      await setPlan(client, 'free')
      const later = await explained(client, admin, board, ids.viewer)
      expect(later.access).toBe('none')
      expect(later.reasons.filter(({ kind }) => kind === 'grant')).toMatchObject([
        { to: 'person', counts: false, because: 'plan' },
        { to: 'role', counts: true },
      ])
    }),
  )

  it(
    'explains a widget by its view and by grants on it',
    premium(async (client) => {
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: piece,
        user_id: ids.viewer,
        access: 'none',
      })
      const answer = await explained(client, admin, piece, ids.viewer, 'widget')
      expect(answer).toMatchObject({
        access: 'none',
        reasons: [
          { kind: 'view', viewId: board, gives: 'view', counts: false, because: 'grant' },
          { kind: 'grant', access: 'none', counts: true },
        ],
      })
    }),
  )

  it(
    'names every share with what it is, and what overrules it',
    premium(async (client) => {
      const view = await insertView(client, { owner_id: ids.member })
      const shares = [
        { user_id: ids.viewer, access: 'edit' },
        { role_key: 'viewer', access: 'view' },
        { role_key: 'member', access: 'edit' },
        { user_id: ids.admin, access: 'view' },
      ]
      for (const share of shares) await insertShare(client, { view_id: view, ...share })
      const reading = ['dashboards.arrange', 'dashboards.read']
      const share = { kind: 'share', counts: true }
      expect(await explained(client, member, view, ids.viewer)).toEqual({
        resourceType: 'dashboard',
        resourceId: view,
        workspaceId: ours,
        userId: ids.viewer,
        status: 'active',
        access: 'view',
        reasons: [
          { kind: 'role', role: 'viewer', permissions: reading, gives: 'none', counts: true },
          { kind: 'visibility', visibility: 'personal', counts: true },
          { ...share, to: 'person', access: 'edit', gives: 'view', because: 'dashboards.write' },
          { ...share, to: 'role', access: 'view', gives: 'view' },
        ],
      })
      const owner = await explained(client, member, view)
      expect(owner).toMatchObject({ status: 'active', access: 'manage' })
      expect(owner.reasons.slice(1)).toEqual([
        { kind: 'ownership', gives: 'manage', counts: true },
        { kind: 'visibility', visibility: 'personal', counts: true },
        { kind: 'share', to: 'role', access: 'edit', gives: 'edit', counts: false, because: 'ownership' },
      ])
      await client.query("update public.dashboard_views set visibility = 'workspace' where id = $1", [view])
      expect((await explained(client, admin, view)).reasons.at(-1)).toEqual({
        kind: 'share',
        to: 'person',
        access: 'view',
        gives: 'view',
        counts: false,
        because: 'visibility',
      })
    }),
  )

  it(
    'names a component that is not for the role, and a none that counts for nobody with grants.write',
    premium(async (client) => {
      const widget = await insertWidget(client, { view_id: board, component_key: 'total-revenue' })
      expect((await explained(client, admin, widget, ids.viewer, 'widget')).reasons).toEqual([
        { kind: 'view', viewId: board, gives: 'view', counts: false, because: 'component' },
        { kind: 'component', widgetId: 'total-revenue', gives: 'none', counts: true },
      ])
      expect((await explained(client, admin, widget, ids.member, 'widget')).reasons).toHaveLength(1)
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'none')`,
        [ours, board, ids.member],
      )
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      expect((await explained(client, admin, board, ids.member)).reasons.at(-1)).toEqual({
        kind: 'grant',
        to: 'person',
        access: 'none',
        gives: 'none',
        counts: false,
        because: 'grants.write',
      })
    }),
  )

  it(
    'tells of others only who administers the thing, and strangers nothing',
    premium(async (client) => {
      expect(await clientError(explained(client, member, board, ids.viewer))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'manage',
      })
      await grant(client, admin, { user_id: ids.member, access: 'manage' })
      expect((await explained(client, member, board, ids.viewer)).access).toBe('view')
      await grant(client, admin, { user_id: ids.viewer, access: 'none' })
      for (const actor of [
        viewer,
        { role: 'authenticated', sub: '00000000-0000-4000-8000-00000000ffff' } as const,
      ])
        expect(await clientError(explained(client, actor, board))).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'resource_id',
        })
      expect(await clientError(explained(client, outsider, piece, undefined, 'widget'))).toMatchObject({
        code: 'not_found',
      })
      expect(await clientError(explained(client, admin, board, ids.outsider))).toMatchObject({
        code: 'not_found',
        details: 'user_id',
      })
    }),
  )

  it(
    'names nothing that is about another thing',
    premium(async (client) => {
      const [one, two] = [
        await insertView(client, { owner_id: ids.member }),
        await insertView(client, { owner_id: ids.member }),
      ]
      await insertShare(client, { view_id: two, user_id: ids.viewer })
      expect((await explained(client, member, two, ids.viewer)).reasons.at(-1)).toMatchObject({
        kind: 'share',
      })
      await insertShare(client, { view_id: one, role_key: 'viewer' })
      expect((await explained(client, member, one, ids.viewer)).reasons.slice(2)).toMatchObject([
        { kind: 'share', to: 'role' },
      ])

      // Neither counts as a grant of the other, nor overrules one that is there.
      await grant(client, admin, { resource_id: other, user_id: ids.viewer, access: 'edit' })
      expect((await explained(client, admin, board, ids.viewer)).reasons).toHaveLength(2)
      await grant(client, admin, { role_key: 'viewer', access: 'none' })
      expect((await explained(client, admin, board, ids.viewer)).reasons.slice(2)).toEqual([
        { kind: 'grant', to: 'role', access: 'none', gives: 'none', counts: true },
      ])
    }),
  )

  it(
    'is of nothing that is deleted, nor of a kind of thing that is not named',
    premium(async (client) => {
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [board])
      for (const actor of [admin, member])
        expect(await clientError(explained(client, actor, board))).toMatchObject({
          code: 'not_found',
          details: 'resource_id',
        })
      for (const type of [null, 'chart'])
        expect(await clientError(call(client, admin, 'explain_access', [type, other]))).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'resource_type',
        })
    }),
  )

  it(
    'of others is for grants.write as well, which takes no right to write dashboards',
    premium(async (client) => {
      await giveRole(client, 'warden', ['dashboards.read', 'grants.write', 'workspace.read'], [ids.member])
      expect(await explained(client, member, board)).toMatchObject({ access: 'view' })
      expect(await explained(client, member, board, ids.viewer)).toMatchObject({ access: 'view' })
    }),
  )

  it(
    'gives what a role permits without a seat',
    story(async (client) => {
      await limitFree(client, { members: 1 })
      expect(await explained(client, admin, board, ids.member)).toMatchObject({
        access: 'view',
        reasons: [
          { kind: 'role', role: 'member', gives: 'view', counts: true, because: 'plan' },
          { kind: 'visibility', counts: true },
        ],
      })
      const reasons = async (id: string) => (await explained(client, member, id)).reasons
      const own = await insertView(client, { owner_id: ids.member, visibility: 'workspace' })
      expect((await reasons(own))[1]).toEqual({
        kind: 'ownership',
        gives: 'view',
        counts: true,
        because: 'plan',
      })
      const shown = await insertView(client, { owner_id: ids.admin, visibility: 'personal' })
      await insertShare(client, { view_id: shown, user_id: ids.member, access: 'edit' })
      expect((await reasons(shown)).at(-1)).toMatchObject({ gives: 'view', counts: true, because: 'plan' })
      // What the plan takes nothing of says nothing of it.
      expect((await reasons(shown))[0]).not.toHaveProperty('because')
    }),
  )

  it(
    'counts nothing that a grant takes away',
    premium(async (client) => {
      const own = await insertView(client, { owner_id: ids.viewer, visibility: 'workspace' })
      for (const resource_id of [board, own])
        await grant(client, admin, { resource_id, role_key: 'viewer', access: 'none' })
      const taken = await explained(client, admin, board, ids.viewer)
      const overruled = { counts: false, because: 'grant' }
      expect(taken).toMatchObject({
        access: 'none',
        reasons: [
          { kind: 'role', gives: 'view', ...overruled },
          { kind: 'visibility', ...overruled },
          { kind: 'grant', access: 'none', counts: true },
        ],
      })
      const owned = await explained(client, admin, own, ids.viewer)
      expect(owned.access).toBe('view')
      expect(owned.reasons.map(({ counts, because }) => because ?? counts)).toEqual([
        true,
        true,
        true,
        'ownership',
      ])
    }),
  )

  it(
    'counts nothing of who is suspended',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.suspended, access: 'edit' })
      await grant(client, admin, { resource_type: 'widget', resource_id: piece, user_id: ids.suspended })
      for (const [type, id] of [
        ['dashboard', board],
        ['widget', piece],
      ] as const) {
        const answer = await explained(client, admin, id, ids.suspended, type)
        expect(answer).toMatchObject({ access: 'none', status: 'suspended' })
        expect(answer.reasons.length).toBeGreaterThan(1)
        for (const reason of answer.reasons) expect(reason).toMatchObject({ counts: false })
        expect(answer.reasons[0]).toMatchObject({ because: 'suspended' })
      }
    }),
  )

  it(
    'counts no grant that adds nothing, and says what gives as much',
    premium(async (client) => {
      const grantOn = async (id: string, userId: string, type = 'dashboard') =>
        (await explained(client, admin, id, userId, type)).reasons.filter(({ kind }) => kind === 'grant')
      await grant(client, admin, { user_id: ids.member, access: 'view' })
      const answer = await explained(client, admin, board, ids.member)
      expect(answer.access).toBe('edit')
      expect(answer.reasons.at(-1)).toEqual({
        kind: 'grant',
        to: 'person',
        access: 'view',
        gives: 'view',
        counts: false,
        because: 'role',
      })
      // It adds nothing to the role, and stands before what would take everything away.
      await grant(client, admin, { role_key: 'member', access: 'none' })
      expect(await grantOn(board, ids.member)).toMatchObject([
        { to: 'person', counts: true },
        { to: 'role', counts: false, because: 'personal_grant' },
      ])

      const own = await insertView(client, { owner_id: ids.viewer, visibility: 'personal' })
      await insertShare(client, { view_id: own, user_id: ids.member, access: 'edit' })
      for (const user_id of [ids.viewer, ids.member])
        await client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, 'dashboard', $2, $3, 'view')`,
          [ours, own, user_id],
        )
      expect((await explained(client, viewer, own)).reasons.at(-1)).toMatchObject({ because: 'ownership' })
      expect((await explained(client, viewer, own, ids.member)).reasons.at(-1)).toMatchObject({
        because: 'share',
      })

      const widget = { resource_type: 'widget', resource_id: piece, user_id: ids.viewer }
      const id = await grant(client, admin, widget)
      expect(await grantOn(piece, ids.viewer, 'widget')).toMatchObject([{ counts: false, because: 'view' }])
      await client.query("update public.resource_grants set access = 'edit' where id = $1", [id])
      expect(await grantOn(piece, ids.viewer, 'widget')).toMatchObject([{ counts: true }])
    }),
  )
})
