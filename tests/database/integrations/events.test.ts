import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { pastTriggers } from '../../support/dashboards/full-views.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { saveSource, shop } from '../../support/dashboards/widget-data.ts'
import { actAs, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  queued,
  saveDestination,
  toldOfEverything,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, ids, member, ours, outsider } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'
import { setPlan } from '../../support/people/plan.ts'
import { openTicket } from '../../support/people/tickets.ts'

// What happens in a workspace, as the events that are queued: all of it comes from what is there already, the audit log
// and the versions of views.

const story = onPremium(policySuite())

const one = async (client: pg.Client, sql: string, values: unknown[]): Promise<string> =>
  (await client.query<{ id: string }>(sql, values)).rows[0]?.id ?? ''

describe('what happens', () => {
  it(
    'is told with ids and names of columns, and no value',
    story(async (client) => {
      await toldOfEverything(client)
      await actAs(client, admin, "update public.workspaces set name = 'S3cret' where id = $1", [ours])
      const [event] = await queued(client)
      expect(event).toMatchObject({
        type: 'workspace.updated',
        thing: `workspace:${ours}`,
        payload: {
          type: 'workspace.updated',
          data: { workspaceId: ours, kind: 'workspace', id: ours, changed: ['name'], actor: 'user' },
        },
      })
      expect(JSON.stringify(event)).not.toMatch(/S3cret/)
      expect(JSON.stringify(event)).not.toContain(ids.admin)
      const { rows } = await client.query('select id from public.audit_log where id = $1', [event?.event_id])
      expect(rows).toHaveLength(1)
    }),
  )

  it(
    'has a name of its own for each kind of it',
    story(async (client) => {
      await toldOfEverything(client)
      const view = await insertView(client, { visibility: 'workspace' })
      await client.query("update public.dashboard_views set name = 'Board' where id = $1", [view])
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [view])
      await client.query('update public.dashboard_views set deleted_at = null where id = $1', [view])
      await makeRole(client, admin, 'guest')
      await saveSource(client, shop)
      const key = await call<{ id: string }>(client, admin, 'create_api_key', [
        ours,
        'Shop',
        '{dashboards.read}',
      ])
      await call(client, admin, 'revoke_api_key', [key.id])
      const ticket = await openTicket(client, admin)
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.member,
      ])
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      await setPlan(client, 'free', ours)
      const events = await queued(client)
      expect(events.map(({ type }) => type)).toEqual([
        'view.created',
        'view.updated',
        'view.deleted',
        'view.restored',
        'role.created',
        'data_source.created',
        'api_key.created',
        'api_key.updated',
        'ticket.opened',
        'ticket.answered',
        'member.updated',
        'member.removed',
      ])
      expect(new Set(events.slice(0, 4).map(({ thing }) => thing))).toEqual(new Set([`view:${view}`]))
      expect(events.filter(({ type }) => type.startsWith('ticket')).map(({ thing }) => thing)).toEqual([
        `ticket:${ticket.id}`,
        `ticket:${ticket.id}`,
      ])
      expect(JSON.stringify(events)).not.toMatch(/shop\.example|s3cret|Board|Help/i)
    }),
  )

  it(
    'to shares, grants, agents and what was bought is told with ids alone',
    story(async (client) => {
      const view = await insertView(client, { visibility: 'workspace', name: 'Board' })
      const widget = await insertWidget(client, { view_id: view })
      await toldOfEverything(client)
      const share = await one(
        client,
        'insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3) returning id',
        [ours, view, ids.viewer],
      )
      await client.query("update public.dashboard_view_shares set access = 'edit' where id = $1", [share])
      await client.query('delete from public.dashboard_view_shares where id = $1', [share])
      const grant = await one(
        client,
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'widget', $2, $3, 'edit') returning id`,
        [ours, widget, ids.viewer],
      )
      await client.query("update public.resource_grants set access = 'none' where id = $1", [grant])
      await client.query('delete from public.resource_grants where id = $1', [grant])
      const agent = await one(
        client,
        `insert into private.agents (workspace_id, name, kind, instructions, visibility)
         values ($1, 'S3cret', 'custom', 'S3cret', 'workspace') returning id`,
        [ours],
      )
      await client.query("update private.agents set name = 'Other' where id = $1", [agent])
      await client.query('delete from private.agents where id = $1', [agent])
      await client.query(
        "insert into private.billing_customers (workspace_id, id, livemode) values ($1, 'cus_1', false)",
        [ours],
      )
      await client.query(
        `insert into public.subscriptions (workspace_id, id, customer_id, status)
         values ($1, 'sub_1', 'cus_1', 'active')`,
        [ours],
      )
      await client.query(
        `insert into public.invoices (
           workspace_id, id, customer_id, currency, total, amount_due, amount_paid, created_at)
         values ($1, 'in_1', 'cus_1', 'eur', 98765, 98765, 0, now())`,
        [ours],
      )
      await client.query("update public.invoices set amount_paid = 98765 where id = 'in_1'")
      const events = await queued(client)
      const told = (kind: string, thing: string, verbs: string[]) =>
        verbs.map((verb) => [`${kind}.${verb}`, `${kind}:${thing}`])
      const life = ['created', 'updated', 'deleted']
      expect(events.map(({ type, thing }) => [type, thing])).toEqual([
        ...told('share', view, life),
        ...told('grant', widget, life),
        ...told('agent', agent, life),
        ...told('subscription', 'sub_1', ['created']),
        ...told('invoice', 'in_1', ['created', 'updated']),
      ])
      expect(JSON.stringify(events)).not.toMatch(/S3cret|Board|98765|cus_1/)
      expect(JSON.stringify(events)).not.toContain(ids.viewer)
    }),
  )

  it.each<[action: string, changes: Record<string, object>, type: string | null]>([
    ['insert', { owner_id: {}, visibility: {} }, 'view.created'],
    // Somebody inherits it.
    ['update', { owner_id: {} }, null],
    ['update', { owner_id: {}, visibility: {} }, 'view.updated'],
    ['update', { deleted_at: { old: null, new: 'now' } }, 'view.deleted'],
    ['update', { deleted_at: { old: 'then', new: null } }, 'view.restored'],
    ['delete', { owner_id: {}, visibility: {} }, 'view.deleted'],
    ['delete', { visibility: {}, deleted_at: { old: 'then' } }, null],
  ])('to a view by an %s of %j is %s', (action, changes, type) =>
    story(async (client) => {
      const { rows } = await client.query("select private.event_of('dashboard_views', $1, $2) as type", [
        action,
        JSON.stringify(changes),
      ])
      expect(rows).toEqual([{ type }])
    })(),
  )

  it(
    'to one thing is told of that one, whatever stands beside it',
    story(async (client) => {
      const insertAgent = (visibility: string, owner: string | null) =>
        one(
          client,
          `insert into private.agents (workspace_id, name, kind, visibility, owner_id)
           values ($1, 'One', 'custom', $2, $3) returning id`,
          [ours, visibility, owner],
        )
      const insertShare = (view: string) =>
        one(
          client,
          `insert into public.dashboard_view_shares (workspace_id, view_id, user_id) values ($1, $2, $3)
           returning id`,
          [ours, view, ids.viewer],
        )
      const insertGrant = (view: string) =>
        one(
          client,
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, 'dashboard', $2, $3, 'edit') returning id`,
          [ours, view, ids.viewer],
        )
      const views = [await insertView(client, {}), await insertView(client, {})]
      await client.query("update public.dashboard_views set visibility = 'workspace'")
      const shared = await insertAgent('workspace', null)
      const mine = await insertAgent('personal', ids.member)
      const shares: string[] = []
      const grants: string[] = []
      for (const view of views) {
        shares.push(await insertShare(view))
        grants.push(await insertGrant(view))
      }
      await toldOfEverything(client)
      for (const agent of [mine, shared])
        await client.query("update private.agents set name = 'Other' where id = $1", [agent])
      for (const share of shares)
        await client.query("update public.dashboard_view_shares set access = 'edit' where id = $1", [share])
      for (const grant of grants)
        await client.query("update public.resource_grants set access = 'view' where id = $1", [grant])
      expect((await queued(client)).map(({ thing }) => thing)).toEqual([
        `agent:${shared}`,
        ...views.map((view) => `share:${view}`),
        ...views.map((view) => `grant:${view}`),
      ])
    }),
  )

  it(
    'a hundred and one times in one statement is one event that names none',
    story(async (client) => {
      // More than a workspace may have.
      await pastTriggers(
        client,
        'workspace_roles',
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         select $1, 'role_' || n, 'Role ' || n, '{themes.read}' from generate_series(1, 101) as n`,
        [ours],
      )
      await saveDestination(client, { ...webhook, events: ['role.deleted'] })
      await client.query("delete from public.workspace_roles where workspace_id = $1 and key like 'role_%'", [
        ours,
      ])
      expect(await queued(client)).toMatchObject([
        { type: 'role.deleted', thing: 'role', payload: { data: { id: null, changed: [] } } },
      ])
    }),
  )

  it(
    'is nobody’s to make up',
    story(async (client) => {
      const { id } = await saveDestination(client, webhook)
      for (const actor of [admin, member, outsider, service])
        for (const statement of [
          `insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
           values ('${ours}', '${id}', gen_random_uuid(), 'workspace.updated', 'x', '{}')`,
          `select private.event_payload('x', '${ours}', now(), 'x', '{}', 'user')`,
          'select private.request_delivering()',
          `insert into public.audit_log (workspace_id, actor_type, action, table_name, row_id, changes)
           values ('${ours}', 'user', 'update', 'workspaces', '${ours}', '{}')`,
        ])
          await expect(actAs(client, actor, statement)).rejects.toMatchObject({ code: '42501' })
      expect(await queued(client)).toEqual([])
    }),
  )
})
