import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, theirs } from '../../support/people/cast.ts'

interface Set {
  status: string
  userId: string | null
  invitation: { token: string; email: string } | null
}

const story = policySuite(async (client) => {
  await createCast(client)
  await client.query('update auth.users set email_confirmed_at = now() where id <> $1', [ids.suspended])
})

const set = (client: pg.Client, email: string, role: string, actor: Actor = service) =>
  call<Set>(client, actor, 'admin_set_member', [ours, email, role])
const remove = (client: pg.Client, email: string, actor: Actor = service) =>
  call<null>(client, actor, 'admin_remove_member', [ours, email])
const roleOf = async (client: pg.Client, id: string) =>
  (
    await client.query(
      'select role_key, status from public.workspace_members where workspace_id = $1 and user_id = $2',
      [ours, id],
    )
  ).rows[0]

describe('admin_set_member', () => {
  it(
    'gives a member another role, and keeps the status',
    story(async (client) => {
      expect(await set(client, 'Viewer@Example.com', 'member')).toEqual({
        status: 'active',
        userId: ids.viewer,
        invitation: null,
      })
      expect(await roleOf(client, ids.viewer)).toEqual({ role_key: 'member', status: 'active' })
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.viewer,
      ])
      expect(await set(client, 'viewer@example.com', 'viewer')).toMatchObject({ status: 'suspended' })
      expect(await roleOf(client, ids.viewer)).toEqual({ role_key: 'viewer', status: 'suspended' })
    }),
  )

  it(
    'makes an account that has confirmed the address a member',
    story(async (client) => {
      expect(await set(client, 'outsider@example.com', 'viewer')).toMatchObject({ userId: ids.outsider })
      expect(await roleOf(client, ids.outsider)).toEqual({ role_key: 'viewer', status: 'active' })
    }),
  )

  it(
    'invites anew where nobody stands for the invitation any more',
    story(async (client) => {
      const open = async () =>
        (await client.query('select invited_by from private.open_invitations')).rows.map(
          ({ invited_by }) => invited_by,
        )
      await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
        ids.member,
      ])
      expect((await set(client, 'zoe@example.com', 'member')).invitation).not.toBeNull()
      const [inviter] = await open()
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        inviter,
      ])
      expect(await open()).toEqual([])
      expect((await set(client, 'zoe@example.com', 'member')).invitation).not.toBeNull()
      expect(await open()).toEqual([[ids.admin, ids.member].find((id) => id !== inviter)])
    }),
  )

  it(
    'invites who has not, in the name of an admin, once',
    story(async (client) => {
      const id = '00000000-0000-4000-8000-000000000009'
      await client.query(
        "insert into auth.users (id, email, created_at) values ($1, 'zoe@example.com', now())",
        [id],
      )
      const { status, invitation } = await set(client, 'zoe@example.com', 'member')
      expect(status).toBe('invited')
      expect(await roleOf(client, id)).toBeUndefined()
      expect(await set(client, 'zoe@example.com', 'member')).toEqual({
        status: 'invited',
        userId: null,
        invitation: null,
      })
      const other = await set(client, 'zoe@example.com', 'viewer')
      await client.query('update auth.users set email_confirmed_at = now() where id = $1', [id])
      const accept = (token = '') => call(client, person(id), 'accept_invitation', [token])
      expect(await clientError(accept(invitation?.token))).toMatchObject({ code: 'invitation_not_valid' })
      await accept(other.invitation?.token)
      expect(await roleOf(client, id)).toEqual({ role_key: 'viewer', status: 'active' })
    }),
  )

  it(
    'refuses wrong values, a custom role on the free plan, and the end of the last admin',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'guest', 'Guest')",
        [ours],
      )
      const code = async (email: string, role: string) => (await clientError(set(client, email, role))).code
      expect(await code('no address', 'member')).toBe('invalid_input')
      expect(await code('viewer@example.com', 'no-such')).toBe('invalid_input')
      expect(await code('viewer@example.com', 'guest')).toBe('payment_required')
      expect(await code('admin@example.com', 'viewer')).toBe('last_admin')
      expect(await roleOf(client, ids.admin)).toEqual({ role_key: 'admin', status: 'active' })
    }),
  )

  it(
    'gives a role to who is suspended, whose address was never confirmed',
    story(async (client) => {
      expect(await set(client, 'suspended@example.com', 'viewer')).toMatchObject({ userId: ids.suspended })
      expect(await roleOf(client, ids.suspended)).toEqual({ role_key: 'viewer', status: 'suspended' })
    }),
  )

  it.each([
    ['accepted', 'set accepted_at = now()'],
    ['revoked', 'set revoked_at = now()'],
    ['expired', 'set expires_at = now()'],
    ['for another address', "set email = 'eve@example.com'"],
    ['to another role', "set role_key = 'viewer'"],
    ['of another workspace', `set workspace_id = '${theirs}'`],
  ])('invites anew beside an invitation that is %s', (_, change) =>
    story(async (client) => {
      await set(client, 'zoe@example.com', 'member')
      await client.query('delete from private.mails; delete from private.invitation_tokens')
      await client.query(`update public.workspace_invitations ${change}`)
      expect((await set(client, 'zoe@example.com', 'member')).invitation).not.toBeNull()
      expect((await set(client, 'zoe@example.com', 'member')).invitation).toBeNull()
    })(),
  )

  it(
    'invites in the name of the active admin of the workspace who has been there longest, and touches nobody else',
    story(async (client) => {
      // The longer each is there, the less they can vouch.
      await client.query(
        `update public.workspace_members m set created_at = now() - make_interval(days => x.days)
         from (values ($1::uuid, 1), ($2::uuid, 2), ($3::uuid, 3), ($4::uuid, 4)) as x (id, days)
         where m.user_id = x.id`,
        [ids.admin, ids.suspended, ids.member, ids.outsider],
      )
      await client.query(
        `insert into public.workspace_invitations (workspace_id, email, role_key, invited_by, expires_at)
         select w.id, e.email, 'viewer', null, now() + interval '1 day'
         from public.workspaces w cross join unnest('{zoe@example.com,bob@example.com}'::text[]) as e (email)
         where w.id = $1 or e.email = 'zoe@example.com'`,
        [theirs],
      )
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      const others = async () => [
        (
          await client.query(
            `select * from public.workspace_invitations
             where workspace_id = $1 or email <> 'zoe@example.com' order by id`,
            [theirs],
          )
        ).rows,
        (
          await client.query(
            `select * from public.workspace_members where workspace_id = $1 or user_id <> $2
             order by workspace_id, user_id`,
            [theirs, ids.member],
          )
        ).rows,
      ]
      const before = await others()
      await set(client, 'zoe@example.com', 'member')
      const { rows } = await client.query(
        `select invited_by, role_key from public.workspace_invitations
         where workspace_id = $1 and email = 'zoe@example.com' and revoked_at is null`,
        [ours],
      )
      expect(rows).toEqual([{ invited_by: ids.admin, role_key: 'member' }])
      await set(client, 'member@example.com', 'viewer')
      await remove(client, 'zoe@example.com')
      await remove(client, 'member@example.com')
      expect(await others()).toEqual(before)
    }),
  )

  it(
    'answers for a workspace that is not there as for any',
    story(async (client) => {
      for (const [name, values] of [
        ['admin_set_member', ['WK-ZZZZZZZZZ', 'zoe@example.com', 'member']],
        ['admin_remove_member', ['WK-ZZZZZZZZZ', 'zoe@example.com']],
      ] as const)
        expect(await clientError(call(client, service, name, [...values]))).toMatchObject({
          code: 'not_found',
          details: 'workspace_id',
        })
    }),
  )

  it(
    'begins a workspace with an admin who has an account',
    story(async (client) => {
      await client.query('delete from public.workspaces where id = $1', [ours])
      await client.query("insert into public.workspaces (id, name) values ($1, 'Ours')", [ours])
      expect(await clientError(set(client, 'zoe@example.com', 'admin'))).toMatchObject({ code: 'conflict' })
      expect(await set(client, 'admin@example.com', 'admin')).toMatchObject({ status: 'active' })
      expect(await set(client, 'zoe@example.com', 'admin')).toMatchObject({ status: 'invited' })
    }),
  )
})

describe('admin_remove_member', () => {
  it(
    'removes a member, takes an invitation back, and does nothing where there is neither',
    story(async (client) => {
      await remove(client, 'MEMBER@example.com')
      expect(await roleOf(client, ids.member)).toBeUndefined()
      const { invitation } = await set(client, 'zoe@example.com', 'viewer')
      await remove(client, 'zoe@example.com')
      const preview = call(client, admin, 'preview_invitation', [invitation?.token])
      expect(await clientError(preview)).toMatchObject({ code: 'invitation_not_valid' })
      await remove(client, 'nobody@example.com')
    }),
  )

  it(
    'refuses the only active admin, also where nobody else is there',
    story(async (client) => {
      expect(await clientError(remove(client, 'admin@example.com'))).toMatchObject({ code: 'last_admin' })
      await client.query('delete from public.workspace_members where workspace_id = $1 and user_id <> $2', [
        ours,
        ids.admin,
      ])
      expect(await clientError(remove(client, 'admin@example.com'))).toMatchObject({ code: 'last_admin' })
      expect(await roleOf(client, ids.admin)).toEqual({ role_key: 'admin', status: 'active' })
    }),
  )

  it(
    'removes an admin beside whom there is another',
    story(async (client) => {
      await set(client, 'member@example.com', 'admin')
      await remove(client, 'admin@example.com')
      expect(await roleOf(client, ids.admin)).toBeUndefined()
      expect(await clientError(remove(client, 'member@example.com'))).toMatchObject({
        code: 'last_admin',
        details: ours,
      })
    }),
  )
})

it(
  'both are for servers alone',
  story(async (client) => {
    for (const actor of [admin, member]) {
      await expect(set(client, 'member@example.com', 'admin', actor)).rejects.toMatchObject({ code: '42501' })
      await expect(remove(client, 'viewer@example.com', actor)).rejects.toMatchObject({ code: '42501' })
    }
  }),
)
