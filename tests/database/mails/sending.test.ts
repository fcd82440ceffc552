import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type OutgoingMail, outgoingMailSchema, type SettledMail } from '../../../types/mail.ts'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, anonymous, clientError, person, service } from '../../support/database/act.ts'
import { letSecondAdminIn } from '../../support/database/audit-log.ts'
import { call } from '../../support/database/call.ts'
import { notify } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ids, ours, theirs } from '../../support/people/cast.ts'

const story = policySuite(async (client) => {
  await createCast(client)
  await client.query('update auth.users set email_confirmed_at = now()')
})
const admin = person(ids.admin)

async function run<Answer>(client: pg.Client, actor: Actor, call: string, values: unknown[] = []) {
  const { rows } = await actAs<{ answer: Answer }>(client, actor, `select public.${call} as answer`, values)
  return rows[0]?.answer as Answer
}
const claim = async (client: pg.Client, most = 20) =>
  outgoingMailSchema.array().parse(await run(client, service, 'claim_mails($1)', [most]))
const settle = (client: pg.Client, results: unknown) =>
  run(client, service, 'settle_mails($1)', [JSON.stringify(results)])
const settleAll = (client: pg.Client, mails: OutgoingMail[], outcome: SettledMail['outcome']) =>
  settle(
    client,
    mails.map(({ workspaceId, id }) => ({ workspaceId, id, outcome })),
  )
const invite = (client: pg.Client, email = 'new@example.com') =>
  run<{ id: string; token: string }>(client, admin, 'create_invitation($1, $2, $3)', [ours, email, 'viewer'])
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
/** Lets time pass for every mail. */
const letPass = (client: pg.Client, interval: string) =>
  client.query(
    `update private.mails set due_at = due_at - $1::interval, leased_until = leased_until - $1::interval,
       sent_at = sent_at - $1::interval, created_at = created_at - $1::interval`,
    [interval],
  )

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
      const resend = () => run(client, admin, 'resend_invitation($1, $2)', [ours, id])
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
      const resend = () => run(client, admin, 'resend_invitation($1, $2)', [ours, id])
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
  ])('are not for who %s meanwhile', (_, lose) =>
    story(async (client) => {
      await call(client, admin, 'change_member', [ours, ids.member, 'admin'])
      await client.query('delete from public.notifications')
      const view = await insertView(client, { owner_id: ids.admin })
      await insertShare(client, { view_id: view, user_id: ids.member })
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
      await run(client, service, 'unsubscribe_from_mails($1, $2)', [ids.viewer, 'member_removed'])
      await run(client, service, 'unsubscribe_from_mails($1, $2)', [ids.viewer, 'no_such'])
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

describe('a mail', () => {
  it(
    'that nobody settles is taken again under the same key, after its lease',
    story(async (client) => {
      await invite(client)
      const [first] = await claim(client)
      await letPass(client, '1 minute')
      expect(await claim(client)).toEqual([])
      await letPass(client, '2 minutes')
      expect(await claim(client)).toMatchObject([{ id: first?.id }])
    }),
  )

  it(
    'that fails is tried later and later, and given up after eight times',
    story(async (client) => {
      await invite(client)
      for (let attempt = 1; attempt <= 8; attempt += 1) {
        const mails = await claim(client)
        expect(mails).toHaveLength(1)
        await settleAll(client, mails, 'retry')
        expect(await claim(client)).toEqual([])
        await letPass(client, '8 hours')
      }
      expect(await claim(client)).toEqual([])
      expect((await client.query('select failed_at is null as open from private.mails')).rows).toEqual([
        { open: false },
      ])
    }),
  )

  it(
    'that is settled stays so, and one that is gone is passed over',
    story(async (client) => {
      await invite(client)
      const mails = await claim(client)
      await settleAll(client, mails, 'sent')
      await settleAll(client, mails, 'failed')
      await settle(client, [{ workspaceId: ours, id: crypto.randomUUID(), outcome: 'sent' }])
      const { rows } = await client.query('select sent_at is null as open, failed_at from private.mails')
      expect(rows).toEqual([{ open: false, failed_at: null }])
    }),
  )

  it(
    'that fails the first time is due again in a minute, and its notification is not told of',
    story(async (client) => {
      await notify(client, [ids.viewer])
      await settleAll(client, await claim(client), 'retry')
      const { rows } = await client.query(
        `select extract(epoch from m.due_at - clock_timestamp())::float as wait, q.sent_at
         from private.mails m join private.notification_mails q on q.mail_id = m.id`,
      )
      expect(rows).toEqual([{ wait: expect.any(Number), sent_at: null }])
      expect(rows[0].wait).toBeGreaterThan(30)
      expect(rows[0].wait).toBeLessThan(76)
    }),
  )

  it(
    'is settled by itself, in its workspace, and a failure stays one',
    story(async (client) => {
      await notify(client, [ids.viewer, ids.member])
      const mails = await claim(client)
      const failing = mails.filter((mail) => 'userId' in mail && mail.userId === ids.viewer)
      await settle(
        client,
        mails.map(({ id }) => ({ workspaceId: theirs, id, outcome: 'sent' })),
      )
      const open = 'select from private.mails where sent_at is null and failed_at is null'
      expect((await client.query(open)).rowCount).toBe(2)
      await settleAll(client, failing, 'failed')
      expect((await client.query(open)).rowCount).toBe(1)
      await settleAll(client, failing, 'sent')
      const sent = 'select user_id from private.notification_mails where sent_at is not null'
      expect((await client.query(sent)).rows).toEqual([])
      // The last attempt is as good as the first.
      await client.query('update private.mails set attempts = 8')
      await settleAll(
        client,
        mails.filter((mail) => !failing.includes(mail)),
        'sent',
      )
      expect((await client.query(sent)).rows).toEqual([{ user_id: ids.member }])
      await letPass(client, '2 hours')
      expect(await claim(client)).toEqual([])
    }),
  )

  it(
    'is taken and settled a hundred at a time at most',
    story(async (client) => {
      for (const most of [0, 101])
        expect(await clientError(run(client, service, 'claim_mails($1)', [most]))).toMatchObject({
          code: 'invalid_input',
          details: 'most',
        })
      await notify(client, [ids.viewer, ids.member])
      expect(await claim(client, 1)).toHaveLength(1)
      expect(await claim(client, 100)).toHaveLength(1)
      const many = (length: number) =>
        Array.from({ length }, () => ({ workspaceId: ours, id: crypto.randomUUID(), outcome: 'sent' }))
      await settle(client, many(100))
      expect(await clientError(settle(client, many(101)))).toMatchObject({ details: 'results' })
    }),
  )

  it(
    'that is gone tells nothing of its notification again',
    story(async (client) => {
      await notify(client, [ids.viewer, ids.member])
      const [first, ...others] = await claim(client)
      if (!first) throw new Error('Nothing was taken.')
      await settleAll(client, [first], 'sent')
      await settleAll(client, others, 'retry')
      await letPass(client, '6 days')
      expect((await client.query('select private.expire_mails(10) as n')).rows).toEqual([{ n: 0 }])
      await letPass(client, '2 days')
      // What waits is as old as it is, whenever its mail was made.
      expect((await client.query('select private.expire_mails(10) as n')).rows).toEqual([{ n: 2 }])
      expect((await client.query('select from private.notification_mails')).rowCount).toBe(2)
      expect(await claim(client)).toMatchObject([{ to: others[0]?.to }])
    }),
  )

  it(
    'goes after a week, sent or not, with what waited',
    story(async (client) => {
      await invite(client)
      await notify(client, [ids.viewer])
      await letPass(client, '8 days')
      await client.query("update private.notification_mails set created_at = now() - interval '8 days'")
      expect((await client.query('select private.expire_mails(10) as n')).rows).toEqual([{ n: 2 }])
      expect((await client.query('select private.expire_mails(10) as n')).rows).toEqual([{ n: 0 }])
    }),
  )

  it.each([
    ['no list', {}],
    ['another outcome', [{ workspaceId: ours, id: ids.admin, outcome: 'lost' }]],
    ['no outcome', [{ workspaceId: ours, id: ids.admin }]],
    ['no id', [{ workspaceId: ours, id: 'x', outcome: 'sent' }]],
    ['no workspace', [{ id: ids.admin, outcome: 'sent' }]],
    ['a megabyte', [{ workspaceId: 'a'.repeat(1_000_000), id: ids.admin, outcome: 'sent' }]],
  ])('is not settled by %s', (_, results) =>
    story(async (client) => {
      expect(await clientError(settle(client, results))).toMatchObject({
        code: 'invalid_input',
        details: 'results',
      })
    })(),
  )
})

describe('nobody but a server', () => {
  it.each([
    ['claim_mails($1)', [1]],
    ['settle_mails($1)', ['[]']],
    ['unsubscribe_from_mails($1, $2)', [ids.viewer, 'member_removed']],
  ])('calls %s', (call, values) =>
    story(async (client) => {
      for (const actor of [admin, anonymous])
        await expect(run(client, actor, call, values)).rejects.toMatchObject({ code: '42501' })
    })(),
  )

  it(
    'reads mails',
    story(async (client) => {
      for (const actor of [admin, anonymous, service])
        await expect(actAs(client, actor, 'select from private.mails')).rejects.toMatchObject({
          code: '42501',
        })
    }),
  )
})

describe('the function is asked', () => {
  const secrets = `select vault.create_secret('https://p.example.com/', 'project_url'),
    vault.create_secret('sb_secret_x', 'secret_key')`

  it.each<[what: string, set: string, asked: number]>([
    ['what is due', 'due_at = now()', 1],
    ['what nobody came back for', "leased_until = now() - interval '1 second'", 1],
    ['nothing that is due later', "due_at = now() + interval '1 minute'", 0],
    ['nothing that somebody sends', "leased_until = now() + interval '1 minute'", 0],
    ['nothing that was sent', 'sent_at = now()', 0],
    ['nothing that was given up', 'failed_at = now()', 0],
  ])('for %s', (_, set, asked) =>
    story(async (client) => {
      await client.query(secrets)
      // One of a notification, so that what waits for a mail is looked at as well.
      await notify(client, [ids.viewer])
      await claim(client)
      await client.query('update private.mails set leased_until = null')
      await client.query(`update private.mails set ${set}`)
      await client.query('update private.notification_mails set sent_at = m.sent_at from private.mails m')
      await client.query('select private.request_mails()')
      expect((await client.query('select from net.http_request_queue')).rowCount).toBe(asked)
    })(),
  )

  it(
    'for what waits for a mail, unless it was told of',
    story(async (client) => {
      await client.query(secrets)
      await notify(client, [ids.viewer])
      await client.query('savepoint told')
      await client.query('update private.notification_mails set sent_at = now()')
      await client.query('select private.request_mails()')
      expect((await client.query('select from net.http_request_queue')).rowCount).toBe(0)
      await client.query('rollback to told')
      await client.query('select private.request_mails()')
      expect((await client.query('select from net.http_request_queue')).rowCount).toBe(1)
    }),
  )

  it(
    'when something is due, with the secret of the Vault, and not otherwise',
    story(async (client) => {
      await client.query(
        "select vault.create_secret('https://p.example.com/', 'project_url'), vault.create_secret('sb_secret_x', 'secret_key')",
      )
      const asked = async () =>
        (await client.query('select private.request_mails()')) &&
        (await client.query('select url, headers from net.http_request_queue')).rows
      expect(await asked()).toEqual([])
      await invite(client)
      expect(await asked()).toEqual([
        {
          url: 'https://p.example.com/functions/v1/mail',
          headers: { apikey: 'sb_secret_x', 'content-type': 'application/json' },
        },
      ])
    }),
  )
})
