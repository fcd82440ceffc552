import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  accessOf,
  board,
  createBoards,
  grant,
  other,
  piece,
  storedGrants,
} from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

const story = policySuite(createBoards)

const denied = { code: '42501' }

const premium = onPremium(story)

describe('granting', () => {
  it(
    'an admin gives, changes and takes back, and the server notes who did',
    premium(async (client) => {
      const id = await grant(client, admin, { user_id: ids.viewer, access: 'edit' })
      expect(await storedGrants(client)).toEqual([
        {
          workspace_id: ours,
          resource_id: board,
          user_id: ids.viewer,
          role_key: null,
          access: 'edit',
          granted_by: ids.admin,
        },
      ])
      expect(await accessOf(client, viewer)).toBe('edit')
      await actAs(client, admin, "update public.resource_grants set access = 'none' where id = $1", [id])
      expect(await accessOf(client, viewer)).toBe('none')
      await actAs(client, admin, 'delete from public.resource_grants where id = $1', [id])
      expect(await accessOf(client, viewer)).toBe('view')
      expect(await storedGrants(client)).toEqual([])
    }),
  )

  it.each([
    ['member', member, { status: 403, code: 'permission_denied', details: 'grants.write' }],
    ['viewer', viewer, { status: 403, code: 'permission_denied', details: 'grants.write' }],
    ['suspended admin', suspended, { status: 404, code: 'not_found' }],
    ['outsider', outsider, { status: 404, code: 'not_found' }],
  ])('is refused to the %s, whatever the plan and the values', (_, actor, expected) =>
    story(async (client) => {
      expect(await clientError(grant(client, actor, { user_id: ids.viewer }))).toMatchObject(expected)
      expect(await clientError(grant(client, actor, { access: 'all' }))).toMatchObject(expected)
      await setPlan(client, 'premium')
      expect(await clientError(grant(client, actor, { user_id: ids.viewer }))).toMatchObject(expected)
      expect(await storedGrants(client)).toEqual([])
    })(),
  )

  it.each([
    ['anonymous callers', anonymous],
    ['the service role', service],
  ])('is denied to %s', (_, actor) =>
    premium(async (client) => {
      await expect(grant(client, actor, { user_id: ids.viewer })).rejects.toMatchObject(denied)
      expect(await storedGrants(client)).toEqual([])
    })(),
  )

  it(
    'takes the premium plan, and deleting does not',
    premium(async (client) => {
      const id = await grant(client, admin, { user_id: ids.viewer, access: 'none' })
      await setPlan(client, 'free')
      const unpaid = { status: 402, ...lacksFeature('resource_grants') }
      expect(await clientError(grant(client, admin, { user_id: ids.member }))).toMatchObject(unpaid)
      const update = actAs(client, admin, "update public.resource_grants set access = 'edit'")
      expect(await clientError(update)).toMatchObject(unpaid)
      expect(await storedGrants(client)).toMatchObject([{ access: 'none' }])
      await actAs(client, admin, 'delete from public.resource_grants where id = $1', [id])
      expect(await storedGrants(client)).toEqual([])
    }),
  )

  it.each([
    ['an unknown kind', { resource_type: 'theme', user_id: ids.viewer }, 'resource_type'],
    ['no kind', { resource_type: null, user_id: ids.viewer }, 'resource_type'],
    ['an unknown access', { access: 'own', user_id: ids.viewer }, 'access'],
    ['no access', { access: null, user_id: ids.viewer }, 'access'],
    ['no resource', { user_id: ids.viewer, resource_id: null }, 'resource_id'],
    ['what is not there', { user_id: ids.viewer, resource_id: ids.viewer }, 'resource_id'],
    ['a widget as a dashboard', { user_id: ids.viewer, resource_id: piece }, 'resource_id'],
    ['a dashboard as a widget', { user_id: ids.viewer, resource_type: 'widget' }, 'resource_id'],
    ['nobody', {}, 'user_id'],
    ['a person and a role', { user_id: ids.viewer, role_key: 'viewer' }, 'user_id'],
  ])('refuses %s', (_, values, details) =>
    premium(async (client) => {
      expect(await clientError(grant(client, admin, values))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
      expect(await storedGrants(client)).toEqual([])
    })(),
  )

  it.each([
    ['a person of another workspace', { user_id: ids.outsider }, 'user_id'],
    ['a role that is not there', { role_key: 'owner' }, 'role_key'],
  ])('refuses %s', (_, values, details) =>
    premium(async (client) => {
      expect(await clientError(grant(client, admin, values))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
      expect(await storedGrants(client)).toEqual([])
    })(),
  )

  it.each([
    ['grants.write', 'conflict'],
    ['audit.read', 'given'],
  ])('takes nothing from who could give it back: with %s it is %s', (permission, expected) =>
    premium(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.read', permission], [ids.member])
      for (const grantee of [{ user_id: ids.member }, { role_key: 'custom' }]) {
        const taken = grant(client, admin, { ...grantee, access: 'none' })
        if (expected === 'given') expect(await taken).toMatch(/-/)
        else
          expect(await clientError(taken)).toMatchObject({
            status: 409,
            code: expected,
            details: 'access',
          })
      }
    })(),
  )

  it(
    'is for what the giver sees: nothing of another workspace, deleted, or kept by a colleague for themselves',
    premium(async (client) => {
      const elsewhere = await insertView(client, { workspace_id: theirs })
      const deleted = await insertView(client, { deleted_at: 'now' })
      const kept = await insertView(client, { owner_id: ids.member })
      const widget = await insertWidget(client, { view_id: kept })
      for (const values of [
        { resource_id: elsewhere },
        { resource_id: deleted },
        { resource_id: kept },
        { resource_type: 'widget', resource_id: widget },
      ])
        expect(await clientError(grant(client, admin, { user_id: ids.viewer, ...values }))).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'resource_id',
        })
      expect(await storedGrants(client)).toEqual([])
      await client.query("update public.dashboard_views set visibility = 'workspace' where id = $1", [kept])
      await grant(client, admin, { user_id: ids.viewer, resource_type: 'widget', resource_id: widget })
      expect(await storedGrants(client)).toMatchObject([{ resource_id: widget }])
    }),
  )

  it(
    'is done once for a person or a role on one thing',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer })
      await grant(client, admin, { role_key: 'viewer' })
      await grant(client, admin, { user_id: ids.viewer, resource_type: 'widget', resource_id: piece })
      await grant(client, admin, { user_id: ids.viewer, resource_id: other })
      for (const grantee of [{ user_id: ids.viewer }, { role_key: 'viewer' }])
        await expect(grant(client, admin, { ...grantee, access: 'edit' })).rejects.toMatchObject({
          code: '23505',
        })
      expect(await storedGrants(client)).toHaveLength(4)
    }),
  )

  it.each([
    'workspace_id',
    'id',
    'resource_type',
    'resource_id',
    'user_id',
    'role_key',
    'granted_by',
    'created_at',
  ])('keeps %s from being changed', (column) =>
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer })
      const attempt = actAs(client, admin, `update public.resource_grants set ${column} = ${column}`)
      await expect(attempt).rejects.toMatchObject(denied)
    })(),
  )

  it(
    'takes nothing from those who administer access',
    premium(async (client) => {
      const conflict = { status: 409, code: 'conflict', details: 'access' }
      expect(await clientError(grant(client, admin, { role_key: 'admin', access: 'none' }))).toMatchObject(
        conflict,
      )
      expect(await clientError(grant(client, admin, { user_id: ids.admin, access: 'none' }))).toMatchObject(
        conflict,
      )
      const id = await grant(client, admin, { user_id: ids.member, access: 'none' })
      expect(await accessOf(client, member)).toBe('none')
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      expect(await accessOf(client, member)).toBe('manage')
      const again = actAs(client, admin, "update public.resource_grants set access = 'none' where id = $1", [
        id,
      ])
      expect(await clientError(again)).toMatchObject(conflict)
    }),
  )
})

describe('what is taken from people who may change members', () => {
  const reading = [
    ...['workspace.read', 'members.read', 'dashboards.read', 'dashboards.arrange'],
    ...['themes.read', 'components.read'],
  ]
  const moveOneself = (client: pg.Client) =>
    call(client, member, 'change_member', [ours, ids.member, 'viewer'])

  it(
    'is taken from each of them, since a role is left behind',
    premium(async (client) => {
      await giveCustomRole(client, 'staff', [...reading, 'members.update'], [ids.member])
      const refusal = { status: 409, code: 'conflict', details: 'access' }
      for (const thing of [{}, { resource_type: 'widget', resource_id: piece }]) {
        const ofTheRole = grant(client, admin, { ...thing, role_key: 'staff', access: 'none' })
        expect(await clientError(ofTheRole)).toMatchObject(refusal)
      }
      const id = await grant(client, admin, { role_key: 'staff' })
      const lowered = actAs(
        client,
        admin,
        "update public.resource_grants set access = 'none' where id = $1",
        [id],
      )
      expect(await clientError(lowered)).toMatchObject(refusal)

      await grant(client, admin, { user_id: ids.member, access: 'none' })
      expect(await accessOf(client, member)).toBe('none')
      await moveOneself(client)
      expect(await accessOf(client, member)).toBe('none')
      expect(await accessOf(client, viewer)).toBe('view')
    }),
  )

  it(
    'holds for a role whose people stay in it, whatever else they may do with members',
    premium(async (client) => {
      const others = [...reading, 'members.invite', 'members.remove', 'roles.write']
      await giveCustomRole(client, 'staff', others, [ids.member])
      await grant(client, admin, { role_key: 'staff', access: 'none' })
      expect(await accessOf(client, member)).toBe('none')
      expect(await clientError(moveOneself(client))).toMatchObject({ code: 'permission_denied' })
      expect(await accessOf(client, member)).toBe('none')
    }),
  )
})

describe('what goes takes its grants along', () => {
  it(
    'a member',
    premium(async (client) => {
      await grant(client, admin, { user_id: ids.viewer, access: 'manage' })
      await client.query('delete from public.workspace_members where user_id = $1', [ids.viewer])
      expect(await storedGrants(client)).toEqual([])
    }),
  )

  it(
    'a role',
    premium(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.read'], [ids.member])
      await grant(client, admin, { role_key: 'custom' })
      await client.query("update public.workspace_members set role_key = 'member' where role_key = 'custom'")
      await client.query("delete from public.workspace_roles where key = 'custom'")
      expect(await storedGrants(client)).toEqual([])
    }),
  )

  it(
    'a resource, in its own workspace alone',
    onPremium(committedStory(createBoards))(async (client) => {
      await grant(client, admin, { user_id: ids.viewer })
      await grant(client, admin, { user_id: ids.viewer, resource_id: other })
      await grant(client, admin, { user_id: ids.viewer, resource_type: 'widget', resource_id: piece })
      await grant(client, outsider, { workspace_id: theirs, user_id: ids.outsider })
      const gone = await insertWidget(client, { view_id: board })
      await grant(client, admin, { role_key: 'viewer', resource_type: 'widget', resource_id: gone })
      // A widget that was removed could be restored, and keeps its grants until its view goes.
      await commit(client)
      await client.query('delete from public.widgets where id = $1', [gone])
      expect(await storedGrants(client)).toHaveLength(5)
      await client.query('delete from public.dashboard_views where workspace_id = $1 and id = $2', [
        ours,
        board,
      ])
      const { rows } = await client.query(
        'select workspace_id, resource_type, resource_id from public.resource_grants order by 1, 2',
      )
      expect(rows).toEqual([
        { workspace_id: ours, resource_type: 'dashboard', resource_id: other },
        { workspace_id: theirs, resource_type: 'dashboard', resource_id: board },
      ])
    }),
  )

  it(
    'but a grant outlives the account that gave it, also on the free plan',
    premium(async (client) => {
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      await grant(client, member, { user_id: ids.viewer })
      await setPlan(client, 'free')
      await client.query('delete from auth.users where id = $1', [ids.member])
      expect(await storedGrants(client)).toMatchObject([{ user_id: ids.viewer, granted_by: null }])
    }),
  )
})
