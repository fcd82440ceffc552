import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { notificationPayloadSchemas } from '../../../types/notification.ts'
import { insertShare, insertView, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, person } from '../../support/database/act.ts'
import { letPass, titlesTo, toldTo } from '../../support/database/notifications.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { accept, adaId, invite, signUp } from '../../support/people/invitations.ts'
import { giveRole } from '../../support/people/members.ts'

// What people hear of, when it happens: who is told, and who is not.

const story = policySuite()

const join = async (client: pg.Client, inviter: Actor = admin) => {
  const ada = await signUp(client, adaId, 'ada@example.com')
  await client.query("update public.profiles set name = 'Ada' where id = $1", [adaId])
  await accept(client, ada, (await invite(client, inviter, 'ada@example.com', 'viewer')).token)
}
const changeRole = (client: pg.Client, actor: Actor, userId: string, role: string) =>
  actAs(client, actor, 'select public.change_member($1, $2, $3)', [ours, userId, role])
const remove = (client: pg.Client, actor: Actor, userId: string) =>
  actAs(client, actor, 'select public.remove_member($1, $2)', [ours, userId])

const toldAnyone = async (client: pg.Client) =>
  (await client.query('select from public.notifications')).rowCount

describe('somebody who joins', () => {
  it(
    'is told to who invited them, and to nobody else',
    story(async (client) => {
      await join(client)
      const [told, ...others] = await toldTo(client, ids.admin)
      expect(others).toEqual([])
      expect(told).toMatchObject({
        kind: 'member_joined',
        title: 'Ada joined Ours',
        link: `/workspaces/${ours}/members`,
        count: 1,
        is_read: false,
      })
      expect(notificationPayloadSchemas.member_joined.parse(told?.payload)).toEqual({
        workspace: { id: ours, name: 'Ours' },
        actor: { id: adaId, name: 'Ada' },
        role: { key: 'viewer', name: 'Viewer' },
      })
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'is told to nobody where the inviter’s account is gone',
    story(async (client) => {
      await join(client)
      await client.query('delete from public.notifications')
      await client.query(
        'update public.workspace_invitations set accepted_at = null, accepted_by = null, invited_by = null',
      )
      await client.query('update public.workspace_invitations set accepted_at = now(), accepted_by = $1', [
        adaId,
      ])
      expect(await toldAnyone(client)).toBe(0)
    }),
  )
})

describe('somebody who declines', () => {
  it(
    'is told to who invited them, by the invited address alone; an invitation that is taken back is told to nobody',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const taken = await invite(client, admin, 'eve@example.com')
      await actAs(client, admin, 'select public.revoke_invitation($1, $2)', [ours, taken.id])
      expect(await toldAnyone(client)).toBe(0)
      const { id } = await invite(client, admin, 'ada@example.com')
      await actAs(client, ada, 'select public.decline_my_invitation($1)', [id])
      const [told, ...others] = await toldTo(client, ids.admin)
      expect(others).toEqual([])
      expect(told).toMatchObject({
        kind: 'invitation_declined',
        title: 'ada@example.com declined your invitation to Ours',
      })
      expect(notificationPayloadSchemas.invitation_declined.parse(told?.payload)).toEqual({
        workspace: { id: ours, name: 'Ours' },
        actor: null,
        email: 'ada@example.com',
      })
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'leaves no address behind with an account that is deleted, whoever deletes it',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const decline = async (actor: Actor, email: string) => {
        const { id } = await invite(client, admin, email)
        await actAs(client, actor, 'select public.decline_my_invitation($1)', [id])
        await letPass(client, '61 minutes')
      }
      await decline(ada, 'ada@example.com')
      await decline(await signUp(client, randomUUID(), 'eve@example.com'), 'eve@example.com')
      await client.query('delete from auth.users where id = $1', [adaId])
      const told = (await toldTo(client, ids.admin)).map(({ title, payload }) => [title, payload.email])
      expect(told).toEqual([
        ['eve@example.com declined your invitation to Ours', 'eve@example.com'],
        ['A deleted user declined your invitation to Ours', null],
      ])
      const { rows } = await client.query<{ mail: string }>(
        `select private.notification_document(n)::text as mail from public.notifications n`,
      )
      expect(JSON.stringify(rows)).not.toContain('ada@example.com')
      for (const { payload } of await toldTo(client, ids.admin))
        notificationPayloadSchemas.invitation_declined.parse(payload)
    }),
  )

  it(
    'leaves no address behind that they have changed for another',
    story(async (client) => {
      const eve = await signUp(client, randomUUID(), 'eve@example.com')
      for (const [actor, email] of [
        [await signUp(client, adaId, 'ada@example.com'), 'ada@example.com'],
        [eve, 'eve@example.com'],
      ] as const) {
        const { id } = await invite(client, admin, email)
        await actAs(client, actor, 'select public.decline_my_invitation($1)', [id])
        await letPass(client, '61 minutes')
      }
      const told = async () =>
        (await toldTo(client, ids.admin)).map(({ title, payload }) => [title, payload.email])
      const change = (email: string) =>
        client.query('update auth.users set email = $1 where id = $2', [email, adaId])
      const before = await told()
      await change('ADA@example.com')
      expect(await told()).toEqual(before)
      await change('lovelace@example.com')
      const after = [
        ['eve@example.com declined your invitation to Ours', 'eve@example.com'],
        ['Somebody with another address declined your invitation to Ours', null],
      ]
      expect(await told()).toEqual(after)
      // Somebody else who has it by now is not who declined.
      await signUp(client, randomUUID(), 'ada@example.com')
      await client.query("delete from auth.users where email = 'ada@example.com'")
      expect(await told()).toEqual(after)
    }),
  )
})

describe('another role', () => {
  it(
    'is told to the person',
    story(async (client) => {
      await changeRole(client, admin, ids.viewer, 'member')
      const [told] = await toldTo(client, ids.viewer)
      expect(told).toMatchObject({
        kind: 'role_changed',
        title: 'Your role in Ours is Member now',
        link: `/workspaces/${ours}`,
      })
      expect(notificationPayloadSchemas.role_changed.parse(told?.payload)).toMatchObject({
        actor: { id: ids.admin, name: 'admin' },
        role: { key: 'member', name: 'Member' },
      })
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'is told through the table, too, and not where the role stays or is one’s own to give',
    story(async (client) => {
      await changeRole(client, admin, ids.viewer, 'viewer')
      await actAs(
        client,
        admin,
        "update public.workspace_members set status = 'suspended' where workspace_id = $1 and user_id = $2",
        [ours, ids.viewer],
      )
      expect(await toldAnyone(client)).toBe(0)
      await actAs(
        client,
        admin,
        "update public.workspace_members set role_key = 'viewer' where workspace_id = $1 and user_id = $2",
        [ours, ids.member],
      )
      expect(await titlesTo(client, ids.member)).toEqual(['Your role in Ours is Viewer now'])
    }),
  )

  it(
    'is not told to who is suspended',
    story(async (client) => {
      await changeRole(client, admin, ids.suspended, 'viewer')
      expect(await toldAnyone(client)).toBe(0)
    }),
  )
})

describe('a removal', () => {
  it(
    'is told to the person, who reads it afterwards, and is queued as a mail',
    story(async (client) => {
      await remove(client, admin, ids.viewer)
      const { rows } = await actAs(
        client,
        viewer,
        'select kind, title, link, payload from public.notifications',
      )
      expect(rows).toMatchObject([
        { kind: 'member_removed', title: 'You were removed from Ours', link: null },
      ])
      expect(notificationPayloadSchemas.member_removed.parse(rows[0]?.payload)).toEqual({
        workspace: { id: ours, name: 'Ours' },
        actor: { id: ids.admin, name: 'admin' },
      })
      expect((await client.query('select user_id from private.notification_mails')).rows).toEqual([
        { user_id: ids.viewer },
      ])
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'is told to nobody who leaves, deletes their account, or whose workspace is deleted',
    story(async (client) => {
      await actAs(client, viewer, 'select public.leave_workspace($1)', [ours])
      await actAs(client, member, 'select public.delete_my_account()')
      await client.query('delete from auth.users where id = $1', [ids.suspended])
      expect(await toldAnyone(client)).toBe(0)
      await join(client)
      await actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours])
      expect(await toldAnyone(client)).toBe(0)
    }),
  )
})

describe('a view that is shared', () => {
  it(
    'is told to the person, and not when only the access changes',
    story(async (client) => {
      const view = await makeView(client, member, { name: 'Sales' })
      const share = await insertShare(client, { view_id: view, user_id: ids.viewer }, member)
      await actAs(client, member, "update public.dashboard_view_shares set access = 'edit' where id = $1", [
        share,
      ])
      const [told, ...others] = await toldTo(client, ids.viewer)
      expect(others).toEqual([])
      expect(told).toMatchObject({
        kind: 'view_shared',
        title: 'member shared Sales with you',
        link: `/workspaces/${ours}/views/${view}`,
      })
      expect(notificationPayloadSchemas.view_shared.parse(told?.payload)).toMatchObject({
        actor: { id: ids.member, name: 'member' },
        view: { id: view, name: 'Sales' },
      })
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'is told to the members of the role, without its owner, who shared it, and who is suspended',
    onPremium(story)(async (client) => {
      await client.query("update public.workspace_members set role_key = 'member' where user_id = any ($1)", [
        [ids.viewer, ids.suspended],
      ])
      // Whatever is granted to them elsewhere: it is told once.
      for (const name of ['Costs', 'Stock'])
        await client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, 'dashboard', $2, $3, 'view')`,
          [ours, await insertView(client, { name }), ids.viewer],
        )
      await client.query('delete from public.notifications')
      const view = await insertView(client, { name: 'Sales', owner_id: ids.member })
      await insertShare(client, { view_id: view, role_key: 'member' }, member)
      expect(await toldTo(client, ids.viewer)).toMatchObject([
        { title: 'member shared Sales with you', count: 1 },
      ])
      expect(await toldAnyone(client)).toBe(1)
    }),
  )

  it(
    'is told to nobody who cannot open it: by their role, or by a grant to them or to the role',
    onPremium(story)(async (client) => {
      const bob = person('00000000-0000-4000-8000-000000000013')
      await signUp(client, bob.sub ?? '', 'bob@example.com')
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
        [ours, bob.sub],
      )
      const view = await insertView(client, { owner_id: ids.member })
      const withhold = (from: object) =>
        client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, role_key, access)
           values ($1, 'dashboard', $2, $3, $4, 'none')`,
          [ours, view, 'user_id' in from ? from.user_id : null, 'role_key' in from ? from.role_key : null],
        )
      await withhold({ user_id: ids.viewer })
      await insertShare(client, { view_id: view, user_id: ids.viewer }, member)
      await insertShare(client, { view_id: view, role_key: 'viewer' }, member)
      expect(await titlesTo(client, ids.viewer)).toEqual([])
      expect(await titlesTo(client, bob.sub)).toEqual(['member shared A view with you'])

      // What is withheld from somebody stays so, whatever the role is granted.
      await client.query('delete from public.notifications; delete from public.dashboard_view_shares')
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, role_key, access)
         values ($1, 'dashboard', $2, 'viewer', 'view')`,
        [ours, view],
      )
      await insertShare(client, { view_id: view, role_key: 'viewer' }, member)
      expect(await titlesTo(client, ids.viewer)).toEqual([])
      expect(await titlesTo(client, bob.sub)).toEqual(['member shared A view with you'])
      await client.query('delete from public.resource_grants where role_key is not null')

      await client.query('delete from public.notifications; delete from public.dashboard_view_shares')
      await withhold({ role_key: 'viewer' })
      await insertShare(client, { view_id: view, role_key: 'viewer' }, member)
      await giveRole(client, 'blind', ['themes.read'], [bob.sub ?? ''])
      await client.query('delete from public.notifications')
      await insertShare(client, { view_id: view, role_key: 'blind' }, member)
      await insertShare(client, { view_id: view, user_id: bob.sub ?? '' }, member)
      expect(await toldAnyone(client)).toBe(0)
    }),
  )

  it(
    'is told once per person by one statement that shares many',
    story(async (client) => {
      const views: string[] = []
      for (const n of [1, 2, 3]) views.push(await makeView(client, member, { name: `View ${n}` }))
      await actAs(
        client,
        member,
        `insert into public.dashboard_view_shares (workspace_id, view_id, user_id)
         select $1, v, p from unnest($2::uuid[]) as v, unnest($3::uuid[]) as p`,
        [ours, views, [ids.viewer, ids.admin]],
      )
      for (const id of [ids.viewer, ids.admin])
        expect(await toldTo(client, id)).toMatchObject([
          { title: '3 dashboards were shared with you', count: 3 },
        ])
    }),
  )

  it(
    'by the server is told without a name',
    story(async (client) => {
      const view = await insertView(client, { name: 'Sales' })
      await insertShare(client, { view_id: view, user_id: ids.viewer })
      expect(await toldTo(client, ids.viewer)).toMatchObject([
        { title: 'Sales was shared with you', payload: { actor: null } },
      ])
    }),
  )
})
