import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { myInvitationsSchema } from '../../../types/invitation-list.ts'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'
import {
  accept,
  adaId,
  eveId,
  invite,
  memberships,
  notValid,
  signUp,
} from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

async function mine(client: pg.Client, actor: Actor) {
  const { rows } = await actAs(
    client,
    actor,
    `select public.my_invitations() as listed, public.session_context() -> 'invitations' as session`,
  )
  expect(rows[0]?.session).toEqual(rows[0]?.listed)
  return myInvitationsSchema.parse(rows[0]?.listed)
}

const acceptMine = async (client: pg.Client, actor: Actor, id: string | null) =>
  (await actAs(client, actor, 'select * from public.accept_my_invitation($1)', [id])).rows[0]

const secondAdmin = `update public.workspace_members set status = 'active' where user_id = '${ids.suspended}';`

const declineMine = (client: pg.Client, actor: Actor, id: string | null) =>
  actAs(client, actor, 'select public.decline_my_invitation($1)', [id])

/** Nobody joins, nothing is declined, and nothing is told but that it does not count. */
async function expectRefused(client: pg.Client, actor: Actor, id: string | null): Promise<void> {
  const stored = async () => [
    (await client.query('select * from public.workspace_members order by workspace_id, user_id')).rows,
    (await client.query('select * from public.workspace_invitations order by id')).rows,
  ]
  const before = await stored()
  expect(await clientError(acceptMine(client, actor, id))).toEqual(notValid)
  expect(await clientError(declineMine(client, actor, id))).toEqual(notValid)
  expect(await stored()).toEqual(before)
}

describe('my_invitations', () => {
  it(
    'tells a person with a confirmed address what waits for it, and accepts it by its id, once',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'Ada@Example.com')
      const { id, token, expiresAt } = await invite(client, admin, 'ada@example.com', 'viewer')
      await invite(client, outsider, 'eve@example.com', 'viewer', theirs)
      // What one is in elsewhere is no matter.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
        [theirs, adaId],
      )
      expect(await mine(client, ada)).toEqual([
        {
          id,
          workspaceName: 'Ours',
          role: 'viewer',
          roleName: 'Viewer',
          inviterName: 'admin',
          invitedAt: expect.any(String),
          expiresAt,
        },
      ])
      expect(await acceptMine(client, ada, id)).toMatchObject({
        workspace_id: ours,
        user_id: adaId,
        role_key: 'viewer',
        status: 'active',
      })
      expect(await mine(client, ada)).toEqual([])
      await expectRefused(client, ada, id)
      expect(await clientError(accept(client, ada, token))).toEqual(notValid)
    }),
  )

  it(
    'is declined by its id: the link is dead, and the person can be invited again',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const { id, token } = await invite(client, admin, 'ada@example.com', 'viewer')
      await declineMine(client, ada, id)
      expect(await mine(client, ada)).toEqual([])
      await expectRefused(client, ada, id)
      expect(await clientError(accept(client, ada, token))).toEqual(notValid)
      const again = await invite(client, admin, 'ada@example.com', 'viewer')
      // Not by the one that is declined already.
      await expectRefused(client, ada, id)
      expect(await acceptMine(client, ada, again.id)).toMatchObject({ user_id: adaId, role_key: 'viewer' })
    }),
  )

  it.each([
    ['an address that is not confirmed', 'ada@example.com', false],
    ['another address', 'eve@example.com', true],
    ['an address that only looks the same', 'ad\u0430@example.com', true],
    ['an address with more in it', 'ada+1@example.com', true],
  ])('tells nothing to %s, and lets nobody in by the id', (_, email, confirmed) =>
    story(async (client) => {
      const eve = await signUp(client, eveId, email, { confirmed })
      const { id } = await invite(client, admin, 'ada@example.com')
      expect(await mine(client, eve)).toEqual([])
      await expectRefused(client, eve, id)
    })(),
  )

  it(
    'goes by the address that Auth has, not by claims, metadata or the copy in the profile',
    story(async (client) => {
      const eve = await signUp(client, eveId, 'eve@example.com')
      await client.query(
        `update auth.users set raw_user_meta_data = '{"email": "ada@example.com"}', email_change = 'ada@example.com'
         where id = $1`,
        [eveId],
      )
      await client.query("update public.profiles set email = 'ada@example.com' where id = $1", [eveId])
      const { id } = await invite(client, admin, 'ada@example.com')
      const forged = { ...eve, email: 'ada@example.com', user_metadata: { email_verified: true } }
      expect(await mine(client, forged)).toEqual([])
      await expectRefused(client, forged, id)
    }),
  )

  it.each([
    ['made up', 'select 1', '00000000-0000-4000-8000-0000000000ff'],
    ['missing', 'select 1', null],
    ['expired', "update public.workspace_invitations set expires_at = now() - interval '1 second'"],
    ['revoked', 'update public.workspace_invitations set revoked_at = now()'],
    [
      'from someone suspended',
      `${secondAdmin} update public.workspace_members set status = 'suspended' where user_id = '${ids.admin}'`,
    ],
    [
      'from someone removed',
      `${secondAdmin} delete from public.workspace_members where user_id = '${ids.admin}'`,
    ],
    ['from an account that is gone', `${secondAdmin} delete from auth.users where id = '${ids.admin}'`],
    [
      'for a role that has outgrown the inviter',
      "update public.workspace_roles set permissions = array_remove(permissions, 'ai.use') where key = 'admin'",
    ],
    [
      'for a custom role of a workspace that is back on the free plan',
      `insert into public.workspace_roles (workspace_id, key, name) values ('${ours}', 'custom', 'Custom');
       update public.workspace_invitations set role_key = 'custom'`,
    ],
  ])('leaves out, and refuses, what is %s', (_, change, other?: string | null) =>
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const { id } = await invite(client, admin, 'ada@example.com')
      await client.query(change)
      if (other === undefined) expect(await mine(client, ada)).toEqual([])
      await expectRefused(client, ada, other === undefined ? id : other)
    })(),
  )

  it(
    'offers nobody the workspace that they are in, suspended or not',
    story(async (client) => {
      for (const [actor, name] of [
        [member, 'member'],
        [suspended, 'suspended'],
      ] as const) {
        await client.query(
          "update auth.users set email_confirmed_at = now(), email = 'other@example.com' where id = $1",
          [actor.sub],
        )
        const { id } = await invite(client, admin, `${name}@example.com`, 'admin')
        await client.query('update auth.users set email = $2 where id = $1', [
          actor.sub,
          `${name}@example.com`,
        ])
        expect(await mine(client, actor)).toEqual([])
        const before = await memberships(client, actor.sub ?? '')
        expect(await clientError(acceptMine(client, actor, id))).toMatchObject({
          status: 409,
          code: 'conflict',
        })
        expect(await memberships(client, actor.sub ?? '')).toEqual(before)
      }
    }),
  )

  it(
    'is bounded, whoever floods it, and has what was sent last',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      await client.query(
        `insert into public.workspaces (id, name, created_by)
         select 'WK-' || lpad(n::text, 9, '0'), 'Flood ' || n, $1 from generate_series(1, 60) as n`,
        [ids.outsider],
      )
      await client.query(
        `insert into public.workspace_members (workspace_id, user_id, role_key)
         select id, $1, 'admin' from public.workspaces where name like 'Flood %'`,
        [ids.outsider],
      )
      await client.query(
        `insert into public.workspace_invitations (workspace_id, email, role_key, invited_by, expires_at)
         select id, 'ada@example.com', 'viewer', $1, now() + interval '1 day'
         from public.workspaces where name like 'Flood %'`,
        [ids.outsider],
      )
      const { id } = await invite(client, admin, 'ada@example.com')
      const listed = await mine(client, ada)
      expect(listed).toHaveLength(50)
      expect(listed[0]?.id).toBe(id)
    }),
  )

  it(
    'names a role of the workspace’s own as the workspace does',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      await giveCustomRole(client, 'custom', ['workspace.read'])
      await client.query("update public.workspace_roles set name = 'Guests' where key = 'custom'")
      await invite(client, admin, 'ada@example.com', 'custom')
      expect(await mine(client, ada)).toMatchObject([{ role: 'custom', roleName: 'Guests' }])
    }),
  )

  it.each([
    ['anonymous callers', anonymous],
    ['the service role, which is nobody', service],
  ])('is denied to %s', (_, actor) =>
    story(async (client) => {
      const { id } = await invite(client, admin, 'ada@example.com')
      await expect(actAs(client, actor, 'select public.my_invitations()')).rejects.toMatchObject({
        code: '42501',
      })
      await expect(acceptMine(client, actor, id)).rejects.toMatchObject({ code: '42501' })
    })(),
  )

  it(
    'refuses a session whose account is gone',
    story(async (client) => {
      const gone = person(adaId)
      const { id } = await invite(client, admin, 'ada@example.com')
      for (const call of [
        () => actAs(client, gone, 'select public.my_invitations()'),
        () => acceptMine(client, gone, id),
      ])
        expect(await clientError(call())).toMatchObject({ status: 401, code: 'not_signed_in' })
    }),
  )
})
