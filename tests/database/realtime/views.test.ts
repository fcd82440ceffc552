import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { StoredView } from '../../../types/view.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, viewer } from '../../support/people/cast.ts'

const story = policySuite()
const premiumStory = onPremium(story)
const channel = `workspace:${ours}`

const viewOf = (
  client: pg.Client,
  visibility: 'workspace' | 'personal',
  ...widgets: ReturnType<typeof widget>[]
) => call<StoredView>(client, member, 'create_view', [ours, 'Sales', '', layoutOf(...widgets), visibility])

describe('a view of the workspace', () => {
  it(
    'is told of once for a save, with its version and the widgets that changed',
    story(async (client) => {
      const [stays, changes, goes, comes] = [widget(), widget(), widget(), widget()]
      await messagesOf(client)
      const view = await viewOf(client, 'workspace', stays, changes, goes)
      expect(await messagesOf(client)).toEqual([
        {
          topic: channel,
          event: 'dashboard:updated',
          payload: {
            workspaceId: ours,
            viewId: view.id,
            version: view.version,
            change: 'added',
            widgets: {
              added: [stays, changes, goes].map(({ instanceId }) => instanceId).sort(),
              changed: [],
              removed: [],
            },
          },
        },
      ])
      const layout = layoutOf(stays, { ...changes, visible: false }, comes)
      await client.query('savepoint earlier')
      const saved = await saveInItsOwnTransaction(client, view, layout)
      expect(await messagesOf(client)).toEqual([
        {
          topic: channel,
          event: 'dashboard:updated',
          payload: {
            workspaceId: ours,
            viewId: view.id,
            version: saved.version,
            change: 'changed',
            widgets: {
              added: [comes.instanceId],
              changed: [changes.instanceId],
              removed: [goes.instanceId],
            },
          },
        },
      ])
    }),
  )

  it(
    'is told with a widget that goes and comes back in one save as one that comes',
    story(async (client) => {
      const [stays, back] = [widget(), widget()]
      const view = await viewOf(client, 'workspace', stays, back)
      await messagesOf(client)
      await saveInItsOwnTransaction(client, view, layoutOf(stays))
      await call(client, member, 'restore_view_version', [view.id, view.version])
      expect((await messagesOf(client)).map(({ payload }) => payload.widgets)).toEqual([
        { added: [back.instanceId], changed: [], removed: [] },
      ])
    }),
  )

  it(
    'is told of where it is deleted and had back',
    story(async (client) => {
      const view = await viewOf(client, 'workspace')
      await messagesOf(client)
      await call(client, member, 'delete_view', [view.id]).catch(() =>
        call(client, admin, 'delete_view', [view.id]),
      )
      expect(await messagesOf(client)).toMatchObject([
        { topic: channel, payload: { viewId: view.id, change: 'removed', widgets: null } },
      ])
      await call(client, admin, 'restore_view', [view.id])
      expect(await messagesOf(client)).toMatchObject([
        { topic: channel, payload: { viewId: view.id, change: 'added' } },
      ])
    }),
  )

  it(
    'leaves the channel when it becomes personal, and comes to it when it is opened',
    story(async (client) => {
      const view = await viewOf(client, 'workspace')
      await messagesOf(client)
      await actAs(client, member, "update public.dashboard_views set visibility = 'personal' where id = $1", [
        view.id,
      ])
      expect(await messagesOf(client)).toMatchObject([
        { topic: `user:${ids.member}`, payload: { viewId: view.id, change: 'changed' } },
        { topic: channel, payload: { viewId: view.id, change: 'removed' } },
      ])
      await actAs(
        client,
        member,
        "update public.dashboard_views set visibility = 'workspace' where id = $1",
        [view.id],
      )
      expect(await messagesOf(client)).toMatchObject([
        { topic: channel, payload: { viewId: view.id, change: 'added' } },
      ])
    }),
  )
})

describe('a personal view', () => {
  it(
    'is on no channel but those of its owner and of whom it is shared with',
    story(async (client) => {
      await messagesOf(client)
      const view = await viewOf(client, 'personal', widget())
      const topics = async () => (await messagesOf(client)).map(({ topic, event }) => `${topic} ${event}`)
      expect(await topics()).toEqual([`user:${ids.member} dashboard:updated`])
      await actAs(
        client,
        member,
        `insert into public.dashboard_view_shares (workspace_id, view_id, user_id, access) values ($1, $2, $3, 'view')`,
        [ours, view.id, ids.viewer],
      )
      expect(await topics()).toEqual([
        `user:${ids.viewer} notification:new`,
        `user:${ids.viewer} session:changed`,
      ])
      await saveInItsOwnTransaction(client, view, layoutOf())
      expect(await topics()).toEqual([
        `user:${ids.member} dashboard:updated`,
        `user:${ids.viewer} dashboard:updated`,
      ])
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.viewer,
      ])
      await messagesOf(client)
      await saveInItsOwnTransaction(client, view, layoutOf(widget()))
      expect(await topics()).toEqual([`user:${ids.member} dashboard:updated`])
    }),
  )
})

describe('who may see other views than before', () => {
  const role = [{ role_key: 'viewer' }, { topic: channel, payload: { workspaceId: ours, roleKey: 'viewer' } }]
  const person = [{ user_id: ids.member }, { topic: `user:${ids.member}`, payload: { workspaceId: ours } }]
  const granted = { resource_type: 'dashboard', access: 'view' }
  it.each([
    ['a share with a role', 'dashboard_view_shares', 'view_id', {}, "access = 'edit'", role],
    ['a share with a person', 'dashboard_view_shares', 'view_id', {}, "access = 'edit'", person],
    ['a grant to a role', 'resource_grants', 'resource_id', granted, "access = 'edit'", role],
    ['a grant to a person', 'resource_grants', 'resource_id', granted, "access = 'edit'", person],
    ['the first view of a role', 'role_default_views', 'view_id', {}, 'view_id = view_id', role],
  ])('is told of %s when it comes, changes and goes', (_, table, place, values, change, [who, message]) =>
    premiumStory(async (client) => {
      const row = { workspace_id: ours, [place]: await insertView(client), ...values, ...who }
      const columns = Object.keys(row)
      const told = async () =>
        (await messagesOf(client))
          .filter(({ event }) => event === 'session:changed')
          .map(({ topic, payload }) => ({ topic, payload }))
      await messagesOf(client)
      await client.query(
        `insert into public.${table} (${columns.join(', ')})
         values (${columns.map((_column, index) => `$${index + 1}`).join(', ')})`,
        Object.values(row),
      )
      expect(await told()).toEqual([message])
      await client.query(`update public.${table} set ${change}`)
      expect(await told()).toEqual([message])
      await client.query(`delete from public.${table}`)
      expect(await told()).toEqual([message])
    })(),
  )
})

describe('what is closed to somebody', () => {
  it(
    'a view is told of to who has it on screen and sees it, not to the workspace',
    premiumStory(async (client) => {
      const view = await viewOf(client, 'workspace', widget())
      await call(client, admin, 'watch_view', [view.id])
      await call(client, viewer, 'watch_view', [view.id])
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'none')`,
        [ours, view.id, ids.viewer],
      )
      await messagesOf(client)
      await saveInItsOwnTransaction(client, view, layoutOf())
      expect((await messagesOf(client)).map(({ topic }) => topic)).toEqual([
        `user:${ids.admin}`,
        `user:${ids.member}`,
      ])
    }),
  )

  it(
    'a view is told of to nobody for having another one on screen',
    premiumStory(async (client) => {
      const [view, another] = [await viewOf(client, 'workspace', widget()), await viewOf(client, 'workspace')]
      await call(client, admin, 'watch_view', [another.id])
      await client.query('update public.dashboard_views set is_restricted = true where id = $1', [view.id])
      await messagesOf(client)
      await saveInItsOwnTransaction(client, view, layoutOf())
      expect((await messagesOf(client)).map(({ topic }) => topic)).toEqual([`user:${ids.member}`])
    }),
  )

  it(
    'a widget of a component of the workspace is named in no message',
    story(async (client) => {
      await insertComponent(client, ours, { id: 'for-members', allowedRoles: ['member'] })
      await insertComponent(client, ours, { id: 'for-all', allowedRoles: ['member', 'viewer'] })
      const [hidden, open] = ['for-members', 'for-all'].map((widgetId) =>
        widget({ widgetId, config: { unit: 'l' }, componentVersion: '1.0.0' }),
      )
      if (!hidden || !open) throw new Error('There are two.')
      await messagesOf(client)
      await viewOf(client, 'workspace', hidden, open)
      expect(await messagesOf(client)).toMatchObject([
        { topic: channel, payload: { widgets: { added: [open.instanceId], changed: [], removed: [] } } },
      ])
    }),
  )

  it(
    'a widget is named in no message',
    premiumStory(async (client) => {
      const [open, withheld] = [widget(), widget()]
      const view = await viewOf(client, 'workspace', open, withheld)
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         select $1, 'widget', w.id, $3, 'none' from public.widgets w where w.instance_id = $2`,
        [ours, withheld.instanceId, ids.viewer],
      )
      await messagesOf(client)
      const moved = layoutOf({ ...open, visible: false }, { ...withheld, visible: false })
      const saved = await saveInItsOwnTransaction(client, view, moved)
      const changed = await messagesOf(client)
      expect(changed).toMatchObject([
        { topic: channel, payload: { widgets: { changed: [open.instanceId] } } },
      ])
      await saveInItsOwnTransaction(client, saved, layoutOf({ ...open, visible: false }))
      const removed = await messagesOf(client)
      expect(JSON.stringify([changed, removed])).not.toContain(withheld.instanceId)
    }),
  )
})

describe('watch_view', () => {
  it(
    'counts for two minutes, is renewed by who says it again, and is forgotten after an hour',
    premiumStory(async (client) => {
      const view = await viewOf(client, 'workspace', widget())
      await client.query('update public.dashboard_views set is_restricted = true, owner_id = null')
      const watchedFor = (seconds: number) =>
        client.query('update private.view_watchers set watched_at = now() - make_interval(secs => $1)', [
          seconds,
        ])
      const secondsSince = async () =>
        (
          await client.query<{ seconds: number }>(
            'select extract(epoch from now() - watched_at)::integer as seconds from private.view_watchers',
          )
        ).rows.map(({ seconds }) => seconds)
      await call(client, admin, 'watch_view', [view.id])
      for (const [seconds, topics] of [
        [119, [`user:${ids.admin}`]],
        [121, []],
      ] as const) {
        await watchedFor(seconds)
        await messagesOf(client)
        await saveInItsOwnTransaction(client, view, layoutOf(widget()))
        expect((await messagesOf(client)).map(({ topic }) => topic)).toEqual(topics)
      }
      for (const [seconds, left] of [
        [19, 19],
        [21, 0],
      ] as const) {
        await watchedFor(seconds)
        await call(client, admin, 'watch_view', [view.id])
        expect(await secondsSince()).toEqual([left])
      }
      for (const [seconds, removed] of [
        [3_599, 0],
        [3_601, 1],
      ] as const) {
        await watchedFor(seconds)
        const { rows } = await client.query('select private.remove_old_view_watchers()::integer as removed')
        expect(rows).toEqual([{ removed }])
      }
    }),
  )

  it(
    'takes what get_view takes, and says which version there is',
    story(async (client) => {
      const view = await viewOf(client, 'personal')
      expect(await call(client, member, 'watch_view', [view.id])).toEqual({ version: view.version })
      for (const actor of [viewer, admin, outsider, suspended])
        expect(await clientError(call(client, actor, 'watch_view', [view.id]))).toMatchObject({
          code: 'not_found',
        })
      const { rows } = await client.query('select user_id from private.view_watchers')
      expect(rows).toEqual([{ user_id: ids.member }])
    }),
  )
})

/** A save that is a version of its own: the story is one transaction, whose first change began the present one. */
async function saveInItsOwnTransaction(
  client: pg.Client,
  view: StoredView,
  layout: unknown,
): Promise<StoredView> {
  await client.query(
    `update private.view_versions set saved_at = saved_at - interval '1 minute' where view_id = $1`,
    [view.id],
  )
  const { rows } = await client.query<{ version: number }>(
    'select version::int from public.dashboard_views where id = $1',
    [view.id],
  )
  return call<StoredView>(client, member, 'save_layout', [view.id, layout, rows[0]?.version])
}
