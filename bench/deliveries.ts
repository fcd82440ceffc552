import { join } from 'node:path'
import pg from 'pg'
import { Agent, request } from 'undici'
import { verificationKeys } from '../local/config/index.ts'
import type { Stack } from '../local/stack.ts'
import { startDeno } from '../tools/deno/index.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import type { Measurement } from './report.ts'

const host = 'hooks.example.test'
const workspaces = 25
const destinationsOfEach = 4
const eventsOfDestination = 50
const deliveries = workspaces * destinationsOfEach * eventsOfDestination
/** Of the limit, so many at a time: as many as the function sends to one destination. */
const atOnce = 5

/**
 * What the queue of events costs: 5,000 of them, of 100 destinations in 25 workspaces, from the queue to a receiver
 * that verifies nothing, signed, and written down; beside as many plain posts to the same receiver over connections
 * that stay open. The function is one process of the Deno that hosted Supabase runs; receiver, database and function
 * share the machine.
 */
export async function measureDeliveries(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  await using receiver = await startReceiver(host)
  const entry = join(import.meta.dirname, '../tests/support/functions/integration-deliver/index.ts')
  await using deno = await startDeno(entry, {
    SUPABASE_URL: stack.urls.api,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: stack.keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: stack.keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: verificationKeys(stack.keys) }),
    TEST_NAMES: JSON.stringify([[host, [['127.0.0.1']]]]),
    TEST_PORT: String(receiver.port),
    TEST_CA: receiver.ca,
  })
  try {
    await client.query(fixture(`https://${host}:${receiver.port}/sales`))
    const plain = await plainPosts(receiver)
    receiver.count = 0
    await client.query(events)
    const began = performance.now()
    const response = await fetch(`${deno.url}/integration-deliver`, {
      method: 'POST',
      headers: { apikey: stack.keys.secretKey },
    })
    const counts = await response.text()
    const seconds = (performance.now() - began) / 1_000
    if (receiver.count !== deliveries)
      throw new Error(`${receiver.count} of ${deliveries} deliveries arrived: ${counts}`)
    const rate = deliveries / seconds
    return [
      {
        name: 'events from the queue to a receiver, beside plain posts',
        figure: `${rate.toFixed(0)} a second`,
        limit: `${plain.toFixed(0)} a second`,
        value: rate / plain,
        budget: { atLeast: 0.25 },
      },
    ]
  } finally {
    await client.query(`delete from public.workspaces where id like 'WK-D0000%'`)
    await client.end()
  }
}

/** How many the receiver takes a second. */
async function plainPosts({ port, ca }: Receiver): Promise<number> {
  const dispatcher = new Agent({ connect: { ca, servername: host }, connections: atOnce, pipelining: 1 })
  const began = performance.now()
  let left = deliveries
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        const { body } = await request(`https://127.0.0.1:${port}/sales`, {
          dispatcher,
          method: 'POST',
          body: JSON.stringify({ type: 'view.updated', data: { id: 'x'.repeat(200) } }),
        })
        await body.dump()
      }
    }),
  )
  await dispatcher.close()
  return deliveries / ((performance.now() - began) / 1_000)
}

/** The clock would have the stack's own function deliver, which reaches no server of this machine. */
const fixture = (url: string) => `
  select cron.unschedule('deliver-events');
  insert into public.workspaces (id, name, plan_type)
  select 'WK-D' || lpad(n::text, 8, '0'), 'Workspace ' || n, 'premium' from generate_series(1, ${workspaces}) as n;
  insert into private.destinations (workspace_id, kind, name, events, shown_url, secret_id)
  select w.id, 'webhook', 'Destination ' || n, '{role.created}', '${url}',
    vault.create_secret(jsonb_build_object('url', '${url}', 'secret', private.new_signing_secret())::text)
  from public.workspaces w, generate_series(1, ${destinationsOfEach}) as n
  where w.id like 'WK-D0000%';
  insert into private.destination_states (workspace_id, destination_id)
  select d.workspace_id, d.id from private.destinations d where d.workspace_id like 'WK-D0000%'`

const events = `
  insert into private.deliveries (workspace_id, destination_id, event_id, type, thing, payload)
  select d.workspace_id, d.id, gen_random_uuid(), 'role.created', 'role:' || n, private.event_payload(
    'role.created', d.workspace_id, now(), 'role_' || n, '{}', 'user')
  from private.destinations d, generate_series(1, ${eventsOfDestination}) as n
  where d.workspace_id like 'WK-D0000%';
  analyze private.deliveries`
