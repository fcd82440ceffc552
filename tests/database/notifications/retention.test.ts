import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertShare, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import {
  letPass,
  list,
  mailsWaiting,
  notify,
  titlesTo,
  toldTo,
} from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'

// How long notifications are kept, and with what they go.

const story = policySuite()

const expire = async (client: pg.Client, batch = 10_000) =>
  (await client.query<{ n: number }>('select private.expire_notifications($1) as n', [batch])).rows[0]?.n

describe('the nightly job', () => {
  it(
    'is scheduled, and goes on as long as there is something to remove',
    story(async (client) => {
      const { rows } = await client.query(
        "select schedule, command, username, active from cron.job where jobname = 'notifications-retention'",
      )
      expect(rows).toEqual([
        {
          schedule: '47 2 * * *',
          command: 'do $$ begin while private.expire_notifications(10000) > 0 loop commit; end loop; end $$',
          username: 'postgres',
          active: true,
        },
      ])
    }),
  )

  it(
    'removes what was read 90 days ago, and keeps what was not read',
    story(async (client) => {
      await notify(client, [ids.viewer], { title: 'Read' })
      await call(client, viewer, 'mark_notifications', [])
      await notify(client, [ids.viewer], { title: 'Unread' })
      await letPass(client, '89 days')
      expect(await expire(client)).toBe(0)
      await letPass(client, '2 days')
      expect(await expire(client, 1)).toBe(1)
      expect(await expire(client, 1)).toBe(0)
      expect(await titlesTo(client, ids.viewer)).toEqual(['Unread'])
    }),
  )

  it(
    'removes what came by mail alone after 90 days, with its mail',
    story(async (client) => {
      await call(client, viewer, 'set_notification_preference', ['member_removed', 'mail'])
      await notify(client, [ids.viewer])
      await letPass(client, '91 days')
      expect(await mailsWaiting(client)).toHaveLength(1)
      expect(await expire(client)).toBe(1)
      expect((await client.query('select from private.notification_mails')).rowCount).toBe(0)
    }),
  )

  it(
    'keeps the latest 500 of each person, in batches',
    story(async (client) => {
      await client.query(
        `insert into public.notifications (workspace_id, user_id, kind, title, updated_at)
         select $1, p, 'view_shared', 'News ' || n, now() + n * interval '1 second'
         from unnest($2::uuid[]) with ordinality as u (p, more), generate_series(1, 498 + more * 2) as n`,
        [ours, [ids.viewer, ids.member, ids.admin]],
      )
      expect(await expire(client, 4)).toBe(4)
      expect(await expire(client, 4)).toBe(2)
      expect(await expire(client, 4)).toBe(0)
      for (const [id, last] of [
        [ids.viewer, 1],
        [ids.member, 3],
        [ids.admin, 5],
      ] as const) {
        const told = await toldTo(client, id)
        expect(told).toHaveLength(500)
        expect(told.at(-1)?.title).toBe(`News ${last}`)
      }
    }),
  )
})

describe('a notification', () => {
  it(
    'goes with the person and with the workspace, and so does its mail',
    story(async (client) => {
      await notify(client, [ids.viewer, ids.member])
      await actAs(client, viewer, 'select public.delete_my_account()')
      expect((await client.query('select user_id from public.notifications')).rows).toEqual([
        { user_id: ids.member },
      ])
      expect(await mailsWaiting(client)).toHaveLength(1)
      await actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours])
      for (const table of ['public.notifications', 'private.notification_mails'])
        expect((await client.query(`select from ${table}`)).rowCount).toBe(0)
    }),
  )

  it(
    'loses the name of who did it with their account, and stays',
    story(async (client) => {
      await client.query("update public.profiles set name = 'a' where id = $1", [ids.member])
      const view = await makeView(client, member, { name: 'A bazaar' })
      await insertShare(client, { view_id: view, user_id: ids.viewer }, member)
      await insertShare(client, { view_id: await makeView(client, admin), user_id: ids.viewer }, admin)
      expect(await titlesTo(client, ids.viewer)).toEqual([
        'admin shared A view with you',
        'a shared A bazaar with you',
      ])
      await actAs(client, member, 'select public.delete_my_account()')
      expect(await toldTo(client, ids.viewer)).toMatchObject([
        { title: 'admin shared A view with you', payload: { actor: { id: ids.admin } } },
        { title: 'A deleted user shared A bazaar with you', payload: { actor: null } },
      ])
      const { rows } = await client.query('select actor_id from public.notifications where actor_id = $1', [
        ids.member,
      ])
      expect(rows).toEqual([])
    }),
  )

  it(
    'and what was preferred are in the export of one’s data, mails included',
    story(async (client) => {
      await call(client, viewer, 'set_notification_preference', ['view_shared', 'mail'])
      await notify(client, [ids.viewer], { kind: 'view_shared', title: 'By mail' })
      await notify(client, [ids.viewer, ids.member], { title: 'In the app' })
      const part = async (name: string) =>
        (await call<{ rows: unknown[] }>(client, viewer, 'export_my_data', [name])).rows
      expect(await part('notifications')).toMatchObject([
        { title: 'By mail', inApp: false },
        { title: 'In the app', inApp: true, workspaceId: ours, readAt: null },
      ])
      expect(await part('notificationPreferences')).toMatchObject([{ kind: 'view_shared', delivery: 'mail' }])
      expect((await list(client, viewer)).notifications).toHaveLength(1)
    }),
  )
})
