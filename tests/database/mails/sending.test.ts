import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { castOfConfirmed, claim, invite, letPass, settle, settleAll } from '../../support/database/mails.ts'
import { notify } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, theirs } from '../../support/people/cast.ts'

// How a mail goes out: once, for a week, by a server alone.

const story = policySuite(castOfConfirmed)

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
    'that the service had too much for waits as long as it says, an hour at most, and that is no attempt',
    story(async (client) => {
      await invite(client)
      const skip = async (retryAfter?: number | null) => {
        const [taken] = await claim(client)
        await settle(client, [{ workspaceId: ours, id: taken?.id, outcome: 'skipped', retryAfter }])
        const { rows } = await client.query(
          `select extract(epoch from due_at - clock_timestamp())::float as wait, attempts, failed_at, leased_until
           from private.mails`,
        )
        expect(rows).toMatchObject([{ attempts: 0, failed_at: null, leased_until: null }])
        await letPass(client, '2 hours')
        return Math.round(rows[0].wait)
      }
      for (let time = 0; time < 10; time += 1) expect(await skip(120)).toBe(120)
      expect(await skip(1_000_000)).toBe(3_600)
      for (const none of [undefined, null, 0, -60]) expect(await skip(none)).toBeLessThanOrEqual(0)
      expect(await claim(client)).toHaveLength(1)
    }),
  )

  it(
    'that was handed over is not settled as skipped, nor brought below no attempt',
    story(async (client) => {
      await invite(client)
      const mails = await claim(client)
      await settleAll(client, mails, 'skipped')
      await settleAll(client, mails, 'skipped')
      await settleAll(client, mails, 'sent')
      await settleAll(client, mails, 'skipped')
      const { rows } = await client.query('select attempts, sent_at is null as open from private.mails')
      expect(rows).toEqual([{ attempts: 0, open: false }])
    }),
  )

  it(
    'that fails is tried when the service says, and no sooner than it would be',
    story(async (client) => {
      await invite(client)
      const retry = async (retryAfter: number) => {
        const [taken] = await claim(client)
        await settle(client, [{ workspaceId: ours, id: taken?.id, outcome: 'retry', retryAfter }])
        const { rows } = await client.query(
          'select extract(epoch from due_at - clock_timestamp())::float as wait from private.mails',
        )
        await letPass(client, '2 hours')
        return Math.round(rows[0].wait)
      }
      expect(await retry(1)).toBeGreaterThan(30)
      expect(await retry(1_800)).toBe(1_800)
    }),
  )

  it(
    'that was taken very often before anybody said what became of it is settled like any other',
    story(async (client) => {
      await invite(client)
      await claim(client)
      await client.query('update private.mails set attempts = 600')
      await letPass(client, '1 hour')
      await settleAll(client, await claim(client), 'retry')
      const { rows } = await client.query('select failed_at is null as open from private.mails')
      expect(rows).toEqual([{ open: false }])
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
        expect(await clientError(claim(client, most))).toMatchObject({
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
      await client.query(
        `update private.notification_mails set created_at = now() - interval '8 days'
         where sent_at is not null`,
      )
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

  it(
    'goes by itself: what waits for less than a week in that workspace stays',
    story(async (client) => {
      await notify(client, [ids.viewer], { title: 'Old' })
      await notify(client, [ids.viewer], { title: 'New' })
      await client.query(
        `update private.notification_mails m set created_at = now() - interval '8 days'
         from public.notifications n where n.id = m.notification_id and n.title = 'Old'`,
      )
      await client.query('select private.expire_mails(10)')
      const { rows } = await client.query(
        'select n.title from private.notification_mails m join public.notifications n on n.id = m.notification_id',
      )
      expect(rows).toEqual([{ title: 'New' }])
    }),
  )

  it.each([
    ['no list', {}],
    ['another outcome', [{ workspaceId: ours, id: ids.admin, outcome: 'lost' }]],
    ['no outcome', [{ workspaceId: ours, id: ids.admin }]],
    ['no id', [{ workspaceId: ours, id: 'x', outcome: 'sent' }]],
    ['an hour in words', [{ workspaceId: ours, id: ids.admin, outcome: 'skipped', retryAfter: 'an hour' }]],
    [
      'more seconds than there are',
      [{ workspaceId: ours, id: ids.admin, outcome: 'skipped', retryAfter: 1e12 }],
    ],
    ['seconds in a list', [{ workspaceId: ours, id: ids.admin, outcome: 'skipped', retryAfter: [1] }]],
    ['a list of outcomes', [{ workspaceId: ours, id: ids.admin, outcome: ['sent'] }]],
    ['a workspace that is a list', [{ workspaceId: [ours], id: ids.admin, outcome: 'sent' }]],
    [
      'more than a hundred',
      Array.from({ length: 101 }, () => ({ workspaceId: ours, id: ids.admin, outcome: 'sent' })),
    ],
    ['no object', [1]],
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
        await expect(actAs(client, actor, `select public.${call}`, values)).rejects.toMatchObject({
          code: '42501',
        })
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
