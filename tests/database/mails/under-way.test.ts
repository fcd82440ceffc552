import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { castOfConfirmed, claim, invite, letPass, settleAll } from '../../support/database/mails.ts'
import { notify } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours } from '../../support/people/cast.ts'

// What happens while a mail waits, or is being sent: who hears by mail alone hears of it, and of nothing else.

const story = policySuite(castOfConfirmed)

const byMail = (client: pg.Client, kind: string) =>
  call(client, member, 'set_notification_preference', [kind, 'mail'])
const tell = (client: pg.Client, title: string, joinKey?: string) =>
  notify(client, [ids.member], { kind: 'role_changed', title, ...(joinKey && { joinKey }) })
const titlesOf = (mails: Awaited<ReturnType<typeof claim>>) =>
  mails.flatMap((mail) => ('notifications' in mail ? mail.notifications.map(({ title }) => title) : []))
const shared = async (client: pg.Client, name: string) => {
  const view_id = await insertView(client, { owner_id: ids.admin, visibility: 'personal', name })
  await insertShare(client, { view_id, user_id: ids.member }, admin)
  return view_id
}
const unshare = (client: pg.Client, view: string) =>
  actAs(client, admin, 'delete from public.dashboard_view_shares where view_id = $1', [view])

describe('what comes while its mail is under way', () => {
  it.each<['sent' | 'failed']>([['sent'], ['failed']])(
    'is a mail of its own, whether that is %s',
    (outcome) =>
      story(async (client) => {
        await byMail(client, 'role_changed')
        await tell(client, 'One', 'x')
        const mails = await claim(client)
        expect(titlesOf(mails)).toEqual(['One'])
        await tell(client, 'Two', 'x')
        await settleAll(client, mails, outcome)
        await letPass(client, '2 hours')
        expect(titlesOf(await claim(client))).toEqual(['Two'])
      })(),
  )
})

it(
  'all that waits is told of, twenty in each mail',
  story(async (client) => {
    await byMail(client, 'role_changed')
    for (let n = 0; n < 25; n += 1) await tell(client, `Role ${n}`)
    const told: string[][] = []
    for (let n = 0; n < 3; n += 1) {
      const mails = await claim(client)
      told.push(titlesOf(mails))
      await settleAll(client, mails, 'sent')
      await letPass(client, '2 hours')
    }
    expect(told.map(({ length }) => length)).toEqual([20, 5, 0])
    expect(new Set(told.flat()).size).toBe(25)
  }),
)

describe('a share that is taken back before its mail', () => {
  it(
    'is told of when it comes again',
    story(async (client) => {
      await byMail(client, 'view_shared')
      const view_id = await shared(client, 'One')
      await unshare(client, view_id)
      expect(await claim(client)).toEqual([])
      await insertShare(client, { view_id, user_id: ids.member }, admin)
      await letPass(client, '2 hours')
      expect(await claim(client)).toHaveLength(1)
    }),
  )

  it(
    'leaves the others told of that were joined with it',
    story(async (client) => {
      await byMail(client, 'view_shared')
      const one = await shared(client, 'One')
      await unshare(client, await shared(client, 'Two'))
      await client.query('savepoint told')
      expect(await claim(client)).toHaveLength(1)
      await client.query('rollback to savepoint told')
      await unshare(client, one)
      expect(await claim(client)).toEqual([])
    }),
  )
})

it(
  'an invitation that is sent again while its mail is under way is mailed an hour later',
  story(async (client) => {
    const { id } = await invite(client)
    const mails = await claim(client)
    expect(mails).toHaveLength(1)
    await call(client, admin, 'resend_invitation', [ours, id])
    await settleAll(client, mails, 'sent')
    expect(await claim(client)).toEqual([])
    await letPass(client, '2 hours')
    expect(await claim(client)).toHaveLength(1)
  }),
)
