import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { invite, revoke, signUp } from '../../support/people/invitations.ts'

// How many invitations a person sends, and how many mails of them an address gets.

const story = policySuite()
const stranger = 'stranger@example.com'

const refused = (details: string) => ({ status: 429, code: 'rate_limited', details })

/** Invites from a workspace that is made for it, and returns the workspace. */
async function inviteFromAnother(client: pg.Client, actor: Actor, email = stranger): Promise<string> {
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    "select id from public.create_workspace('Another') as made",
  )
  const workspace = rows[0]?.id ?? ''
  await invite(client, actor, email, 'viewer', workspace)
  return workspace
}

const invitationsTo = async (client: pg.Client, email: string) =>
  (await client.query('select from public.workspace_invitations where email = $1', [email])).rowCount

describe('a person', () => {
  it(
    'invites one address five times a day, whichever the workspace, also where each is taken back',
    story(async (client) => {
      for (let time = 0; time < 2; time += 1) {
        const { id } = await invite(client, admin, stranger)
        await revoke(client, admin, id)
      }
      const { id } = await invite(client, admin, stranger)
      await call(client, admin, 'resend_invitation', [ours, id])
      await inviteFromAnother(client, admin)
      const before = await invitationsTo(client, stranger)

      expect(await clientError(inviteFromAnother(client, admin))).toMatchObject(refused('address'))
      expect(await clientError(call(client, admin, 'resend_invitation', [ours, id]))).toMatchObject({
        ...refused('address'),
        hint: expect.stringMatching(/^Invite it again in 17[12]\d\d seconds/),
      })
      expect(await clientError(invite(client, admin, 'stranger+again@example.com'))).toMatchObject(
        refused('address'),
      )
      expect(await invitationsTo(client, stranger)).toBe(before)
      expect(await invite(client, admin, 'another@example.com')).toMatchObject({ role: 'member' })
    }),
  )

  it(
    'uses up nothing of what others may send to that address',
    story(async (client) => {
      for (let time = 0; time < 5; time += 1) await inviteFromAnother(client, admin)
      expect(await clientError(invite(client, admin, stranger))).toMatchObject(refused('address'))
      expect(await invite(client, outsider, stranger, 'viewer', theirs)).toMatchObject({ email: stranger })
    }),
  )

  it(
    'sends 500 a day, after which others go on',
    story(async (client) => {
      await invite(client, admin, 'first@example.com')
      const { rows } = await client.query(
        `update private.rate_limit_buckets set full_at = clock_timestamp() + interval '1 day'
         where bucket like 'invitations/person/%' returning bucket`,
      )
      expect(rows).toEqual([{ bucket: `invitations/person/${ids.admin}` }])
      const refusal = await clientError(invite(client, admin, 'next@example.com'))
      expect(refusal).toMatchObject({ ...refused('person'), message: expect.stringContaining(' 500 ') })
      // A place of 500 in a day is free again after 172.8 seconds.
      expect(refusal.hint).toMatch(/ 17[0-3] seconds/)
      expect(await invitationsTo(client, 'next@example.com')).toBe(0)
      expect(await invite(client, outsider, 'next@example.com', 'viewer', theirs)).toMatchObject({})
    }),
  )

  it(
    'is charged for no invitation that is refused, and an address stands in no bucket',
    story(async (client) => {
      expect(await clientError(invite(client, member, stranger))).toMatchObject({ code: 'permission_denied' })
      await invite(client, admin, stranger)
      for (let time = 0; time < 9; time += 1)
        expect(await clientError(invite(client, admin, stranger))).toMatchObject({ code: 'conflict' })
      const { rows } = await client.query('select bucket from private.rate_limit_buckets')
      expect(rows).toHaveLength(3)
      expect(JSON.stringify(rows)).not.toContain('stranger')
    }),
  )
})

it(
  'a server invites as many as it likes',
  story(async (client) => {
    for (const role of ['viewer', 'member', 'admin', 'viewer', 'member', 'admin'])
      expect(await call(client, service, 'admin_set_member', [ours, stranger, role])).toMatchObject({
        status: 'invited',
      })
  }),
)

it.each([
  ['anonymous callers', anonymous],
  ['people', admin],
])('%s count and learn nothing by themselves', (_, actor) =>
  story(async (client) => {
    for (const attempt of [
      "select private.require_pace_of_invitations('x@example.com')",
      "select private.next_slot('x', 1, '1 day', '1 day')",
      'select from private.rate_limit_buckets',
    ])
      await expect(actAs(client, actor, attempt)).rejects.toMatchObject({ code: '42501' })
  })(),
)

describe('an address', () => {
  /** When the mails to the stranger are due, in hours from now. */
  const hours = async (client: pg.Client) =>
    (
      await client.query<{ hours: number }>(
        `select round(extract(epoch from m.due_at - clock_timestamp()) / 3600, 1)::float as hours
         from private.mails m
         join public.workspace_invitations i on i.workspace_id = m.workspace_id and i.id = m.invitation_id
         where i.email = $1 order by m.due_at`,
        [stranger],
      )
    ).rows.map((row) => row.hours)

  /** Invitations of many accounts, each within its own limits. */
  async function flood(client: pg.Client, accounts: number): Promise<void> {
    for (let account = 0; account < accounts; account += 1) {
      const id = `00000000-0000-4000-8000-0000000001${String(account).padStart(2, '0')}`
      await inviteFromAnother(client, await signUp(client, id, `flood-${account}@example.com`))
    }
  }

  it(
    'gets ten mails of invitations a day from all people together: the rest waits, and nobody is refused',
    story(async (client) => {
      await flood(client, 12)
      expect(await hours(client)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2.4, 4.8])
      const claimed = await call(client, service, 'claim_mails', [100])
      expect(claimed).toHaveLength(10)
      // The invitation is there for whom it is for, mailed or not.
      const invited = await signUp(client, '00000000-0000-4000-8000-000000000200', stranger)
      expect(await call(client, invited, 'my_invitations', [])).toHaveLength(12)
    }),
  )

  it(
    'gets no mail that would wait for more than six days',
    story(async (client) => {
      await flood(client, 1)
      await client.query(
        `update private.rate_limit_buckets set full_at = clock_timestamp() + interval '7 days'
         where bucket like 'mails/invitations/%'`,
      )
      const workspace = await inviteFromAnother(client, admin)
      const { rows } = await client.query('select from private.mails where workspace_id = $1', [workspace])
      expect(rows).toEqual([])
    }),
  )
})
