import { describe, expect, it } from 'vitest'
import { actAs, anonymous, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { invite, readable, signUp, storedInvitations } from '../../support/people/invitations.ts'

const story = policySuite()

const denied = { code: '42501' }

describe('reading invitations', () => {
  it.each([
    ['admin', admin, ['ada@example.com']],
    ['member', member, []],
    ['viewer', viewer, []],
    ['suspended admin', suspended, []],
    ['outsider', outsider, ['eve@example.com']],
    ['service role', service, ['ada@example.com', 'eve@example.com']],
  ])('shows the %s what they may invite to', (_, actor, expected) =>
    story(async (client) => {
      await invite(client, admin, 'ada@example.com')
      await invite(client, outsider, 'eve@example.com', 'member', theirs)
      const { rows } = await actAs(
        client,
        actor,
        `select ${readable} from public.workspace_invitations order by email`,
      )
      expect(rows.map((row) => row.email)).toEqual(expected)
    })(),
  )

  it(
    'does not show the invited person the list',
    story(async (client) => {
      const ada = await signUp(client, '00000000-0000-4000-8000-000000000011', 'ada@example.com')
      await invite(client, admin, 'ada@example.com')
      const { rowCount } = await actAs(client, ada, 'select id from public.workspace_invitations')
      expect(rowCount).toBe(0)
    }),
  )

  it.each([
    ['an admin', admin],
    ['the service role', service],
    ['anonymous callers', anonymous],
  ])('never shows %s the hash of a token', (_, actor) =>
    story(async (client) => {
      await invite(client, admin, 'ada@example.com')
      for (const sql of [
        'select token_hash from private.invitation_tokens',
        'select count(*) from private.invitation_tokens',
        'select from private.open_invitations',
      ])
        await expect(actAs(client, actor, sql)).rejects.toMatchObject(denied)
      const { rows } = await client.query('select * from public.workspace_invitations')
      expect(JSON.stringify(rows)).not.toMatch(/token|hash/)
    })(),
  )
})

describe('writing invitations without the functions', () => {
  it.each([
    `insert into public.workspace_invitations (workspace_id, email, role_key, expires_at)
     values ('${ours}', 'eve@example.com', 'admin', now() + interval '1 year')`,
    "update private.invitation_tokens set token_hash = sha256('mine')",
    "update public.workspace_invitations set role_key = 'admin'",
    "update public.workspace_invitations set expires_at = now() + interval '1 year'",
    'delete from public.workspace_invitations',
    'select private.new_invitation_token()',
    `select private.invitations_for('${ids.member}')`,
    "select private.renew_invitation_token('WK-00000000A', gen_random_uuid())",
    "select private.join_by_invitation('WK-00000000A', gen_random_uuid())",
    `select private.confirmed_email('${ids.member}')`,
  ])('is denied: %s', (sql) =>
    story(async (client) => {
      await invite(client, admin, 'ada@example.com')
      const before = await storedInvitations(client)
      for (const actor of [admin, service, anonymous])
        await expect(actAs(client, actor, sql)).rejects.toMatchObject(denied)
      expect(await storedInvitations(client)).toEqual(before)
    })(),
  )
})
