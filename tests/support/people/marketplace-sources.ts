import type pg from 'pg'
import { widget } from '../dashboards/layouts.ts'
import { ours } from './cast.ts'
import { install, publishListing, viewBundle } from './marketplace.ts'

/** Where rates come from, at first and later. */
export const [first, second] = ['https://rates.example.com/today', 'https://rates.example.com/now'] as const
/** The sources of a bundle. */
export const rates = (url: string, changes = {}) => [{ key: 'rates', name: 'Rates', url, ...changes }]
/** The widget of a board. */
export const shown = widget({ config: { source: '$rates', title: 'Rates' } })
/** A view template with one widget that asks a source. */
export const board = (sources: ReturnType<typeof rates>, config: typeof shown.config = shown.config) =>
  viewBundle([{ ...shown, config }], 'Board', { sources })

/** A copy of a board that asks the first address. */
export const installed = async (client: pg.Client, changes = {}) => {
  const listing = await publishListing(client, board(rates(first, changes)), { document: { name: 'Board' } })
  const copy = await install(client, listing, { addresses: [first] })
  return { listing, copy, id: copy.sources.rates as string }
}

/** The data sources of `ours`. */
export const sourcesOf = async (client: pg.Client) =>
  (
    await client.query<{ id: string; url: string; mapping: string | null; parameters: string[] }>(
      'select id, url, mapping, parameters from private.data_sources where workspace_id = $1 order by created_at, url desc',
      [ours],
    )
  ).rows

/** The configurations of the widgets of `ours`. */
export const configs = async (client: pg.Client) =>
  (
    await client.query<{ config: object }>('select config from public.widgets where workspace_id = $1', [
      ours,
    ])
  ).rows.map(({ config }) => config)
