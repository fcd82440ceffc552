import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  type NotificationPreference,
  notificationPreferenceSchema,
  notificationPreferencesSchema,
} from '../../../types/notification.ts'
import { type Actor, actAs, anonymous, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { letPass, list, mailsWaiting, notify, toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, member, ours, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

// How people want to hear of things, and that they do.

const story = policySuite()

const choose = (client: pg.Client, actor: Actor, kind: string | null, delivery: string | null) =>
  call<NotificationPreference>(client, actor, 'set_notification_preference', [kind, delivery])
const preferencesOf = async (client: pg.Client, actor: Actor) =>
  notificationPreferencesSchema.parse(await call(client, actor, 'list_notification_preferences', []))
const gone = person('00000000-0000-4000-8000-0000000000ff')

describe('preferences', () => {
  it(
    'are complete before anything is chosen, change one by one, and go back to the default',
    story(async (client) => {
      const before = await preferencesOf(client, viewer)
      expect(before.map(({ kind, delivery }) => [kind, delivery])).toEqual([
        ['destination_paused', 'both'],
        ['invitation_declined', 'app'],
        ['listing_reviewed', 'both'],
        ['member_joined', 'app'],
        ['member_removed', 'both'],
        ['ownership_transferred', 'both'],
        ['payment_action_required', 'both'],
        ['payment_failed', 'both'],
        ['plan_changed', 'both'],
        ['role_changed', 'app'],
        ['source_failing', 'both'],
        ['support_answer', 'both'],
        ['trial_ending', 'both'],
        ['view_shared', 'app'],
      ])
      const chosen = notificationPreferenceSchema.parse(await choose(client, viewer, 'view_shared', 'none'))
      expect(chosen).toMatchObject({ kind: 'view_shared', delivery: 'none', default: 'app' })
      expect(await preferencesOf(client, viewer)).toEqual(
        before.map((preference) => (preference.kind === 'view_shared' ? chosen : preference)),
      )
      expect(await preferencesOf(client, member)).toEqual(before)
      expect(await choose(client, viewer, 'view_shared', 'mail')).toMatchObject({ delivery: 'mail' })
      expect(await choose(client, viewer, 'view_shared', null)).toMatchObject({ delivery: 'app' })
      expect((await client.query('select from public.notification_preferences')).rowCount).toBe(0)
    }),
  )

  it.each([
    ['kind', 'nonsense', 'app'],
    ['kind', null, 'app'],
    ['delivery', 'view_shared', 'pigeon'],
    ['delivery', 'view_shared', ''],
  ])('refuse a %s such as %s, %s', (details, kind, delivery) =>
    story(async (client) => {
      expect(await clientError(choose(client, viewer, kind, delivery))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
      expect((await client.query('select from public.notification_preferences')).rowCount).toBe(0)
    })(),
  )

  it(
    'are nothing for anonymous callers and for accounts that are gone',
    story(async (client) => {
      for (const attempt of [
        () => preferencesOf(client, anonymous),
        () => choose(client, anonymous, 'x', 'app'),
      ])
        await expect(attempt()).rejects.toMatchObject({ code: '42501' })
      for (const attempt of [
        () => preferencesOf(client, gone),
        () => choose(client, gone, 'view_shared', 'app'),
      ])
        expect(await clientError(attempt())).toMatchObject({ status: 401, code: 'not_signed_in' })
    }),
  )

  it(
    'go with the person, and with a kind that is no more',
    story(async (client) => {
      await choose(client, viewer, 'view_shared', 'none')
      await choose(client, member, 'view_shared', 'none')
      await choose(client, member, 'role_changed', 'none')
      await actAs(client, viewer, 'select public.delete_my_account()')
      await client.query("delete from public.notification_kinds where key = 'view_shared'")
      expect((await client.query('select user_id, kind from public.notification_preferences')).rows).toEqual([
        { user_id: ids.member, kind: 'role_changed' },
      ])
    }),
  )
})

describe('what is told', () => {
  it.each([
    ['app', 1, 0],
    ['mail', 0, 1],
    ['both', 1, 1],
    ['none', 0, 0],
  ])('comes by %s', (delivery, listed, mailed) =>
    story(async (client) => {
      await choose(client, viewer, 'view_shared', delivery)
      await notify(client, [ids.viewer, ids.member], { kind: 'view_shared', title: 'News' })
      expect((await list(client, viewer)).notifications).toHaveLength(listed)
      expect((await actAs(client, viewer, 'select from public.notifications')).rowCount).toBe(listed)
      expect(await mailsWaiting(client)).toEqual(mailed ? [{ user_id: ids.viewer, title: 'News' }] : [])
      expect(await toldTo(client, ids.viewer)).toHaveLength(Math.max(listed, mailed))
      const { unreadNotifications } = await call<{ unreadNotifications: number }>(
        client,
        viewer,
        'session_context',
        [],
      )
      expect(unreadNotifications).toBe(listed)
      // Another's choice is another's.
      expect((await list(client, member)).notifications).toHaveLength(1)
    })(),
  )

  it(
    'is one mail for all that was joined until it was sent, and one for what comes then',
    story(async (client) => {
      await choose(client, viewer, 'view_shared', 'mail')
      const share = () => notify(client, [ids.viewer], { kind: 'view_shared', joinKey: 'x' })
      await share()
      await share()
      expect(await mailsWaiting(client)).toEqual([
        { user_id: ids.viewer, title: '2 dashboards were shared with you' },
      ])
      await client.query('update private.notification_mails set sent_at = now()')
      await share()
      await share()
      expect(await mailsWaiting(client)).toEqual([
        { user_id: ids.viewer, title: '2 dashboards were shared with you' },
      ])
      await client.query('update private.notification_mails set sent_at = now()')
      await letPass(client, '61 minutes')
      await share()
      expect(await mailsWaiting(client)).toHaveLength(1)
    }),
  )

  it(
    'is one mail an hour for what the app tells as well',
    story(async (client) => {
      await choose(client, viewer, 'view_shared', 'both')
      const share = () => notify(client, [ids.viewer], { kind: 'view_shared', joinKey: 'x' })
      await share()
      await client.query('update private.notification_mails set sent_at = now()')
      await share()
      expect(await mailsWaiting(client)).toEqual([])
      expect((await list(client, viewer)).notifications).toMatchObject([{ count: 2 }])
      await letPass(client, '61 minutes')
      await share()
      expect(await mailsWaiting(client)).toHaveLength(1)
    }),
  )

  it(
    'comes into the app once that is chosen, with what waited for the mail',
    story(async (client) => {
      await choose(client, viewer, 'view_shared', 'mail')
      await notify(client, [ids.viewer], { kind: 'view_shared', joinKey: 'x' })
      await choose(client, viewer, 'view_shared', 'both')
      await notify(client, [ids.viewer], { kind: 'view_shared', joinKey: 'x' })
      expect((await list(client, viewer)).notifications).toMatchObject([{ count: 2, readAt: null }])
      expect(await mailsWaiting(client)).toHaveLength(1)
    }),
  )
})

it.each<[kind: string, permission: string]>([
  ...['plan_changed', 'payment_failed', 'payment_action_required', 'trial_ending'].map(
    (kind): [string, string] => [kind, 'billing.manage'],
  ),
  ['destination_paused', 'integrations.manage'],
  ['source_failing', 'integrations.manage'],
  ['listing_reviewed', 'marketplace.publish'],
  ['member_joined', 'members.read'],
  ['invitation_declined', 'members.invite'],
])('%s concerns those alone who still hold %s', (kind, permission) =>
  story(async (client) => {
    await giveCustomRole(client, 'keeper', [], [ids.viewer])
    const concerns = async (condition: string) => {
      await client.query(
        `update public.workspace_roles
         set permissions = array(select key from public.permissions where key ${condition} $1) where key = 'keeper'`,
        [permission],
      )
      const { rows } = await client.query(
        `select private.still_concerns(jsonb_populate_record(null::public.notifications, $1)) as concerns,
           $2::uuid = any (private.members_with($3, $5)) as is_told,
           $2::uuid = any (private.members_with($4, $5)) as is_told_elsewhere`,
        [{ workspace_id: ours, user_id: ids.viewer, kind }, ids.viewer, ours, theirs, permission],
      )
      // Whoever is told is found by the same permission.
      expect(rows[0].is_told).toBe(rows[0].concerns)
      expect(rows[0].is_told_elsewhere).toBe(false)
      return rows[0].concerns
    }
    expect(await concerns('=')).toBe(true)
    expect(await concerns('<>')).toBe(false)
    // For whom the plan has no room, they read and no more.
    await setPlan(client, 'free')
    await limitFree(client, { members: 1 })
    expect(await concerns('=')).toBe(permission.endsWith('.read'))
  })(),
)
