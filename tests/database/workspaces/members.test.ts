import { describe, expect, it } from 'vitest'
import { actAs, anonymous, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite()

const denied = { code: '42501' }
const everyone = [ids.admin, ids.member, ids.viewer, ids.suspended]

describe('reading members', () => {
  it.each([
    ['admin', admin, everyone],
    ['member', member, everyone],
    ['viewer', viewer, everyone],
    ['suspended admin', suspended, []],
    ['outsider', outsider, [ids.outsider]],
    ['service role', service, [...everyone, ids.outsider]],
  ])('shows the %s the people of their own workspaces', (_, actor, expected) =>
    story(async (client) => {
      const { rows } = await actAs(
        client,
        actor,
        'select user_id from public.workspace_members order by user_id',
      )
      expect(rows.map((row) => row.user_id)).toEqual(expected)
    })(),
  )

  it.each(['workspace_members', 'workspace_roles', 'permissions'])('denies anonymous callers %s', (table) =>
    story(async (client) => {
      await expect(actAs(client, anonymous, `select from public.${table}`)).rejects.toMatchObject(denied)
    })(),
  )

  it(
    'shows roles to members of the same workspace only',
    story(async (client) => {
      const { rows } = await actAs(client, viewer, 'select distinct workspace_id from public.workspace_roles')
      expect(rows).toEqual([{ workspace_id: ours }])
      const none = await actAs(client, suspended, 'select from public.workspace_roles')
      expect(none.rowCount).toBe(0)
    }),
  )
})

describe('what nobody may do to the tables', () => {
  it.each([
    [
      'join a workspace',
      `insert into public.workspace_members values ('${theirs}', '${ids.member}', 'admin')`,
    ],
    [
      'move a membership',
      `update public.workspace_members set workspace_id = '${theirs}' where user_id = '${ids.member}'`,
    ],
    [
      'pass a membership on',
      `update public.workspace_members set user_id = '${ids.outsider}' where user_id = '${ids.member}'`,
    ],
    ['rename a key', `update public.workspace_roles set key = 'owner' where workspace_id = '${ours}'`],
    [
      'make a built-in role',
      `insert into public.workspace_roles (workspace_id, key, name, is_built_in) values ('${ours}', 'owner', 'O', true)`,
    ],
    [
      'change the catalog',
      `update public.permissions set held_by = '{viewer}' where key = 'workspace.update'`,
    ],
    ['call the helper beneath', "select private.built_in_permissions('admin')"],
    ['ask who the last admin is', `select private.is_last_admin('${ours}', '${ids.admin}')`],
  ])('neither a member nor an admin can %s', (_, sql) =>
    story(async (client) => {
      await expect(actAs(client, member, sql)).rejects.toMatchObject(denied)
      await expect(actAs(client, admin, sql)).rejects.toMatchObject(denied)
      const { rows } = await client.query(
        'select role_key, status from public.workspace_members where workspace_id = $1 order by user_id',
        [ours],
      )
      expect(rows.map((row) => `${row.role_key} ${row.status}`)).toEqual([
        'admin active',
        'member active',
        'viewer active',
        'admin suspended',
      ])
    })(),
  )

  it(
    'a role of another workspace cannot be given, even where no trigger looks',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'owner', 'Owner')",
        [theirs],
      )
      await client.query('alter table public.workspace_members disable trigger user')
      const attempt = client.query(
        "update public.workspace_members set role_key = 'owner' where workspace_id = $1 and user_id = $2",
        [ours, ids.member],
      )
      await expect(attempt).rejects.toMatchObject({
        code: '23503',
        constraint: 'workspace_members_role_fkey',
      })
    }),
  )

  it(
    'a role taken away counts from the next statement on',
    story(async (client) => {
      const rename = () =>
        actAs(client, admin, "update public.workspaces set name = 'Renamed' where id = $1", [ours])
      expect((await rename()).rowCount).toBe(1)
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.admin,
      ])
      expect((await rename()).rowCount).toBe(0)
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.admin,
      ])
      expect((await actAs(client, admin, 'select from public.workspaces')).rowCount).toBe(0)
    }),
  )
})

it(
  'a workspace takes its roles and members with it',
  story(async (client) => {
    await actAs(client, service, 'delete from public.workspaces where id = $1', [ours])
    const { rows } = await client.query(
      `select count(*)::int as left_over from public.workspace_members m
     full join public.workspace_roles r using (workspace_id) where workspace_id = $1`,
      [ours],
    )
    expect(rows).toEqual([{ left_over: 0 }])
  }),
)
