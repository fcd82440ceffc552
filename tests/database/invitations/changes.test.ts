import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { hash, type Invitation, invite, revoke, storedInvitations } from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

const resend = async (client: pg.Client, actor: Actor, id: string, workspaceId = ours) => {
  const { rows } = await actAs<{ invitation: Invitation }>(
    client,
    actor,
    'select public.resend_invitation($1, $2) as invitation',
    [workspaceId, id],
  )
  return rows[0]?.invitation
}

describe('resend_invitation', () => {
  it(
    'kills the old token, gives seven more days and makes the caller the inviter',
    story(async (client) => {
      const old = await invite(client, admin, 'ada@example.com')
      await client.query(
        "update public.workspace_invitations set expires_at = now() - interval '1 day', invited_by = null",
      )
      const fresh = await resend(client, admin, old.id)
      expect(fresh).toMatchObject({ id: old.id, email: old.email, role: old.role })
      expect(fresh?.token).not.toBe(old.token)
      const [row] = await storedInvitations(client)
      expect(row).toMatchObject({ invited_by: ids.admin, left_over: { days: 7 } })
      expect(row?.token_hash).toEqual(hash(fresh?.token))
    }),
  )

  it(
    'is refused to who could not have invited to that role',
    story(async (client) => {
      const { id, token } = await invite(client, admin, 'ada@example.com', 'admin')
      await giveCustomRole(client, 'custom', ['members.invite'], [ids.member])
      expect(await clientError(resend(client, member, id))).toMatchObject({ code: 'permission_denied' })
      expect(await clientError(resend(client, viewer, id))).toMatchObject({
        code: 'permission_denied',
        details: 'members.invite',
      })
      const [row] = await storedInvitations(client)
      expect(row).toMatchObject({ invited_by: ids.admin })
      expect(row?.token_hash).toEqual(hash(token))
    }),
  )
})

describe('revoke_invitation', () => {
  it(
    'ends an invitation, which stays on record',
    story(async (client) => {
      const { id } = await invite(client, admin, 'ada@example.com', 'admin')
      await giveCustomRole(client, 'custom', ['members.invite'], [ids.member])
      await revoke(client, member, id)
      expect(await storedInvitations(client)).toMatchObject([{ id, revoked_at: expect.any(Date) }])
    }),
  )
})

it(
  'an invitation is in the audit log through its life, and its address and token never are',
  story(async (client) => {
    const { id, email } = await invite(client, admin, 'ada@example.com')
    // A story is one moment, and it is sent again at a later one.
    await client.query("update public.workspace_invitations set expires_at = expires_at - interval '1 day'")
    const fresh = await resend(client, admin, id)
    await revoke(client, admin, id)
    const { rows } = await client.query(
      `select action, changes - 'created_at' as changes from public.audit_log
       where table_name = 'workspace_invitations' and row_id = $1 and actor_type = 'user' order by occurred_at`,
      [id],
    )
    expect(rows).toMatchObject([
      { action: 'insert', changes: { email: {}, role_key: { new: 'member' } } },
      { action: 'update', changes: { expires_at: { new: expect.any(String) } } },
      { action: 'update', changes: { revoked_at: { new: expect.any(String) } } },
    ])
    const text = JSON.stringify(rows)
    expect(text).not.toContain(email)
    expect(text).not.toContain(hash(fresh?.token).toString('hex'))
  }),
)

describe.each([
  ['resend', resend],
  ['revoke', revoke],
])('who may not invite, or knows an id of elsewhere, cannot %s', (_, change) => {
  it.each([
    ['member', member, 'permission_denied'],
    ['suspended admin', suspended, 'not_found'],
    ['outsider', outsider, 'not_found'],
  ])('as %s', (__, actor, code) =>
    story(async (client) => {
      const { id } = await invite(client, admin, 'ada@example.com')
      const before = await storedInvitations(client)
      expect(await clientError(change(client, actor, id))).toMatchObject({ code })
      expect(await storedInvitations(client)).toEqual(before)
    })(),
  )

  it(
    'through a workspace of their own',
    story(async (client) => {
      const { id } = await invite(client, admin, 'ada@example.com')
      const before = await storedInvitations(client)
      const existing = await clientError(change(client, outsider, id, theirs))
      const missing = await clientError(
        change(client, outsider, '00000000-0000-4000-8000-0000000000ff', theirs),
      )
      expect(existing).toMatchObject({ status: 404, code: 'not_found', details: 'id' })
      expect(existing).toEqual(missing)
      expect(await storedInvitations(client)).toEqual(before)
    }),
  )

  it(
    'what has ended',
    story(async (client) => {
      const { id } = await invite(client, admin, 'ada@example.com')
      for (const column of ['accepted_at', 'revoked_at']) {
        await client.query(
          `update public.workspace_invitations set accepted_at = null, revoked_at = null;
           update public.workspace_invitations set ${column} = now()`,
        )
        const before = await storedInvitations(client)
        expect(await clientError(change(client, admin, id))).toMatchObject({ status: 409, code: 'conflict' })
        expect(await storedInvitations(client)).toEqual(before)
      }
    }),
  )
})
