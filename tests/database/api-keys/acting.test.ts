import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createApiKey, machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

// What a machine does with an API key: its scopes, cut to what the maker may do now.

const story = policySuite()

const namesSeen = async (client: pg.Client, actor: Actor) =>
  (await actAs<{ name: string }>(client, actor, 'select name from public.workspaces')).rows.map(
    ({ name }) => name,
  )
const rename = (client: pg.Client, actor: Actor) =>
  actAs(client, actor, "update public.workspaces set name = 'By a machine' where id = $1", [ours])
const makeView = async (client: pg.Client, actor: Actor, visibility = 'workspace') =>
  (
    await actAs<{ id: string }>(
      client,
      actor,
      `insert into public.dashboard_views (workspace_id, name, visibility) values ($1, 'Board', $2) returning id`,
      [ours, visibility],
    )
  ).rows[0]?.id ?? ''

/** Whether the key counts: by a policy, by a function, and by a set. */
async function counts(client: pg.Client, actor: Actor): Promise<boolean[]> {
  const isRefused = async (attempt: Promise<unknown>) => (await clientError(attempt)).code === 'not_found'
  const names = await namesSeen(client, actor)
  const roles = call(client, actor, 'list_roles', [ours])
  return [
    names.length === 1,
    !(await roles.then(
      () => false,
      () => isRefused(roles),
    )),
  ]
}

describe('a key', () => {
  it(
    'is in its own workspace and in no other, whichever its maker is in',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      expect(await namesSeen(client, admin)).toHaveLength(2)
      const key = await machine(client)
      expect(await namesSeen(client, key)).toEqual(['Ours'])
      expect(await clientError(call(client, key, 'list_roles', [theirs]))).toMatchObject({
        code: 'not_found',
      })
    }),
  )

  it(
    'makes views for everybody, and is told that it has none of its own',
    story(async (client) => {
      const key = await machine(client, ['dashboards.read', 'dashboards.write'])
      const view = await call<{ id: string }>(client, key, 'create_view', [
        ours,
        'Board',
        '',
        null,
        'workspace',
      ])
      expect(view).toMatchObject({ visibility: 'workspace', ownerId: null })
      const document = await call(client, key, 'export_view', [view.id])
      for (const attempt of [
        () => call(client, key, 'create_view', [ours, 'Mine']),
        () => call(client, key, 'duplicate_view', [view.id]),
        () => call(client, key, 'import_view', [ours, JSON.stringify(document)]),
        () => call(client, key, 'import_dashboard', [ours, '{}']),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'permission_denied', details: 'person' })
      await call(client, key, 'import_view', [ours, JSON.stringify(document), 'workspace'])
    }),
  )

  it(
    'does what its scopes say, and no more',
    story(async (client) => {
      const reader = await machine(client, ['workspace.read'])
      const writer = await machine(client, ['workspace.read', 'workspace.update'])
      expect(await namesSeen(client, reader)).toEqual(['Ours'])
      expect((await rename(client, reader)).rowCount).toBe(0)
      expect((await rename(client, writer)).rowCount).toBe(1)
      expect(await clientError(call(client, reader, 'list_themes', [ours]))).toMatchObject({
        code: 'permission_denied',
        message: 'This API key does not allow this.',
        details: 'themes.read',
      })
      expect((await actAs(client, reader, 'select 1 from public.dashboard_views')).rowCount).toBe(0)
      expect((await actAs(client, reader, 'select 1 from public.profiles')).rowCount).toBe(0)
      const people = await machine(client, ['members.read'])
      expect((await actAs(client, people, 'select 1 from public.profiles')).rowCount).toBe(4)
      expect(await namesSeen(client, people)).toEqual([])
    }),
  )

  it(
    'reads who saved a view where it may read who is in the workspace',
    story(async (client) => {
      const { id } = await call<{ id: string }>(client, member, 'create_view', [
        ours,
        'Board',
        '',
        null,
        'workspace',
      ])
      for (const [scopes, savedBy] of [
        [['dashboards.read'], null],
        [['dashboards.read', 'members.read'], { id: ids.member }],
      ] as const)
        expect(
          await call(client, await machine(client, [...scopes]), 'list_view_versions', [id]),
        ).toMatchObject([{ savedBy }])
      await giveCustomRole(client, 'reader', ['dashboards.read'], [ids.member])
      expect(await call(client, member, 'list_view_versions', [id])).toMatchObject([
        { savedBy: { id: ids.member } },
      ])
    }),
  )

  it(
    'does what its maker may do now: a role changed counts at once, and a suspension, and its end',
    story(async (client) => {
      await giveCustomRole(
        client,
        'keeper',
        ['api_keys.manage', 'workspace.read', 'workspace.update'],
        [ids.member],
      )
      const key = await machine(client, ['workspace.read', 'workspace.update'], { maker: member })
      expect((await rename(client, key)).rowCount).toBe(1)

      await client.query(
        "update public.workspace_roles set permissions = '{workspace.read}' where key = 'keeper'",
      )
      expect((await rename(client, key)).rowCount).toBe(0)
      expect(await namesSeen(client, key)).toHaveLength(1)

      const set = (status: string) =>
        client.query('update public.workspace_members set status = $1 where user_id = $2', [
          status,
          ids.member,
        ])
      await set('suspended')
      expect(await counts(client, key)).toEqual([false, false])
      await set('active')
      expect(await counts(client, key)).toEqual([true, true])
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      expect(await counts(client, key)).toEqual([false, false])
    }),
  )

  it(
    'may read and no more where the plan has no room for its maker',
    story(async (client) => {
      const scopes = ['api_keys.manage', 'workspace.read', 'workspace.update']
      await giveCustomRole(client, 'keeper', scopes, [ids.member])
      const key = await machine(client, ['workspace.read', 'workspace.update'], { maker: member })
      await setPlan(client, 'free', ours)
      await limitFree(client, { members: 1 })
      expect((await rename(client, key)).rowCount).toBe(0)
      expect(await namesSeen(client, key)).toHaveLength(1)
    }),
  )

  it(
    'counts on whatever becomes of others, and of its maker elsewhere',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      const key = await machine(client)
      for (const [workspace, user] of [
        [ours, ids.member],
        [theirs, ids.admin],
      ])
        for (const change of ["set role_key = 'viewer'", "set status = 'suspended'"]) {
          await client.query(
            `update public.workspace_members ${change} where workspace_id = $1 and user_id = $2`,
            [workspace, user],
          )
          expect(await counts(client, key)).toEqual([true, true])
        }
    }),
  )

  it(
    'is over with the next statement: revoked, expired, its maker gone',
    story(async (client) => {
      for (const end of [
        (id: string) => call(client, admin, 'revoke_api_key', [id]),
        (id: string) => client.query('update private.api_keys set expires_at = now() where id = $1', [id]),
        (id: string) => client.query('delete from private.api_keys where id = $1', [id]),
      ]) {
        const { id } = await createApiKey(client)
        expect(await counts(client, person(id))).toEqual([true, true])
        await end(id)
        expect((await rename(client, person(id))).rowCount).toBe(0)
        expect(await counts(client, person(id))).toEqual([false, false])
      }
    }),
  )

  it(
    "is nobody: what it makes is nobody's, and nothing personal is made",
    story(async (client) => {
      const key = await machine(client)
      const view = await makeView(client, key)
      const { rows } = await client.query(
        `select v.owner_id, v.created_by, h.saved_by
         from public.dashboard_views v join private.view_versions h on h.view_id = v.id where v.id = $1`,
        [view],
      )
      expect(rows).toEqual([{ owner_id: null, created_by: null, saved_by: null }])
      expect(await clientError(makeView(client, key, 'personal'))).toMatchObject({
        code: 'invalid_input',
        details: 'visibility',
      })
      expect(
        (await actAs(client, key, "update public.dashboard_views set name = 'B' where id = $1", [view]))
          .rowCount,
      ).toBe(1)
      expect(await call(client, key, 'my_access', [ours, 'dashboard', view])).toBe('edit')
      expect(await clientError(call(client, key, 'delete_view', [view]))).toMatchObject({
        code: 'permission_denied',
      })
    }),
  )

  it(
    "sees no view of one person, not even its maker's, and is given nothing by shares and grants",
    story(async (client) => {
      const key = await machine(client)
      const view = await makeView(client, admin, 'personal')
      await setPlan(client, 'premium')
      const seen = async () => [
        (await actAs(client, key, 'select 1 from public.dashboard_views')).rowCount,
        await call(client, key, 'my_access', [ours, 'dashboard', view]),
        (await call<unknown[]>(client, key, 'list_views', [ours])).length,
      ]
      expect(await seen()).toEqual([0, 'none', 0])
      const other = await makeView(client, member, 'personal')
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
         values ($1, 'dashboard', $2, 'admin', 'manage')`,
        [ours, other],
      )
      await client.query(
        `insert into public.dashboard_view_shares (workspace_id, view_id, role_key, access) values ($1, $2, 'admin', 'edit')`,
        [ours, other],
      )
      expect(await seen()).toEqual([0, 'none', 0])
      expect(await call(client, key, 'my_access', [ours, 'dashboard', other])).toBe('none')
    }),
  )

  it(
    "loses what a grant takes from its maker, or from the maker's role",
    story(async (client) => {
      await giveCustomRole(client, 'keeper', ['api_keys.manage', 'dashboards.read'], [ids.member])
      const key = await machine(client, ['dashboards.read'], { maker: member })
      const view = await makeView(client, admin)
      const seen = async () => [
        (await actAs(client, key, 'select 1 from public.dashboard_views')).rowCount,
        await call(client, key, 'my_access', [ours, 'dashboard', view]),
        (await call<unknown[]>(client, key, 'list_views', [ours])).length,
      ]
      expect(await seen()).toEqual([1, 'view', 1])
      for (const taken of [{ user_id: ids.member }, { role_key: 'keeper' }]) {
        const { rows } = await client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, role_key, access)
           values ($1, 'dashboard', $2, $3, $4, 'none') returning id`,
          [ours, view, taken.user_id ?? null, taken.role_key ?? null],
        )
        expect(await seen()).toEqual([0, 'none', 0])
        await client.query('delete from public.resource_grants where id = $1', [rows[0].id])
      }
      expect(await seen()).toEqual([1, 'view', 1])
    }),
  )

  it(
    'stands in the audit log, and so does what was done with it',
    story(async (client) => {
      const { id } = await createApiKey(client)
      await rename(client, person(id))
      await call(client, admin, 'revoke_api_key', [id])
      const { entries } = await call<{ entries: Record<string, unknown>[] }>(
        client,
        admin,
        'list_audit_log',
        [ours],
      )
      expect(entries.slice(0, 3)).toMatchObject([
        {
          actor: { type: 'user', id: ids.admin },
          action: 'update',
          subject: { kind: 'api_key', id, name: 'Shop' },
        },
        { actor: { type: 'api_key', id, name: 'Shop', role: null }, action: 'update', table: 'workspaces' },
        { actor: { type: 'user' }, action: 'insert', changes: { name: { new: 'Shop' }, secret_hash: {} } },
      ])
    }),
  )

  it(
    'fills no workspace with views',
    story(async (client) => {
      const key = await machine(client)
      await client.query(
        `insert into public.dashboard_views (workspace_id, name, visibility)
         select $1, 'View ' || n, 'workspace' from generate_series(1, 199) as n`,
        [ours],
      )
      await makeView(client, key)
      const { status, code, hint } = await clientError(makeView(client, key))
      expect([status, code]).toEqual([409, 'conflict'])
      // Of what a key may do itself: it deletes no view.
      expect(hint).toContain('administrator')
      expect(hint).toContain('save_view')
    }),
  )

  it(
    "of somebody without a place elsewhere finds nothing, nor does an id that is no key's",
    story(async (client) => {
      const key = await machine(client, ['workspace.read'], { maker: outsider, workspaceId: theirs })
      expect(await namesSeen(client, key)).toEqual(['Theirs'])
      const nobody = person('00000000-0000-8000-8000-000000000000')
      expect(await counts(client, nobody)).toEqual([false, false])
    }),
  )

  it(
    'uses no component without components.read',
    story(async (client) => {
      const scopes = ['dashboards.read', 'dashboards.write']
      for (const [more, isRefused] of [
        [[], true],
        [['components.read'], false],
      ] as const) {
        const actor = await machine(client, [...scopes, ...more].toSorted())
        const view_id = await makeView(client, actor)
        const add = insertWidget(client, { view_id }, actor)
        if (isRefused)
          expect(await clientError(add)).toMatchObject({
            code: 'permission_denied',
            details: 'component_key',
          })
        else expect(await add).toMatch(/-/)
      }
    }),
  )

  it(
    'reads the components of the workspace with components.read alone',
    story(async (client) => {
      await insertComponent(client, ours, {})
      for (const [scopes, rows] of [
        [['dashboards.read', 'themes.read'], 0],
        [['components.read'], 1],
      ] as const) {
        const actor = await machine(client, [...scopes])
        for (const table of ['components', 'component_versions'])
          expect((await actAs(client, actor, `select from public.${table}`)).rowCount, table).toBe(rows)
      }
    }),
  )

  it(
    'sees the widgets that its maker’s role sees, as one that reads or as one that writes',
    story(async (client) => {
      const permissions = ['api_keys.manage', 'dashboards.arrange', 'dashboards.read']
      await giveCustomRole(client, 'keeper', permissions, [ids.member])
      const key = await machine(client, ['dashboards.read'], { maker: member })
      const view_id = await insertView(client)
      for (const role of ['member', 'viewer']) {
        await insertComponent(client, ours, { id: `for-${role}`, allowedRoles: [role] })
        await insertWidget(client, { view_id, component_key: `for-${role}`, config: { unit: 'l' } })
      }
      const seen = async () =>
        (await actAs(client, key, 'select component_key from public.widgets')).rows.map(
          (row) => row.component_key,
        )
      expect(await seen()).toEqual(['for-viewer'])
      await client.query('update public.workspace_roles set permissions = $1 where key = $2', [
        [...permissions, 'dashboards.write'],
        'keeper',
      ])
      expect(await seen()).toEqual(['for-member'])
    }),
  )

  it(
    'of a suspended maker is nowhere, whatever is written of it meanwhile',
    story(async (client) => {
      const { sub } = await machine(client)
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.admin,
      ])
      await client.query('update private.api_keys set revoked_at = null')
      const { rows } = await client.query('select from private.active_members where member_id = $1', [sub])
      expect(rows).toEqual([])
      const [listed] = await call<{ status: string }[]>(client, member, 'list_api_keys', [ours])
      expect(listed).toMatchObject({ id: sub, status: 'suspended' })
    }),
  )

  it(
    'is rotated by itself, and not once it has ended',
    story(async (client) => {
      const [one, two] = [await createApiKey(client), await createApiKey(client)]
      const hashOf = async (id: string) =>
        (await client.query('select secret_hash from private.api_keys where id = $1', [id])).rows[0]
          .secret_hash
      const before = await hashOf(two.id)
      await call(client, admin, 'rotate_api_key', [one.id, 1])
      expect(await hashOf(two.id)).toEqual(before)
      await client.query("update private.api_keys set created_at = '2026-01-01', expires_at = '2026-01-02'")
      expect(await clientError(call(client, admin, 'rotate_api_key', [one.id, 1]))).toMatchObject({
        code: 'conflict',
        details: 'expired',
      })
    }),
  )
})
