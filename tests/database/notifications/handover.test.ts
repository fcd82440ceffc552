import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { notificationPayloadSchemas } from '../../../types/notification.ts'
import { insertShare, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs } from '../../support/database/act.ts'
import { letPass, titlesTo, toldTo } from '../../support/database/notifications.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'

// What people hear of a workspace that is handed over, and of admins who come and go without that.

const story = policySuite()

const changeRole = (client: pg.Client, actor: Actor, userId: string, role: string) =>
  actAs(client, actor, 'select public.change_member($1, $2, $3)', [ours, userId, role])

const toldAnyone = async (client: pg.Client) =>
  (await client.query('select from public.notifications')).rowCount

describe('a workspace that is handed over', () => {
  it(
    'leaves what the new admin was told of a role before',
    story(async (client) => {
      await changeRole(client, admin, ids.viewer, 'member')
      await letPass(client, '2 hours')
      await actAs(client, admin, 'select public.transfer_workspace($1, $2)', [ours, ids.viewer])
      expect((await toldTo(client, ids.viewer)).map(({ kind }) => kind)).toEqual([
        'ownership_transferred',
        'role_changed',
      ])
    }),
  )

  it(
    'is told to the new admin, in place of the role that came with it',
    story(async (client) => {
      await actAs(client, admin, 'select public.transfer_workspace($1, $2)', [ours, ids.viewer])
      const [told, ...others] = await toldTo(client, ids.viewer)
      expect(others).toEqual([])
      expect(told).toMatchObject({
        kind: 'ownership_transferred',
        title: 'admin handed Ours over to you',
        link: `/workspaces/${ours}`,
      })
      expect(notificationPayloadSchemas.ownership_transferred.parse(told?.payload)).toMatchObject({
        actor: { id: ids.admin, name: 'admin' },
      })
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'is told to no admin who was one before',
    story(async (client) => {
      await client.query(
        `insert into public.workspace_members (workspace_id, user_id, role_key, updated_at)
         values ($1, $2, 'admin', now() - interval '1 day')`,
        [ours, ids.outsider],
      )
      await actAs(client, admin, 'select public.transfer_workspace($1, $2)', [ours, ids.viewer])
      expect(await titlesTo(client, ids.viewer)).toEqual(['admin handed Ours over to you'])
      expect(await titlesTo(client, ids.outsider)).toEqual([])
    }),
  )

  it(
    'is no handover where an admin makes another one and stays, or another one steps down',
    story(async (client) => {
      await changeRole(client, admin, ids.viewer, 'admin')
      await changeRole(client, viewer, ids.admin, 'member')
      expect(await titlesTo(client, ids.viewer)).toEqual(['Your role in Ours is Admin now'])
      expect(await titlesTo(client, ids.admin)).toEqual(['Your role in Ours is Member now'])
    }),
  )

  it(
    'is none where somebody who is no admin gives up a role of their own',
    onPremium(story)(async (client) => {
      const { rows } = await client.query<{ permissions: string[] }>(
        "select permissions from public.workspace_roles where workspace_id = $1 and key = 'viewer'",
        [ours],
      )
      await giveRole(client, 'keeper', [...(rows[0]?.permissions ?? []), 'members.update'], [ids.member])
      await client.query('delete from public.notifications')
      await changeRole(client, admin, ids.viewer, 'admin')
      await changeRole(client, member, ids.member, 'viewer')
      expect(await titlesTo(client, ids.viewer)).toEqual(['Your role in Ours is Admin now'])
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'leaves all else that people were told at that moment, of another workspace or of other things',
    story(async (client) => {
      await client.query(
        `insert into public.workspace_members (workspace_id, user_id, role_key)
         values ($1, $2, 'admin'), ($1, $3, 'viewer'), ($1, $4, 'viewer')`,
        [theirs, ids.admin, ids.viewer, ids.member],
      )
      for (const [workspace, userId, role] of [
        [theirs, ids.viewer, 'member'],
        [theirs, ids.member, 'admin'],
        [ours, ids.member, 'viewer'],
      ])
        await actAs(client, admin, 'select public.change_member($1, $2, $3)', [workspace, userId, role])
      const view = await makeView(client, admin, { name: 'Sales' })
      await insertShare(client, { view_id: view, user_id: ids.viewer }, admin)
      await actAs(client, admin, 'select public.transfer_workspace($1, $2)', [ours, ids.viewer])
      expect((await titlesTo(client, ids.viewer)).toSorted()).toEqual([
        'Your role in Theirs is Member now',
        'admin handed Ours over to you',
        'admin shared Sales with you',
      ])
      expect((await titlesTo(client, ids.member)).toSorted()).toEqual([
        'Your role in Ours is Viewer now',
        'Your role in Theirs is Admin now',
      ])
    }),
  )
})
