import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { makeView } from '../dashboards/view-rows.ts'
import { age, fetched, panel, saveSource } from '../dashboards/widget-data.ts'
import { append, ask, finish, save as saveAgent, texts } from '../database/agents.ts'
import { happened, rollUp as rollUpAnalytics, used } from '../database/analytics.ts'
import { call } from '../database/call.ts'
import { at, ingest, point, rollUp as rollUpMetrics } from '../database/metrics.ts'
import { rename, toldOfEverything } from '../integrations/destinations.ts'
import { admin, ids, ours } from './cast.ts'
import {
  componentBundle,
  dial,
  install,
  publishListing,
  publishVersion,
  renamedBundle,
  saveListing,
} from './marketplace.ts'
import { setPlan } from './plan.ts'

/**
 * Fills `ours`, on the premium plan, with things of the kinds that the matrix has no rows of: what was asked, told,
 * measured, fetched, proposed and copied; to be run as `postgres`.
 */
export async function furnish(client: pg.Client): Promise<void> {
  await setPlan(client, 'premium')
  const shown = await panel(client)
  await saveSource(client, { kind: 'static', name: 'Rates', data: { value: 7 } })
  await fetched(client, shown.widget, { data: { value: 42 } })
  await age(client, '1 minute')
  await call(client, admin, 'keep_widget_data', [shown.widget])
  await toldOfEverything(client)
  await rename(client, 'Ours, furnished')

  await ingest(
    client,
    [1, 2, 3].map((days) => point({ value: days, time: at(`${days} days`) })),
  )
  await rollUpMetrics(client)
  await happened(client, [
    used(ids.member, 'data_exported'),
    { user: ids.member, before: 1, view: shown.view },
  ])
  await rollUpAnalytics(client)

  await saveAgent(client, admin)
  const begun = await ask(client, admin)
  const view = await makeView(client, admin, { visibility: 'workspace' })
  await append(client, begun, 0, [
    ...texts(0, 'Revenue is fine.'),
    {
      type: 'patch',
      sequence: 2,
      proposalId: randomUUID(),
      viewId: view,
      version: 1,
      summary: 'Tidy up',
      changes: [],
    },
  ])
  await finish(client, begun)

  const listing = await publishListing(client, componentBundle(), {
    document: { name: 'Gauges', author: 'Makers' },
  })
  await saveListing(client, admin, { ...dial, name: 'Draft' }, { workspaceId: ours })
  const copy = await install(client, listing)
  await publishVersion(client, listing, '2.0.0', renamedBundle)
  await call(client, admin, 'rate_listing', [ours, copy.listingId, 4])
  await client.query('set constraints all immediate; set constraints all deferred')
}
