import type { Database } from '../../shared/index.ts'
import type { Change } from './change.ts'
import { Parcels } from './parcels.ts'
import { type ChangeError, changePayload, refusedPayload } from './payloads.ts'
import { readRows } from './rows.ts'
import type { Subscription } from './subscription.ts'
import type { TableFacts } from './tables.ts'

/** What a change tells to those subscribers who may see the row; `failed` hears of conditions that could not be put. */
export async function parcelsOf(
  database: Database,
  change: Change,
  facts: TableFacts,
  subscribers: Subscription[],
  failed: (subscription: Subscription, error: unknown) => void,
): Promise<Parcels> {
  const refusals = new Map<ChangeError, Subscription[]>()
  const admitted: Subscription[] = []
  for (const subscription of subscribers) {
    const error = refusalOf(change, facts, subscription)
    if (error) refusals.set(error, [...(refusals.get(error) ?? []), subscription])
    else admitted.push(subscription)
  }
  const parcels = new Parcels()
  for (const [error, refused] of refusals)
    for (const subscription of refused) parcels.add(subscription, refusedPayload(change, error))
  if (admitted.length > 0) {
    const rows = await readRows(database, change, facts, admitted, failed)
    const payloads = new Map<string, string>()
    for (const subscription of await visibleTo(database, change, facts, rows.wanted)) {
      const { columns, channel } = subscription
      const kind = JSON.stringify([channel.identity.caller.role, columns])
      const payload = payloads.get(kind) ?? changePayload(change, facts, rows, subscription)
      payloads.set(kind, payload)
      parcels.add(subscription, payload)
    }
  }
  return parcels
}

function refusalOf({ type }: Change, facts: TableFacts, { channel }: Subscription): ChangeError | undefined {
  if (type === 'DELETE') return undefined
  if (facts.key.length === 0) return 'Error 400: Bad Request, no primary key'
  const { role } = channel.identity.caller
  const isKeyReadable = facts.key.every((name) =>
    facts.columns.some((column) => column.name === name && column.readers.includes(role)),
  )
  return isKeyReadable ? undefined : 'Error 401: Unauthorized'
}

/** Those who see the row; of a row that is gone, as on Supabase, everybody. */
async function visibleTo(
  database: Database,
  change: Change,
  facts: TableFacts,
  subscriptions: Subscription[],
): Promise<Subscription[]> {
  const { row } = change
  if (!row || !facts.secured || subscriptions.length === 0) return subscriptions
  // One question for each who has the same rights, and those of one role together: it is planned once for them.
  const askers = new Map<string, { role: string; claims: string }>()
  const keyOf = ({ channel }: Subscription) => JSON.stringify(channel.identity.caller.claims)
  for (const subscription of subscriptions) {
    const claims = keyOf(subscription)
    askers.set(claims, { role: subscription.channel.identity.caller.role, claims })
  }
  const asked = [...askers.values()].sort((one, other) => (one.role < other.role ? -1 : 1))
  const [answer] = await database.rows<{ visible: boolean[] }>(
    'select realtime.row_visible_to($1::oid::regclass, $2, $3, $4, $5) as visible',
    [
      change.oid,
      facts.key,
      facts.key.map((name) => row.get(name) ?? null),
      asked.map(({ role }) => role),
      asked.map(({ claims }) => claims),
    ],
  )
  const seeing = new Set(asked.filter((_, place) => answer?.visible[place]).map(({ claims }) => claims))
  return subscriptions.filter((subscription) => seeing.has(keyOf(subscription)))
}
