import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  channel,
  queued,
  rename,
  saveDestination,
  toldOfEverything,
  webhook,
} from '../../support/integrations/destinations.ts'
import { ids, ours, outsider, theirs } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// Who is told of what happens: the workspace itself, each destination once, and nobody of what is personal or closed.

const story = onPremium(policySuite())

describe('what happens', () => {
  it(
    'and is personal leaves the workspace in no event',
    story(async (client) => {
      await toldOfEverything(client)
      const view = await insertView(client, { visibility: 'personal', owner_id: ids.member })
      await client.query("update public.dashboard_views set name = 'Mine' where id = $1", [view])
      await client.query(
        `insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3)`,
        [ours, view, ids.viewer],
      )
      // An admin inherits it, which the audit log has.
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      expect((await queued(client)).map(({ type }) => type)).toEqual(['member.removed'])
    }),
  )

  it(
    'to what is closed to somebody, or their own, is told to nobody',
    story(async (client) => {
      const view = await insertView(client, { visibility: 'workspace' })
      const personal = await insertView(client, { visibility: 'personal', owner_id: ids.member })
      const close = (access: string, on: string, type = 'dashboard') =>
        client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, $2, $3, $4, $5)`,
          [ours, type, on, ids.viewer, access],
        )
      await close('none', view)
      await toldOfEverything(client)
      const share = (on: string) =>
        client.query(
          'insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3)',
          [ours, on, ids.admin],
        )
      for (const one of [view, personal]) {
        await client.query("update public.dashboard_views set name = 'Renamed' where id = $1", [one])
        await share(one)
        await client.query('delete from public.dashboard_view_shares where view_id = $1', [one])
      }
      await close('view', personal)
      await client.query('delete from public.resource_grants where resource_id = $1', [personal])
      await client.query(
        `insert into private.agents (workspace_id, name, kind, owner_id) values ($1, 'Mine', 'custom', $2)`,
        [ours, ids.member],
      )
      await client.query("update private.agents set name = 'Still mine'")
      await client.query('delete from private.agents')
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [view])
      await client.query('delete from public.dashboard_views where workspace_id = $1', [ours])
      // Who hears of grants sees what they close.
      expect((await queued(client)).map(({ type }) => type)).toEqual(['grant.deleted'])
      // What is given to the workspace is its own from then on.
      await insertView(client, { visibility: 'personal', owner_id: ids.member })
      await client.query(
        "update public.dashboard_views set visibility = 'workspace' where workspace_id = $1",
        [ours],
      )
      await client.query(
        `insert into private.agents (workspace_id, name, kind, owner_id) values ($1, 'Mine', 'custom', $2)`,
        [ours, ids.member],
      )
      await client.query("update private.agents set visibility = 'workspace', owner_id = null")
      expect((await queued(client)).map(({ type }) => type)).toEqual([
        'grant.deleted',
        'view.updated',
        'agent.updated',
      ])
    }),
  )

  it(
    'elsewhere is told elsewhere alone',
    story(async (client) => {
      await toldOfEverything(client)
      await toldOfEverything(client, theirs, outsider)
      await rename(client, 'Renamed', theirs)
      expect(await queued(client)).toEqual([])
      expect(await queued(client, theirs)).toMatchObject([{ payload: { data: { workspaceId: theirs } } }])
    }),
  )

  it(
    'is told once to each that wants to hear of it, under one id, and to none that is paused',
    story(async (client) => {
      await saveDestination(client, webhook)
      await saveDestination(client, webhook)
      await saveDestination(client, { ...webhook, events: ['role.created'] })
      const paused = await saveDestination(client, webhook)
      await saveDestination(client, { ...webhook, isPaused: true }, { id: paused.id })
      await rename(client, 'Renamed')
      const events = await queued(client)
      expect(events.map(({ type }) => type)).toEqual(['workspace.updated', 'workspace.updated'])
      expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(1)
    }),
  )
})

describe('the widgets of a view', () => {
  const committed = committedStory()

  it(
    'are told by the version that a transaction leads to, without those that not everybody sees',
    committed(async (client) => {
      await setPlan(client, 'premium')
      await saveDestination(client, webhook)
      const view = await insertView(client, { visibility: 'workspace' })
      const seen = await insertWidget(client, { view_id: view })
      const withheld = await insertWidget(client, { view_id: view })
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'widget', $2, $3, 'none')`,
        [ours, withheld, ids.viewer],
      )
      await commit(client)
      await client.query('delete from private.deliveries')
      await client.query('update public.widgets set y = y + 10 where view_id = $1', [view])
      await commit(client)
      const { rows } = await client.query('select id, instance_id from public.widgets where id = $1', [seen])
      expect(await queued(client)).toMatchObject([
        {
          type: 'view.arranged',
          thing: `view:${view}`,
          payload: {
            data: { id: view, widgets: { added: [], changed: [rows[0].instance_id], removed: [] } },
          },
        },
      ])
      const personal = await insertView(client, { visibility: 'personal', owner_id: ids.member })
      await insertWidget(client, { view_id: personal })
      await commit(client)
      expect(await queued(client)).toHaveLength(1)
    }),
  )

  it(
    'are told of that view alone, to who chose it and may have it',
    committed(async (client) => {
      await setPlan(client, 'premium')
      const { id: hook } = await saveDestination(client, webhook)
      const paused = await saveDestination(client, webhook)
      await saveDestination(client, { ...webhook, isPaused: true }, { id: paused.id })
      await saveDestination(client, { ...webhook, events: ['role.created'] })
      await saveDestination(client, webhook, { workspace: theirs, actor: outsider })
      const { id: chat } = await saveDestination(client, { ...channel, events: ['view.arranged'] })
      await insertView(client, { visibility: 'workspace' })
      const view = await insertView(client, { visibility: 'workspace' })
      const personal = await insertView(client, { visibility: 'personal', owner_id: ids.member })
      const gone = await insertView(client, { visibility: 'workspace' })
      for (const one of [view, personal, gone]) await insertWidget(client, { view_id: one })
      await commit(client)
      const arrange = async () => {
        await client.query('delete from private.deliveries')
        await client.query('update public.widgets set y = y + 10')
      }
      const told = async () =>
        (await client.query('select destination_id, thing from private.deliveries order by sequence')).rows
      await arrange()
      // Removed for good by the transaction that arranged it.
      await client.query('delete from public.dashboard_views where id = $1', [gone])
      await commit(client)
      const arranged = (await told()).filter(({ thing }) => thing !== `view:${gone}`)
      expect(new Set(arranged.map(({ destination_id }) => destination_id))).toEqual(new Set([hook, chat]))
      expect(arranged.map(({ thing }) => thing)).toEqual([`view:${view}`, `view:${view}`])

      await client.query("select public.grant_plan($1, 'free', null, 'For a story')", [ours])
      await commit(client)
      await arrange()
      await commit(client)
      expect(await told()).toEqual([{ destination_id: chat, thing: `view:${view}` }])
    }),
  )
})
