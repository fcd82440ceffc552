import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it } from 'vitest'
import { eventPayloadSchema } from '../../../types/destination.ts'
import { integrationDeliverSuite } from '../../support/functions/integration-deliver-suite.ts'

// The function integration-deliver, on the Deno of hosted Supabase in two processes, with a real receiver that verifies
// by the library of the convention.

const suite = integrationDeliverSuite()

beforeEach(async () => {
  const { app, receiver, slack, discord, teams } = suite()
  await app.server.query('delete from private.destinations')
  Object.assign(receiver.answer, { status: 200, body: {}, delay: 0 })
  receiver.seen.length = 0
  for (const { messages } of [slack, discord, teams]) messages.length = 0
})

const messages = () =>
  suite().receiver.seen.map(({ body, headers }) => ({ body, headers: headers as Record<string, string> }))
/** What came, verified with a secret: in the order in which it came. */
const verified = (secret: string | null) =>
  messages().map(({ body, headers }) =>
    eventPayloadSchema.parse(new Webhook(secret ?? '').verify(body, headers)),
  )

describe('a webhook', () => {
  it('arrives signed, with an id, and says what happened', async () => {
    const { save, rename, run, list, workspace } = suite()
    const { id, secret } = await save()
    await rename('Signed')
    expect(await run()).toEqual({ delivered: 1, failed: 0, skipped: 0 })
    expect(verified(secret)).toMatchObject([
      {
        type: 'workspace.updated',
        data: { workspaceId: workspace, id: workspace, changed: ['name'], actor: 'user' },
      },
    ])
    const [delivery] = await list(id)
    expect(messages()[0]?.headers['webhook-id']).toBe(delivery?.id)
    expect(delivery).toMatchObject({ status: 'delivered', attempts: [{ outcome: 'delivered', status: 200 }] })
    expect(() => verified('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toThrow()
    expect(await run()).toEqual({ delivered: 0, failed: 0, skipped: 0 })
  })

  it('is signed by both secrets while they are rotated', async () => {
    const { ada, save, rename, run, workspace } = suite()
    const { id, secret } = await save()
    const { data } = await ada.supabase
      .rpc('rotate_destination_secret', { workspace_id: workspace, id })
      .throwOnError()
    await rename('Rotated')
    await run()
    expect(verified(secret)).toHaveLength(1)
    expect(verified((data as { secret: string }).secret)).toHaveLength(1)
  })

  it('survives an outage of its receiver: nothing is lost, and each thing keeps its order', async () => {
    const { app, save, rename, run, list, passTime, receiver, workspace } = suite()
    const { id, secret } = await save()
    receiver.answer.status = 503
    for (const name of ['One', 'Two', 'Three']) await rename(name)
    await app.server.query(
      "insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, $2, 'Guest', '{}')",
      [workspace, `guest${Date.now()}`],
    )
    // Of one thing the first alone is tried.
    expect(await run()).toEqual({ delivered: 0, failed: 2, skipped: 2 })
    receiver.answer.status = 200
    receiver.seen.length = 0
    await passTime('2 minutes')
    expect(await run()).toEqual({ delivered: 4, failed: 0, skipped: 0 })
    const { rows } = await app.server.query(
      "select event_id from private.deliveries where destination_id = $1 and type = 'workspace.updated' order by sequence",
      [id],
    )
    expect(verified(secret)).toHaveLength(4)
    expect(
      messages()
        .filter(({ body }) => body.includes('workspace.updated'))
        .map(({ headers }) => headers['webhook-id']),
    ).toEqual(rows.map(({ event_id }) => event_id))
    expect((await list(id)).map(({ status }) => status)).toEqual(Array(4).fill('delivered'))
  })

  it('that was given up is replayed under its id, with a time of its own', async () => {
    const { ada, save, rename, run, list, passTime, receiver, workspace } = suite()
    const { id, secret } = await save()
    receiver.answer.status = 500
    await rename('Given up')
    await run()
    await passTime('1 day')
    await run()
    expect(await list(id)).toMatchObject([{ status: 'dead', attempts: [{ status: 500 }, { status: 500 }] }])
    const { data: destinations } = await ada.supabase.rpc('list_destinations', { workspace_id: workspace })
    expect(destinations).toMatchObject([{ status: 'failed' }])
    receiver.answer.status = 200
    const document = { kind: 'webhook', name: 'Shop', events: ['workspace.updated'], isPaused: false }
    await ada.supabase.rpc('save_destination', { workspace_id: workspace, document, id }).throwOnError()
    const { data } = await ada.supabase
      .rpc('replay_deliveries', { workspace_id: workspace, destination_id: id })
      .throwOnError()
    expect(data).toEqual({ replayed: 1, hasMore: false })
    receiver.seen.length = 0
    expect(await run()).toMatchObject({ delivered: 1 })
    expect(verified(secret)).toHaveLength(1)
    expect(messages()[0]?.headers['webhook-id']).toBe((await list(id))[0]?.id)
  })

  it('that is taken by two processes at once arrives once', async () => {
    const { save, rename, run, receiver } = suite()
    await save()
    for (const name of ['One', 'Two', 'Three']) await rename(name)
    receiver.answer.delay = 50
    await Promise.all(Array.from({ length: 6 }, run))
    expect(receiver.seen).toHaveLength(3)
  })

  it('that a server took and died with comes again', async () => {
    const { app, deliver, save, rename, run, receiver } = suite()
    const { secret } = await save()
    await rename('Lost')
    receiver.answer.delay = 3_000
    const lost = Promise.allSettled([run(), run()])
    await expect.poll(() => receiver.seen.length).toBe(1)
    await deliver.crash(0)
    await deliver.crash(1)
    await lost
    receiver.answer.delay = 0
    await app.server.query("update private.destination_states set leased_until = now() - interval '1 second'")
    await app.server.query("update private.deliveries set due_at = now() - interval '1 second'")
    expect(await run()).toMatchObject({ delivered: 1 })
    expect(verified(secret)).toHaveLength(2)
    expect(new Set(messages().map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  it('tests a destination on demand, and asks for nothing without the secret key', async () => {
    const { ada, app, deliver, save, run, workspace } = suite()
    const { id, secret } = await save()
    await ada.supabase.rpc('send_test_event', { workspace_id: workspace, destination_id: id }).throwOnError()
    const { data } = await ada.supabase.auth.getSession()
    for (const headers of [
      {},
      { apikey: app.gateway.publishableKey },
      { authorization: `Bearer ${data.session?.access_token}` },
    ])
      expect((await deliver.request('/', { method: 'POST', headers })).status).toBe(401)
    expect(messages()).toEqual([])
    await run()
    expect(verified(secret)).toMatchObject([{ type: 'integration.test', data: { id, changed: [] } }])
  })
})

const chats = {
  slack: 'https://hooks.slack.com/services/T000/B000/s3cret',
  discord: 'https://discord.com/api/webhooks/123456789012345678/s3cret',
  teams:
    'https://default1.73.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/abc' +
    '/triggers/manual/paths/invoke/?api-version=1&sig=s3cret',
} as const
const kinds = ['slack', 'discord', 'teams'] as const

describe.each(kinds)('a channel of %s', (kind) => {
  const url = chats[kind]

  it('is sent what it takes, as text and nothing else', async () => {
    const { save, rename, run, list, [kind]: chat } = suite()
    const { id } = await save({ kind, url })
    const name = `${kind} & < @channel > **b** [x](https://evil.example) 👩‍💻`
    await rename(name)
    expect(await run()).toMatchObject({ delivered: 1 })
    expect(chat.messages).toEqual([
      {
        path: new URL(url).pathname.replace('/api/', '/api/v10/'),
        text: `${name}: The workspace was changed (name)`,
      },
    ])
    expect(await list(id)).toMatchObject([{ status: 'delivered' }])
  })

  it('that has too much gets no more until it wants it, and misses nothing', async () => {
    const { app, save, run, list, passTime, workspace, [kind]: chat } = suite()
    const { id } = await save({
      kind,
      url: url.replace('B000', 'B001').replace('/123', '/124').replace('abc', 'full'),
    })
    const count = 15
    await app.server.query(
      `insert into public.workspace_roles (workspace_id, key, name, permissions)
       select $1, $2 || n, $2 || n, '{}' from generate_series(1, $3::integer) as n`,
      [workspace, `${kind}_`, count],
    )
    const first = await run()
    expect(first.delivered).toBeGreaterThan(0)
    expect(first.skipped).toBeGreaterThan(0)
    // Those that were under way when it said so.
    expect(first.failed).toBeLessThanOrEqual(5)
    const { rows } = await app.server.query(
      `select failures, failing_since, rests_until > clock_timestamp() as rests
       from private.destination_states where destination_id = $1`,
      [id],
    )
    expect(rows).toEqual([{ failures: 0, failing_since: null, rests: true }])
    expect(await run()).toEqual({ delivered: 0, failed: 0, skipped: 0 })
    await expect
      .poll(
        async () => {
          await passTime('10 seconds')
          await run()
          return (await list(id)).filter(({ status }) => status === 'delivered').length
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(count)
    expect(chat.messages).toHaveLength(count)
  }, 60_000)
})

it.each([
  ['a channel of Slack that is archived', 'slack', 'https://hooks.slack.com/services/T000/B000/archived'],
  ['a webhook of Discord that was deleted', 'discord', 'https://discord.com/api/v10/webhooks/1/deleted'],
])('%s is paused', async (_, kind, url) => {
  const { ada, save, rename, run, workspace } = suite()
  await save({ kind, url })
  await rename(`Gone from ${kind}`)
  await run()
  const { data } = await ada.supabase.rpc('list_destinations', { workspace_id: workspace })
  expect(data).toMatchObject([{ status: 'gone' }])
})

it('a receiver that is slow keeps nobody else waiting', async () => {
  const { at, save, rename, run, receiver } = suite()
  await save({ url: at('/silent') })
  await save({ url: at('/drip') })
  await save()
  await rename('Slow')
  const began = performance.now()
  const running = run()
  await expect.poll(() => receiver.seen.some(({ path }) => path === '/sales')).toBe(true)
  expect(performance.now() - began).toBeLessThan(1_000)
  // What drips has said 200 before.
  expect(await running).toEqual({ delivered: 2, failed: 1, skipped: 0 })
})
