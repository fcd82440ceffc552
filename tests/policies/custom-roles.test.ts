import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, service } from '../support/act.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../support/cast.ts'
import { giveCustomRole } from '../support/members.ts'
import { policySuite } from '../support/policy-suite.ts'

const onFreePlan = policySuite()

/** A story in which `ours` is on the premium plan. */
const story = (tell: (client: pg.Client) => Promise<void>) =>
  onFreePlan(async (client) => {
    await setPlan(client, 'premium')
    await tell(client)
  })

const setPlan = (client: pg.Client, plan: string) =>
  client.query('update public.workspaces set plan_type = $1 where id = $2', [plan, ours])
const make = (
  client: pg.Client,
  actor: Actor,
  key: unknown,
  permissions: unknown = ['themes.read'],
  name: unknown = 'Editor',
) =>
  actAs(
    client,
    actor,
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, $2, $3, $4)`,
    [ours, key, name, permissions],
  )
const widen = (client: pg.Client, actor: Actor, key: string, permissions: unknown) =>
  actAs(
    client,
    actor,
    'update public.workspace_roles set permissions = $1 where workspace_id = $2 and key = $3',
    [permissions, ours, key],
  )
const drop = (client: pg.Client, actor: Actor, key: string) =>
  actAs(client, actor, 'delete from public.workspace_roles where workspace_id = $1 and key = $2', [ours, key])

async function customRoles(client: pg.Client) {
  const { rows } = await client.query(
    'select key, name, permissions from public.workspace_roles where not is_built_in order by workspace_id, key',
  )
  return rows
}

async function builtInRoles(client: pg.Client) {
  const { rows } = await client.query(
    'select * from public.workspace_roles where is_built_in order by workspace_id, key',
  )
  return rows
}

describe('making and changing roles', () => {
  it.each([
    ['an admin', admin],
    ['the service role', service],
  ])('is for %s; names are cleaned, permissions sorted and distinct', (_, actor) =>
    story(async (client) => {
      await make(client, actor, 'editor', ['themes.write', 'themes.read', 'themes.write'], '  Chief\tEditor ')
      expect(await customRoles(client)).toEqual([
        { key: 'editor', name: 'Chief Editor', permissions: ['themes.read', 'themes.write'] },
      ])
      await widen(client, actor, 'editor', ['workspace.read', 'audit.read'])
      expect(await customRoles(client)).toMatchObject([{ permissions: ['audit.read', 'workspace.read'] }])
      await drop(client, actor, 'editor')
      expect(await customRoles(client)).toEqual([])
    })(),
  )

  it(
    'counts from the next statement on',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'], [ids.member])
      const rename = () =>
        actAs(client, member, "update public.workspaces set name = 'Renamed' where id = $1", [ours])
      expect((await rename()).rowCount).toBe(0)
      await widen(client, admin, 'editor', ['workspace.read', 'workspace.update'])
      expect((await rename()).rowCount).toBe(1)
      await widen(client, admin, 'editor', [])
      expect((await rename()).rowCount).toBe(0)
      expect((await actAs(client, member, 'select from public.workspaces')).rowCount).toBe(0)
    }),
  )

  it.each<[string, Actor, string]>([
    ['member', member, 'permission_denied'],
    ['viewer', viewer, 'permission_denied'],
    ['suspended admin', suspended, 'not_found'],
    ['outsider', outsider, 'not_found'],
  ])('is not for the %s', (_, actor, code) =>
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['themes.read'])
      const before = await customRoles(client)
      expect(await clientError(make(client, actor, 'mine'))).toMatchObject({ code })
      expect((await widen(client, actor, 'editor', [])).rowCount).toBe(0)
      expect((await drop(client, actor, 'editor')).rowCount).toBe(0)
      await expect(make(client, anonymous, 'mine')).rejects.toMatchObject({ code: '42501' })
      expect(await customRoles(client)).toEqual(before)
    })(),
  )

  it.each<[string, string, (client: pg.Client) => Promise<unknown>]>([
    ['a key with a capital', 'key', (client) => make(client, admin, 'Editor')],
    ['an empty key', 'key', (client) => make(client, admin, '')],
    ['a key of 51 characters', 'key', (client) => make(client, admin, 'x'.repeat(51))],
    ['no key', 'key', (client) => make(client, admin, null)],
    ['an invisible name', 'name', (client) => make(client, admin, 'editor', [], ' \u200b ')],
    ['a name of 51 characters', 'name', (client) => make(client, admin, 'editor', [], 'x'.repeat(51))],
    ['no name', 'name', (client) => make(client, admin, 'editor', [], null)],
    ['an unknown permission', 'permissions', (client) => make(client, admin, 'editor', ['themes.own'])],
    ['a permission that is null', 'permissions', (client) => make(client, admin, 'editor', [null])],
    ['no permissions at all', 'permissions', (client) => make(client, admin, 'editor', null)],
    [
      'an unknown permission from the service role',
      'permissions',
      (client) => make(client, service, 'x', ['*']),
    ],
  ])('refuses %s by its field %s', (_, field, act) =>
    story(async (client) => {
      expect(await clientError(act(client))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: field,
        hint: expect.stringMatching(/\.$/),
      })
      expect(await customRoles(client)).toEqual([])
    })(),
  )
})

describe('escalating', () => {
  const held = ['members.read', 'members.update', 'roles.write', 'workspace.read']

  it.each<[string, (client: pg.Client) => Promise<unknown>]>([
    [
      'makes a role that permits more than their own',
      (client) => make(client, member, 'super', [...held, 'audit.read']),
    ],
    ['widens their own role', (client) => widen(client, member, 'keeper', [...held, 'audit.read'])],
    ['narrows a role that permits more than theirs', (client) => widen(client, member, 'auditor', [])],
    ['deletes a role that permits more than theirs', (client) => drop(client, member, 'auditor')],
  ])('A07 escalate through a custom role: a person with roles.write who %s is refused', (_, act) =>
    story(async (client) => {
      await giveCustomRole(client, 'keeper', held, [ids.member])
      await giveCustomRole(client, 'auditor', ['audit.read'])
      const before = await customRoles(client)
      expect(await clientError(act(client))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'audit.read',
      })
      expect(await customRoles(client)).toEqual(before)

      // Within their own permissions they are free.
      await make(client, member, 'greeter', ['members.read'])
      await widen(client, member, 'greeter', ['members.read', 'members.update'])
      expect((await drop(client, member, 'greeter')).rowCount).toBe(1)
    })(),
  )

  it(
    'a role cannot be made in another workspace, which does not show its plan either',
    story(async (client) => {
      const attempt = (id: string) =>
        clientError(
          actAs(
            client,
            admin,
            "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'x', 'X')",
            [id],
          ),
        )
      const existing = await attempt(theirs)
      expect(existing).toMatchObject({ status: 404, code: 'not_found' })
      expect(existing).toEqual(await attempt('WK-000000009'))
      expect(await customRoles(client)).toEqual([])
    }),
  )
})

describe('the built-in roles', () => {
  it.each<[string, (client: pg.Client, actor: Actor) => Promise<unknown>]>([
    ['made', (client, actor) => make(client, actor, 'viewer')],
    ['widened', (client, actor) => widen(client, actor, 'viewer', ['audit.read'])],
    [
      'renamed',
      (client, actor) =>
        actAs(client, actor, "update public.workspace_roles set name = 'Owner' where workspace_id = $1", [
          ours,
        ]),
    ],
    ['deleted', (client, actor) => drop(client, actor, 'viewer')],
  ])('are not %s, not even by the service role', (_, act) =>
    story(async (client) => {
      const before = await builtInRoles(client)
      for (const actor of [admin, service])
        expect(await clientError(act(client, actor))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: 'key',
        })
      expect(await builtInRoles(client)).toEqual(before)
    })(),
  )
})

describe('the free plan', () => {
  it(
    'has no custom roles',
    onFreePlan(async (client) => {
      expect(await clientError(make(client, admin, 'editor'))).toMatchObject({
        status: 402,
        code: 'payment_required',
        details: 'custom_roles',
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
      expect(await clientError(widen(client, admin, 'editor', []))).toMatchObject({
        code: 'payment_required',
      })
      await actAs(client, admin, "select public.change_member($1, $2, 'viewer')", [ours, ids.member])
      expect((await drop(client, admin, 'editor')).rowCount).toBe(1)
    }),
  )

  const refused = { status: 402, code: 'payment_required', details: 'custom_roles' }

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

describe('a role that members have', () => {
  it.each([
    ['an active one', 'active'],
    ['a suspended one', 'suspended'],
  ])('stays, be it %s', (_, status) =>
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['themes.read'], [ids.member])
      await client.query('update public.workspace_members set status = $1 where user_id = $2', [
        status,
        ids.member,
      ])
      for (const actor of [admin, service])
        expect(await clientError(drop(client, actor, 'editor'))).toMatchObject({
          status: 409,
          code: 'conflict',
          hint: expect.stringContaining('another role first'),
        })
      expect(await customRoles(client)).toHaveLength(1)
    })(),
  )

  it(
    'goes with its workspace',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['themes.read'], [ids.member])
      await actAs(client, service, 'delete from public.workspaces where id = $1', [ours])
      expect(await customRoles(client)).toEqual([])
    }),
  )
})
