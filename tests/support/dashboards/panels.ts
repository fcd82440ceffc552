import type pg from 'pg'
import { onPremium, policySuite } from '../database/policy-suite.ts'
import { ours } from '../people/cast.ts'
import { insertComponent } from './components.ts'
import { createBoards } from './resource-grants.ts'
import { insertView, insertWidget } from './view-rows.ts'

/** The view that `withPanels` gives. */
export const panelView = '00000000-0000-4000-8000-000000000200'

/** A component that every role may use and that shows a source. */
const panel = {
  id: 'panel',
  defaultConfig: {},
  configSchema: { type: 'object' },
} as const

/** Stories of boards on premium, with a view on which `panelOf` puts widgets. */
export function panelSuite() {
  const premium = onPremium(policySuite(createBoards))
  return (tell: (client: pg.Client) => Promise<void>) =>
    premium(async (client) => {
      await insertComponent(client, ours, panel)
      await insertView(client, { id: panelView })
      await tell(client)
    })
}

/** Makes a widget on that view that shows a source; returns the id of its row. */
export const panelOf = (client: pg.Client, source: string, config: object = {}) =>
  insertWidget(client, { view_id: panelView, component_key: 'panel', config: { source, ...config } })
