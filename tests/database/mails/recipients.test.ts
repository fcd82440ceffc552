import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { service } from '../../support/database/act.ts'
import { letSecondAdminIn } from '../../support/database/audit-log.ts'
import { call } from '../../support/database/call.ts'
import { castOfConfirmed, claim, invite, letPass, settleAll } from '../../support/database/mails.ts'
import { notify } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, theirs } from '../../support/people/cast.ts'
import { limitFree } from '../../support/people/plan.ts'

// Who is mailed what: an invitation, and what they are told of.

const story = policySuite(castOfConfirmed)

/** A notification that waits to be mailed to `member`. */
const told = async (client: pg.Client, kind: string, payload: object) => {
  const { rows } = await client.query<{ id: string }>(
    `insert into public.notifications (workspace_id, user_id, kind, title, payload, in_app)
     values ($1, $2, $3, 'News', $4, true) returning id`,
    [ours, ids.member, kind, JSON.stringify(payload)],
  )
  await client.query(
    `insert into private.notification_mails (workspace_id, notification_id, user_id) values ($1, $2, $3)`,
    [ours, rows[0]?.id, ids.member],
  )
}

describe('an invitation', () => {
  it(
    'is taken by one, with what it says and without its token',
    story(async (client) => {
      const { id, token } = await invite(client)
      const mails = await claim(client)
      expect(mails).toMatchObject([
        {
          workspaceId: ours,
          kind: 'invitation',
          to: 'new@example.com',
          invitation: { id, inviterName: 'admin', roleName: 'Viewer' },
        },
      ])
      expect(JSON.stringify(mails)).not.toContain(token)
      expect(await claim(client)).toEqual([])
    }),
  )

  it(
    'is mailed again an hour later at the earliest, under another key',
    story(async (client) => {
      const { id } = await invite(client)
      const first = await claim(client)
      await settleAll(client, first, 'sent')
      const resend = () => call(client, admin, 'resend_invitation', [ours, id])
      await resend()
      await resend()
      expect(await claim(client)).toEqual([])
      await letPass(client, '61 minutes')
      const again = await claim(client)
      expect(again).toHaveLength(1)
      expect(again[0]?.id).not.toBe(first[0]?.id)
    }),
  )

  it(
    'has no mail once it does not count any more',
    story(async (client) => {
      await invite(client)
      await letSecondAdminIn(client)
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.admin,
      ])
      expect(await claim(client)).toEqual([])
      expect((await client.query('select from private.mails')).rowCount).toBe(0)
    }),
  )
})

describe('the mail of an invitation', () => {
  it(
    'is in the language of the account with the address, else of who invites',
    story(async (client) => {
      await client.query("update public.profiles set locale = case id when $1 then 'de' else 'fr' end", [
        ids.outsider,
      ])
      await invite(client, 'outsider@example.com')
      await invite(client)
      const mails = await claim(client)
      expect(
        Object.fromEntries(mails.map(({ to, locale, workspaceName }) => [to, [locale, workspaceName]])),
      ).toEqual({ 'outsider@example.com': ['de', 'Ours'], 'new@example.com': ['fr', 'Ours'] })
    }),
  )

  it(
    'that waits is not another one where it is sent again, and one that failed is an hour later',
    story(async (client) => {
      const { id } = await invite(client)
      const resend = () => call(client, admin, 'resend_invitation', [ours, id])
      const charged = async () =>
        (
          await client.query(
            "select full_at from private.rate_limit_buckets where bucket like 'mails/invitations/%'",
          )
        ).rows
      const before = await charged()
      await resend()
      expect(await charged()).toEqual(before)
      await settleAll(client, await claim(client), 'failed')
      await client.query('update private.mails set failed_at = clock_timestamp()')
      await resend()
      const { rows } = await client.query(
        'select round(extract(epoch from due_at - created_at) / 60) as minutes from private.mails',
      )
      expect(rows).toEqual([{ minutes: '60' }])
    }),
  )
})

describe('notifications', () => {
  it(
    'of a kind wait for the last mail of that kind to that person alone, if it went out',
    story(async (client) => {
      await notify(client, [ids.viewer])
      await settleAll(client, await claim(client), 'sent')
      await notify(client, [ids.member])
      await notify(client, [ids.viewer], { kind: 'ownership_transferred', title: 'Other' })
      const mails = await claim(client)
      expect(
        mails.map((mail) => ('userId' in mail ? [mail.userId, mail.kind, mail.notifications.length] : [])),
      ).toEqual(
        expect.arrayContaining([
          [ids.member, 'member_removed', 1],
          [ids.viewer, 'ownership_transferred', 1],
        ]),
      )
      expect(mails).toHaveLength(2)
      await settleAll(client, mails, 'failed')
      expect(await claim(client)).toEqual([])
      await notify(client, [ids.member], { title: 'After a failure' })
      expect(await claim(client)).toMatchObject([
        { userId: ids.member, to: 'member@example.com', notifications: [{ title: 'After a failure' }] },
      ])
    }),
  )

  it(
    'are told twenty at a time, the latest first',
    story(async (client) => {
      for (let count = 1; count <= 21; count += 1) await told(client, 'member_removed', {})
      await client.query(
        `update public.notifications n set title = 'News ' || t.place, updated_at = now() - make_interval(mins => t.place)
         from (select id, row_number() over (order by id)::integer as place from public.notifications) as t
         where t.id = n.id`,
      )
      const [mail] = await claim(client)
      expect(mail && 'userId' in mail && mail.notifications.map(({ title }) => title)).toEqual(
        Array.from({ length: 20 }, (_, place) => `News ${place + 1}`),
      )
    }),
  )

  it(
    'name a workspace to who is suspended as it was called then',
    story(async (client) => {
      await call(client, admin, 'change_member', [ours, ids.member, null, 'suspended'])
      await client.query('delete from public.notifications')
      await client.query("update public.workspaces set name = 'Secret plans' where id = $1", [ours])
      await told(client, 'member_removed', { workspace: { id: ours, name: 'Then' } })
      await notify(client, [ids.viewer])
      const names = (await claim(client)).map(({ to, workspaceName }) => [to, workspaceName])
      expect(Object.fromEntries(names)).toEqual({
        'member@example.com': 'Then',
        'viewer@example.com': 'Secret plans',
      })
    }),
  )

  it(
    'are one mail an hour for a person and kind, with all that waited',
    story(async (client) => {
      await notify(client, [ids.viewer, ids.member], { title: 'One' })
      await notify(client, [ids.viewer], { title: 'Two' })
      const mails = await claim(client)
      expect(mails.map((mail) => ('userId' in mail ? [mail.userId, mail.notifications.length] : []))).toEqual(
        expect.arrayContaining([
          [ids.viewer, 2],
          [ids.member, 1],
        ]),
      )
      await settleAll(client, mails, 'sent')
      await notify(client, [ids.viewer], { title: 'Three' })
      expect(await claim(client)).toEqual([])
      await letPass(client, '61 minutes')
      expect(await claim(client)).toMatchObject([{ userId: ids.viewer, notifications: [{ title: 'Three' }] }])
    }),
  )

  it.each<[string, (client: pg.Client, view: string) => Promise<unknown>]>([
    ['is removed', (client) => call(client, admin, 'remove_member', [ours, ids.member])],
    ['is suspended', (client) => call(client, admin, 'change_member', [ours, ids.member, null, 'suspended'])],
    [
      'lost the dashboard, which was deleted, and their right to the rest',
      async (client, view) => {
        await call(client, admin, 'change_member', [ours, ids.member, 'viewer'])
        await call(client, admin, 'delete_view', [view])
      },
    ],
    [
      'lost what they were told as',
      async (client, view) => {
        await call(client, admin, 'change_member', [ours, ids.member, 'viewer'])
        await client.query('delete from public.dashboard_view_shares where view_id = $1', [view])
      },
    ],
    [
      'has no seat, which leaves them to read what they may,',
      async (client, view) => {
        await limitFree(client, { members: 1 })
        await client.query('delete from public.dashboard_view_shares where view_id = $1', [view])
        await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [view])
      },
    ],
  ])('are not for who %s meanwhile', (_, lose) =>
    story(async (client) => {
      await call(client, admin, 'change_member', [ours, ids.member, 'admin'])
      // What they may do elsewhere does not count here.
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.member],
      )
      await client.query('delete from public.notifications')
      const view = await insertView(client, { owner_id: ids.admin })
      await insertShare(client, { view_id: view, user_id: ids.member })
      // Another one that whoever is in the workspace sees.
      await insertView(client)
      await client.query('delete from public.notifications')
      const about = { workspace: { id: ours, name: 'Then' } }
      for (const kind of ['plan_changed', 'trial_ending', 'source_failing', 'view_shared'])
        await told(client, kind, { ...about, view: { id: view, name: 'Sales' } })
      const isTaken = async () => (await claim(client, 20)).map(({ kind }) => kind).sort()
      await client.query('savepoint before')
      expect(await isTaken()).toEqual(['plan_changed', 'source_failing', 'trial_ending', 'view_shared'])
      await client.query('rollback to savepoint before')
      await lose(client, view)
      await client.query("delete from public.notifications where kind in ('role_changed', 'member_removed')")
      await client.query("update public.workspaces set name = 'Secret plans' where id = $1", [ours])
      expect(await isTaken()).toEqual([])
      // That they were removed, in a workspace as they knew it.
      await told(client, 'member_removed', about)
      expect((await claim(client)).map(({ kind }) => kind)).toEqual(['member_removed'])
    })(),
  )

  it(
    'of the answer to a ticket are for who opened it, or still sees the tickets of others',
    story(async (client) => {
      await call(client, admin, 'change_member', [ours, ids.member, 'admin'])
      const takenOf = async (openedBy: string | null) => {
        await client.query('delete from public.notifications')
        await told(client, 'support_answer', { workspace: { id: ours }, ticket: { name: 'Help', openedBy } })
        await letPass(client, '61 minutes')
        return (await claim(client)).length
      }
      expect(await takenOf(ids.viewer)).toBe(1)
      await call(client, admin, 'change_member', [ours, ids.member, 'member'])
      await client.query('delete from private.mails')
      expect(await takenOf(ids.viewer)).toBe(0)
      expect(await takenOf(null)).toBe(0)
      expect(await takenOf(ids.member)).toBe(1)
    }),
  )

  it(
    'name a workspace to who left it as it was called then',
    story(async (client) => {
      await call(client, admin, 'remove_member', [ours, ids.member])
      await client.query("update public.workspaces set name = 'Secret plans' where id = $1", [ours])
      const [mail] = await claim(client)
      expect(mail).toMatchObject({ kind: 'member_removed', workspaceName: 'Ours' })
      expect(JSON.stringify(mail)).not.toContain('Secret plans')
    }),
  )

  it(
    'go to no address that was never confirmed',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = null where id = $1', [ids.viewer])
      await notify(client, [ids.viewer, ids.member])
      const mails = await claim(client)
      expect(mails).toMatchObject([{ userId: ids.member }])
      // What has nobody to go to waits no more, and of the rest nothing is lost.
      for (const table of ['mails', 'notification_mails'])
        expect((await client.query(`select user_id from private.${table}`)).rows).toEqual([
          { user_id: ids.member },
        ])
    }),
  )

  it(
    'stop for who unsubscribes, also what waits, and for nobody else',
    story(async (client) => {
      await notify(client, [ids.viewer])
      await settleAll(client, await claim(client), 'sent')
      await notify(client, [ids.viewer, ids.member])
      await notify(client, [ids.viewer], { kind: 'ownership_transferred' })
      await call(client, service, 'unsubscribe_from_mails', [ids.viewer, 'member_removed'])
      await call(client, service, 'unsubscribe_from_mails', [ids.viewer, 'no_such'])
      expect((await claim(client)).map(({ to, kind }) => [to, kind]).sort()).toEqual([
        ['member@example.com', 'member_removed'],
        ['viewer@example.com', 'ownership_transferred'],
      ])
      const sent = await client.query('select from private.notification_mails where sent_at is not null')
      expect(sent.rowCount).toBe(1)
      const { rows } = await client.query('select user_id, delivery from public.notification_preferences')
      expect(rows).toEqual([{ user_id: ids.viewer, delivery: 'app' }])
    }),
  )
})
