import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { hash, invite, revoke, storedInvitations } from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, limitFree, overLimit, setPlan } from '../../support/people/plan.ts'

const story = policySuite()

const denied = { code: '42501' }

describe('create_invitation', () => {
  it(
    'shows the token once and keeps its hash',
    story(async (client) => {
      const invitation = await invite(client, admin, ' Ada@Example.COM ', 'viewer')
      expect(invitation).toEqual({
        id: expect.any(String),
        email: 'ada@example.com',
        role: 'viewer',
        token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        expiresAt: expect.any(String),
      })
      const [row] = await storedInvitations(client)
      expect(row).toMatchObject({
        id: invitation.id,
        email: 'ada@example.com',
        role_key: 'viewer',
        invited_by: ids.admin,
        accepted_at: null,
        revoked_at: null,
        left_over: { days: 7 },
      })
      expect(row?.token_hash).toEqual(hash(invitation.token))
    }),
  )

  it(
    'answers the same for an address with an account and one without',
    story(async (client) => {
      const known = await invite(client, admin, 'outsider@example.com')
      const unknown = await invite(client, admin, 'nobody@example.com')
      expect(Object.keys(known)).toEqual(Object.keys(unknown))
      expect(known.token).not.toBe(unknown.token)
    }),
  )

  it.each([
    ['member', member, 'permission_denied', 'members.invite'],
    ['viewer', viewer, 'permission_denied', 'members.invite'],
    ['suspended admin', suspended, 'not_found', 'workspace_id'],
    ['outsider', outsider, 'not_found', 'workspace_id'],
  ])('is refused to the %s', (_, actor, code, details) =>
    story(async (client) => {
      expect(await clientError(invite(client, actor, 'ada@example.com'))).toMatchObject({ code, details })
      // The permission comes first, so that bad values tell an outsider nothing either.
      expect(await clientError(invite(client, actor, 'nonsense', 'nonsense'))).toMatchObject({
        code,
        details,
      })
      expect(await storedInvitations(client)).toEqual([])
    })(),
  )

  it.each([
    ['anonymous callers', anonymous],
    ['the service role, which is nobody', service],
  ])('is denied to %s', (_, actor) =>
    story(async (client) => {
      await expect(invite(client, actor, 'ada@example.com')).rejects.toMatchObject(denied)
    })(),
  )

  it.each([
    ['nothing', null],
    ['an empty address', ''],
    ['a name', 'Ada'],
    ['no mailbox', '@example.com'],
    ['a host without a dot', 'ada@localhost'],
    ['an address with a name', 'Ada <ada@example.com>'],
    ['two addresses', 'ada@example.com,eve@example.com'],
    ['a second line', 'ada@example.com\nBcc: eve@example.com'],
    ['a letter that folds to k', 'mar\u212a@example.com'],
    ['more than is looked at', `${'a'.repeat(5000)}@example.com`],
    ['a long mailbox', `${'a'.repeat(65)}@example.com`],
    [
      'a long address',
      `a@${'b'.repeat(60)}.${'b'.repeat(60)}.${'b'.repeat(60)}.${'b'.repeat(60)}.${'b'.repeat(10)}.com`,
    ],
  ])('refuses %s as an address', (_, email) =>
    story(async (client) => {
      expect(await clientError(invite(client, admin, email))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'email',
      })
      expect(await storedInvitations(client)).toEqual([])
    })(),
  )

  it.each([['owner'], [''], [null]])('refuses %j as a role', (role) =>
    story(async (client) => {
      expect(await clientError(invite(client, admin, 'ada@example.com', role))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: 'role',
      })
      expect(await storedInvitations(client)).toEqual([])
    })(),
  )

  it(
    'refuses a role of another workspace',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_roles (workspace_id, key, name) values ($1, 'owner', 'Owner')",
        [theirs],
      )
      expect(await clientError(invite(client, admin, 'ada@example.com', 'owner'))).toMatchObject({
        code: 'invalid_input',
        details: 'role',
      })
    }),
  )

  it(
    'gives nobody a role above the inviter, and one below',
    story(async (client) => {
      await giveCustomRole(client, 'custom', ['dashboards.read', 'members.invite'], [ids.member])
      expect(await clientError(invite(client, member, 'eve@example.com', 'admin'))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: expect.stringContaining('workspace.delete'),
      })
      expect(await clientError(invite(client, member, 'eve@example.com', 'viewer'))).toMatchObject({
        code: 'permission_denied',
        details: 'components.read, dashboards.arrange, members.read, themes.read, workspace.read',
      })
      expect(await storedInvitations(client)).toEqual([])
      expect(await invite(client, member, 'eve@example.com', 'custom')).toMatchObject({ role: 'custom' })
    }),
  )

  it.each([
    ['an active member', 'member@example.com'],
    ['a member in capitals', 'MEMBER@example.com'],
    ['a suspended member', 'suspended@example.com'],
  ])('refuses the address of %s', (_, email) =>
    story(async (client) => {
      expect(await clientError(invite(client, admin, email))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: 'email',
      })
      expect(await storedInvitations(client)).toEqual([])
    })(),
  )

  it(
    'has one pending invitation for an address, expired or not, and points to resend',
    story(async (client) => {
      const first = await invite(client, admin, 'ada@example.com')
      const conflict = {
        status: 409,
        code: 'conflict',
        details: 'email',
        hint: expect.stringContaining('Revoke'),
      }
      expect(await clientError(invite(client, admin, 'ADA@example.com', 'viewer'))).toMatchObject(conflict)
      await client.query("update public.workspace_invitations set expires_at = now() - interval '1 day'")
      expect(await clientError(invite(client, admin, 'ada@example.com'))).toMatchObject(conflict)
      await revoke(client, admin, first.id)
      expect((await invite(client, admin, 'ada@example.com', 'viewer')).id).not.toBe(first.id)
      expect(await storedInvitations(client)).toHaveLength(2)
    }),
  )

  it(
    'invites the same address to two workspaces',
    story(async (client) => {
      await invite(client, admin, 'ada@example.com')
      expect(await invite(client, outsider, 'ada@example.com', 'member', theirs)).toMatchObject({
        email: 'ada@example.com',
      })
    }),
  )

  it(
    'offers no seat twice, and counts those that are open here and not the one that is sent again',
    story(async (client) => {
      // Three are active, and one seat is left.
      await limitFree(client, { members: 4 })
      await client.query(
        `insert into public.workspace_invitations (workspace_id, email, role_key, expires_at, accepted_at, revoked_at)
         values ($1, 'a@example.com', 'viewer', now() + interval '1 day', now(), null),
           ($1, 'b@example.com', 'viewer', now() + interval '1 day', null, now()),
           ($1, 'c@example.com', 'viewer', now(), null, null),
           ($2, 'd@example.com', 'viewer', now() + interval '1 day', null, null)`,
        [ours, theirs],
      )
      const { id } = await invite(client, admin, 'ada@example.com')
      expect(await clientError(invite(client, admin, 'eve@example.com'))).toMatchObject(
        overLimit('members', 4, 5),
      )
      expect(await call(client, admin, 'resend_invitation', [ours, id])).toMatchObject({ id })
      const { rows } = await client.query(
        "select id from public.workspace_invitations where email = 'c@example.com'",
      )
      expect(await clientError(call(client, admin, 'resend_invitation', [ours, rows[0].id]))).toMatchObject(
        overLimit('members', 4, 5),
      )
    }),
  )

  it(
    'keeps 100 pending on the free plan, and more on premium',
    story(async (client) => {
      await client.query(
        `insert into public.workspace_invitations (workspace_id, email, role_key, expires_at)
         select $1, 'p' || n || '@example.com', 'viewer', now()
         from generate_series(1, 99) as n`,
        [ours],
      )
      const last = await invite(client, admin, 'ada@example.com')
      expect(await clientError(invite(client, admin, 'eve@example.com'))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: 'workspace_id',
      })
      await setPlan(client, 'premium', ours)
      await invite(client, admin, 'eve@example.com')
      await setPlan(client, 'free', ours)
      await revoke(client, admin, last.id)
      expect(await clientError(invite(client, admin, 'fay@example.com'))).toMatchObject({ code: 'conflict' })
      // What has ended, however it ended, is pending no more.
      const end = (column: string, email: string) =>
        client.query(`update public.workspace_invitations set ${column} = now() where email = $1`, [email])
      for (const [column, email, next] of [
        ['accepted_at', 'p1@example.com', 'fay@example.com'],
        ['revoked_at', 'p2@example.com', 'gil@example.com'],
      ] as const) {
        expect(await clientError(invite(client, admin, next))).toMatchObject({ code: 'conflict' })
        await end(column, email)
        await invite(client, admin, next)
      }
    }),
  )
})

it(
  'a custom role that stayed on the free plan is offered to nobody, until there is a plan that has it',
  story(async (client) => {
    await giveCustomRole(client, 'custom', ['workspace.read'])
    await setPlan(client, 'free', ours)
    const offer = () => invite(client, admin, 'ada@example.com', 'custom')
    expect(await clientError(offer())).toMatchObject(lacksFeature('custom_roles'))
    expect(await storedInvitations(client)).toEqual([])
    await setPlan(client, 'premium', ours)
    expect(await offer()).toMatchObject({ role: 'custom' })
  }),
)

it(
  'an invitation goes with its role and with its workspace',
  story(async (client) => {
    await giveCustomRole(client, 'custom', ['members.invite'], [ids.member])
    await invite(client, admin, 'ada@example.com', 'custom')
    await invite(client, admin, 'eve@example.com', 'viewer')
    await client.query("update public.workspace_members set role_key = 'member' where role_key = 'custom'")
    await client.query("delete from public.workspace_roles where key = 'custom'")
    expect((await storedInvitations(client)).map((row) => row.email)).toEqual(['eve@example.com'])
    await actAs(client, service, 'delete from public.workspaces where id = $1', [ours])
    expect(await storedInvitations(client)).toEqual([])
  }),
)
