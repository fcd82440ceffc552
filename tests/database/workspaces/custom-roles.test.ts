import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { answers, saveSource } from '../../support/dashboards/widget-data.ts'
import { type Actor, actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { customRoles, dropRole, makeRole, widenRole } from '../../support/people/custom-roles.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

const onFreePlan = policySuite()

/** A story in which `ours` is on the premium plan. */
const story = (tell: (client: pg.Client) => Promise<void>) =>
  onFreePlan(async (client) => {
    await setPlan(client, 'premium')
    await tell(client)
  })

async function builtInRoles(client: pg.Client) {
  const { rows } = await client.query(
    'select * from public.workspace_roles where is_built_in order by workspace_id, key',
  )
  return rows
}

it(
  'a role has a key of at most 50 characters, and strangers are not told whether somebody has it',
  story(async (client) => {
    const insert = (length: number) =>
      actAs(
        client,
        admin,
        'insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $3)',
        [ours, 'x'.repeat(length), `Role ${length}`],
      )
    expect((await insert(50)).rowCount).toBe(1)
    expect(await clientError(insert(51))).toMatchObject({ code: 'invalid_input', details: 'key' })
    const isInUse = (actor: Actor) =>
      actAs(client, actor, 'select private.role_is_in_use($1, $2)', [ours, 'admin'])
    expect((await isInUse(viewer)).rowCount).toBe(1)
    for (const actor of [outsider, suspended])
      expect(await clientError(isInUse(actor))).toMatchObject({ code: 'not_found' })
  }),
)

it(
  'a workspace has a hundred roles of its own, and room where one is deleted',
  story(async (client) => {
    const make = (first: number, last: number, actor: Actor = admin) =>
      actAs(
        client,
        actor,
        `insert into public.workspace_roles (workspace_id, key, name)
         select $1, 'role-' || n, 'Role ' || n from generate_series($2::integer, $3) as n`,
        [ours, first, last],
      )
    await make(1, 99)
    expect(await clientError(make(100, 101))).toMatchObject({ code: 'conflict', details: 'roles' })
    await make(100, 100)
    expect(await clientError(make(101, 101, service))).toMatchObject({ code: 'conflict', details: 'roles' })
    // What is there can be changed, and the next workspace has room of its own.
    await widenRole(client, admin, 'role-7', ['workspace.read'])
    await actAs(
      client,
      outsider,
      "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'a', 'A')",
      [theirs],
    )
    await dropRole(client, admin, 'role-7')
    await make(101, 101)
  }),
)

describe('making and changing roles', () => {
  it.each([
    ['an admin', admin],
    ['the service role', service],
  ])('is for %s; names are cleaned, permissions sorted and distinct', (_, actor) =>
    story(async (client) => {
      await makeRole(
        client,
        actor,
        'editor',
        ['themes.write', 'themes.read', 'themes.write'],
        '  Chief\tEditor ',
      )
      expect(await customRoles(client)).toEqual([
        { key: 'editor', name: 'Chief Editor', permissions: ['themes.read', 'themes.write'] },
      ])
      await widenRole(client, actor, 'editor', ['workspace.read', 'audit.read'])
      expect(await customRoles(client)).toMatchObject([{ permissions: ['audit.read', 'workspace.read'] }])
      await dropRole(client, actor, 'editor')
      expect(await customRoles(client)).toEqual([])
    })(),
  )

  it(
    'counts from the next statement on, and for no role of the same key in another workspace',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'], [ids.member])
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'editor', 'Editor', '{workspace.read,workspace.update}')`,
        [theirs],
      )
      const rename = () =>
        actAs(client, member, "update public.workspaces set name = 'Renamed' where id = $1", [ours])
      expect((await rename()).rowCount).toBe(0)
      await widenRole(client, admin, 'editor', ['workspace.read', 'workspace.update'])
      expect((await rename()).rowCount).toBe(1)
      await widenRole(client, admin, 'editor', [])
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
      expect(await clientError(makeRole(client, actor, 'mine'))).toMatchObject({ code })
      expect((await widenRole(client, actor, 'editor', [])).rowCount).toBe(0)
      expect((await dropRole(client, actor, 'editor')).rowCount).toBe(0)
      await expect(makeRole(client, anonymous, 'mine')).rejects.toMatchObject({ code: '42501' })
      expect(await customRoles(client)).toEqual(before)
    })(),
  )

  it.each<[string, string, (client: pg.Client) => Promise<unknown>]>([
    ['a key with a capital', 'key', (client) => makeRole(client, admin, 'Editor')],
    ['an empty key', 'key', (client) => makeRole(client, admin, '')],
    ['a key of 51 characters', 'key', (client) => makeRole(client, admin, 'x'.repeat(51))],
    ['no key', 'key', (client) => makeRole(client, admin, null)],
    ['an invisible name', 'name', (client) => makeRole(client, admin, 'editor', [], ' \u200b ')],
    ['a name of 51 characters', 'name', (client) => makeRole(client, admin, 'editor', [], 'x'.repeat(51))],
    ['no name', 'name', (client) => makeRole(client, admin, 'editor', [], null)],
    [
      'an unknown permission',
      'permissions.1',
      (client) => makeRole(client, admin, 'editor', ['themes.read', 'themes.own', 'themes.none']),
    ],
    ['a permission that is null', 'permissions.0', (client) => makeRole(client, admin, 'editor', [null])],
    ['no permissions at all', 'permissions', (client) => makeRole(client, admin, 'editor', null)],
    [
      'too many permissions',
      'permissions',
      (client) => makeRole(client, admin, 'editor', Array(4_000).fill('themes.read')),
    ],
    [
      'an unknown permission from the service role',
      'permissions.0',
      (client) => makeRole(client, service, 'x', ['*']),
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

it(
  'a role that is deleted leaves what it might use, and another under its key begins with nothing',
  story(async (client) => {
    await giveCustomRole(client, 'sales', ['dashboards.read', 'components.read'])
    await giveCustomRole(client, 'analyst', ['dashboards.read', 'components.read'])
    await insertComponent(client, ours, { id: 'secret', allowedRoles: ['sales', 'analyst', 'manager'] })
    await insertComponent(client, theirs, { id: 'secret', allowedRoles: ['sales'] })
    const { id } = await saveSource(client, { ...answers, allowedRoles: ['sales'] })
    const remove = (key: string) =>
      actAs(client, admin, 'delete from public.workspace_roles where workspace_id = $1 and key = $2', [
        ours,
        key,
      ])
    for (const key of ['sales', 'analyst']) expect((await remove(key)).rowCount).toBe(1)
    const { rows } = await client.query(
      `select v.workspace_id, v.allowed_roles as version, c.allowed_roles as component
       from public.component_versions v
       join public.components c on c.workspace_id = v.workspace_id and c.key = v.component_key
       order by v.workspace_id`,
    )
    // What roles count as by what they permit is nobody's key.
    const others = ['analyst', 'manager']
    expect(rows).toEqual([
      { workspace_id: ours, version: others, component: others },
      { workspace_id: theirs, version: ['sales'], component: ['sales'] },
    ])
    expect(await call(client, admin, 'get_data_source', [ours, id])).toMatchObject({
      allowedRoles: [],
    })
    await giveCustomRole(client, 'sales', ['dashboards.read', 'components.read'], [ids.viewer])
    expect(await clientError(call(client, viewer, 'get_component', [ours, 'secret']))).toMatchObject({
      code: 'not_found',
    })
    expect(await call(client, viewer, 'available_data_sources', [ours])).toEqual([])
  }),
)

describe('escalating', () => {
  const held = ['members.read', 'members.update', 'roles.write', 'workspace.read']

  it.each<[string, (client: pg.Client) => Promise<unknown>]>([
    [
      'makes a role that permits more than their own',
      (client) => makeRole(client, member, 'super', [...held, 'audit.read']),
    ],
    ['widens their own role', (client) => widenRole(client, member, 'keeper', [...held, 'audit.read'])],
    ['narrows a role that permits more than theirs', (client) => widenRole(client, member, 'auditor', [])],
    ['deletes a role that permits more than theirs', (client) => dropRole(client, member, 'auditor')],
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
      await makeRole(client, member, 'greeter', ['members.read'])
      await widenRole(client, member, 'greeter', ['members.read', 'members.update'])
      expect((await dropRole(client, member, 'greeter')).rowCount).toBe(1)
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
    ['made', (client, actor) => makeRole(client, actor, 'viewer')],
    ['widened', (client, actor) => widenRole(client, actor, 'viewer', ['audit.read'])],
    [
      'renamed',
      (client, actor) =>
        actAs(client, actor, "update public.workspace_roles set name = 'Owner' where workspace_id = $1", [
          ours,
        ]),
    ],
    ['deleted', (client, actor) => dropRole(client, actor, 'viewer')],
  ])('are not %s, not even by the service role', (_, act) =>
    story(async (client) => {
      const before = await builtInRoles(client)
      for (const actor of [admin, service])
        expect(await clientError(act(client, actor))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: 'key',
          hint: "Give another key: a role of the workspace's own takes the premium plan.",
        })
      expect(await builtInRoles(client)).toEqual(before)
    })(),
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
        expect(await clientError(dropRole(client, actor, 'editor'))).toMatchObject({
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
