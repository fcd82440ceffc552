import type pg from 'pg'
import { describe, expect } from 'vitest'
import { makeView } from '../../../support/dashboards/view-rows.ts'
import { actAs, clientError, service } from '../../../support/database/act.ts'
import { event, track } from '../../../support/database/analytics.ts'
import * as billing from '../../../support/database/billing.ts'
import { call } from '../../../support/database/call.ts'
import { notify, toldTo } from '../../../support/database/notifications.ts'
import { storiesOfTwo } from '../../../support/database/stories-of-two.ts'
import * as integrations from '../../../support/integrations/destinations.ts'
import { createApiKey, machine } from '../../../support/people/api-keys.ts'
import { admin, ids, member, ours } from '../../../support/people/cast.ts'

// One is in the middle of a change when another comes to the same thing. The second waits, and goes by what the first
// has left: it is refused with a registered code, finds nothing to do, or changes what is there then.

const { atOnce } = storiesOfTwo()
const nothing = async () => undefined

describe('an event for others', () => {
  const waiting = async (client: pg.Client) => {
    const { id } = await integrations.saveDestination(client, integrations.webhook)
    await integrations.rename(client, 'One')
    return id
  }

  atOnce('waits while the secrets of its destination change', {
    given: waiting,
    first: (client, id) => call(client, admin, 'rotate_destination_secret', [ours, id]),
    second: async (client) => expect(await integrations.claim(client)).toEqual([]),
    late: 'done',
    left: async (client) => expect(await integrations.claim(client)).toHaveLength(1),
  })

  atOnce('is not sent to a destination that is deleted, nor is that saved', {
    given: waiting,
    first: (client, id) => call(client, admin, 'delete_destination', [ours, id]),
    second: (client, id) => integrations.saveDestination(client, integrations.webhook, { id }),
    late: 'not_found',
  })
})

describe('what Stripe tells of a workspace that is deleted is ignored', () => {
  const first = (client: pg.Client) => call(client, admin, 'delete_workspace', [ours, 'Ours'])
  const bought = JSON.stringify({ subscription: billing.subscription() })
  const ignored = { state: 'ignored', changed: [] }

  atOnce('where it is compared', {
    given: async (client) => {
      await billing.keepCustomer(client)
      return call<{ ticket: number }>(client, service, 'billing_subscriptions_to_compare', [])
    },
    first,
    second: async (client, { ticket }) =>
      expect(await call(client, service, 'apply_billing_objects', [ticket, bought])).toEqual(ignored),
    late: 'done',
  })

  atOnce('where an event came', {
    given: async (client) => {
      await billing.keepCustomer(client)
      const event = billing.event()
      return { ...event, ...(await billing.claim(client, event)) }
    },
    first,
    second: async (client, { id, ticket }) =>
      expect(await call(client, service, 'apply_billing_event', [id, ticket, bought])).toEqual(ignored),
    late: 'done',
  })
})

describe('people', () => {
  atOnce('an API key that is revoked gets no fresh secret', {
    given: async (client) => (await createApiKey(client)).id,
    first: (client, id) => call(client, admin, 'revoke_api_key', [id]),
    second: (client, id) => call(client, admin, 'rotate_api_key', [id]),
    late: 'conflict',
  })

  const role = (key: string) => (client: pg.Client) =>
    actAs(client, admin, 'insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $3)', [
      ours,
      key,
      'Editor',
    ])
  atOnce('two roles have names of their own', {
    given: nothing,
    first: role('editor'),
    second: role('other'),
    late: 'conflict',
  })

  const joined = (client: pg.Client) =>
    notify(client, [ids.viewer], { kind: 'member_joined', title: 'a', joinKey: 'members', about: 'a' })
  atOnce('are told once of one thing', {
    given: nothing,
    first: joined,
    second: joined,
    late: 'done',
    left: async (client) => expect(await toldTo(client, ids.viewer)).toMatchObject([{ count: 1 }]),
  })

  const rollUp = (client: pg.Client) => client.query('select private.roll_up_analytics()')
  const forget = (client: pg.Client) => call(client, member, 'set_analytics_choice', [false])
  const used = async (client: pg.Client) => {
    await track(client, [event()])
    await client.query(
      `update private.analytics_events set occurred_at = date_trunc('hour', now() - interval '2 hours');
       insert into private.analytics_progress (counted_until) values (date_trunc('hour', now() - interval '2 hours'))
       on conflict (is_only) do update set counted_until = excluded.counted_until`,
    )
  }
  for (const [what, first, second] of [
    ['who is not counted any more while use is put together is not counted', rollUp, forget],
    ['who is not counted any more is not in what is put together meanwhile', forget, rollUp],
  ] as const)
    atOnce(what, {
      given: used,
      first,
      second,
      late: 'done',
      left: async (client) => {
        const { rows } = await client.query(
          'select 1 from private.analytics_person_days union all select 1 from private.analytics_events',
        )
        expect(rows).toEqual([])
      },
    })

  atOnce('an API key makes nothing in a workspace that is deleted', {
    given: (client) => machine(client),
    first: (client) => call(client, admin, 'delete_workspace', [ours, 'Ours']),
    second: (client, key) => makeView(client, key, { visibility: 'workspace' }),
    late: 'not_found',
  })

  atOnce('an API key makes nothing once it is gone, though the workspace has another', {
    given: async (client) => {
      await machine(client)
      return machine(client)
    },
    first: (client, key) => client.query('delete from private.api_keys where id = $1', [key.sub]),
    second: (client, key) => makeView(client, key, { visibility: 'workspace' }),
    late: 'not_found',
  })

  atOnce('who deletes their account is told of a workspace that they share meanwhile', {
    given: nothing,
    first: async (client) => {
      await call(client, member, 'create_workspace', ['Shared'])
      await client.query(
        `insert into public.workspace_members (workspace_id, user_id, role_key)
         select id, $1, 'viewer' from public.workspaces where name = 'Shared'`,
        [ids.viewer],
      )
    },
    second: async (client) =>
      expect(await clientError(call(client, member, 'delete_my_account', []))).toMatchObject({
        code: 'last_admin',
        details: expect.stringContaining('"name": "Shared"'),
      }),
    late: 'done',
    left: async (client) => {
      const { rowCount } = await client.query('select from auth.users where id = $1', [ids.member])
      expect(rowCount).toBe(1)
    },
  })
})
