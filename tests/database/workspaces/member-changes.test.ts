import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { changeMember, removeMember, setRole, setStatus } from '../../support/people/member-changes.ts'
import { castMembers, giveCustomRole, membersOf } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

const story = policySuite()

describe('an admin', () => {
  it.each([
    ['the table', (client: pg.Client) => setRole(client, admin, ids.viewer, 'member')],
    ['change_member', (client: pg.Client) => changeMember(client, admin, ids.viewer, 'member', null)],
  ])('changes a role through %s', (_, act) =>
    story(async (client) => {
      expect((await act(client)).rowCount).toBe(1)
      expect(await membersOf(client)).toContain('viewer member active')
    })(),
  )

  it(
    'suspends a person and lets them back in, with the role they had',
    story(async (client) => {
      expect((await setStatus(client, admin, ids.member, 'suspended')).rowCount).toBe(1)
      expect(await membersOf(client)).toContain('member member suspended')
      const { rows } = await changeMember(client, admin, ids.member, null, 'active')
      expect(rows).toEqual([
        {
          member: {
            userId: ids.member,
            name: 'member',
            email: 'member@example.com',
            emailVerifiedAt: null,
            avatarPath: null,
            avatarUrl: null,
            role: 'member',
            roleName: 'Member',
            status: 'active',
            joinedAt: expect.any(String),
            createdAt: expect.any(String),
            updatedAt: expect.any(String),
            bio: '',
          },
        },
      ])
      expect(await membersOf(client)).toEqual(castMembers)
    }),
  )

  it.each([
    ['the table', (client: pg.Client) => removeMember(client, admin, ids.member)],
    [
      'remove_member',
      (client: pg.Client) => actAs(client, admin, 'select public.remove_member($1, $2)', [ours, ids.member]),
    ],
  ])('removes a person through %s, who sees nothing from then on', (_, act) =>
    story(async (client) => {
      await act(client)
      expect(await membersOf(client)).toEqual(castMembers.filter((line) => line !== 'member member active'))
      expect((await actAs(client, member, 'select from public.workspaces')).rowCount).toBe(0)
    })(),
  )
})

it(
  'the service role changes and removes members',
  story(async (client) => {
    expect((await setRole(client, service, ids.viewer, 'member')).rowCount).toBe(1)
    expect((await setStatus(client, service, ids.viewer, 'suspended')).rowCount).toBe(1)
    expect((await removeMember(client, service, ids.member)).rowCount).toBe(1)
    expect(await membersOf(client)).toEqual([
      'admin admin active',
      'viewer member suspended',
      'suspended admin suspended',
    ])
  }),
)

describe('leaving', () => {
  it.each([
    ['the table', (client: pg.Client) => removeMember(client, viewer, ids.viewer)],
    [
      'leave_workspace',
      (client: pg.Client) => actAs(client, viewer, 'select public.leave_workspace($1)', [ours]),
    ],
  ])('needs no permission, through %s', (_, act) =>
    story(async (client) => {
      await giveCustomRole(client, 'nothing', [], [ids.viewer])
      expect((await act(client)).rowCount).toBe(1)
      expect(await membersOf(client)).toEqual(castMembers.filter((line) => !line.startsWith('viewer')))
    })(),
  )

  it(
    'is for who is suspended too, with leave_workspace, and brings nothing else',
    story(async (client) => {
      await actAs(client, suspended, 'select public.leave_workspace($1)', [ours])
      expect(await membersOf(client)).toEqual(castMembers.filter((line) => !line.startsWith('suspended')))
      expect(
        await clientError(actAs(client, suspended, 'select public.leave_workspace($1)', [ours])),
      ).toMatchObject({ code: 'not_found' })
    }),
  )

  it(
    'is answered to an outsider as if there were no workspace',
    story(async (client) => {
      const leave = (id: string) =>
        clientError(actAs(client, outsider, 'select public.leave_workspace($1)', [id]))
      const existing = await leave(ours)
      expect(existing).toMatchObject({ status: 404, code: 'not_found', details: 'workspace_id' })
      expect(existing).toEqual(await leave('WK-000000009'))
      expect(await membersOf(client)).toEqual(castMembers)
    }),
  )
})

describe('bad values', () => {
  it.each<[string, string, (client: pg.Client) => Promise<unknown>]>([
    ['an unknown role', 'role_key', (client) => setRole(client, admin, ids.member, 'owner')],
    ['no role', 'role_key', (client) => setRole(client, admin, ids.member, null)],
    [
      'a role of another workspace',
      'role_key',
      (client) => setRole(client, service, ids.member, 'elsewhere'),
    ],
    ['an unknown status', 'status', (client) => setStatus(client, admin, ids.member, 'banned')],
    ['no status', 'status', (client) => setStatus(client, admin, ids.member, null)],
    [
      'an unknown role to the function',
      'role',
      (client) => changeMember(client, admin, ids.member, 'owner', null),
    ],
    [
      'an unknown status to the function',
      'status',
      (client) => changeMember(client, admin, ids.member, null, 'banned'),
    ],
    ['nothing to the function', 'role', (client) => changeMember(client, admin, ids.member, null, null)],
  ])('%s is refused by the field %s', (_, field, act) =>
    story(async (client) => {
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'elsewhere', 'Elsewhere')",
        [theirs],
      )
      expect(await clientError(act(client))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: field,
        hint: expect.stringMatching(/\.$/),
      })
      expect(await membersOf(client)).toEqual(castMembers)
    })(),
  )
})

describe('a statement that names no person', () => {
  const attempts = [
    [
      'gives a role',
      "update public.workspace_members set role_key = 'viewer' where workspace_id = $1 and role_key <> 'admin'",
    ],
    [
      'suspends',
      "update public.workspace_members set status = 'suspended' where workspace_id = $1 and role_key <> 'admin'",
    ],
    ['removes', "delete from public.workspace_members where workspace_id = $1 and role_key <> 'admin'"],
  ] as const
  const actors = [
    ['an admin', admin],
    ['the service role', service],
  ] as const

  it.each(
    attempts
      .flatMap(([what, sql]) => actors.map(([who, actor]) => ({ who, what, sql, actor })))
      // Members go in one statement where the service role deletes their workspace.
      .filter(({ what, actor }) => what !== 'removes' || actor === admin),
  )('$what nobody, also for $who', ({ sql, actor }) =>
    story(async (client) => {
      const before = await membersOf(client)
      expect(await clientError(actAs(client, actor, sql, [ours]))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'user_id',
      })
      expect(await membersOf(client)).toEqual(before)
      const one = `${sql} and user_id = '${ids.member}'`
      expect((await actAs(client, actor, one, [ours])).rowCount).toBe(1)
      expect(await membersOf(client)).not.toEqual(before)
    })(),
  )
})

it(
  'what people and roles are in another workspace counts for nothing here, and nothing of it changes with them',
  story(async (client) => {
    // There everybody is what they are not here, with roles of the same keys, and the plan has room for all.
    await client.query(
      `insert into public.workspace_members (workspace_id, user_id, role_key, status)
       values ($1, $2, 'viewer', 'active'), ($1, $3, 'admin', 'active'), ($1, $4, 'admin', 'active'),
         ($1, $5, 'viewer', 'active')`,
      [theirs, ids.admin, ids.member, ids.viewer, ids.suspended],
    )
    await client.query(
      `insert into public.workspace_roles (workspace_id, key, name, permissions)
       select w.id, r.key, r.key, case when w.id = $1 then '{}' else array['members.read', 'members.update'] end
       from public.workspaces w cross join unnest('{guest,other}'::text[]) as r (key)`,
      [ours],
    )
    await client.query(
      "update public.workspace_members set role_key = 'guest' where workspace_id = $1 and user_id = $2",
      [theirs, ids.suspended],
    )
    await setPlan(client, 'premium', theirs)
    await limitFree(client, { members: 2 })
    const there = async () =>
      (
        await client.query(
          `select (select jsonb_agg(to_jsonb(m) order by m.user_id) from public.workspace_members m
             where m.workspace_id = $1) as members,
             (select jsonb_agg(to_jsonb(r) order by r.key) from public.workspace_roles r
              where r.workspace_id = $1) as roles,
             (select jsonb_agg(to_jsonb(a) order by a.member_id) from private.active_members a
              where a.workspace_id = $1) as active,
             (select taken from private.seats where workspace_id = $1) as seats`,
          [theirs],
        )
      ).rows[0]
    const before = await there()
    const code = async (actor: Actor, name: string, ...values: unknown[]) =>
      call(client, actor, name, values).then(
        () => 'done',
        async (error) => (await clientError(Promise.reject(error))).code,
      )
    expect(before.active.map(({ role_key }: { role_key: string }) => role_key)).not.toContain('read only')
    expect(await call(client, viewer, 'entitlements', [ours])).toMatchObject({
      isReadOnly: true,
      planType: 'free',
    })
    expect(await call(client, viewer, 'entitlements', [theirs])).toMatchObject({ isReadOnly: false })
    expect(await code(member, 'change_member', ours, ids.viewer, 'member')).toBe('permission_denied')
    expect(await code(member, 'remove_member', ours, ids.viewer)).toBe('permission_denied')
    expect(await code(member, 'transfer_workspace', ours, ids.viewer)).toBe('permission_denied')
    expect(await code(suspended, 'entitlements', ours)).toBe('not_found')
    expect(await code(suspended, 'list_roles', ours)).toBe('not_found')
    expect(await code(admin, 'change_member', ours, ids.outsider, 'member')).toBe('not_found')
    expect(await code(admin, 'transfer_workspace', ours, ids.outsider)).toBe('not_found')
    expect(await code(admin, 'leave_workspace', ours)).toBe('last_admin')
    expect(await code(admin, 'delete_my_account')).toBe('last_admin')
    // A role that somebody has there can go here, and one that nobody has here beside those that people have.
    const gone = await actAs(
      client,
      admin,
      "delete from public.workspace_roles where workspace_id = $1 and key = 'guest'",
      [ours],
    )
    expect(gone.rowCount).toBe(1)
    expect(await code(admin, 'change_member', ours, ids.viewer, 'member')).toBe('done')
    expect(await code(admin, 'remove_member', ours, ids.viewer)).toBe('done')
    expect(await code(admin, 'transfer_workspace', ours, ids.member)).toBe('done')
    expect(await code(admin, 'leave_workspace', ours)).toBe('done')
    expect(await there()).toEqual(before)
  }),
)
