import type pg from 'pg'
import { expect } from 'vitest'
import {
  type ClaimedDeliveries,
  claimedDeliveriesSchema,
  type DeliveryPage,
  type DestinationInput,
  deliveryPageSchema,
  eventPayloadSchema,
  type SavedDestination,
  type SettledDelivery,
  savedDestinationSchema,
} from '../../../types/destination.ts'
import { type Actor, service } from '../database/act.ts'
import { call } from '../database/call.ts'
import { admin, ours } from '../people/cast.ts'

/** An endpoint that a workspace might have told. */
export const webhook: DestinationInput = {
  kind: 'webhook',
  name: 'Shop',
  url: 'https://shop.example.com/events?key=k3y',
  events: ['workspace.updated', 'role.created', 'member.removed', 'view.arranged'],
}

/** A channel of Slack: on every plan. */
export const channel: DestinationInput = {
  kind: 'slack',
  name: 'Channel',
  url: 'https://hooks.slack.com/services/T000/B000/s3cret',
  events: ['workspace.updated'],
}

/** Saves a destination of `ours`, as its admin unless it says otherwise. */
export const saveDestination = async (
  client: pg.Client,
  document: unknown,
  { actor = admin, id, version, workspace = ours }: Partial<Saving> = {},
): Promise<SavedDestination> =>
  savedDestinationSchema.parse(
    await call(client, actor, 'save_destination', [workspace, JSON.stringify(document), id, version]),
  )

interface Saving {
  actor: Actor
  id: string
  version: number
  workspace: string
}

/** Renames `ours`: an event. */
export const rename = (client: pg.Client, name: string, workspace = ours) =>
  client.query('update public.workspaces set name = $1 where id = $2', [name, workspace])

/** What a server takes. */
export const claim = async (client: pg.Client, most = 500): Promise<ClaimedDeliveries[]> =>
  claimedDeliveriesSchema.array().parse(await call(client, service, 'claim_deliveries', [most]))

/** What a server takes where there is one destination to serve. */
export async function claimOne(client: pg.Client): Promise<ClaimedDeliveries> {
  const claims = await claim(client)
  expect(claims).toHaveLength(1)
  return claims[0] as ClaimedDeliveries
}

export const typesOf = ({ deliveries }: ClaimedDeliveries) => deliveries.map(({ payload }) => payload.type)

/** What a server says became of a claim: the same of each delivery, or of each by its place. */
export async function settle(
  client: pg.Client,
  { workspaceId, destinationId, lease, deliveries }: ClaimedDeliveries,
  outcome: SettledDelivery['outcome'] | SettledDelivery['outcome'][],
  more: Partial<SettledDelivery> = {},
) {
  const settled = deliveries.map(({ sequence }, place) => ({
    sequence,
    outcome: (Array.isArray(outcome) ? outcome[place] : outcome) ?? 'skipped',
    status: null,
    milliseconds: null,
    retryAfter: null,
    ...more,
  }))
  const results = [{ workspaceId, destinationId, lease, deliveries: settled }]
  return call(client, service, 'settle_deliveries', [JSON.stringify(results)])
}

export const listDeliveries = async (
  client: pg.Client,
  destinationId: string,
  { status, before, perPage = 50 }: { status?: string; before?: number; perPage?: number } = {},
): Promise<DeliveryPage> =>
  deliveryPageSchema.parse(
    await call(client, admin, 'list_deliveries', [ours, destinationId, status, before, perPage]),
  )

/** As if so much time had passed since all that the queue knows of. */
export async function passTime(client: pg.Client, interval: string): Promise<void> {
  await client.query(
    `update private.deliveries set due_at = due_at - $1::interval, created_at = created_at - $1::interval,
       first_attempted_at = first_attempted_at - $1::interval`,
    [interval],
  )
  await client.query(
    `update private.destination_states set leased_until = leased_until - $1::interval,
       rests_until = rests_until - $1::interval, failing_since = failing_since - $1::interval,
       claimed_at = claimed_at - $1::interval`,
    [interval],
  )
}

/** The same, all the while with something tried. */
export async function passTimeTrying(client: pg.Client, interval: string): Promise<void> {
  await passTime(client, interval)
  await client.query(
    "update private.destination_states set claimed_at = clock_timestamp() - interval '2 hours'",
  )
}

const allEvents = async (client: pg.Client) =>
  (
    await client.query<{ key: string }>('select key from public.integration_events order by position')
  ).rows.map(({ key }) => key)

/** Saves a destination of `ours` that is told of everything there is. */
export async function toldOfEverything(client: pg.Client, workspace = ours, actor = admin) {
  return saveDestination(client, { ...webhook, events: await allEvents(client) }, { workspace, actor })
}

/** The events that wait to be told, in their order; past every policy. */
export const queued = async (client: pg.Client, workspace = ours) =>
  (
    await client.query(
      'select type, thing, event_id, payload from private.deliveries where workspace_id = $1 order by sequence',
      [workspace],
    )
  ).rows.map(({ payload, ...rest }) => ({ ...rest, payload: eventPayloadSchema.parse(payload) }))
