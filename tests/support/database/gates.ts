import type pg from 'pg'
import type { FeatureKey } from '../../../types/index.ts'
import { gauge, publish } from '../dashboards/components.ts'
import { grant } from '../dashboards/resource-grants.ts'
import { insertView } from '../dashboards/view-rows.ts'
import { saveSource, shop } from '../dashboards/widget-data.ts'
import { saveDestination, webhook } from '../integrations/destinations.ts'
import { admin, ids, ours } from '../people/cast.ts'
import { makeRole } from '../people/custom-roles.ts'
import { dial, saveListing } from '../people/marketplace.ts'
import { openTicket } from '../people/tickets.ts'
import { clientError } from './act.ts'
import { call } from './call.ts'

/** What a premium feature answers: `refused` is the only other thing that a plan may lead to. */
export type Answer = 'given' | 'refused'
type Gate = (client: pg.Client) => Promise<Answer>

/** Refused is what payment_required says, and nothing else. */
const unlessRefused =
  (attempt: (client: pg.Client) => Promise<unknown>): Gate =>
  async (client) => {
    try {
      await attempt(client)
      return 'given'
    } catch (error) {
      const { code } = await clientError(Promise.reject(error))
      if (code !== 'payment_required') throw error
      return 'refused'
    }
  }

/** Whether a view of sixty versions that are a month old shows its first one. */
async function firstVersion(client: pg.Client): Promise<Answer> {
  const view = await insertView(client, {})
  await client.query('delete from private.view_versions where view_id = $1', [view])
  await client.query(
    `insert into private.view_versions (workspace_id, view_id, version, name, saved_at)
     select $1, $2, n, 'Board', now() - interval '30 days' from generate_series(1, 60) as n`,
    [ours, view],
  )
  await client.query('update public.dashboard_views set version = 60 where id = $1', [view])
  const versions = await call<unknown[]>(client, admin, 'list_view_versions', [view, 2])
  return versions.length === 1 ? 'given' : 'refused'
}

/** Every feature of the premium plan, and what it has more of, by a use that the free plan has no room for. */
export const gates: Record<FeatureKey | 'ai_credits', Gate> = {
  custom_roles: unlessRefused((client) => makeRole(client, admin, 'guest')),
  resource_grants: unlessRefused(async (client) =>
    grant(client, admin, { resource_id: await insertView(client, {}), user_id: ids.viewer }),
  ),
  custom_components: unlessRefused((client) => publish(client, admin, gauge)),
  http_sources: unlessRefused((client) => saveSource(client, shop)),
  webhooks: unlessRefused((client) => saveDestination(client, webhook)),
  analytics: unlessRefused((client) => call(client, admin, 'workspace_analytics_csv', [ours, '7d', 'views'])),
  unlimited_history: firstVersion,
  priority_support: async (client) =>
    (await openTicket(client, admin)).priority === 'high' ? 'given' : 'refused',
  marketplace_publishing: unlessRefused((client) => saveListing(client, admin, dial, { workspaceId: ours })),
  ai_credits: unlessRefused((client) =>
    client.query("select private.hold_usage($1, 'ai_credits', 101, '1 hour', null)", [ours]),
  ),
}

/** What every gate answers, each asked alone and taken back. */
export async function answersOfGates(client: pg.Client): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  for (const [feature, ask] of Object.entries(gates)) {
    await client.query('savepoint gate')
    answers[feature] = await ask(client)
    await client.query('rollback to savepoint gate')
  }
  return answers
}
