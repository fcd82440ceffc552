import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import {
  accept,
  adaId,
  eveId,
  invite,
  memberships,
  notValid,
  preview,
  signUp,
} from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

const invitations = async (client: pg.Client) =>
  (await client.query('select * from public.workspace_invitations order by id')).rows

/** Nothing is written, and the answer is the one that every token that does not count gets. */
async function expectNotValid(client: pg.Client, actor: Actor, token: string | null): Promise<void> {
  const before = await invitations(client)
  const people = await client.query('select * from public.workspace_members order by user_id')
  expect(await clientError(accept(client, actor, token))).toEqual(notValid)
  expect(await invitations(client)).toEqual(before)
  const after = await client.query('select * from public.workspace_members order by user_id')
  expect(after.rows).toEqual(people.rows)
}

/** The last admin may not go: another one stands by. */
const secondAdmin = `update public.workspace_members set status = 'active' where user_id = '${ids.suspended}';`

describe('accept_invitation', () => {
  it(
    'makes a member with the invited role, once',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'Ada@Example.com')
      const { id, token } = await invite(client, admin, 'ada@example.com', 'viewer')
      expect((await actAs(client, ada, 'select from public.workspaces')).rowCount).toBe(0)
      expect(await accept(client, ada, token)).toMatchObject({
        workspace_id: ours,
        user_id: adaId,
        role_key: 'viewer',
        status: 'active',
      })
      const { rows } = await actAs(client, ada, 'select id, name from public.workspaces')
      expect(rows).toEqual([{ id: ours, name: 'Ours' }])
      expect(await invitations(client)).toMatchObject([
        { id, accepted_at: expect.any(Date), accepted_by: adaId },
      ])
      await expectNotValid(client, ada, token)
      expect(await clientError(preview(client, anonymous, token))).toEqual(notValid)
    }),
  )

  it.each([
    ['anonymous callers', anonymous],
    ['the service role, which is nobody', service],
  ])('is denied to %s', (_, actor) =>
    story(async (client) => {
      const { token } = await invite(client, admin, 'ada@example.com')
      await expect(accept(client, actor, token)).rejects.toMatchObject({ code: '42501' })
    })(),
  )

  it(
    'refuses a session whose account is gone',
    story(async (client) => {
      const { token } = await invite(client, admin, 'ada@example.com')
      expect(await clientError(accept(client, person(adaId), token))).toMatchObject({
        status: 401,
        code: 'not_signed_in',
      })
    }),
  )

  it.each([
    ['from another address', 'eve@example.com', true],
    ['from the address while it is not confirmed', 'ada@example.com', false],
    ['from an address that only looks the same', 'ad\u0430@example.com', true],
    ['from an address that only folds to the same', 'ada@e\u212aample.com', true],
  ])('A08 use an invitation %s: it is not valid', (_, email, confirmed) =>
    story(async (client) => {
      const eve = await signUp(client, eveId, email, { confirmed })
      const { token } = await invite(
        client,
        admin,
        email.endsWith('@example.com') ? 'ada@example.com' : 'ada@ekample.com',
      )
      await expectNotValid(client, eve, token)
      await client.query(
        "update auth.users set email_confirmed_at = now(), email = 'changed@example.com' where id = $1",
        [eveId],
      )
      await expectNotValid(client, eve, token)
    })(),
  )

  it(
    'counts the address that Auth has now, not the one in the claims or the metadata',
    story(async (client) => {
      const eve = await signUp(client, eveId, 'eve@example.com')
      await client.query(
        `update auth.users set raw_user_meta_data = '{"email": "ada@example.com", "email_verified": true}',
           email_change = 'ada@example.com' where id = $1`,
        [eveId],
      )
      const { token } = await invite(client, admin, 'ada@example.com')
      const forged = { ...eve, email: 'ada@example.com', user_metadata: { email_verified: true } }
      await expectNotValid(client, forged, token)
      await client.query("update auth.users set email = 'ada@example.com' where id = $1", [eveId])
      expect(await accept(client, eve, token)).toMatchObject({ user_id: eveId })
    }),
  )

  it.each([
    ['made up', 'select 1', 'A'.repeat(43)],
    ['empty', 'select 1', ''],
    ['missing', 'select 1', null],
    ['expired', "update public.workspace_invitations set expires_at = now() - interval '1 second'"],
    ['revoked', 'update public.workspace_invitations set revoked_at = now()'],
    ['replaced', "update private.invitation_tokens set token_hash = sha256('another')"],
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
      'from someone demoted below the role',
      `${secondAdmin} update public.workspace_members set role_key = 'viewer' where user_id = '${ids.admin}'`,
    ],
    [
      'from someone who may no longer invite',
      "update public.workspace_roles set permissions = array_remove(permissions, 'members.invite') where key = 'admin'",
    ],
    [
      'for a custom role of a workspace that is back on the free plan',
      `insert into public.workspace_roles (workspace_id, key, name) values ('${ours}', 'custom', 'Custom');
       update public.workspace_invitations set role_key = 'custom'`,
    ],
    [
      'for a role that has outgrown the inviter',
      "update public.workspace_roles set permissions = array_remove(permissions, 'ai.use') where key = 'admin'",
    ],
  ])('refuses a token that is %s', (_, change, token?: string | null) =>
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const invitation = await invite(client, admin, 'ada@example.com')
      await client.query(change)
      const presented = token === undefined ? invitation.token : token
      expect(await clientError(preview(client, anonymous, presented))).toEqual(notValid)
      await expectNotValid(client, ada, presented)
    })(),
  )

  it(
    'counts again when someone who may give the role sends it again',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      await giveCustomRole(client, 'custom', ['members.invite', 'workspace.read'], [ids.member])
      const { id, token } = await invite(client, member, 'ada@example.com', 'custom')
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.member,
      ])
      await expectNotValid(client, ada, token)
      const { rows } = await actAs(
        client,
        admin,
        "select public.resend_invitation($1, $2) ->> 'token' as token",
        [ours, id],
      )
      await expectNotValid(client, ada, token)
      expect(await accept(client, ada, rows[0]?.token)).toMatchObject({ role_key: 'custom' })
    }),
  )

  it(
    'does not let a suspended member back in',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = now() where id = $1', [ids.suspended])
      // An invitation from before, or by another address of the same person.
      await client.query("update auth.users set email = 'other@example.com' where id = $1", [ids.suspended])
      const { token } = await invite(client, admin, 'suspended@example.com', 'admin')
      await client.query("update auth.users set email = 'suspended@example.com' where id = $1", [
        ids.suspended,
      ])
      const before = await invitations(client)
      expect(await clientError(accept(client, suspended, token))).toMatchObject({
        status: 409,
        code: 'conflict',
      })
      expect(await memberships(client, ids.suspended)).toEqual([
        { workspace_id: ours, role_key: 'admin', status: 'suspended' },
      ])
      expect(await invitations(client)).toEqual(before)
    }),
  )

  it(
    'does not let back in who has left suspended, but by somebody who may change members',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = now() where id = any ($1)', [
        [ids.suspended, ids.viewer],
      ])
      await giveCustomRole(client, 'host', ['members.invite', 'workspace.read'], [ids.member])
      // An invitation that is there already, for an address which becomes theirs.
      const { token } = await invite(client, member, 'other@example.com', 'host')
      for (const actor of [suspended, viewer]) await call(client, actor, 'leave_workspace', [ours])
      expect(await clientError(invite(client, member, 'suspended@example.com', 'host'))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: 'email',
      })
      const called = (email: string) =>
        client.query('update auth.users set email = $1 where id = $2', [email, ids.suspended])
      await called('other@example.com')
      expect(await clientError(accept(client, suspended, token))).toMatchObject({ code: 'conflict' })
      await called('suspended@example.com')
      expect(await memberships(client, ids.suspended)).toEqual([])
      // Who has left without being suspended comes back by any invitation.
      const back = await invite(client, member, 'viewer@example.com', 'host')
      expect(await accept(client, viewer, back.token)).toMatchObject({ status: 'active' })

      const lifted = await invite(client, admin, 'suspended@example.com', 'viewer')
      expect(await accept(client, suspended, lifted.token)).toMatchObject({ status: 'active' })
      // What is over does not come back by itself.
      await call(client, suspended, 'leave_workspace', [ours])
      const again = await invite(client, member, 'suspended@example.com', 'host')
      expect(await accept(client, suspended, again.token)).toMatchObject({ role_key: 'host' })
    }),
  )

  it(
    'that is sent again lets back in who has left suspended, by somebody who may change members alone',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = now() where id = $1', [ids.suspended])
      await giveCustomRole(client, 'host', ['members.invite', 'workspace.read'], [ids.member])
      await client.query("update auth.users set email = 'other@example.com' where id = $1", [ids.suspended])
      const { id } = await invite(client, member, 'suspended@example.com', 'host')
      await client.query("update auth.users set email = 'suspended@example.com' where id = $1", [
        ids.suspended,
      ])
      await call(client, suspended, 'leave_workspace', [ours])
      const again = (actor: Actor) => call<{ token: string }>(client, actor, 'resend_invitation', [ours, id])
      expect(await clientError(again(member))).toMatchObject({ code: 'conflict', details: 'email' })
      const { token } = await again(admin)
      expect(await accept(client, suspended, token)).toMatchObject({ role_key: 'host', status: 'active' })
    }),
  )

  it(
    'does not change the role of a member',
    story(async (client) => {
      await client.query(
        "update auth.users set email_confirmed_at = now(), email = 'other@example.com' where id = $1",
        [ids.member],
      )
      const { token } = await invite(client, admin, 'member@example.com', 'admin')
      await client.query("update auth.users set email = 'member@example.com' where id = $1", [ids.member])
      expect(await clientError(accept(client, member, token))).toMatchObject({ code: 'conflict' })
      expect(await memberships(client, ids.member)).toMatchObject([{ role_key: 'member' }])
    }),
  )

  it(
    'joins the inviting workspace only',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const { token } = await invite(client, outsider, 'ada@example.com', 'admin', theirs)
      await accept(client, ada, token)
      expect(await memberships(client, adaId)).toEqual([
        { workspace_id: theirs, role_key: 'admin', status: 'active' },
      ])
    }),
  )

  it(
    'forgets an accepted address with the account',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const { token } = await invite(client, admin, 'ada@example.com')
      await accept(client, ada, token)
      await client.query('delete from auth.users where id = $1', [adaId])
      expect(await invitations(client)).toEqual([])
    }),
  )
})
