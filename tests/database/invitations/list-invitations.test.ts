import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { invitationListSchema } from '../../../types/invitation-list.ts'
import { type Actor, actAs, anonymous, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { invite, revoke } from '../../support/people/invitations.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

async function list(
  client: pg.Client,
  actor: Actor,
  options: Record<string, unknown> = {},
  workspace = ours,
) {
  const named = Object.keys(options).map((name, index) => `, ${name} => $${index + 2}`)
  const { rows } = await actAs(client, actor, `select public.list_invitations($1${named.join('')}) as list`, [
    workspace,
    ...Object.values(options),
  ])
  return invitationListSchema.parse(rows[0]?.list)
}
const emails = ({ invitations }: Awaited<ReturnType<typeof list>>) => invitations.map(({ email }) => email)

describe('list_invitations', () => {
  it(
    'gives the pending invitations of the workspace, and no token',
    story(async (client) => {
      const { id, token, expiresAt } = await invite(client, admin, 'ada@example.com', 'viewer')
      const revoked = await invite(client, admin, 'bob@example.com')
      await revoke(client, admin, revoked.id)
      await invite(client, outsider, 'eve@example.com', 'member', theirs)
      const found = await list(client, admin)
      expect(found).toEqual({
        total: 1,
        page: 1,
        perPage: 50,
        invitations: [
          {
            id,
            email: 'ada@example.com',
            role: 'viewer',
            roleName: 'Viewer',
            inviter: { id: ids.admin, name: 'admin' },
            createdAt: expect.any(String),
            expiresAt,
            isOpen: true,
          },
        ],
      })
      expect(JSON.stringify(found)).not.toContain(token)
    }),
  )

  it.each([
    ['member', member, 'permission_denied', 'members.invite'],
    ['viewer', viewer, 'permission_denied', 'members.invite'],
    ['suspended admin', suspended, 'not_found', 'workspace_id'],
    ['outsider', outsider, 'not_found', 'workspace_id'],
  ])('is refused to the %s, whatever else is wrong', (_, actor, code, details) =>
    story(async (client) => {
      await invite(client, admin, 'ada@example.com')
      for (const options of [{}, { sort: 'token' }, { search: 'x'.repeat(300) }])
        expect(await clientError(list(client, actor, options))).toMatchObject({ code, details })
    })(),
  )

  it(
    'is for whoever may invite, by any role, and not for anonymous callers',
    story(async (client) => {
      await invite(client, admin, 'ada@example.com')
      await giveCustomRole(client, 'custom', ['members.invite'], [ids.member])
      expect(emails(await list(client, member))).toEqual(['ada@example.com'])
      await expect(list(client, anonymous)).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'says which are not open, and why: by the date, or because of who sent them',
    story(async (client) => {
      await giveCustomRole(client, 'custom', ['members.invite', 'workspace.read'], [ids.member])
      await invite(client, admin, 'late@example.com')
      await client.query("update public.workspace_invitations set expires_at = now() - interval '1 day'")
      await invite(client, member, 'demoted@example.com', 'custom')
      const { id } = await invite(client, admin, 'open@example.com')
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.member,
      ])
      const { invitations } = await list(client, admin, { sort: 'email', direction: 'asc' })
      expect(invitations.map(({ email, isOpen }) => [email, isOpen])).toEqual([
        ['demoted@example.com', false],
        ['late@example.com', false],
        ['open@example.com', true],
      ])
      await client.query('update public.workspace_invitations set invited_by = null where id = $1', [id])
      const [orphan] = (await list(client, admin, { search: 'open' })).invitations
      expect(orphan).toMatchObject({ inviter: null, isOpen: false })
    }),
  )

  it(
    'searches, narrows, sorts and pages',
    story(async (client) => {
      for (const [name, role] of [
        ['a_1', 'viewer'],
        ['b%2', 'member'],
        ['c3', 'viewer'],
      ] as const)
        await invite(client, admin, `${name}@example.com`, role)
      const sorted = { sort: 'email', direction: 'asc' }
      expect(emails(await list(client, admin, { ...sorted, role: 'viewer' }))).toEqual([
        'a_1@example.com',
        'c3@example.com',
      ])
      expect(emails(await list(client, admin, { search: '%' }))).toEqual(['b%2@example.com'])
      expect(emails(await list(client, admin, { search: '_' }))).toEqual(['a_1@example.com'])
      expect(await list(client, admin, { ...sorted, page: 2, per_page: 2 })).toMatchObject({
        total: 3,
        invitations: [{ email: 'c3@example.com' }],
      })
      expect(await list(client, admin, { ...sorted, page: 3, per_page: 2 })).toMatchObject({
        total: 3,
        invitations: [],
      })
    }),
  )

  it.each([
    ['search', 'x'.repeat(256)],
    ['role', 'nobody'],
    ['sort', 'token'],
    ['sort', null],
    ['direction', 'up'],
    ['page', 0],
    ['per_page', 101],
  ])('refuses a wrong %s', (field, value) =>
    story(async (client) => {
      expect(await clientError(list(client, admin, { [field]: value }))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: field,
      })
    })(),
  )
})
