/*
 * Presence: who is here, by what each of them says.
 */
import type { RealtimeChannel } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRealtime, subscribed, systemMessages, type TestRealtime } from '../../support/http/realtime.ts'

let realtime: TestRealtime

beforeAll(async () => {
  realtime = await startRealtime({ presenceCallsPerWindow: 20, payloadBytes: 2_000 })
  await realtime.sql.query(`
    create policy present_select on realtime.messages for select to authenticated
      using (realtime.topic() in ('office', 'lobby') and (extension = 'presence' or realtime.topic() = 'lobby'));
    create policy present_insert on realtime.messages for insert to authenticated
      with check (realtime.topic() = 'office' and extension = 'presence');
    create policy messages_only on realtime.messages for select to authenticated
      using (realtime.topic() = 'silent' and extension = 'broadcast')`)
})
afterAll(() => realtime[Symbol.asyncDispose]())

async function visitor(
  room: string,
  key: string,
  claims?: Record<string, unknown>,
): Promise<RealtimeChannel> {
  const client = await realtime.connect(claims)
  const channel = client.channel(room, {
    config: { private: claims !== undefined, presence: { key, enabled: true } },
  })
  channel.on('presence', { event: 'sync' }, () => undefined)
  return subscribed(channel)
}

const who = (channel: RealtimeChannel) =>
  Object.fromEntries(
    Object.entries(channel.presenceState()).map(([key, metas]) => [
      key,
      metas.map(({ presence_ref: _reference, ...said }) => said),
    ]),
  )

it('everybody sees who comes, changes and goes, and who was there before', async () => {
  const ada = await visitor('room', 'ada')
  const bob = await visitor('room', 'bob')
  expect(await ada.track({ at: 'door' })).toBe('ok')
  expect(await bob.track({ at: 'desk' })).toBe('ok')
  await expect.poll(() => who(ada)).toEqual({ ada: [{ at: 'door' }], bob: [{ at: 'desk' }] })
  await ada.track({ at: 'window' })
  await expect.poll(() => who(bob)).toEqual({ ada: [{ at: 'window' }], bob: [{ at: 'desk' }] })
  const eve = await visitor('room', 'eve')
  await expect.poll(() => who(eve)).toEqual({ ada: [{ at: 'window' }], bob: [{ at: 'desk' }] })
  expect(await bob.untrack()).toBe('ok')
  await expect.poll(() => who(eve)).toEqual({ ada: [{ at: 'window' }] })
  await ada.socket.disconnect()
  await expect.poll(() => who(eve)).toEqual({})
})

it('somebody with two windows is there until both are closed', async () => {
  const [one, two, other] = [
    await visitor('windows', 'ada'),
    await visitor('windows', 'ada'),
    await visitor('windows', 'bob'),
  ]
  await one.track({ window: 1 })
  await two.track({ window: 2 })
  await expect.poll(() => who(other)).toEqual({ ada: [{ window: 1 }, { window: 2 }] })
  await one.unsubscribe()
  await expect.poll(() => who(other)).toEqual({ ada: [{ window: 2 }] })
})

it('takes the names of what all objects share as keys like any other', async () => {
  const [one, other] = [await visitor('names', 'constructor'), await visitor('names', 'bob')]
  await one.track({ toString: 'x' })
  await expect.poll(() => Object.hasOwn(other.presenceState(), 'constructor')).toBe(true)
})

it('of a private channel is for whom policies let: to see, and to be seen', async () => {
  const [ada, bob] = [
    await visitor('office', 'ada', { sub: 'ada' }),
    await visitor('office', 'bob', { sub: 'bob' }),
  ]
  expect(await ada.track({ here: true })).toBe('ok')
  await expect.poll(() => who(bob)).toEqual({ ada: [{ here: true }] })
  const reader = await visitor('lobby', 'ada', { sub: 'ada' })
  expect(await reader.track({ here: true })).toBe('error')
  expect(who(reader)).toEqual({})
})

it('is shown to nobody who may only read messages', async () => {
  const server = await visitor('silent', 'server', { role: 'service_role' })
  const ada = await visitor('silent', 'ada', { sub: 'ada' })
  await server.track({ here: true })
  await expect.poll(() => who(server)).toEqual({ server: [{ here: true }] })
  expect(who(ada)).toEqual({})
})

it('that is too large or too frequent closes the channel, with a word', async () => {
  const large = await visitor('limits', 'large')
  const words = systemMessages(large)
  large.track({ text: 'x'.repeat(1_000_000) })
  await expect.poll(() => words.map(({ message }) => message)).toEqual(['Track message size exceeded'])
  const frequent = await visitor('limits', 'frequent')
  const more = systemMessages(frequent)
  for (let call = 0; call < 21; call += 1) frequent.track({ call })
  await expect.poll(() => more.map(({ message }) => message)).toEqual(['Client presence rate limit exceeded'])
})
